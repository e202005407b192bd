// Rows of the resource: "P" resource 17 "Y" key 32 at 8 case 17 -> empty; what was noted of a case:
// "P" case 17 "Y" -> key 32 at 8, as often as there are signers.
#include "contracts/compromise_index.h"

#include <algorithm>

#include "contracts/compromise.h"
#include "contracts/parts.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityId;
using ledger::KeyId;
using ledger::TimeMs;

constexpr std::string_view kSettledMark = "Y";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kForgottenAtOnce = 8;  // of each place that is looked at
constexpr std::size_t kSignersMax = 4096;    // of a resource, one seek each
constexpr std::size_t kVisitedAtOnce = 64;

void AppendTime(Bytes& key, TimeMs time) {
  AppendU64Be(key, static_cast<std::uint64_t>(std::max<TimeMs>(time, 0)));
}
TimeMs TimeAt(ByteView bytes) { return static_cast<TimeMs>(ReadU64Be(bytes.first(kTimeBytes))); }

Bytes CompromisedPrefix() {
  return ledger::PartKey(ledger::NetworkEntity(), AsBytes("compromised/"));
}

// Rows of one signer from a time on.
Bytes SignerKey(const EntityId& resource, ByteView key, TimeMs from) {
  Bytes row = MarkedKey(resource, kSettledMark, key);
  AppendTime(row, from);
  return row;
}
Bytes RowKey(const EntityId& resource, const StepSigner& signer, const EntityId& id) {
  Bytes row = SignerKey(resource, signer.key.View(), signer.at);
  Append(row, id.View());
  return row;
}
struct Row {
  StepSigner signer;
  EntityId id;
};
std::optional<Row> ReadRow(ByteView rest) {
  if (rest.size() != kKeyBytes + kTimeBytes + EntityId::kSize) return std::nullopt;
  const auto key = KeyId::From(rest.first(kKeyBytes));
  const auto id = EntityId::From(rest.subspan(kKeyBytes + kTimeBytes));
  if (!key || !id) return std::nullopt;
  return Row{.signer = {.key = *key, .at = TimeAt(rest.subspan(kKeyBytes))}, .id = *id};
}

std::vector<StepSigner> DecodeSigners(const std::optional<Bytes>& bytes) {
  std::vector<StepSigner> signers;
  constexpr std::size_t kSize = kKeyBytes + kTimeBytes;
  for (std::size_t at = 0; bytes && at + kSize <= bytes->size(); at += kSize) {
    const ByteView one = ByteView(*bytes).subspan(at, kSize);
    if (const auto key = KeyId::From(one.first(kKeyBytes))) {
      signers.push_back({.key = *key, .at = TimeAt(one.subspan(kKeyBytes))});
    }
  }
  return signers;
}

// Nobody can come to doubt it any more.
bool IsPastDoubt(BlockState& state, const StepSigner& signer) {
  const ledger::KeyRecord* record = state.Key(signer.key);
  const bool compromised =
      record != nullptr && record->reason == ledger::RevokeReason::kCompromised;
  return compromised ? signer.at < record->compromised_since
                     : signer.at + kDoubtMs < state.Context().time;
}

std::vector<Row> RowsFrom(const ledger::StateView& view, const EntityId& resource,
                          const Bytes& from, std::size_t count) {
  const Bytes prefix = MarkedKey(resource, kSettledMark);
  std::vector<Row> rows;
  view.Scan(prefix, from, [&](ByteView key, ByteView) {
    if (const auto row = ReadRow(key.subspan(prefix.size()))) rows.push_back(*row);
    return rows.size() < count;
  });
  return rows;
}

// Some of the rows from `from` on that nobody needs any more.
void Forget(BlockState& state, const EntityId& resource, const Bytes& from) {
  for (const Row& row : RowsFrom(state.View(), resource, from, kForgottenAtOnce)) {
    if (IsPastDoubt(state, row.signer)) state.Delete(RowKey(resource, row.signer, row.id));
  }
}

// Where the rows of the next signer begin.
Bytes AfterRows(const EntityId& resource, const KeyId& signer) {
  Bytes key = MarkedKey(resource, kSettledMark, signer.View());
  key.insert(key.end(), kTimeBytes + EntityId::kSize + 1, 0xFF);
  return key;
}

