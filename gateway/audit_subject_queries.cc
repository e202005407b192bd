// One person, one value, one leaked file: Q1, Q2, Q12 (docs/contracts.md 6).
#include "gateway/audit_query.h"

namespace jiandu::gateway {

std::span<const AuditQuery> SubjectQueries() { return {}; }

}  // namespace jiandu::gateway
