// Nodes of the state tree that were made of late, as they are stored, by their hashes.
//
// A hash names one node for ever, so the cache can lack a node but never give a wrong one, whatever
// is executed on which view. A node is taken out when it is changed, since another takes its place
// in the tree; one that a block put in which was not decided only takes up room. Those near the
// root are on the way to every key, so no key below drives them out. For one thread.
#pragma once

#include <unordered_map>

#include "base/limits.h"
#include "crypto/table_hash.h"

namespace jiandu::store {

class TreeCache {
 public:
  // `upper_max` bytes for what is near the root, and half as much again for all below.
  explicit TreeCache(std::size_t upper_max = limits::kTreeCacheBytesMax)
      : upper_max_(upper_max), half_max_(upper_max / 4) {}

  // The stored bytes of the node `depth` nibbles down, which is here no more; empty when it was
  // not.
  [[nodiscard]] Bytes Take(const Hash256& hash, std::size_t depth);
  void Put(const Hash256& hash, std::size_t depth, const Bytes& node);
  [[nodiscard]] std::size_t Count() const;

  // Of a node with as many bytes: its key and what the table and the allocator add to both.
  static constexpr std::size_t CostOf(std::size_t node_bytes) { return node_bytes + 136; }

 private:
  // The upper levels of 10^7 keys are 70,000 nodes of 516 bytes.
  static constexpr std::size_t kUpperDepthMax = 4;

  struct Hashed {
    std::size_t operator()(const Hash256& hash) const { return crypto::TableHash(hash.View()); }
  };
  struct Shelf {
    std::unordered_map<Hash256, Bytes, Hashed> nodes;
    std::size_t bytes = 0;

    Bytes Take(const Hash256& hash);
    void Put(const Hash256& hash, const Bytes& node);
  };

  std::size_t upper_max_;  // bytes
  std::size_t half_max_;
  Shelf upper_;  // let go as a whole when it is full: mostly of blocks that were not decided, then
  Shelf young_;  // takes the place of the old one when it is full
  Shelf old_;
};

}  // namespace jiandu::store
