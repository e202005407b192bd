#include "node/lineage_port.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/lineage_limits.h"

namespace jiandu::node {
namespace {

using gateway::LineageReader;
using store::LineageClosure;
using store::LineageDirection;
using store::LineageItems;
using store::LineageNeighbour;
using store::LineageNode;
using store::LineageVerdict;

// Shown of one node: edges that lead to it, and derivations behind one of them.
constexpr std::size_t kEdgesPerNode = 64;
constexpr std::size_t kNeighboursLooked = 4096;
constexpr std::size_t kDerivationsShown = 16;

Result<LineageReader::Moment> MomentOf(const store::LedgerView& view, ledger::Height height) {
  JD_TRY(const auto row, view.RowAt(height));
  return LineageReader::Moment{.height = height, .time = row.time, .log_size = row.log_size};
}

LineageDirection DirectionOf(LineageReader::Direction direction) {
  return direction == LineageReader::Direction::kDown ? LineageDirection::kDown
                                                      : LineageDirection::kUp;
}
LineageDirection Opposite(LineageDirection direction) {
  return direction == LineageDirection::kDown ? LineageDirection::kUp : LineageDirection::kDown;
}
LineageVerdict VerdictOf(LineageReader::Verdict verdict) {
  switch (verdict) {
    case LineageReader::Verdict::kFollow: return LineageVerdict::kFollow;
    case LineageReader::Verdict::kWithhold: return LineageVerdict::kWithhold;
    case LineageReader::Verdict::kLeaveOut: return LineageVerdict::kLeaveOut;
    case LineageReader::Verdict::kPass: break;
  }
  return LineageVerdict::kPass;
}
LineageReader::Cut CutOf(store::LineageCut cut) {
  switch (cut) {
    case store::LineageCut::kNone: return LineageReader::Cut::kNone;
    case store::LineageCut::kDepth: return LineageReader::Cut::kDepth;
    case store::LineageCut::kNodes: break;
  }
  return LineageReader::Cut::kNodes;
}

// One question over the index as it is during one Read.
class Asked {
 public:
  Asked(const LineageKeeper::Reading& reading, const LineageReader::Question& question,
        const store::LineageNeighbours& graph)
      : index_(*reading.index),
        nodes_(reading.meta.nodes),
        question_(question),
        graph_(graph),
        direction_(DirectionOf(question.direction)) {
    walk_.direction = direction_;
    walk_.depth_max = question.depth_max;
    walk_.until = question.moment.log_size;
    const bool plain = !question.judge && question.items.empty() && !question.open_only;
    walk_.nodes_max = !plain                     ? limits::kLineageJudgedMax
                      : reading.graph != nullptr ? limits::kLineageNodesMax
                                                 : limits::kLineageNodesOnDiskMax;
    if (question.judge || question.open_only) {
      walk_.judge = [this](LineageNode from, LineageNode to, const LineageItems* items) {
        return Judge(from, to, items);
      };
    }
  }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;

  Result<LineageClosure> Close(LineageNode start) {
    walk_.start = start;
    if (question_.items.empty()) return store::WalkLineage(graph_, nodes_, walk_);
    return store::WalkLineageItems(graph_, index_, walk_, question_.items);
  }

  // The nodes after the place asked for, and the edges that lead to them.
  Result<void> Show(const LineageClosure& closure, LineageReader::Found& found) {
    found.total = closure.nodes.size();
    found.withheld = closure.withheld;
    found.left_out = closure.left_out;
    found.cut = CutOf(closure.cut);
    found.nodes_max = walk_.nodes_max;
    const std::size_t first = FirstAfter(closure);
    const std::size_t last = std::min(closure.nodes.size(), first + question_.limit);
    MarkExpanded(closure);
    for (std::size_t place = first; place < last; ++place) {
      JD_TRY(LineageReader::Entity entity, EntityOf(closure.nodes[place]));
      LineageReader::Node node{
          .entity = std::move(entity), .depth = closure.LevelOf(place), .items = {}};
      if (!closure.items.empty()) node.items = closure.items[place];
      found.nodes.push_back(std::move(node));
      JD_CHECK(ShowEdges(closure, closure.nodes[place], found));
    }
    if (last < closure.nodes.size() && last > first) {
      found.next = std::uint64_t{closure.LevelOf(last - 1)} << 32U | closure.nodes[last - 1];
    }
    return {};
  }

