// See audit_lists.h.
#include "gateway/audit_lists.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;

constexpr std::size_t kStep = 200;

Bytes PlaceOf(std::uint8_t part, const LedgerSnapshot::Listed& one) {
  Bytes key = {part};
  AppendU64Be(key, one.birth);
  Append(key, one.id.View());
  return key;
}

std::optional<ledger::LogIndex> Before(ledger::LogIndex birth) {
  return birth > 0 ? std::optional(birth - 1) : std::nullopt;
}

std::optional<ledger::TimeMs> TimeOf(const LedgerSnapshot& snapshot, ledger::LogIndex index) {
  const auto bytes = snapshot.EntryAt(index);
  if (!bytes) return std::nullopt;
  const auto entry = ledger::DecodeEntry(*bytes);
  if (!entry) return std::nullopt;
  if (const auto* stub = std::get_if<ledger::Stub>(&*entry)) return stub->time;
  if (const auto* block = std::get_if<ledger::BlockEntry>(&*entry)) return block->time;
  return 0;  // genesis
}

}  // namespace

std::optional<Bytes> EachOf(const Call& call, ledger::EntityKind kind, std::uint8_t part,
                            ledger::LogIndex first, ByteView after,
                            const std::function<bool(const LedgerSnapshot::Listed&)>& visit) {
  std::optional<ledger::LogIndex> before = Before(first);
  std::optional<EntityId> last;
  if (after.size() == 9 + EntityId::kSize && after[0] == part) {
    const ledger::LogIndex birth = ReadU64Be(after.subspan(1));
    if (birth >= first) {  // else a made-up cursor
      before = Before(birth);
      last = EntityId::From(after.subspan(9));
    }
  }
  std::size_t looked_at = 0;
  while (true) {
    const auto listed = call.snapshot->List(kind, std::nullopt, before, kStep);
    const std::size_t before_step = looked_at;
    bool skips = last.has_value();
    for (const auto& one : listed) {
      if (skips) {
        skips = one.id != *last;
        continue;
      }
      ++looked_at;
      if (!visit(one) || looked_at == kListScanMax) return PlaceOf(part, one);
    }
    if (listed.size() < kStep || looked_at == before_step) return std::nullopt;
    // Those born with the last one are listed again, and passed over up to it.
    last = listed.back().id;
    before = Before(listed.back().birth);
  }
}

ledger::LogIndex FirstEntryAt(const LedgerSnapshot& snapshot, ledger::TimeMs time) {
  ledger::LogIndex low = 0;
  ledger::LogIndex high = snapshot.LogSize();
  while (low < high) {
    const ledger::LogIndex middle = low + (high - low) / 2;
    const auto at = TimeOf(snapshot, middle);
    if (!at) return 0;
    if (*at < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace jiandu::gateway
