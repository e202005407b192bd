// Return flow 回流: data flows back to the level below whose territory it is about
// (docs/contracts.md 4.6; 809 Art. 24). Pure; the thread of the block.
#pragma once

#include "contracts/block_state.h"

namespace jiandu::contracts {

// The territory lies in the consumer's jurisdiction, and the provider stands above the consumer.
[[nodiscard]] bool IsReturnFlow(BlockState& state, std::string_view territory,
                                std::string_view consumer, std::string_view provider);

}  // namespace jiandu::contracts
