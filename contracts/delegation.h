// Deputies: heads who let another officer of the department sign in their place (docs/contracts.md
// 4.1 DP9).
//
// A delegation lies in the body of the delegate's identity, one at a time. While it lives only the
// head who gave it puts another in its place, and the act says so: to shorten or end it, or to
// widen it. Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// The officer of the sending department has, or had, a delegation: what it signs as HEAD outside it
// is answered by DELEGATION_INVALID.
[[nodiscard]] bool IsDeputy(Case& judged, const ledger::KeyRecord& record);
// The officer may sign this op as HEAD for another one with the duty; notes for whom.
[[nodiscard]] bool SignsOnBehalf(Case& judged, const ledger::KeyRecord& record, std::uint32_t duty);

// The head for whom the officer is deputy now, whatever the op; zero: there is none. It has ended
// with its time, or with the head's key or duty.
[[nodiscard]] ledger::EntityId LiveDelegator(BlockState& state, const ledger::EntityId& deputy);

}  // namespace jiandu::contracts
