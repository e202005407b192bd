// Consent to pass data of a grant on, looked up by recipient (docs/contracts.md 4.9).
//
// Pure; the thread of the block.
#pragma once

#include <span>
#include <string>

#include "contracts/block_state.h"

namespace jiandu::contracts {

// The consent that stands for a recipient: a department's code, or a derived resource's id in hex.
// It is written when the consent is given.
void SetConsent(BlockState& state, const ledger::EntityId& grant, std::string_view recipient,
                const ledger::EntityId& consent);
// A consent to this recipient lives at `time` with its grant and covers all these items.
[[nodiscard]] bool HasConsent(BlockState& state, const ledger::EntityId& grant,
                              std::string_view recipient, std::span<const std::string> items,
                              ledger::TimeMs time);
// Of each provider whose items survive unchanged in the derived resource; none is needed where all
// inputs are UNCONDITIONAL. False without a derivation on record (docs/contracts.md 4.3).
[[nodiscard]] bool HasConsentsFor(BlockState& state, const ledger::EntityId& derived,
                                  ledger::TimeMs time);

}  // namespace jiandu::contracts
