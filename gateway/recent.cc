// See recent.h.
#include "gateway/recent.h"

namespace jiandu::gateway {

void RecentSubmissions::Add(const ledger::TxId& txid, std::int64_t now_ms) {
  const auto [place, added] = since_.insert_or_assign(txid, now_ms);
  if (!added) return;
  order_.push_back(place->first);
  if (order_.size() <= kMax) return;
  since_.erase(order_.front());
  order_.pop_front();
}

bool RecentSubmissions::Contains(const ledger::TxId& txid, std::int64_t now_ms) const {
  const auto it = since_.find(txid);
  return it != since_.end() && now_ms - it->second < kKeptMs;
}

}  // namespace jiandu::gateway
