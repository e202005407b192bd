// See audit_transactions.h.
#include "gateway/audit_transactions.h"

#include <utility>

#include "gateway/audit_answer.h"

namespace jiandu::gateway {

void ReadBudget::Spend(const LedgerSnapshot& snapshot, const ledger::Stub& stub,
                       ledger::LogIndex index) {
  if (stub.height == last_) return;
  last_ = stub.height;
  bytes_ += snapshot.BytesBehind(index);
}

std::optional<ReadTransaction> ReadTransactionAt(const LedgerSnapshot& snapshot,
                                                 ledger::LogIndex index) {
  ReadBudget budget;
  return ReadTransactionAt(snapshot, index, budget);
}

std::optional<ReadTransaction> ReadTransactionAt(const LedgerSnapshot& snapshot,
                                                 ledger::LogIndex index, ReadBudget& budget) {
  auto stub = StubAt(snapshot, index);
  if (!stub) return std::nullopt;
  budget.Spend(snapshot, *stub, index);
  const auto stored = snapshot.TransactionAt(index);
  if (!stored) return std::nullopt;
  auto transaction = ledger::DecodeStored(*stored);
  if (!transaction) return std::nullopt;
  return ReadTransaction{
      .stub = *std::move(stub), .index = index, .transaction = *std::move(transaction)};
}

std::optional<ReadTransaction> FindTransaction(const LedgerSnapshot& snapshot,
                                               const ledger::TxId& txid) {
  const auto found = snapshot.FindTx(txid);
  if (!found || found->height == 0) return std::nullopt;
  return ReadTransactionAt(snapshot, found->index);
}

}  // namespace jiandu::gateway
