// See audit_query.h.
#include "gateway/audit_query.h"

namespace jiandu::gateway {

std::span<const AuditQuery> UseQueries() { return {}; }

}  // namespace jiandu::gateway
