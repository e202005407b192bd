// What emergencies share with their grants: when they end (docs/contracts.md 4.14).
//
// A grant of an emergency ends with it, or earlier when the provider has set an earlier end. The
// end of an emergency may move, and what moves for all its grants is never written into them: it is
// derived whenever a grant is read. Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// The provider's own end of an emergency's grant, in its numbers.
inline constexpr std::string_view kOwnEnd = "own_end";

// A grant of an emergency has the end of that as its `valid_to`, and the duty to dispose of the
// data (D14) starts there, unless an act has started it otherwise. True when something differed
// from what is stored.
bool TakeEndOfEmergency(BlockState& state, ledger::EntityBody& grant);

}  // namespace jiandu::contracts
