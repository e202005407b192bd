// One case whole, NOT_SHARED resources, demands: Q9, Q11, Q14 (docs/contracts.md 6).
#include "gateway/audit_query.h"

namespace jiandu::gateway {

std::span<const AuditQuery> CaseQueries() { return {}; }

}  // namespace jiandu::gateway
