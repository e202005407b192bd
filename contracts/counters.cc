// Counting rejections.
#include "contracts/counters.h"

namespace jiandu::contracts {

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

}  // namespace jiandu::contracts
