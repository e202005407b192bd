// What the next block builds on: everything decided and executed up to a height.
//
// Immutable once published; the loop and the executor each hold one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "consensus/commit.h"
#include "consensus/validator_set.h"

namespace jiandu::node {

struct ChainTip {
  std::string chain;
  std::uint64_t ruleset = 1;
  consensus::Height height = 0;  // 0: genesis
  consensus::BlockId block_id;   // zero at genesis
  std::int64_t time_ms = 0;
  Hash256 app_hash;
  Hash256 results_hash;                 // of the block at `height`
  consensus::ValidatorSetPtr set;       // of height + 1
  consensus::ValidatorSetPtr next_set;  // of height + 2
  consensus::Commit commit;             // of the block at `height`; empty at genesis
};

}  // namespace jiandu::node
