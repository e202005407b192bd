// Which rule set judges a height, and which of them this program knows (docs/contracts.md 4.2).
//
// `cfg/ruleset` has that of genesis, `cfg/ruleset-next` what was voted and from which height on. A
// program that does not know the rules of a height does not judge it: the node stops before it.
// Pure.
#pragma once

#include <optional>

#include "contracts/block_state.h"

namespace jiandu::contracts {

// The rule sets of this program. A release that has another one keeps those before it, for the
// ledgers that were recorded under them.
[[nodiscard]] bool KnowsRuleset(std::uint64_t ruleset);

struct PlannedRuleset {
  ledger::Height from = 0;  // it judges this height and those after it
  std::uint64_t ruleset = 0;
};
[[nodiscard]] std::optional<PlannedRuleset> ReadPlannedRuleset(const ledger::StateView& view);
// By the state at the end of any height below.
[[nodiscard]] std::uint64_t RulesetAt(const ledger::StateView& view, ledger::Height height);

// As a block sees it: that of its height.
[[nodiscard]] std::uint64_t RulesetInForce(const BlockState& state);
// From `from` on the network judges by `ruleset`. What is in force by now stays known.
void PlanRuleset(BlockState& state, const PlannedRuleset& planned, std::string_view source_digest);

}  // namespace jiandu::contracts
