// What is applied for: the members of docs/contracts.md 4.5 as requests and consultations have
// them, and the checks both ask.
//
// The content is the body of a submission, the `content` of a resubmission, or what was submitted
// before. Without new content there is nothing to ask again. Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts::application {

[[nodiscard]] const Json* NewContent(const Case& judged);
[[nodiscard]] ledger::EntityId ResourceIdOf(const Case& judged);
[[nodiscard]] const ledger::EntityBody* ResourceBody(Case& judged);

// One open case or living grant for the same items, way, scene and matter: its key, and the check.
[[nodiscard]] Bytes SameKey(const Case& judged, const Json& content);
[[nodiscard]] Code NotTwice(Case& judged);

[[nodiscard]] Code DependentFields(Case& judged);  // members that depend on others: 1b
[[nodiscard]] Code MayConsume(Case& judged);
// Rules, in the order of RQ1.
[[nodiscard]] Code MayChange(Case& judged);  // a SCOPE_CHANGE or RENEW of this grant
[[nodiscard]] Code NotSelf(Case& judged);
[[nodiscard]] Code IsPublished(Case& judged);
[[nodiscard]] Code IsShared(Case& judged);
[[nodiscard]] Code ClassFits(Case& judged);
[[nodiscard]] Code InScope(Case& judged);
[[nodiscard]] Code ItemsKnown(Case& judged);
[[nodiscard]] Code ModeOffered(Case& judged);
[[nodiscard]] Code ModeReason(Case& judged);
[[nodiscard]] Code PageAccounts(Case& judged);
[[nodiscard]] Code SystemsOwned(Case& judged);
[[nodiscard]] Code IsSafe(Case& judged);
[[nodiscard]] Code TerritoryFits(Case& judged);

// The resource is not shared, and neither profile nor basis knows a way case by case.
[[nodiscard]] bool IsFinal(Case& judged);

// Parties, class, way and version of the case that is born of the content.
void SetParties(Case& judged, ledger::EntityBody& body);
void SetContent(Case& judged, ledger::EntityBody& body, const Json& content,
                const ledger::EntityId& id);

}  // namespace jiandu::contracts::application
