// See audit_query.h.
#include "gateway/audit_query.h"

namespace jiandu::gateway {

std::span<const AuditQuery> LiabilityQueries() { return {}; }

}  // namespace jiandu::gateway
