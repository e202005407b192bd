// Which nodes of the state tree are kept.
#include "ledger/store/tree_cache.h"

#include <utility>

namespace jiandu::store {

Bytes TreeCache::Shelf::Take(const Hash256& hash) {
  auto found = nodes.extract(hash);
  if (!found) return {};
  bytes -= CostOf(found.mapped().size());
  return std::move(found.mapped());
}

void TreeCache::Shelf::Put(const Hash256& hash, const Bytes& node) {
  if (nodes.try_emplace(hash, node).second) bytes += CostOf(node.size());
}

Bytes TreeCache::Take(const Hash256& hash, std::size_t depth) {
  if (depth <= kUpperDepthMax) return upper_.Take(hash);
  Bytes node = young_.Take(hash);
  return node.empty() ? old_.Take(hash) : node;
}

void TreeCache::Put(const Hash256& hash, std::size_t depth, const Bytes& node) {
  const std::size_t cost = CostOf(node.size());
  if (depth <= kUpperDepthMax) {
    if (upper_.bytes + cost > upper_max_) upper_ = Shelf();
    if (cost <= upper_max_) upper_.Put(hash, node);
    return;
  }
  if (young_.bytes + cost > half_max_) old_ = std::exchange(young_, Shelf());
  if (cost <= half_max_) young_.Put(hash, node);
}

std::size_t TreeCache::Count() const {
  return upper_.nodes.size() + young_.nodes.size() + old_.nodes.size();
}

}  // namespace jiandu::store
