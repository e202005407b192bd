// The queries about one person, one value, one leaked file, one record (docs/audit-queries.md).
// Gateway thread.
#pragma once

#include <string>
#include <vector>

#include "gateway/audit_query.h"

namespace jiandu::gateway {

// Tags one query may name.
inline constexpr std::size_t kTagsMax = 32;
// `tags`: keyed tags, 64 hex digits each, separated by commas.
[[nodiscard]] std::expected<std::vector<Hash256>, Problem> ReadTags(const Call& call);
// A parameter that names an entity; of the kind, unless that is kNetwork.
[[nodiscard]] std::expected<ledger::EntityId, Problem> ReadEntity(const Call& call,
                                                                  std::string_view name,
                                                                  ledger::EntityKind kind);

[[nodiscard]] Answer RunSubject(const AuditQuery& query, const Call& call);  // Q1
[[nodiscard]] Answer RunValue(const AuditQuery& query, const Call& call);    // Q2
[[nodiscard]] Answer RunLeak(const AuditQuery& query, const Call& call);     // Q12
[[nodiscard]] Answer RunRecord(const AuditQuery& query, const Call& call);   // record

}  // namespace jiandu::gateway
