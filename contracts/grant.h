// What grants and rectification orders share: the timeline, opening terms, the order's birth.
//
// Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// Notes from when on the grant has a status; accesses are judged by it.
void NoteStatus(Case& judged, const ledger::EntityId& grant, ledger::GrantStatus status);
// Terms of a grant as stored: those decided, narrowed by what was signed at opening.
[[nodiscard]] Json GrantTerms(Case& judged, const ledger::EntityBody& request);
// The masks of items that follow from the lists of terms, by the resource as it stands now.
void SetMasks(Case& judged, const ledger::EntityBody& source, Json& terms);
// `uses_max` is set and the end lies within the profile's days of a one-off grant.
[[nodiscard]] bool IsOneOff(Case& judged, const Json& terms);
// Bears a rectification order on the grant: `form` is the body or the `order` in it.
ledger::EntityId BearOrder(Case& judged, const ledger::EntityId& grant, const Json& form);
// The order that stands on the grant; null when there is none.
[[nodiscard]] const ledger::EntityBody* OrderOf(BlockState& state, const ledger::EntityBody& grant);
// The last ms of the quarter in which `time` falls (UTC+8): a use report's period ends there.
[[nodiscard]] ledger::TimeMs QuarterEnd(ledger::TimeMs time);
// Latest end of a term or a review: ten working days.
[[nodiscard]] ledger::TimeMs LatestTerm(Case& judged);

}  // namespace jiandu::contracts
