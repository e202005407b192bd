// Which nodes of the state tree are kept.
#include "ledger/store/tree_cache.h"

namespace jiandu::store {

std::unique_ptr<TreeNode> TreeCache::Take(const Hash256& hash) {
  for (Half* half : {&young_, &old_}) {
    if (auto found = half->extract(hash)) return std::move(found.mapped());
  }
  return nullptr;
}

void TreeCache::Put(const Hash256& hash, const TreeNode& node) {
  if (half_max_ == 0) return;
  if (young_.size() >= half_max_) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.insert_or_assign(hash, std::make_unique<TreeNode>(node));
}

}  // namespace jiandu::store
