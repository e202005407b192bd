// The step GOV of a chain: what the government's decision of a dispute does to the case disputed
// (docs/contracts.md 4.16, DS5; 809 Art. 28).
//
// Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// Step 1b of dispute.decide: an approval about a request or grant says with which terms, and names
// the grant of a granted request, because what a transaction changes it names.
[[nodiscard]] Code GovernmentStepFields(Case& judged);
// The subject is the dispute. A request that has no grant becomes APPROVED with the terms; a grant
// keeps the dispute as the source of its amendment: `texts["amend_by"]` of the grant, the terms in
// the body of the dispute.
void TakeGovernmentStep(Case& judged);

}  // namespace jiandu::contracts
