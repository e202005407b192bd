// What Q1 cannot show: accesses that are sealed, and those in digest batches whose leaves only
// their keepers have (docs/adr/0012). Counted, with a gap for each bound that is met. Gateway
// thread.
#pragma once

#include "gateway/audit_answer.h"
#include "gateway/audit_gate.h"
#include "gateway/audit_subject_queries.h"

namespace jiandu::gateway {

struct SubjectAsked {
  AuditScope scope;
  QueryPeriod period;
  std::vector<Hash256> tags;
  std::optional<ledger::EntityId> resource;
};

// Rows `sealed` and `keeper`, of the resource asked for or all of the engagement.
void AddHidden(const Call& call, const SubjectAsked& asked, AuditRows& answer);

}  // namespace jiandu::gateway
