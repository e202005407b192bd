// Evidence that must be kept 证据保全 (docs/contracts.md 4.15, SV16): until when an entity is held.
//
// A part of the entity held, so that asking is one look-up. Pure; the thread of the block.
#pragma once

#include "contracts/block_state.h"

namespace jiandu::contracts {

// Held until the moment `until`; an earlier end than one set before changes nothing.
void SetHold(BlockState& state, const ledger::EntityId& id, ledger::TimeMs until);
[[nodiscard]] bool IsHeld(const BlockState& state, const ledger::EntityId& id, ledger::TimeMs time);

}  // namespace jiandu::contracts
