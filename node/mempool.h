// Transactions that are verified and wait for a block.
//
// Loop thread only: no locks. Bounded in number, in bytes and per department; what does not fit is
// answered, never dropped in silence. Order of selection: round-robin over departments, each first
// come first served, so that nobody's flood delays another's single request. Only what is committed
// or expired leaves; nothing is checked again after a block (docs/consensus.md (Mempool)).
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "ledger/model/transaction.h"
#include "node/digest_hash.h"

namespace jiandu::node {

using TransactionPtr = std::shared_ptr<const ledger::Transaction>;  // published once decoded
using StoredPtr = std::shared_ptr<const Bytes>;                     // its stored bytes

struct MempoolBounds {
  std::size_t transactions_max = limits::kMempoolTxMax;
  std::size_t bytes_max = limits::kMempoolBytesMax;  // of what they count for (node/tx_charge.h)
  std::size_t department_percent_max = limits::kMempoolDepartmentPercentMax;
  std::int64_t reoffer_ms = 5000;
};

// A client handed it to this node, or a peer sent it.
enum class TxOrigin : std::uint8_t { kClient, kPeer };

struct PooledTx {
  TransactionPtr transaction;
  StoredPtr stored;
  TxOrigin origin = TxOrigin::kClient;
};

class Mempool {
 public:
  explicit Mempool(MempoolBounds bounds = {});
  ~Mempool();
  Mempool(const Mempool&) = delete;
  Mempool& operator=(const Mempool&) = delete;

  enum class Added { kAdded, kKnown, kFull, kDepartmentFull };
  // Known is known by txid: the first envelope stays, whatever signatures the second one carries.
  // `now_ms` is the steady clock's.
  [[nodiscard]] Added Add(PooledTx tx, std::int64_t now_ms);

  [[nodiscard]] bool Contains(const ledger::TxId& txid) const;
  [[nodiscard]] TransactionPtr Find(const ledger::TxId& txid) const;

  // For a block: at most these many bytes (stored sizes, `overhead` more for each) and
  // transactions, none expired at `block_time`. They stay in the pool.
  [[nodiscard]] std::vector<PooledTx> Pick(std::size_t bytes_max, std::size_t count_max,
                                           ledger::TimeMs block_time,
                                           std::size_t overhead = 8) const;
  // Something that Pick would return for any budget.
  [[nodiscard]] bool HasWork(ledger::TimeMs block_time) const;

  // Committed (or found unfit when a block was built).
  void Remove(std::span<const ledger::TxId> txids);
  // Whatever expires at or before `block_time`; their txids.
  std::vector<ledger::TxId> RemoveExpired(ledger::TimeMs block_time);
  // Whatever the predicate names, say those of a department or a key; their txids.
  std::vector<ledger::TxId> RemoveIf(const std::function<bool(const ledger::Transaction&)>& named);

  // Transactions that have waited for reoffer_ms since they came or were last offered, oldest
  // first, at most `bytes_max`: to be sent to the peers (again).
  [[nodiscard]] std::vector<PooledTx> TakeReoffers(std::int64_t now_ms, std::size_t bytes_max);

  [[nodiscard]] std::size_t Count() const;
  [[nodiscard]] std::size_t Bytes() const;
  [[nodiscard]] std::size_t BytesOf(const std::string& department) const;

 private:
  struct Entry {
    PooledTx tx;
    std::size_t charge = 0;
    std::int64_t offered_ms = 0;
    std::uint64_t arrival = 0;
  };
  using Queue = std::list<Entry>;  // of one department, by arrival
  struct Department {
    Queue queue;
    std::size_t bytes = 0;
  };
  using Departments = std::map<std::string, Department>;
  using Offers = std::list<ledger::TxId>;  // by time of the last offer
  struct Place {
    Departments::iterator department;
    Queue::iterator entry;
    Offers::iterator offer;
  };
  void Erase(DigestMap<Place>::iterator where);

  MempoolBounds bounds_;
  Departments departments_;
  DigestMap<Place> by_txid_;
  Offers offers_;
  std::map<std::pair<ledger::TimeMs, std::uint64_t>, ledger::TxId> by_exp_;  // and arrival
  std::size_t bytes_ = 0;
  std::uint64_t next_arrival_ = 0;
};

}  // namespace jiandu::node
