// Evidence that must be kept 证据保全: while a hold covers a grant, its disposal is not accepted
// (docs/contracts.md 4.15, SV16).
//
// Pure; the thread of the block.
#pragma once

#include "contracts/block_state.h"
#include "contracts/parts.h"

namespace jiandu::contracts {

// The first ms after the hold; a later end replaces an earlier one, an end of 0 lifts it.
inline void SetHold(BlockState& state, const ledger::EntityId& grant, ledger::TimeMs until) {
  const Bytes key = MarkedKey(grant, "h");
  if (until == 0) return state.Delete(key);
  const auto before = state.Get(key);
  if (before && before->size() == 8 && static_cast<ledger::TimeMs>(ReadU64Be(*before)) >= until) {
    return;
  }
  Bytes value;
  AppendU64Be(value, static_cast<std::uint64_t>(until));
  state.Put(key, std::move(value));
}
[[nodiscard]] inline bool IsHeld(const BlockState& state, const ledger::EntityId& grant,
                                 ledger::TimeMs time) {
  const auto until = state.Get(MarkedKey(grant, "h"));
  return until && until->size() == 8 && static_cast<ledger::TimeMs>(ReadU64Be(*until)) > time;
}

}  // namespace jiandu::contracts