// What one signer signed from a time on; false when `visit` wants no more.
bool VisitSigned(BlockState& state, const EntityId& resource, const KeyId& signer, TimeMs since,
                 const std::function<bool(const EntityId&)>& visit) {
  Bytes from = SignerKey(resource, signer.View(), since);
  while (true) {
    const auto rows = RowsFrom(state.View(), resource, from, kVisitedAtOnce);
    for (const Row& row : rows) {
      if (row.signer.key != signer) return true;
      if (!visit(row.id)) return false;
    }
    if (rows.size() < kVisitedAtOnce) return true;
    from = RowKey(resource, rows.back().signer, rows.back().id);
    from.push_back(0);
  }
}

}  // namespace

void NoteCompromise(BlockState& state, const KeyId& key, const ledger::KeyRecord& record) {
  Bytes row = CompromisedPrefix();
  AppendTime(row, record.revoked_at);
  Append(row, key.View());
  Bytes value;
  AppendTime(value, record.compromised_since);
  Append(value, AsBytes(record.department));
  state.Put(std::move(row), std::move(value));
}

std::vector<CompromisedKey> CompromisedIn(const ledger::StateView& view, TimeMs from, TimeMs to,
                                          std::size_t count) {
  std::vector<CompromisedKey> keys;
  const Bytes prefix = CompromisedPrefix();
  Bytes begin = prefix;
  AppendTime(begin, from);
  view.Scan(prefix, begin, [&](ByteView key, ByteView value) {
    const ByteView rest = key.subspan(prefix.size());
    if (rest.size() != kTimeBytes + kKeyBytes || value.size() < kTimeBytes) return true;
    const TimeMs until = TimeAt(rest);
    if (until - kDoubtMs > to) return false;  // this one and all after it began later
    const auto id = KeyId::From(rest.subspan(kTimeBytes));
    const TimeMs since = TimeAt(value);
    if (!id || since > to) return true;
    keys.push_back({.key = *id,
                    .department = ToText(value.subspan(kTimeBytes)),
                    .since = since,
                    .until = until});
    return keys.size() < count;
  });
  return keys;
}

std::optional<TimeMs> FirstMisuse(const ledger::StateView& view) {
  std::optional<TimeMs> first;
  const Bytes prefix = CompromisedPrefix();
  view.Scan(prefix, {}, [&](ByteView key, ByteView) {
    const ByteView rest = key.subspan(prefix.size());
    if (rest.size() >= kTimeBytes) first = TimeAt(rest) - kDoubtMs;
    return false;
  });
  return first;
}
const std::optional<TimeMs>& BlockState::FirstMisuse() {
  if (!first_misuse_) first_misuse_ = contracts::FirstMisuse(*view_);
  return *first_misuse_;
}
bool IsBeforeAnyCompromise(BlockState& state, TimeMs time) {
  const std::optional<TimeMs>& first = state.FirstMisuse();
  return !first || *first > time;
}

void NoteSettled(BlockState& state, const EntityId& resource, const EntityId& id,
                 std::vector<StepSigner> signers) {
  std::erase_if(signers, [&state](const StepSigner& one) { return IsPastDoubt(state, one); });
  const Bytes own = MarkedKey(id, kSettledMark);
  const std::vector<StepSigner> known = DecodeSigners(state.Get(own));
  if (known == signers) return;
  for (const StepSigner& signer : known) {
    if (!std::ranges::binary_search(signers, signer)) state.Delete(RowKey(resource, signer, id));
  }
  if (signers.empty()) {
    state.Delete(own);
    return;
  }
  Bytes list;
  for (const StepSigner& signer : signers) {
    Append(list, signer.key.View());
    AppendTime(list, signer.at);
    state.Put(RowKey(resource, signer, id), {});
    Forget(state, resource, SignerKey(resource, signer.key.View(), 0));
  }
  state.Put(own, std::move(list));
  // Rows of those who sign no more: ids are hashes, so in time all are met.
  Forget(state, resource, MarkedKey(resource, kSettledMark, id.View().subspan(1)));
}

bool VisitDoubtful(BlockState& state, const EntityId& resource,
                   const std::function<bool(const EntityId&)>& visit) {
  Bytes from = MarkedKey(resource, kSettledMark);
  for (std::size_t looked = 0; looked < kSignersMax; ++looked) {
    const auto next = RowsFrom(state.View(), resource, from, 1);
    if (next.empty()) return true;
    const KeyId signer = next.front().signer.key;
    const ledger::KeyRecord* record = state.Key(signer);
    if (record != nullptr && record->reason == ledger::RevokeReason::kCompromised) {
      if (!VisitSigned(state, resource, signer, record->compromised_since, visit)) return true;
    }
    from = AfterRows(resource, signer);
  }
  return false;
}

}  // namespace jiandu::contracts
