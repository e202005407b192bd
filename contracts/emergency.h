// What emergencies share with grants and accesses: when they end (docs/contracts.md 4.14).
//
// A grant of an emergency ends with it. The end of an emergency may move, and what moves for all
// its grants is never written into them: it is derived here. Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// First moment after the emergency; 0 when there is none of the id.
[[nodiscard]] ledger::TimeMs EndOfEmergency(BlockState& state, const ledger::EntityId& emergency);
// First moment after the grant's validity: its own, or that of its emergency.
[[nodiscard]] ledger::TimeMs ValidToOf(BlockState& state, const ledger::EntityBody& grant);
// D14 of a grant that ended with its emergency starts when that ended; whoever settles D14 asks
// for this first. Other grants stay as they are.
void AlignDisposal(Case& judged, const ledger::EntityId& grant);

}  // namespace jiandu::contracts
