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
// Completes terms by what grants store besides: masks, grade, purpose, and the callers in `asked`.
[[nodiscard]] Json CompleteTerms(Json terms, const Json& resource, const Json& asked,
                                 std::string_view purpose);
// Whom an order of the ground is for: Art. 39 binds the provider, Art. 41 the manager, anything
// else the consumer.
[[nodiscard]] std::string_view TargetOf(std::string_view ground);
// The masks of items that follow from the lists of terms, by the resource as it stands now.
void SetMasks(Case& judged, const ledger::EntityBody& source, Json& terms);
// `uses_max` is set and the end lies within the profile's days of a one-off grant.
[[nodiscard]] bool IsOneOff(Case& judged, const Json& terms);
// Bears a rectification order on the grant: `form` is the body or the `order` in it.
ledger::EntityId BearOrder(Case& judged, const ledger::EntityId& grant, const Json& form);
// The order for the target that stands on the grant; null when there is none.
[[nodiscard]] const ledger::EntityBody* OrderOf(BlockState& state, const ledger::EntityBody& grant,
                                                std::string_view target = "consumer");
// The last ms of the quarter in which `time` falls (UTC+8): a use report's period ends there.
[[nodiscard]] ledger::TimeMs QuarterEnd(ledger::TimeMs time);
// RES_RECLASSED: a class changed by law closes the case of the source; one changed by the provider
// leaves it its own (4.3).
[[nodiscard]] Code StillShared(Case& judged, const ledger::EntityBody& source);
// CONSENT_REQUIRED: a derived resource passes items of others on.
[[nodiscard]] Code StillConsented(Case& judged, const ledger::EntityId& resource);
// Latest end of a term or a review: ten working days.
[[nodiscard]] ledger::TimeMs LatestTerm(Case& judged);

}  // namespace jiandu::contracts
