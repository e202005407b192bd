// Correcting a slip in what was signed: references, digests and titles, never substance
// (docs/contracts.md 4.6).
//
// Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// 1b: there is something to correct, and digests are digests.
[[nodiscard]] Code ErratumFields(Case& judged);
// ERRATUM_SCOPE unless every member is a reference, digest or title of a request, of a decision.
[[nodiscard]] bool IsSlipOfRequest(const Case& judged);
[[nodiscard]] bool IsSlipOfDecision(const Case& judged);
// The form with the members corrected.
[[nodiscard]] Json Corrected(const Case& judged, const Json& form);
// "basis_ref, scene_digest": for the act.
[[nodiscard]] std::string NamesOfSlips(const Case& judged);

}  // namespace jiandu::contracts
