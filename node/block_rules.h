// Making the header of the next block, and judging one: the two sides of the same rules.
//
// Pure functions; no clock. What is checked here is CometBFT's validateBlock (state/validation.go)
// with proposer-based time; transactions are judged by block_check.
#pragma once

#include <vector>

#include "base/error.h"
#include "consensus/block.h"
#include "node/chain_tip.h"

namespace jiandu::node {

// The block after `tip` with these transactions. `time_ms` must be later than the tip's.
[[nodiscard]] consensus::Block MakeBlock(const ChainTip& tip, const consensus::Address& proposer,
                                         std::int64_t time_ms, std::vector<Bytes> transactions);

// Every header field against the tip, and last_commit against the set of the tip's height.
// `last_set` is that set; unused at height 1.
[[nodiscard]] Result<void> CheckHeader(const ChainTip& tip, const consensus::Block& block,
                                       const consensus::ValidatorSet* last_set);

}  // namespace jiandu::node
