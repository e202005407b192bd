// Transactions behind the answers of audit queries: the stub, the signed payload, and both as they
// stand in a row. Gateway thread.
#pragma once

#include <optional>

#include "gateway/ports.h"
#include "ledger/model/stub.h"
#include "ledger/model/transaction.h"

namespace jiandu::gateway {

struct ReadTransaction {
  ledger::Stub stub;
  ledger::LogIndex index = 0;
  ledger::Transaction transaction;
};
// Nothing when the entry is a block's, or cannot be read.
[[nodiscard]] std::optional<ReadTransaction> ReadTransactionAt(const LedgerSnapshot& snapshot,
                                                               ledger::LogIndex index);
[[nodiscard]] std::optional<ReadTransaction> FindTransaction(const LedgerSnapshot& snapshot,
                                                             const ledger::TxId& txid);

}  // namespace jiandu::gateway
