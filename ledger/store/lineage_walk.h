// Closures over the lineage graph: everything that came of a node, or that it came from.
//
// Breadth first, level by level, neighbours by number, so that memory and disk give the same answer
// and a later walk up to the same log size gives it again. A cycle ends where it began: a node is
// entered once. Every walk has bounds and says which one it met. Any thread.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "ledger/store/lineage_graph.h"

namespace jiandu::store {

// Where neighbours are looked up: the graph in memory, or the index on disk.
class LineageNeighbours {
 public:
  virtual ~LineageNeighbours() = default;
  // Appends those whose edge began below `until`, by number, at most `limit`; false: there are
  // more.
  [[nodiscard]] virtual Result<bool> Of(LineageDirection direction, LineageNode node,
                                        ledger::LogIndex until, std::size_t limit,
                                        std::vector<LineageNeighbour>& found) const = 0;
};
class LineageInMemory final : public LineageNeighbours {
 public:
  explicit LineageInMemory(const LineageGraph& graph) : graph_(graph) {}
  [[nodiscard]] Result<bool> Of(LineageDirection direction, LineageNode node,
                                ledger::LogIndex until, std::size_t limit,
                                std::vector<LineageNeighbour>& found) const override;

 private:
  const LineageGraph& graph_;
};
class LineageOnDisk final : public LineageNeighbours {
 public:
  explicit LineageOnDisk(const KvReader& index) : index_(index) {}
  [[nodiscard]] Result<bool> Of(LineageDirection direction, LineageNode node,
                                ledger::LogIndex until, std::size_t limit,
                                std::vector<LineageNeighbour>& found) const override;

 private:
  const KvReader& index_;
};

// What is to become of an edge: followed; or not, and counted as withheld or as outside a scope; or
// not, and never mentioned.
enum class LineageVerdict : std::uint8_t { kFollow, kWithhold, kLeaveOut, kPass };
enum class LineageCut : std::uint8_t { kNone, kDepth, kNodes };
using LineageItems = std::set<std::string>;

struct LineageWalk {
  LineageDirection direction = LineageDirection::kDown;
  LineageNode start = 0;
  std::size_t depth_max = 1;
  ledger::LogIndex until = 0;  // what the log says below this index
  std::size_t nodes_max = 1;   // with the start
  // Of an edge as it stands, and what is carried along it (null: everything). Empty: all are
  // followed.
  std::function<Result<LineageVerdict>(LineageNode from, LineageNode to, const LineageItems* items)>
      judge = {};
};

struct LineageClosure {
  std::vector<LineageNode> nodes;   // level by level, by number in each; the start comes first
  std::vector<std::size_t> levels;  // where each level begins, and the end
  std::vector<LineageItems> items;  // of each node, when items are walked
  LineageCut cut = LineageCut::kNone;
  std::size_t withheld = 0;  // edges, by verdict
  std::size_t left_out = 0;

  [[nodiscard]] std::size_t LevelOf(std::size_t place) const;
};

// `nodes` is how many there are in all: numbers are below it.
[[nodiscard]] Result<LineageClosure> WalkLineage(const LineageNeighbours& graph,
                                                 std::uint64_t nodes, const LineageWalk& walk);
// The same for items of the start alone: along derivations go the items that were made from them
// (or up: that they were made from), along other edges all of them.
[[nodiscard]] Result<LineageClosure> WalkLineageItems(const LineageNeighbours& graph,
                                                      const KvReader& index,
                                                      const LineageWalk& walk, LineageItems items);
// Of `items` of the near end, those of the far end along one edge; all of them when the edge is no
// derivation. Reads the index.
[[nodiscard]] Result<LineageItems> LineageItemsAlong(const KvReader& index,
                                                     LineageDirection direction, LineageNode from,
                                                     LineageNode to, ledger::LogIndex until,
                                                     const LineageItems& items);

}  // namespace jiandu::store
