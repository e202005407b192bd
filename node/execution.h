// Executing one block on a view: contracts and store brought together, in one place.
//
// Pure but for reading the view. Used by the executor, by recovery and by `db check`, so that a
// block means the same in all three. Any thread.
#pragma once

#include "base/error.h"
#include "ledger/model/genesis.h"
#include "ledger/store/ledger_view.h"
#include "node/block_data.h"
#include "node/chain_tip.h"

namespace jiandu::node {

[[nodiscard]] Result<std::vector<contracts::TransactionPtr>> DecodeTransactions(
    const consensus::Block& block);
// Decodes the block's transactions when nobody has: a block with a certificate needs no signature
// checks (block sync trusts the quorum).
[[nodiscard]] Result<BlockPtr> WithTransactions(BlockPtr block);

// `below` is the view at tip.height, `block` the next one with its transactions. A cache spares who
// executes many blocks most reads of the state tree; one thread's own.
[[nodiscard]] Result<store::OverlayPtr> ExecuteBlock(const ChainTip& tip,
                                                     const store::LedgerView& below,
                                                     const BlockData& block,
                                                     store::TreeCache* cache = nullptr);
// The tip after an executed block that `commit` decided; `after` is the view with it.
[[nodiscard]] Result<ChainTip> NextTip(const ChainTip& tip, const BlockData& block,
                                       const store::BlockOverlay& overlay,
                                       const store::LedgerView& after, consensus::Commit commit);
// A program judges no height by rules it does not know: the error says what to do.
[[nodiscard]] Result<void> CheckRuleset(const ChainTip& tip);

// The validators of height 1 and 2, and the tip at height 0 over the view of genesis.
[[nodiscard]] Result<consensus::ValidatorSetPtr> GenesisValidators(const ledger::Genesis& genesis);
[[nodiscard]] Result<store::OverlayPtr> ExecuteGenesis(const ledger::Genesis& genesis);
// The tip at the view's height, whatever it is; `commit` is empty at genesis.
[[nodiscard]] Result<ChainTip> TipOf(const ledger::Genesis& genesis, const store::LedgerView& view,
                                     consensus::Commit commit);
// The set that votes at `height` (at most view.Height() + 2).
[[nodiscard]] Result<consensus::ValidatorSetPtr> ValidatorsAt(const store::LedgerView& view,
                                                              ledger::Height height);

}  // namespace jiandu::node
