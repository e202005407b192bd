// Rows by which it is found what a compromised key may have signed, without looking at anything
// else (docs/contracts.md 4.1 DP6).
//
// One list for the network: keys revoked as COMPROMISED, by when they were revoked. One list for
// each resource: its settled cases by who signed their steps, so that those of a compromised key
// stand together and everybody else's are passed over. No leaves of the state tree. Pure; the
// thread of the block.
#pragma once

#include <functional>
#include <vector>

#include "contracts/block_state.h"

namespace jiandu::contracts {

// A key is told to be compromised since 30 days at most: what was signed before stands.
inline constexpr ledger::TimeMs kDoubtMs = 30LL * 86'400'000;

struct CompromisedKey {
  ledger::KeyId key;
  ledger::DepartmentId department;
  ledger::TimeMs since = 0;
  ledger::TimeMs until = 0;  // revoked: it signed nothing after
};
// "P" network "compromised/" until 8 key 32 -> since 8 department.
void NoteCompromise(BlockState& state, const ledger::KeyId& key, const ledger::KeyRecord& record);
// Keys that may have signed something in the time from `from` to `to`, both included, at most
// `count`. As of the begin of the block, as keys are judged.
[[nodiscard]] std::vector<CompromisedKey> CompromisedIn(const ledger::StateView& view,
                                                        ledger::TimeMs from, ledger::TimeMs to,
                                                        std::size_t count);
// The first time at which a key may have been misused; nothing: none ever was.
[[nodiscard]] std::optional<ledger::TimeMs> FirstMisuse(const ledger::StateView& view);
// Nobody's key was misused up to the time: so it is in networks in which nothing has happened yet.
[[nodiscard]] bool IsBeforeAnyCompromise(BlockState& state, ledger::TimeMs time);

// A signature under a step of a case.
struct StepSigner {
  ledger::KeyId key;
  ledger::TimeMs at = 0;  // of the step
  auto operator<=>(const StepSigner&) const = default;
};
// The case is settled by steps with these signers (ascending), or by none: not settled, or nothing
// of it can be doubted. Replaces what was noted of the case before, and forgets some rows of the
// resource that are too old to be doubted.
void NoteSettled(BlockState& state, const ledger::EntityId& resource, const ledger::EntityId& id,
                 std::vector<StepSigner> signers);
// Calls `visit` for each settled case of the resource with a step that a compromised key signed,
// until it returns false; a case may come more than once. False when there are more signers than
// are looked at. As of the begin of the block.
[[nodiscard]] bool VisitDoubtful(BlockState& state, const ledger::EntityId& resource,
                                 const std::function<bool(const ledger::EntityId&)>& visit);

}  // namespace jiandu::contracts
