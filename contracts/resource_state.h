// What follows from the state of a resource for those who use it: its status as of a time, when it
// lets nobody in, who still has a grant, which requests its class has closed (docs/contracts.md
// 4.3).
//
// Nothing of it is written to the grants and requests: it is derived from the resource when asked.
// Pure; the thread of the block.
#pragma once

#include "contracts/block_state.h"

namespace jiandu::contracts {

// A suspension with an end ends by itself; core data counts as SUSPENDED.
[[nodiscard]] std::uint32_t ResourceStatusAt(const ledger::EntityBody& resource,
                                             ledger::TimeMs time);
// An amendment: `amendment` in the texts, its content in `terms`, beside what is published.
namespace amendment {
inline constexpr std::string_view kSubmitted = "SUBMITTED";
inline constexpr std::string_view kReturned = "RETURNED";
inline constexpr std::string_view kApproved = "APPROVED";
}  // namespace amendment
void DropAmendment(ledger::EntityBody& resource);

// The resource lets nobody in from now on, for the cause; `until` 0: until it is ended.
void BeginStop(BlockState& state, const ledger::EntityId& resource, StopCause cause,
               ledger::TimeMs until);
void EndStop(BlockState& state, const ledger::EntityId& resource, StopCause cause);
// A check at `time` is to deny: core data, or suspended for an incident. An access that was let in
// nevertheless is DENY_IGNORED.
[[nodiscard]] bool IsStopped(BlockState& state, const ledger::EntityId& resource,
                             ledger::TimeMs time);
[[nodiscard]] bool IsStopped(BlockState& state, const ledger::EntityId& resource,
                             ledger::TimeMs time, StopCause cause);

// The content of a published version: by it a request that names the version is decided.
void KeepContent(BlockState& state, const ledger::EntityId& id, const ledger::EntityBody& resource);
[[nodiscard]] const Json& ContentOfVersion(BlockState& state, const ledger::EntityId& id,
                                           std::int64_t version);

// Grants of the resource from their opening until they are CLOSED: those that live, and those whose
// data is still to be disposed of. As of the begin of the block. Auditors list those of all time
// (ledger/model/grant_index.h).
inline constexpr std::size_t kGrantsMax = 1024;  // that are looked at
void NoteGrant(BlockState& state, const ledger::EntityId& resource, const ledger::EntityId& grant);
void ForgetGrant(BlockState& state, const ledger::EntityId& resource,
                 const ledger::EntityId& grant);
[[nodiscard]] std::vector<ledger::EntityId> GrantsOf(const ledger::StateView& view,
                                                     const ledger::EntityId& resource);
// Some grant has not ended, those opened earlier in the block included. Of more than are looked at
// it is taken for granted.
[[nodiscard]] bool HasLiveGrant(BlockState& state, const ledger::EntityId& resource);

// The class is that of the version published now, by law: pending requests of other classes close.
void NoteClassByLaw(ledger::EntityBody& resource, ledger::TimeMs time);
// When the request was closed by a change of the class by law; 0: it was not.
[[nodiscard]] ledger::TimeMs ReclassedAt(BlockState& state, const ledger::EntityBody& request);

}  // namespace jiandu::contracts
