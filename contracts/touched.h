// Which entities a transaction touches: a function of its payload and of attributes fixed at birth
// (docs/adr/0001 (Log, state and proofs)), so that anybody can recompute it.
//
// Pure; the thread of the block.
#pragma once

#include <map>

#include "base/limits.h"
#include "contracts/case_table.h"
#include "ledger/model/stub.h"

namespace jiandu::contracts {

using RolesByEntity = std::map<ledger::EntityId, std::uint32_t>;

// Of what takes effect; a signature or vote that comes later adds its own case and month.
inline constexpr std::size_t kTouchedAtOnceMax = limits::kTouchedEntitiesMax - 2;

// Of an accepted transaction: births, entities named, what they hang on, pair and
// department-month. At most kTouchedAtOnceMax: of what they hang on the farthest may be
// left out, and an event with so many says so by that (docs/proof-format.md).
[[nodiscard]] RolesByEntity TouchedBy(Case& judged);
// Of one that is put aside or rejected: the signer's department-month, and of a rejected one the
// entities it names that exist.
[[nodiscard]] RolesByEntity TouchedByRejected(BlockState& state, const ledger::Payload& payload);
// Adds the touches to the state's leaves; sorted by entity.
[[nodiscard]] std::vector<ledger::Touch> WriteTouches(BlockState& state, const RolesByEntity& roles,
                                                      ledger::LogIndex index);

}  // namespace jiandu::contracts
