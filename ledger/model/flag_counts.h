// How many calls of a batch raised each of its flags (docs/contracts.md 4.10).
//
// The log says which flags a batch raised; how often stands beside it, where answers find it by the
// transaction. Contracts write it with the batch; it is no leaf of the state tree. Pure; any
// thread.
#pragma once

#include <vector>

#include "ledger/model/code_numbers.h"
#include "ledger/model/state_view.h"

namespace jiandu::ledger {

struct FlagCount {
  Flag flag = Flag::kNoGrant;
  std::uint64_t n = 0;
  bool operator==(const FlagCount&) const = default;
};
using FlagCounts = std::vector<FlagCount>;

// "K" txid 32 -> bit 1, n 8, again and again, ascending by bit: of batches that raised any.
[[nodiscard]] Bytes FlagCountsKey(const TxId& txid);
[[nodiscard]] Bytes EncodeFlagCounts(const FlagCounts& counts);
// Empty for a transaction that is no batch, or raised nothing.
[[nodiscard]] FlagCounts FlagCountsOf(const StateView& view, const TxId& txid);
// How often `flag` was raised; 0: it is not counted.
[[nodiscard]] std::uint64_t CountOf(const FlagCounts& counts, std::uint32_t bit);

}  // namespace jiandu::ledger
