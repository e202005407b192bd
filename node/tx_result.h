// What became of a transaction, read from a view. Pure but for reading; any thread.
#pragma once

#include <optional>

#include "gateway/ports.h"
#include "ledger/store/ledger_view.h"

namespace jiandu::node {

// Nothing when the transaction is in no block of the view.
[[nodiscard]] std::optional<gateway::TxResult> FindResult(const store::LedgerView& view,
                                                          const ledger::TxId& txid);
// Of the transaction at a place of a block the view has.
[[nodiscard]] Result<gateway::TxResult> ResultAt(const store::LedgerView& view,
                                                 ledger::LogIndex index);

}  // namespace jiandu::node
