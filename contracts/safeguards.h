// Which safeguards a grade asks for, by way of delivery (docs/contracts.md 4.3.4). Constants.
#pragma once

#include <span>
#include <string_view>

#include "contracts/block_state.h"

namespace jiandu::contracts {

struct Safeguards {
  bool forbidden = false;
  std::int64_t mlps = 0;  // 等保 level of every system, as registered
  std::span<const std::string_view> measures;
};
[[nodiscard]] Safeguards SafeguardsOf(std::string_view grade, std::string_view mode);
// MLPS level as registered for a SYSTEM identity; 0 when none is.
[[nodiscard]] std::int64_t MlpsOf(const ledger::EntityBody& identity);
// A request's measures and systems reach what `grade` asks for.
[[nodiscard]] bool MeetsSafeguards(BlockState& state, const Json& request, std::string_view grade);
// SAFEGUARD_GAP: what the grant was opened with is below the table for the resource's grade of
// today.
[[nodiscard]] bool HasSafeguardGap(BlockState& state, const ledger::EntityBody& grant);
// Every system of the request is an active SYSTEM identity of the consumer.
[[nodiscard]] bool OwnsSystems(BlockState& state, const Json& request, std::string_view consumer);

}  // namespace jiandu::contracts
