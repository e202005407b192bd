// The pool's books: by txid, by department, by expiry, by time of the last offer.
#include "node/mempool.h"

#include <algorithm>
#include <utility>

#include "node/tx_charge.h"

namespace jiandu::node {

Mempool::Mempool(MempoolBounds bounds) : bounds_(bounds) {}
Mempool::~Mempool() = default;

Mempool::Added Mempool::Add(PooledTx tx, std::int64_t now_ms) {
  const ledger::TxId txid = tx.transaction->txid;
  if (by_txid_.contains(txid)) return Added::kKnown;
  const std::size_t charge = ChargeOf(*tx.transaction);
  if (by_txid_.size() >= bounds_.transactions_max || charge > bounds_.bytes_max - bytes_) {
    return Added::kFull;
  }
  const std::string& name = tx.transaction->payload.department;
  const auto found = departments_.find(name);
  const std::size_t count = found == departments_.end() ? 0 : found->second.queue.size();
  const std::size_t bytes = found == departments_.end() ? 0 : found->second.bytes;
  const std::size_t percent = bounds_.department_percent_max;
  if ((count + 1) * 100 > bounds_.transactions_max * percent ||
      (bytes + charge) * 100 > bounds_.bytes_max * percent) {
    return Added::kDepartmentFull;
  }
  const auto department = departments_.try_emplace(name).first;
  const std::uint64_t arrival = next_arrival_++;
  by_exp_.emplace(std::pair(tx.transaction->payload.exp, arrival), txid);
  offers_.push_back(txid);
  Queue& queue = department->second.queue;
  queue.push_back(
      Entry{.tx = std::move(tx), .charge = charge, .offered_ms = now_ms, .arrival = arrival});
  department->second.bytes += charge;
  bytes_ += charge;
  by_txid_.emplace(txid, Place{.department = department,
                               .entry = std::prev(queue.end()),
                               .offer = std::prev(offers_.end())});
  return Added::kAdded;
}

bool Mempool::Contains(const ledger::TxId& txid) const { return by_txid_.contains(txid); }

TransactionPtr Mempool::Find(const ledger::TxId& txid) const {
  const auto found = by_txid_.find(txid);
  return found == by_txid_.end() ? nullptr : found->second.entry->tx.transaction;
}

std::vector<PooledTx> Mempool::Pick(std::size_t bytes_max, std::size_t count_max,
                                    ledger::TimeMs block_time, std::size_t overhead) const {
  struct Turn {
    Queue::const_iterator next;
    Queue::const_iterator end;
  };
  std::vector<Turn> turns;
  turns.reserve(departments_.size());
  for (const auto& [name, department] : departments_) {
    turns.push_back(Turn{.next = department.queue.begin(), .end = department.queue.end()});
  }
  // Who came first has the first turn, so that no name is always first.
  std::ranges::sort(turns, {}, [](const Turn& turn) { return turn.next->arrival; });
  std::vector<PooledTx> picked;
  while (!turns.empty() && picked.size() < count_max) {
    std::erase_if(turns, [&](Turn& turn) {
      const auto is_expired = [block_time](const Entry& entry) {
        return entry.tx.transaction->payload.exp <= block_time;
      };
      while (turn.next != turn.end && is_expired(*turn.next)) ++turn.next;
      if (turn.next == turn.end || picked.size() >= count_max) return true;
      const std::size_t size = turn.next->tx.stored->size() + overhead;
      // A department whose next does not fit is done: overtaking would starve its large ones.
      if (size > bytes_max) return true;
      bytes_max -= size;
      picked.push_back(turn.next->tx);
      ++turn.next;
      return false;
    });
  }
  return picked;
}

bool Mempool::HasWork(ledger::TimeMs block_time) const {
  return !by_exp_.empty() && by_exp_.rbegin()->first.first > block_time;
}

void Mempool::Erase(DigestMap<Place>::iterator where) {
  const Place place = where->second;
  const std::size_t charge = place.entry->charge;
  by_exp_.erase({place.entry->tx.transaction->payload.exp, place.entry->arrival});
  offers_.erase(place.offer);
  bytes_ -= charge;
  place.department->second.bytes -= charge;
  place.department->second.queue.erase(place.entry);
  if (place.department->second.queue.empty()) departments_.erase(place.department);
  by_txid_.erase(where);
}

void Mempool::Remove(std::span<const ledger::TxId> txids) {
  for (const ledger::TxId& txid : txids) {
    const auto found = by_txid_.find(txid);
    if (found != by_txid_.end()) Erase(found);
  }
}

std::vector<ledger::TxId> Mempool::RemoveExpired(ledger::TimeMs block_time) {
  std::vector<ledger::TxId> expired;
  for (const auto& [key, txid] : by_exp_) {
    if (key.first > block_time) break;
    expired.push_back(txid);
  }
  Remove(expired);
  return expired;
}

std::vector<ledger::TxId> Mempool::RemoveIf(
    const std::function<bool(const ledger::Transaction&)>& named) {
  std::vector<ledger::TxId> removed;
  for (const auto& [txid, place] : by_txid_) {
    if (named(*place.entry->tx.transaction)) removed.push_back(txid);
  }
  Remove(removed);
  return removed;
}

std::vector<PooledTx> Mempool::TakeReoffers(std::int64_t now_ms, std::size_t bytes_max) {
  std::vector<PooledTx> due;
  while (due.size() < by_txid_.size()) {
    const Place& place = by_txid_.at(offers_.front());
    Entry& entry = *place.entry;
    const std::size_t size = entry.tx.stored->size();
    if (now_ms - entry.offered_ms < bounds_.reoffer_ms || size > bytes_max) break;
    bytes_max -= size;
    entry.offered_ms = now_ms;
    offers_.splice(offers_.end(), offers_, place.offer);
    due.push_back(entry.tx);
  }
  return due;
}

std::size_t Mempool::Count() const { return by_txid_.size(); }
std::size_t Mempool::Bytes() const { return bytes_; }

std::size_t Mempool::BytesOf(const std::string& department) const {
  const auto found = departments_.find(department);
  return found == departments_.end() ? 0 : found->second.bytes;
}

}  // namespace jiandu::node
