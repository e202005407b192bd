// The grant one officer of the manager opens in an emergency (docs/contracts.md 4.14, EG3).
//
// It overrides the manager's co-signature of 4.3.4 and the chain, nothing else: class, grade,
// items, systems and safeguards hold as for any grant, and a manager that is a side of it does not
// open it alone (contracts/self_dealing.h). Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// The parts of the row of emergency.open_grant; its subject is the emergency.
[[nodiscard]] Code EmergencyGrantFields(Case& judged);
[[nodiscard]] Code ManagesResource(Case& judged);
[[nodiscard]] Code OneEmergencyGrant(Case& judged);
[[nodiscard]] Code AllowsEmergencyGrant(Case& judged);  // the rules of step 7 in their order
void OpenEmergencyGrant(Case& judged);

}  // namespace jiandu::contracts
