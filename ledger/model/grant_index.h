// Indexes of grants: those on data of a grade, those used in a month, when each was used last, and
// resources whose grade was raised after grants had been opened.
//
// Auditors ask them (docs/audit-queries.md, Q5, Q8, Q15); contracts write them with the bodies and
// counters; they are no leaves of the state tree. Pure; any thread.
#pragma once

#include <optional>
#include <vector>

#include "ledger/model/state_view.h"

namespace jiandu::ledger {

// 1 for G1 to 6 for CORE; 0 for what is no grade.
[[nodiscard]] int GradeRank(std::string_view grade);

// "Gg" rank 1 resource 17 -> empty: resources by their grade of today.
[[nodiscard]] Bytes GradeRowKey(int rank, const EntityId& resource);
// "Gc" resource 17 -> rank 1: the row it has.
[[nodiscard]] Bytes GradeOfKey(const EntityId& resource);
// "Gu" resource 17 -> empty: its grade was raised.
[[nodiscard]] Bytes RaisedRowKey(const EntityId& resource);
// "P" resource 17 "G" grant 17 -> empty: grants ever opened on a resource.
[[nodiscard]] Bytes GrantRowKey(const EntityId& resource, const EntityId& grant);
// "Gm" month 4 grant 17 -> empty: grants with accesses of a month (yyyymm, of `occurred_at`).
[[nodiscard]] Bytes UsedRowKey(std::int32_t month, const EntityId& grant);
// "Gl" grant 17 -> date 4: the last day (yyyymmdd) with a counted access.
[[nodiscard]] Bytes LastUseKey(const EntityId& grant);

// Each at most `count`, after `after` (null: from the first), in the order of the ids.
[[nodiscard]] std::vector<EntityId> ListOfGrade(const StateView& view, int rank,
                                                const EntityId* after, std::size_t count);
[[nodiscard]] std::vector<EntityId> ListRaised(const StateView& view, const EntityId* after,
                                               std::size_t count);
[[nodiscard]] std::vector<EntityId> ListGrantsOf(const StateView& view, const EntityId& resource,
                                                 const EntityId* after, std::size_t count);
// By month and grant, from `first` to `last`, both included.
struct UsedGrant {
  std::int32_t month = 0;  // yyyymm
  EntityId grant;
};
[[nodiscard]] std::vector<UsedGrant> ListUsed(const StateView& view, std::int32_t first,
                                              std::int32_t last, const UsedGrant* after,
                                              std::size_t count);
// yyyymmdd; 0: never.
[[nodiscard]] std::int32_t LastUseOf(const StateView& view, const EntityId& grant);

}  // namespace jiandu::ledger
