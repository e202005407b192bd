// Departments as the other machines ask for them: by role, active or ended, with or without their
// rights as consumer (docs/contracts.md 4.1).
//
// Pure; the thread of the block.
#pragma once

#include "contracts/block_state.h"

namespace jiandu::contracts {

// Active departments of a role, ascending: `cfg/role/<ROLE>`, kept so that nobody scans for them.
[[nodiscard]] std::vector<ledger::DepartmentId> DepartmentsOf(const BlockState& state,
                                                              std::string_view role);
// Enters a department into the lists of its roles ("MANAGER,DEPARTMENT"), or takes it out.
void ListDepartment(BlockState& state, std::string_view code, std::string_view roles);
void UnlistDepartment(BlockState& state, std::string_view code, std::string_view roles);

// Registered and not ended; RENAMED goes on under its code.
[[nodiscard]] bool IsActiveDepartment(BlockState& state, std::string_view code);

// DP3: what an ended department had, or the part of it that was mapped, is another's from now on.
void NotePredecessor(BlockState& state, std::string_view successor, std::string_view old);
// Ended departments of whose cases the department may have some, through all reorganisations; with
// a bound.
[[nodiscard]] std::vector<ledger::DepartmentId> PredecessorsOf(const ledger::StateView& view,
                                                               std::string_view code);

// DP2: rights as consumer, now and as of a time. An access while they were suspended is
// DENY_IGNORED.
[[nodiscard]] bool IsConsumerSuspended(BlockState& state, std::string_view code);
[[nodiscard]] bool WasConsumerSuspended(const ledger::StateView& view, std::string_view code,
                                        ledger::TimeMs time);
// The times at which they were taken and given back, in turns.
[[nodiscard]] std::vector<ledger::TimeMs> SuspensionSwitches(const BlockState& state,
                                                             std::string_view code);
[[nodiscard]] bool IsSuspendedAt(std::span<const ledger::TimeMs> switches, ledger::TimeMs time);
void SetConsumerSuspended(BlockState& state, std::string_view code, bool suspended);

}  // namespace jiandu::contracts
