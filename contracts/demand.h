// What follows for a collection demand from the resource its provider publishes (docs/contracts.md
// 4.4).
//
// Pure; the thread of the block.
#pragma once

#include "contracts/block_state.h"

namespace jiandu::contracts {

// PROVIDING becomes FULFILLED when the resource is published and the manager has acknowledged a
// delivery, whichever comes last.
[[nodiscard]] std::uint32_t DemandStatusNow(BlockState& state, const ledger::EntityBody& demand);

}  // namespace jiandu::contracts