 private:
  Result<LineageVerdict> Judge(LineageNode from, LineageNode to, const LineageItems* items) {
    if (question_.open_only) {
      JD_TRY(const auto span, store::LineageSpanAsOf(index_, from, to, walk_.until));
      if (!span || span->ended != 0) return LineageVerdict::kPass;
    }
    if (!question_.judge) return LineageVerdict::kFollow;
    JD_TRY(const auto begin, EntityOf(from));
    JD_TRY(const auto end, EntityOf(to));
    return VerdictOf(question_.judge(begin, end, items));
  }

  Result<LineageReader::Entity> EntityOf(LineageNode node) {
    if (const auto known = entities_.find(node); known != entities_.end()) return known->second;
    JD_TRY(store::LineageEntity row, store::ReadLineageEntity(index_, node));
    LineageReader::Entity entity{
        .id = row.id, .resource = row.resource, .department = std::move(row.department)};
    entities_.emplace(node, entity);
    return entity;
  }

  // A place is its level and number: it stays what it is when rows before it are no longer shown.
  [[nodiscard]] std::size_t FirstAfter(const LineageClosure& closure) const {
    if (!question_.after) return 0;
    const std::size_t level = *question_.after >> 32U;
    const auto number = static_cast<LineageNode>(*question_.after);
    if (level + 1 >= closure.levels.size()) return closure.nodes.size();
    const auto begin = closure.nodes.begin() + static_cast<std::ptrdiff_t>(closure.levels[level]);
    const auto end = closure.nodes.begin() + static_cast<std::ptrdiff_t>(closure.levels[level + 1]);
    return static_cast<std::size_t>(std::upper_bound(begin, end, number) - closure.nodes.begin());
  }

  // Nodes whose edges were walked: those of the deepest level asked for were not.
  void MarkExpanded(const LineageClosure& closure) {
    const std::size_t levels = closure.levels.size() - 1;
    const bool deepest = levels == question_.depth_max + 1;
    const std::size_t end = deepest ? closure.levels[levels - 1] : closure.nodes.size();
    expanded_.assign(nodes_, false);
    for (std::size_t place = 0; place < end; ++place) expanded_[closure.nodes[place]] = true;
    if (closure.items.empty()) return;
    for (std::size_t place = 0; place < end; ++place) {
      items_[closure.nodes[place]] = &closure.items[place];
    }
  }

  Result<void> ShowEdges(const LineageClosure& closure, LineageNode node,
                         LineageReader::Found& found) {
    std::vector<LineageNeighbour> before;
    JD_TRY(const bool whole,
           graph_.Of(Opposite(direction_), node, walk_.until, kNeighboursLooked, before));
    if (!whole) found.more_edges = true;
    std::size_t shown = 0;
    for (const LineageNeighbour& one : before) {
      if (one.node >= expanded_.size() || !expanded_[one.node]) continue;
      const bool down = direction_ == LineageDirection::kDown;
      const LineageNode from = down ? one.node : node;
      const LineageNode to = down ? node : one.node;
      JD_TRY(const bool seen, IsSeen(closure, one.node, from, to));
      if (!seen) continue;
      if (++shown > kEdgesPerNode) {
        found.more_edges = true;
        break;
      }
      JD_TRY(LineageReader::Edge edge, EdgeOf(from, to));
      found.edges.push_back(std::move(edge));
    }
    return {};
  }

  Result<bool> IsSeen(const LineageClosure& closure, LineageNode near, LineageNode from,
                      LineageNode to) {
    LineageItems along;
    if (!closure.items.empty()) {
      const auto items = items_.find(near);
      if (items == items_.end()) return false;
      JD_TRY(along,
             store::LineageItemsAlong(index_, direction_, from, to, walk_.until, *items->second));
      if (along.empty()) return false;
    }
    if (!walk_.judge) return true;
    JD_TRY(const LineageVerdict verdict, Judge(from, to, closure.items.empty() ? nullptr : &along));
    return verdict == LineageVerdict::kFollow;
  }

