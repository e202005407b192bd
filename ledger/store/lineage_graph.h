// The lineage graph in memory: arrays of neighbours (CSR), and beside them what came since.
//
// What came since is merged into the arrays when it exceeds a twentieth of them. 12 bytes an edge
// and direction, 4 a node and direction: 10^7 edges of 10^7 nodes are 320 MB at most. Whoever owns
// it keeps readers and Add apart; a build may run beside readers of the one before.
#pragma once

#include <unordered_map>
#include <vector>

#include "ledger/store/lineage_index.h"

namespace jiandu::store {

// A neighbour and when the edge to it first began.
struct LineageNeighbour {
  LineageNode node = 0;
  ledger::LogIndex begun = 0;
};

class LineageGraph {
 public:
  LineageGraph() = default;
  // Of all edges, none twice; every node is below `nodes`. They are sorted unless they are already.
  static LineageGraph Build(std::uint64_t nodes, std::vector<LineageEdge> edges);
  // All edges of an index; kFull when they would take more than `bytes_max`.
  [[nodiscard]] static Result<LineageGraph> Load(const KvReader& index, std::size_t bytes_max);
  // Bytes the arrays of such a graph take.
  [[nodiscard]] static std::size_t BytesFor(std::uint64_t nodes, std::uint64_t edges);

  void Add(const LineageEdge& edge);
  // Enough was added for the arrays to be made anew: from Edges(), by Build.
  [[nodiscard]] bool WantsMerge() const;
  [[nodiscard]] std::vector<LineageEdge> Edges() const;

  [[nodiscard]] std::uint64_t NodeCount() const { return nodes_; }
  [[nodiscard]] std::uint64_t EdgeCount() const { return targets_[0].size() + added_; }
  [[nodiscard]] std::size_t ByteSize() const;
  // Something of the node came since the arrays were made.
  [[nodiscard]] bool HasLate(LineageDirection direction, LineageNode node) const {
    return added_ != 0 && late_[static_cast<std::size_t>(direction)].contains(node);
  }
  // Calls visit(node, begun) for every neighbour: those in the arrays ascend, then come the others.
  template <typename Visit>
  void ForEach(LineageDirection direction, LineageNode node, const Visit& visit) const {
    const auto side = static_cast<std::size_t>(direction);
    if (std::size_t{node} + 1 < offsets_[side].size()) {
      for (std::size_t at = offsets_[side][node]; at < offsets_[side][node + 1]; ++at) {
        visit(targets_[side][at], begun_[side][at]);
      }
    }
    if (added_ == 0) return;
    const auto late = late_[side].find(node);
    if (late == late_[side].end()) return;
    for (const LineageNeighbour& one : late->second) visit(one.node, one.begun);
  }

 private:
  void Fill(LineageDirection direction, const std::vector<LineageEdge>& edges);

  std::uint64_t nodes_ = 0;
  // By direction: neighbours of node n stand from offsets[n] to offsets[n + 1].
  std::vector<std::uint32_t> offsets_[2];
  std::vector<LineageNode> targets_[2];
  std::vector<ledger::LogIndex> begun_[2];
  std::unordered_map<LineageNode, std::vector<LineageNeighbour>> late_[2];
  std::size_t added_ = 0;
};

}  // namespace jiandu::store
