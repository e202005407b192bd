// What the content of a catalogue entry must hold, at submission and at amendment alike
// (docs/contracts.md 4.3; 809 Art. 13 to 16).
//
// The checks judge the member `content` of the body. Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

[[nodiscard]] const Json& ContentOf(const Case& judged);
// The content becomes what the entry says from now on.
void SetContent(ledger::EntityBody& resource, const Json& content);

// An `item_id` stands twice, in the items of an entry or of a request.
[[nodiscard]] bool HasItemTwice(const Json& content);
[[nodiscard]] Code ItemsDiffer(Case& judged);
[[nodiscard]] Code Art13(Case& judged);
[[nodiscard]] Code ProhibitionBasis(Case& judged);
[[nodiscard]] Code HighestGrade(Case& judged);
[[nodiscard]] Code NoSecret(Case& judged);
[[nodiscard]] Code NoCoreData(Case& judged);
// A derived resource says from what it was made, and has the consents of those whose items it
// passes on (809 Art. 25).
[[nodiscard]] Code HasLineage(Case& judged);
[[nodiscard]] Code Consented(Case& judged);

// UNCONDITIONAL 0, CONDITIONAL 1, NOT_SHARED 2.
[[nodiscard]] int ClassRank(std::string_view share_class);
// The highest grade of its items.
[[nodiscard]] int HighestItemGrade(const Json& content);

}  // namespace jiandu::contracts
