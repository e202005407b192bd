// The queries about cases, resources not shared, and demands (docs/audit-queries.md). Gateway
// thread.
#pragma once

#include "gateway/audit_query.h"

namespace jiandu::gateway {

[[nodiscard]] Answer RunCaseFile(const AuditQuery& query, const Call& call);   // Q9
[[nodiscard]] Answer RunNotShared(const AuditQuery& query, const Call& call);  // Q11
[[nodiscard]] Answer RunDemands(const AuditQuery& query, const Call& call);    // Q14

}  // namespace jiandu::gateway
