// Q12 without watermark and without tags: under which grants on a resource the leaked items were
// delivered in the period (docs/contracts.md 4.15, SV3).
//
// Answered from the index of grants by resource and month and from each grant's own history, never
// from a scan of the ledger. Gateway thread.
#pragma once

#include "gateway/audit_answer.h"
#include "gateway/audit_gate.h"

namespace jiandu::gateway {

struct LeakSearch {
  ledger::EntityId resource;
  std::vector<std::string> items;  // found in the sample; none: whatever was delivered
  QueryPeriod period;
};
// Of the parameters resource, items, from and to; nothing when no resource is named. Refused when
// the engagement does not cover it.
[[nodiscard]] std::expected<std::optional<LeakSearch>, Problem> ReadLeakSearch(
    const Call& call, const AuditScope& scope);

// Adds a `candidate` row for each grant, those with the latest delivery first, and what was not
// looked at.
void AddLeakCandidates(const Call& call, const LeakSearch& search, AuditRows& answer);

}  // namespace jiandu::gateway
