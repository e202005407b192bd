// The part `h` of an entity: u64 ms.
#include "contracts/hold.h"

#include <array>

namespace jiandu::contracts {
namespace {

Bytes HoldKey(const ledger::EntityId& id) {
  constexpr std::array<std::uint8_t, 1> kSuffix = {'h'};
  return ledger::PartKey(id, kSuffix);
}

ledger::TimeMs HeldUntil(const BlockState& state, const ledger::EntityId& id) {
  const auto value = state.Get(HoldKey(id));
  return value && value->size() == 8 ? static_cast<ledger::TimeMs>(ReadU64Be(*value)) : 0;
}

}  // namespace

void SetHold(BlockState& state, const ledger::EntityId& id, ledger::TimeMs until) {
  if (until <= HeldUntil(state, id)) return;
  Bytes value;
  AppendU64Be(value, static_cast<std::uint64_t>(until));
  state.Put(HoldKey(id), std::move(value));
}

bool IsHeld(const BlockState& state, const ledger::EntityId& id, ledger::TimeMs time) {
  return time < HeldUntil(state, id);
}

}  // namespace jiandu::contracts
