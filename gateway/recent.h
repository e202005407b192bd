// Transactions that were submitted here not long ago: what makes "pending" different from
// "unknown".
//
// Owned by the API; gateway thread. Bounded: the oldest are forgotten first.
#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "ledger/model/types.h"

namespace jiandu::gateway {

class RecentSubmissions {
 public:
  static constexpr std::size_t kMax = 65'536;
  static constexpr std::int64_t kKeptMs = 24LL * 3600 * 1000;  // exp is at most this far ahead

  void Add(const ledger::TxId& txid, std::int64_t now_ms);
  [[nodiscard]] bool Contains(const ledger::TxId& txid, std::int64_t now_ms) const;

 private:
  std::map<ledger::TxId, std::int64_t> since_;
  std::deque<ledger::TxId> order_;  // of first submission
};

}  // namespace jiandu::gateway
