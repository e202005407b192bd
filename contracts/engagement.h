// Audit engagements 审计任务: which is open, and what it covers (docs/contracts.md 4.15; Order 790
// Art. 51: supervisors take nothing unrelated).
//
// Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// The engagement the body names, when it is the auditor's own and open; else null.
[[nodiscard]] const ledger::EntityBody* OpenEngagement(Case& judged);
// `scope` is the form of the engagement.
[[nodiscard]] bool CoversResource(Case& judged, const Json& scope, const ledger::EntityId& id);
// The entity is covered itself, by its resource, or by one of its departments.
[[nodiscard]] bool CoversEntity(Case& judged, const Json& scope, const ledger::EntityId& id);

}  // namespace jiandu::contracts
