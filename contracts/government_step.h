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
// The subject is the dispute. The request becomes APPROVED with the terms, for one grant.open; that
// of a grant becomes APPROVED anew, for one grant.amend.
void TakeGovernmentStep(Case& judged);

}  // namespace jiandu::contracts
