// What other machines ask of a resource: grade, dataset versions over time, open cases.
//
// Pure; the thread of the block.
#pragma once

#include "contracts/block_state.h"

namespace jiandu::contracts {

// G1 = 1 to G4 = 4, IMPORTANT = 5, CORE = 6; 0 for anything else.
[[nodiscard]] int GradeRank(std::string_view grade);
// Longest time between two refreshes of an update cycle, with a day of grace; 0: none is set.
[[nodiscard]] std::int64_t CycleMs(std::string_view update_cycle);
// A permission that refuses or returns names a reason of the catalogue and a digest.
[[nodiscard]] bool HasReason(const Json& form);

inline constexpr std::int64_t kNoVersion = 9007199254740991;
void AddVersion(BlockState& state, const ledger::EntityId& resource, ledger::TimeMs time,
                std::int64_t version);
// Requests that are not ended and corrections that are not settled.
[[nodiscard]] std::uint32_t OpenCases(const BlockState& state, const ledger::EntityId& resource);
void OpenCase(BlockState& state, const ledger::EntityId& resource);
void CloseCase(BlockState& state, const ledger::EntityId& resource);
[[nodiscard]] bool IsOpenRequest(const ledger::EntityBody& request);

// Departments that ever had a grant or an access on the resource.
void MarkUser(BlockState& state, const ledger::EntityId& resource, std::string_view department);
[[nodiscard]] bool IsKnownUser(const BlockState& state, const ledger::EntityId& resource,
                               std::string_view department);

// The newest grant of a department on the resource; zero: it never had one.
void MarkHolder(BlockState& state, const ledger::EntityId& resource, std::string_view department,
                const ledger::EntityId& grant);
[[nodiscard]] ledger::EntityId NewestGrant(const BlockState& state,
                                           const ledger::EntityId& resource,
                                           std::string_view department);

}  // namespace jiandu::contracts
