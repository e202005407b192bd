// Whether a query that is about one person, file or case may be asked now: inside an open
// engagement (docs/contracts.md 4.15).
//
// Gateway thread.
#pragma once

#include <optional>

#include "gateway/audit_query.h"

namespace jiandu::gateway {

// Why not; nothing when it may.
[[nodiscard]] std::optional<Problem> CheckEngagement(const AuditQuery& query, const Call& call);

}  // namespace jiandu::gateway
