// Counting rejections, forgetting expired txids.
#include "contracts/counters.h"

namespace jiandu::contracts {
namespace {

// Twice a full block: the set shrinks even when blocks stay full.
constexpr std::size_t kPurgeMax = 10'000;

}  // namespace

Bytes RejectionKey(std::string_view department, ledger::TimeMs time) {
  Bytes suffix;
  suffix.push_back('r');
  AppendU32Be(suffix, static_cast<std::uint32_t>(ledger::DateOf(time)));
  return ledger::PartKey(ledger::DepartmentEntity(department), suffix);
}

std::uint32_t ReadCount(const std::optional<Bytes>& value) {
  return value && value->size() == 4 ? ReadU32Be(*value) : 0;
}

void CountRejection(BlockState& state, std::string_view department) {
  const Bytes key = RejectionKey(department, state.Context().time);
  Bytes value;
  AppendU32Be(value, ReadCount(state.Get(key)) + 1);
  state.Put(key, std::move(value));
}

void PurgeExpired(BlockState& state) {
  const Bytes prefix = ledger::ExpiryPrefix();
  const auto now = static_cast<std::uint64_t>(state.Context().time);
  std::vector<Bytes> expired;
  state.View().Scan(prefix, {}, [&](ByteView key, ByteView) {
    if (key.size() != prefix.size() + 8 + 32) return true;
    if (ReadU64Be(key.subspan(prefix.size())) > now) return false;
    expired.push_back(ToBytes(key));
    return expired.size() < kPurgeMax;
  });
  for (Bytes& key : expired) state.Delete(std::move(key));
}

}  // namespace jiandu::contracts
