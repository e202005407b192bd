// Transactions behind the answers of audit queries: the stub, the signed payload, and both as they
// stand in a row. Gateway thread.
#pragma once

#include <optional>

#include "gateway/call.h"
#include "ledger/model/stub.h"
#include "ledger/model/transaction.h"

namespace jiandu::gateway {

// What one answer may read: a transaction costs its whole block, of up to limits::kBlockBytesMax.
// A page ends when it is spent; the next one begins with a new one.
class ReadBudget {
 public:
  static constexpr std::uint64_t kBytesMax = std::uint64_t{64} << 20U;

  ReadBudget() = default;
  // Of the call's answer: spent as well once nobody waits for that.
  explicit ReadBudget(const Call& call) : call_(&call) {}

  [[nodiscard]] bool IsSpent() const {
    return bytes_ >= kBytesMax || (call_ != nullptr && call_->IsAbandoned());
  }
  // Of the block read last nothing is read again.
  void Spend(const LedgerSnapshot& snapshot, const ledger::Stub& stub, ledger::LogIndex index);

 private:
  const Call* call_ = nullptr;
  std::uint64_t bytes_ = 0;
  ledger::Height last_ = 0;
};

struct ReadTransaction {
  ledger::Stub stub;
  ledger::LogIndex index = 0;
  ledger::Transaction transaction;
};
// Nothing when the entry is a block's, or cannot be read.
[[nodiscard]] std::optional<ReadTransaction> ReadTransactionAt(const LedgerSnapshot& snapshot,
                                                               ledger::LogIndex index);
[[nodiscard]] std::optional<ReadTransaction> ReadTransactionAt(const LedgerSnapshot& snapshot,
                                                               ledger::LogIndex index,
                                                               ReadBudget& budget);
[[nodiscard]] std::optional<ReadTransaction> FindTransaction(const LedgerSnapshot& snapshot,
                                                             const ledger::TxId& txid);

}  // namespace jiandu::gateway
