// Blocks that peers have sent and that wait for those before them.
//
// Loop thread only. Who owns it keeps it within its window: here nothing is refused.
#pragma once

#include <map>
#include <utility>

#include "node/catch_up.h"

namespace jiandu::node {

class FetchedBlocks {
 public:
  struct Fetched {
    StoredBlock block;
    PeerId from;
  };
  using Map = std::map<consensus::Height, Fetched>;

  void Add(consensus::Height height, StoredBlock block, const PeerId& from) {
    const std::size_t size = block.block->size();
    if (map_.emplace(height, Fetched{.block = std::move(block), .from = from}).second) {
      bytes_ += size;
    }
  }
  void Erase(Map::const_iterator where) {
    bytes_ -= where->second.block.block->size();
    map_.erase(where);
  }
  void EraseUpTo(consensus::Height height) {
    while (!map_.empty() && map_.begin()->first <= height) Erase(map_.begin());
  }
  // What one of its blocks was worth, its others are.
  void EraseFrom(const PeerId& peer) {
    for (auto it = map_.cbegin(); it != map_.cend();) {
      const auto here = it++;
      if (here->second.from == peer) Erase(here);
    }
  }

  [[nodiscard]] bool Has(consensus::Height height) const { return map_.contains(height); }
  [[nodiscard]] const Map& All() const { return map_; }
  [[nodiscard]] std::size_t Bytes() const { return bytes_; }

 private:
  Map map_;
  std::size_t bytes_ = 0;
};

}  // namespace jiandu::node
