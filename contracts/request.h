// What requests, decisions and grants share: whose turn it is, what was decided.
//
// Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// The chain of a request by the profile of its submission, and the party whose turn it is.
[[nodiscard]] std::span<const Step> ChainOfRequest(BlockState& state,
                                                   const ledger::EntityBody& request);
[[nodiscard]] std::string_view TurnOf(BlockState& state, const ledger::EntityBody& request);
// Starts the clock of the step that begins: D03 or D04 of the provider, D08 of the manager.
void StartStep(Case& judged, ledger::EntityBody& request);
// The step has its answer: its clock ends, and the days are booked that P waited for M meanwhile.
void EndStep(Case& judged, ledger::EntityBody& request);
// Moves to the next step, or to APPROVED after the last one, and starts what runs there; returns
// the new status.
[[nodiscard]] std::uint32_t Advance(Case& judged, ledger::EntityBody& request);
// P has agreed, or offered less: from now on it owes the service (D06).
void StartSharing(Case& judged, ledger::EntityBody& request);
// The terms in force: those decided so far, else those requested.
[[nodiscard]] Json TermsOf(BlockState& state, const ledger::EntityBody& request);
// The grade and class of the resource as it stands now.
[[nodiscard]] const ledger::EntityBody* ResourceOf(BlockState& state,
                                                   const ledger::EntityBody& body);
// The class of the resource was changed by law since: the duties of the request ended then.
void EndClocksByLaw(Case& judged);
// Such a request is closed (RES_RECLASSED); it may still be withdrawn, declined or refused, which
// settles its clocks.
[[nodiscard]] bool IsClosedByLaw(Case& judged);
// Ends the request's place among the open cases of its resource.
void EndRequest(Case& judged);

}  // namespace jiandu::contracts
