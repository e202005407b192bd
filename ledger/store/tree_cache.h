// Nodes of the state tree that were made of late, by their hashes.
//
// A hash names one node for ever, so the cache can lack a node but never give a wrong one, whatever
// is executed on which view. A node is taken out when it is changed, since another takes its place
// in the tree; one that a block put in which was not decided only takes up room. Two halves: when
// the young one is full the old one is let go. For one thread.
#pragma once

#include <memory>
#include <unordered_map>

#include "base/limits.h"
#include "crypto/table_hash.h"
#include "ledger/store/tree_node.h"

namespace jiandu::store {

class TreeCache {
 public:
  explicit TreeCache(std::size_t bytes_max = limits::kTreeCacheBytesMax)
      : half_max_(bytes_max / 2 / kNodeBytes) {}

  // The node, which is here no more; null when it was not.
  [[nodiscard]] std::unique_ptr<TreeNode> Take(const Hash256& hash);
  void Put(const Hash256& hash, const TreeNode& node);
  [[nodiscard]] std::size_t Count() const { return young_.size() + old_.size(); }

  // With its key and what the table and the allocator add to both.
  static constexpr std::size_t kNodeBytes = sizeof(TreeNode) + 128;

 private:
  struct Hashed {
    std::size_t operator()(const Hash256& hash) const { return crypto::TableHash(hash.View()); }
  };
  using Half = std::unordered_map<Hash256, std::unique_ptr<TreeNode>, Hashed>;

  std::size_t half_max_;  // nodes
  Half young_;
  Half old_;
};

}  // namespace jiandu::store
