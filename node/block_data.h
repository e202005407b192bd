// A block as the node holds it: id, bytes, decoded form and decoded transactions.
//
// Immutable once made and shared between threads; the executor, the signer and the peers read it.
#pragma once

#include <memory>
#include <vector>

#include "consensus/block.h"
#include "contracts/block_apply.h"

namespace jiandu::node {

struct BlockData {
  consensus::BlockId id;
  consensus::Block block;
  std::shared_ptr<const Bytes> bytes;  // serialised, as hashed into parts
  std::vector<contracts::TransactionPtr>
      transactions;  // decoded, block order; empty until somebody has
};
using BlockPtr = std::shared_ptr<const BlockData>;

}  // namespace jiandu::node
