// The generic case engine: judges a transaction by its row, and puts it into effect.
//
// Judge changes nothing of the state; Enact is called only when Judge accepted. Pure; the thread of
// the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// The first code that answers, in the order of docs/contracts.md 4.20; kAccepted otherwise. Fills
// subject, body, flags and missing_roles of the case.
[[nodiscard]] Code Judge(Case& judged);
// The effect of the row, the act in the subject's body and its new status.
void Enact(Case& judged);
// Signatures and roles: step 3. Leaves in missing_roles what `await` may stand for.
[[nodiscard]] Code CheckSigners(Case& judged);

// Status as of `time`: a grant past its end or its uses is EXPIRED, an offer nobody answered in
// time LAPSED, an emergency past its end ENDED, though nobody said so.
[[nodiscard]] std::uint32_t EffectiveStatus(BlockState& state, const ledger::EntityId& id,
                                            const ledger::EntityBody& body, ledger::TimeMs time);

// A new entity of the transaction: id by its place among the births, body with the usual members.
struct Birth {
  ledger::EntityId id;
  ledger::EntityBody body;
};
[[nodiscard]] Birth NewEntity(Case& judged, ledger::EntityKind kind);
void AddBirth(Case& judged, Birth birth);
// Adds the act of this transaction to a body and sets its status when `status` is not 0.
// The number of a body that says that one side changed or stopped it alone (809 Art. 27(3)).
inline constexpr std::string_view kChangedAlone = "changed_alone";
void RecordAct(Case& judged, const ledger::EntityId& id, std::uint32_t status);

// Departments.
[[nodiscard]] bool HasDepartmentRole(BlockState& state, std::string_view department,
                                     std::string_view role);
// MANAGER of a jurisdiction; when it has none, of the nearest one above it. Empty: none.
[[nodiscard]] ledger::DepartmentId ManagerOf(const BlockState& state,
                                             std::string_view jurisdiction);

}  // namespace jiandu::contracts
