// See lineage_walk.h. The walk of whole resources.
#include "ledger/store/lineage_walk.h"

#include <algorithm>

namespace jiandu::store {
namespace {

// Neighbours of one node that a walk looks at: those it has entered already count too.
constexpr std::size_t kLooksPerNode = 4;

class Walk {
 public:
  Walk(const LineageNeighbours& graph, std::uint64_t nodes, const LineageWalk& walk)
      : graph_(graph), walk_(walk), entered_((nodes + 63) / 64, 0) {}

  Result<LineageClosure> Run() {
    found_.nodes.push_back(walk_.start);
    found_.levels = {0, 1};
    Enter(walk_.start);
    for (std::size_t depth = 0; depth < walk_.depth_max; ++depth) {
      const std::size_t begin = found_.levels[found_.levels.size() - 2];
      const std::size_t end = found_.levels.back();
      JD_CHECK(Expand(begin, end));
      if (found_.nodes.size() == end) return std::move(found_);
      std::ranges::sort(found_.nodes.begin() + static_cast<std::ptrdiff_t>(end),
                        found_.nodes.end());
      found_.levels.push_back(found_.nodes.size());
      if (found_.cut != LineageCut::kNone) return std::move(found_);
    }
    JD_CHECK(LookBeyond());
    return std::move(found_);
  }

 private:
  // False: it was entered before, or has a number that came later than this walk began.
  bool Enter(LineageNode node) {
    const std::size_t word = node / 64;
    if (word >= entered_.size()) return false;
    const std::uint64_t bit = 1ULL << (node % 64U);
    if ((entered_[word] & bit) != 0) return false;
    entered_[word] |= bit;
    return true;
  }
  [[nodiscard]] bool HasEntered(LineageNode node) const {
    const std::size_t word = node / 64;
    return word >= entered_.size() || (entered_[word] >> (node % 64U) & 1U) != 0;
  }

  Result<void> Look(LineageNode node) {
    neighbours_.clear();
    JD_TRY(const bool whole, graph_.Of(walk_.direction, node, walk_.until,
                                       kLooksPerNode * walk_.nodes_max, neighbours_));
    if (!whole) found_.cut = LineageCut::kNodes;
    return {};
  }

  Result<LineageVerdict> Judge(LineageNode near, LineageNode far) {
    if (!walk_.judge) return LineageVerdict::kFollow;
    // A judgement costs thousands of times a step: those who may not see all are bounded by it.
    if (++judged_ > kLooksPerNode * walk_.nodes_max) {
      found_.cut = LineageCut::kNodes;
      return LineageVerdict::kPass;
    }
    const bool down = walk_.direction == LineageDirection::kDown;
    return walk_.judge(down ? near : far, down ? far : near, nullptr);
  }

  Result<void> Expand(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at) {
      const LineageNode node = found_.nodes[at];
      JD_CHECK(Look(node));
      for (const LineageNeighbour& next : neighbours_) {
        if (HasEntered(next.node)) continue;
        JD_TRY(const LineageVerdict verdict, Judge(node, next.node));
        if (verdict == LineageVerdict::kWithhold) ++found_.withheld;
        if (verdict == LineageVerdict::kLeaveOut) ++found_.left_out;
        if (verdict != LineageVerdict::kFollow) continue;
        if (found_.nodes.size() >= walk_.nodes_max) {
          found_.cut = LineageCut::kNodes;
          return {};
        }
        if (Enter(next.node)) found_.nodes.push_back(next.node);
      }
      if (found_.cut == LineageCut::kNodes) return {};
    }
    return {};
  }

  // Whether there is anything below the deepest level.
  Result<void> LookBeyond() {
    const std::size_t begin = found_.levels[found_.levels.size() - 2];
    for (std::size_t at = begin; at < found_.levels.back(); ++at) {
      const LineageNode node = found_.nodes[at];
      JD_CHECK(Look(node));
      for (const LineageNeighbour& next : neighbours_) {
        if (HasEntered(next.node)) continue;
        JD_TRY(const LineageVerdict verdict, Judge(node, next.node));
        if (verdict == LineageVerdict::kPass) continue;
        found_.cut = LineageCut::kDepth;
        return {};
      }
      if (found_.cut != LineageCut::kNone) return {};
    }
    return {};
  }

  const LineageNeighbours& graph_;
  const LineageWalk& walk_;
  std::vector<std::uint64_t> entered_;
  std::vector<LineageNeighbour> neighbours_;
  std::size_t judged_ = 0;
  LineageClosure found_;
};

}  // namespace

Result<bool> LineageInMemory::Of(LineageDirection direction, LineageNode node,
                                 ledger::LogIndex until, std::size_t limit,
                                 std::vector<LineageNeighbour>& found) const {
  const std::size_t before = found.size();
  graph_.ForEach(direction, node, [&](LineageNode other, ledger::LogIndex begun) {
    if (begun < until) found.push_back({.node = other, .begun = begun});
  });
  if (graph_.HasLate(direction, node)) {
    std::ranges::sort(found.begin() + static_cast<std::ptrdiff_t>(before), found.end(), {},
                      &LineageNeighbour::node);
  }
  if (found.size() - before <= limit) return true;
  found.resize(before + limit);
  return false;
}

Result<bool> LineageOnDisk::Of(LineageDirection direction, LineageNode node, ledger::LogIndex until,
                               std::size_t limit, std::vector<LineageNeighbour>& found) const {
  const std::size_t before = found.size();
  bool whole = true;
  Result<void> read;
  JD_CHECK(index_.Scan(LineageEdgesPrefix(direction, node), {}, [&](ByteView key, ByteView value) {
    const auto other = LineageOther(key);
    const auto spans = LineageSpans::Decode(value);
    if (!other || !spans) {
      read = Fail(Errc::kCorrupt, "lineage index: an edge's row");
      return false;
    }
    if (spans->first.begun >= until) return true;
    whole = found.size() - before < limit;
    if (whole) found.push_back({.node = *other, .begun = spans->first.begun});
    return whole;
  }));
  JD_CHECK(std::move(read));
  return whole;
}

std::size_t LineageClosure::LevelOf(std::size_t place) const {
  const auto above = std::ranges::upper_bound(levels, place);
  return static_cast<std::size_t>(above - levels.begin()) - 1;
}

Result<LineageClosure> WalkLineage(const LineageNeighbours& graph, std::uint64_t nodes,
                                   const LineageWalk& walk) {
  if (walk.start >= nodes) return Fail(Errc::kNotFound, "lineage: no such node");
  return Walk(graph, nodes, walk).Run();
}

}  // namespace jiandu::store
