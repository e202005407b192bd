// The txids that may not come again: entering those of a block, forgetting those of past hours.
//
// Owned by ApplyBlock for the length of a block; one thread. Reads no row but the leaf and the
// peaks of the hours in which the block's own txids expire.
#pragma once

#include <map>

#include "contracts/block_state.h"
#include "ledger/model/expiry.h"

namespace jiandu::contracts {

class ExpirySet {
 public:
  explicit ExpirySet(BlockState& state) : state_(state) {}

  // In the order of the block. The caller's admission has refused what is entered already.
  void Enter(ledger::TimeMs exp, const ledger::TxId& txid);
  // Writes the leaves that grew, drops those of hours that have passed at the block's time, and
  // forgets the rows of such hours, a bounded number each block.
  void Finish();

 private:
  [[nodiscard]] crypto::MerkleFrontier Read(std::uint64_t hour) const;
  void DropPassedLeaves();
  void ForgetRows();

  BlockState& state_;
  std::map<std::uint64_t, crypto::MerkleFrontier> hours_;  // that grew in this block
};

}  // namespace jiandu::contracts