  Result<LineageReader::Edge> EdgeOf(LineageNode from, LineageNode to) {
    JD_TRY(const auto begin, EntityOf(from));
    JD_TRY(const auto end, EntityOf(to));
    JD_TRY(const auto span, store::LineageSpanAsOf(index_, from, to, walk_.until));
    if (!span) return Fail(Errc::kCorrupt, "lineage index: an edge has no interval");
    LineageReader::Edge edge{
        .from = begin.id, .to = end.id, .begun = span->begun, .ended = span->ended};
    JD_TRY(auto events,
           store::LineageDerivationsOf(index_, from, to, walk_.until, kDerivationsShown));
    for (store::LineageEvent& event : events.list) {
      edge.derived.push_back({.index = event.index, .derivation = std::move(event.derivation)});
    }
    edge.more_derived = !events.whole;
    return edge;
  }

  const store::KvReader& index_;
  std::uint64_t nodes_;
  const LineageReader::Question& question_;
  const store::LineageNeighbours& graph_;
  LineageDirection direction_;
  store::LineageWalk walk_;
  std::map<LineageNode, LineageReader::Entity> entities_;
  std::map<LineageNode, const LineageItems*> items_;
  std::vector<bool> expanded_;
};

}  // namespace

Result<LineageReader::Moment> LineagePort::Newest(ledger::Height wanted, std::int64_t wait_ms) {
  const auto reached = keeper_.WaitFor(wanted, wait_ms);
  if (!reached) return Fail(Errc::kUnavailable, "the lineage index is being made");
  return MomentOf(*board_.Latest()->view, *reached);
}

Result<LineageReader::Moment> LineagePort::AtHeight(ledger::Height height) {
  const auto reached = keeper_.WaitFor(height, 0);
  if (!reached) return Fail(Errc::kUnavailable, "the lineage index is being made");
  if (height > *reached) return Fail(Errc::kNotFound, "the height is not indexed yet");
  return MomentOf(*board_.Latest()->view, height);
}

Result<LineageReader::Moment> LineagePort::AtTime(ledger::TimeMs time) {
  const auto reached = keeper_.WaitFor(0, 0);
  if (!reached) return Fail(Errc::kUnavailable, "the lineage index is being made");
  const auto posted = board_.Latest();
  ledger::Height low = 0;
  ledger::Height high = *reached;
  while (low < high) {  // block times ascend
    const ledger::Height middle = low + (high - low + 1) / 2;
    JD_TRY(const Moment moment, MomentOf(*posted->view, middle));
    if (moment.time <= time) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return MomentOf(*posted->view, low);
}

Result<LineageReader::Found> LineagePort::Walk(const Question& question) {
  Found found;
  JD_CHECK(keeper_.Read(
      [&](const LineageKeeper::Reading& reading) { return WalkIn(reading, question, found); }));
  return found;
}

Result<void> LineagePort::WalkIn(const LineageKeeper::Reading& reading, const Question& question,
                                 Found& found) {
  found.in_memory = reading.graph != nullptr;
  JD_TRY(const auto start, store::FindLineageNode(*reading.index, question.start));
  if (!start) {  // nothing is said of it: it came of nothing, and nothing came of it
    if (!question.after) found.nodes.push_back({.entity = {.id = question.start}, .depth = 0});
    if (!question.after && !question.items.empty()) found.nodes.front().items = question.items;
    found.total = 1;
    return {};
  }
  std::optional<store::LineageInMemory> in_memory;
  if (reading.graph != nullptr) in_memory.emplace(*reading.graph);
  const store::LineageOnDisk on_disk(*reading.index);
  const store::LineageNeighbours& graph =
      in_memory ? static_cast<const store::LineageNeighbours&>(*in_memory) : on_disk;
  Asked asked(reading, question, graph);
  // What the reader may see is asked anew for each page; the rest is the same for all of them.
  if (question.judge || !question.items.empty()) {
    JD_TRY(const LineageClosure closure, asked.Close(*start));
    return asked.Show(closure, found);
  }
  const ClosureKey key{*start, question.direction, question.depth_max, question.moment.log_size,
                       question.open_only};
  if (kept_key_ != key) {
    kept_key_.reset();
    JD_TRY(kept_, asked.Close(*start));
    kept_key_ = key;
  }
  return asked.Show(kept_, found);
}

}  // namespace jiandu::node
