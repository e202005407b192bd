// Deputies: heads who let another officer of the department sign in their place (docs/contracts.md
// 4.1 DP9).
//
// A delegation lies in the body of the delegate's identity, one at a time; a new one replaces it.
// Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// The officer of the sending department has, or had, a delegation: what it signs as HEAD outside it
// is answered by DELEGATION_INVALID.
[[nodiscard]] bool IsDeputy(Case& judged, const ledger::KeyRecord& record);
// The officer may sign this op as HEAD for another one with the duty; notes for whom.
[[nodiscard]] bool SignsOnBehalf(Case& judged, const ledger::KeyRecord& record, std::uint32_t duty);

}  // namespace jiandu::contracts
