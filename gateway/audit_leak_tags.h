// Q12 without watermark: under which grants the persons in a sample were delivered, by their tags.
//
// Gateway thread or worker.
#pragma once

#include "gateway/audit_answer.h"
#include "gateway/audit_gate.h"
#include "gateway/audit_scope.h"
#include "gateway/audit_tag_places.h"

namespace jiandu::gateway {

struct TagSearch {
  const std::vector<Hash256>& tags;
  const AuditScope& scope;
};
// Adds a `candidate` row for each grant found in this page, those with most of the tags first; what
// a page counts is of the page alone. Where the next one goes on, nothing at the end.
[[nodiscard]] std::optional<TagPlace> AddTagCandidates(const Call& call, const TagSearch& search,
                                                       const TagPlace& from, ScopeCut& cut,
                                                       ReadBudget& budget, AuditRows& answer);

}  // namespace jiandu::gateway
