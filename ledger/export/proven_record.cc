// See proven_record.h.
#include "ledger/export/proven_record.h"

#include <algorithm>
#include <chrono>

#include "base/hex.h"
#include "consensus/header.h"

namespace jiandu::ledger {
namespace {

constexpr TimeMs kDayMs = 86'400'000;
constexpr TimeMs kLastMs = 253'402'300'799'999;  // the end of 9999
constexpr std::string_view kKeyPrefix = "key/";

// The digits of a number, at least `width` of them.
std::string Digits(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

std::string DateText(TimeMs time) {
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(time / kDayMs)}}};
  return Digits(static_cast<int>(date.year()), 4) + "-" +
         Digits(static_cast<unsigned>(date.month()), 2) + "-" +
         Digits(static_cast<unsigned>(date.day()), 2);
}
std::string ClockText(TimeMs time) {
  const TimeMs of_day = time % kDayMs;
  return Digits(of_day / 3'600'000, 2) + ":" + Digits(of_day / 60'000 % 60, 2) + ":" +
         Digits(of_day / 1000 % 60, 2);
}

Result<RecordedEvent> ReadEvent(const ProofEvent& from) {
  RecordedEvent event{.index = from.index,
                      .leaf_hash = from.LeafHash(),
                      .is_genesis = false,
                      .stub = std::nullopt,
                      .transaction = std::nullopt};
  const auto* bytes = std::get_if<Bytes>(&from.entry);
  if (bytes == nullptr) return event;
  JD_TRY(LogEntry entry, DecodeEntry(*bytes));
  if (auto* stub = std::get_if<Stub>(&entry)) {
    event.stub = std::move(*stub);
  } else if (std::holds_alternative<GenesisEntry>(entry)) {
    event.is_genesis = true;
  } else {
    return Fail(Errc::kInvalid, "an entry of the log that is no event");
  }
  return event;
}

Result<void> ReadLeaf(const ProofLeaf& leaf, ProvenRecord& record) {
  if (!leaf.value.has_value() || !HasPrefix(leaf.key, AsBytes(kKeyPrefix))) return {};
  const auto id = KeyId::From(ByteView(leaf.key).subspan(kKeyPrefix.size()));
  if (!id) return Fail(Errc::kInvalid, "a key's row without a key's id");
  JD_TRY(KeyRecord key, KeyRecord::Decode(*leaf.value));
  record.keys.emplace(*id, std::move(key));
  return {};
}

// The entities whose histories the bundle holds; of a lineage those of its rows, its own first.
std::vector<EntityId> AskedOf(const ProofBundle& bundle) {
  if (const auto* history = std::get_if<HistoryQuery>(&bundle.query)) return {history->entity};
  if (const auto* histories = std::get_if<HistoriesQuery>(&bundle.query)) {
    return histories->entities;
  }
  const auto* lineage = std::get_if<LineageQuery>(&bundle.query);
  if (lineage == nullptr) return {};
  std::vector<EntityId> asked{lineage->entity};
  const Bytes prefix = ToBytes(std::string_view("ent/"));
  for (const ProofLeaf& leaf : bundle.leaves) {
    if (!HasPrefix(leaf.key, prefix)) continue;
    const auto id = EntityId::From(ByteView(leaf.key).subspan(prefix.size()));
    if (id && *id != lineage->entity) asked.push_back(*id);
  }
  return asked;
}

}  // namespace

std::optional<EntityId> SubjectOf(const RecordedEvent& event, EntityKind kind) {
  if (!event.stub.has_value()) return std::nullopt;
  std::vector<EntityId> found;
  for (const Touch& touch : event.stub->touched) {
    if (KindOf(touch.entity) == kind) found.push_back(touch.entity);
  }
  if (found.size() == 1) return found.front();
  if (!event.transaction.has_value()) return std::nullopt;
  std::string member(KindName(kind));
  std::ranges::replace(member, '-', '_');
  const auto named = ParseEntityId(event.transaction->payload.body.TextOr(member));
  if (!named || std::ranges::find(found, *named) == found.end()) return std::nullopt;
  return *named;
}

Result<ProvenRecord> ProvenRecord::From(const ProofBundle& bundle) {
  if (bundle.events.size() > kEventsMax) {
    return Fail(Errc::kTooLarge, "more than " + std::to_string(kEventsMax) +
                                     " events: take the proof alone (jiandu prove history)");
  }
  ProvenRecord record{.chain = bundle.head.chain,
                      .genesis_hash = bundle.head.genesis_hash,
                      .log_root = bundle.head.log_root,
                      .log_size = bundle.head.log_size,
                      .asked = AskedOf(bundle)};
  JD_TRY(const consensus::Header header, consensus::Header::Decode(bundle.head.header));
  record.as_of = header.height - 1;
  record.time = header.time.Ms();
  record.head_hash = header.Hash();
  for (const ProofLeaf& leaf : bundle.leaves) JD_CHECK(ReadLeaf(leaf, record));
  std::map<Bytes, const ProofLeaf*> rows;
  for (const ProofLeaf& leaf : bundle.leaves) rows.emplace(leaf.key, &leaf);
  for (const EntityId& id : record.asked) {
    const auto row = rows.find(LeafKey(id));
    if (row == rows.end() || !row->second->value.has_value()) continue;
    JD_TRY(const EntityLeaf leaf, EntityLeaf::Decode(*row->second->value));
    record.complete.emplace(id, leaf);
  }
  auto stored = bundle.transactions.begin();
  for (const ProofEvent& from : bundle.events) {
    JD_TRY(RecordedEvent event, ReadEvent(from));
    if (stored != bundle.transactions.end() && stored->index == event.index) {
      JD_TRY(event.transaction, DecodeStored(stored->stored));
      event.stored_bytes = stored->stored.size();
      ++stored;
    }
    if (event.IsWithheld()) ++record.withheld;
    if (event.stub.has_value() && !event.transaction.has_value()) ++record.payloads_withheld;
    record.events.push_back(std::move(event));
  }
  return record;
}

DepartmentId ProvenRecord::DepartmentOf(const Signer& signer, const Payload& payload) const {
  const auto key = keys.find(signer.key);
  if (key != keys.end()) return key->second.department;
  return signer.role == SignerRole::kPeer ? DepartmentId() : payload.department;
}

std::string UtcText(TimeMs time) {
  const TimeMs within = std::clamp<TimeMs>(time, 0, kLastMs);
  return DateText(within) + "T" + ClockText(within) + "." + Digits(within % 1000, 3) + "Z";
}

std::string LocalText(TimeMs time) {
  constexpr TimeMs kOffsetMs = 8LL * 3'600'000;
  const TimeMs within = std::clamp<TimeMs>(time, 0, kLastMs - kOffsetMs) + kOffsetMs;
  return DateText(within) + " " + ClockText(within);
}

std::string EndText(TimeMs end) {
  constexpr TimeMs kOffsetMs = 8LL * 3'600'000;
  if (end < kDayMs || (end + kOffsetMs) % kDayMs != 0) return LocalText(end);
  constexpr std::size_t kDateSize = 10;
  return LocalText(end - 1).substr(0, kDateSize) + " 24:00:00";
}

std::string RunIdOf(const TxId& txid) {
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(txid.bytes.begin(), bytes.size(), bytes.begin());
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x80U);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
  std::string text = HexEncode(bytes);
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, "-");
  return text;
}

}  // namespace jiandu::ledger
