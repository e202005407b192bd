// Consents to pass data of a grant on, looked up by grant and recipient (docs/contracts.md 4.9).
//
// Pure; the thread of the block.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "contracts/block_state.h"

namespace jiandu::contracts {

// Consents of a grant to a department, or ("") to the holders of derived resources; the newest 32.
// A consent is an entity of kind kThirdParty with the number `valid_to`, in its form `items`, and
// the link `derived_resource` when it is for one. It is entered when it is given.
void AddConsent(BlockState& state, const ledger::EntityId& grant, std::string_view recipient,
                const ledger::EntityId& consent);
[[nodiscard]] std::vector<ledger::EntityId> Consents(const BlockState& state,
                                                     const ledger::EntityId& grant,
                                                     std::string_view recipient);
// Departments that data of the grant was passed on to, as was reported, with or without consent.
void NoteRecipient(BlockState& state, const ledger::EntityId& grant, std::string_view recipient);
[[nodiscard]] std::vector<ledger::DepartmentId> Recipients(const ledger::StateView& view,
                                                           const ledger::EntityId& grant);
// Departments that hold data delivered under the grant, each with the first way it came: DELIVERY
// to its consumer, THIRD_PARTY to whom it was passed on, DERIVED to those who made something of it
// or have a grant on that. At most 64; `complete` is false when there may be more. As of the begin
// of the block.
struct Holder {
  ledger::DepartmentId department;
  std::string_view through;
};
struct Holders {
  std::vector<Holder> list;
  bool complete = true;
};
[[nodiscard]] Holders HoldersUnder(BlockState& state, const ledger::EntityId& grant);
// For each of the items a consent to pass it on in the derived resource lives at `time`, and so
// does the grant.
[[nodiscard]] bool HasConsent(BlockState& state, const ledger::EntityId& grant,
                              const ledger::EntityId& derived, std::span<const std::string> items,
                              ledger::TimeMs time);
// Of each provider whose items survive unchanged in the derived resource; none is needed where all
// inputs are UNCONDITIONAL. False without a derivation on record (docs/contracts.md 4.3).
[[nodiscard]] bool HasConsentsFor(BlockState& state, const ledger::EntityId& derived,
                                  ledger::TimeMs time);

}  // namespace jiandu::contracts
