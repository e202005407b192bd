// See lineage_walk.h. The walk of single items: along a derivation goes what its item map says.
#include <algorithm>
#include <deque>
#include <map>

#include "ledger/store/lineage_walk.h"

namespace jiandu::store {
namespace {

using ledger::LineageItem;

constexpr const char* kAny = "*";
// Derivations of one edge that are looked at; one that has more is not cut short but followed
// whole.
constexpr std::size_t kDerivationsMax = 256;
// A node is entered again when by another way it carries other items, and its edges are looked at
// again: a look reads the index, so these are counted.
constexpr std::size_t kEdgesPerNode = 16;

bool Holds(const LineageItems& items, const std::string& item) {
  if (item == kAny) return !items.empty();
  return items.contains(item) || items.contains(kAny);
}

void AddAlong(LineageDirection direction, const LineageItem& map, const LineageItems& items,
              LineageItems& along) {
  if (direction == LineageDirection::kUp) {
    if (Holds(items, map.out_item)) along.insert(map.from.begin(), map.from.end());
    return;
  }
  const bool made = std::ranges::any_of(
      map.from, [&items](const std::string& from) { return Holds(items, from); });
  if (made) along.insert(map.out_item);
}

class ItemWalk {
 public:
  ItemWalk(const LineageNeighbours& graph, const KvReader& index, const LineageWalk& walk)
      : graph_(graph), index_(index), walk_(walk) {}

  Result<LineageClosure> Run(LineageItems items) {
    found_[walk_.start] = {.level = 0, .items = items};
    open_.push_back({.node = walk_.start, .items = std::move(items)});
    while (!open_.empty()) {
      const Step step = std::move(open_.front());
      open_.pop_front();
      JD_CHECK(Expand(step));
      if (closure_.cut == LineageCut::kNodes) break;
    }
    return Sorted();
  }

 private:
  struct Carrier {
    std::size_t level = 0;
    LineageItems items;
  };
  struct Step {
    LineageNode node = 0;
    LineageItems items;  // those that are new
  };

  Result<void> Expand(const Step& step) {
    const std::size_t level = found_[step.node].level;
    std::vector<LineageNeighbour> neighbours;
    JD_TRY(const bool whole,
           graph_.Of(walk_.direction, step.node, walk_.until, walk_.nodes_max, neighbours));
    if (!whole) closure_.cut = LineageCut::kNodes;
    for (const LineageNeighbour& next : neighbours) {
      if (++edges_ > kEdgesPerNode * walk_.nodes_max) {
        closure_.cut = LineageCut::kNodes;
        return {};
      }
      JD_CHECK(Follow(step, level, next.node));
    }
    return {};
  }

  Result<void> Follow(const Step& step, std::size_t level, LineageNode next) {
    const bool down = walk_.direction == LineageDirection::kDown;
    const LineageNode from = down ? step.node : next;
    const LineageNode to = down ? next : step.node;
    JD_TRY(LineageItems along,
           LineageItemsAlong(index_, walk_.direction, from, to, walk_.until, step.items));
    if (along.empty()) return {};
    const auto known = found_.find(next);
    if (known != found_.end()) {
      std::erase_if(along, [&](const auto& item) { return known->second.items.contains(item); });
      if (along.empty()) return {};
    }
    LineageVerdict verdict = LineageVerdict::kFollow;
    if (walk_.judge) {
      JD_TRY(verdict, walk_.judge(from, to, &along));
    }
    if (verdict == LineageVerdict::kWithhold) ++closure_.withheld;
    if (verdict == LineageVerdict::kLeaveOut) ++closure_.left_out;
    if (verdict == LineageVerdict::kWithhold || verdict == LineageVerdict::kLeaveOut ||
        verdict == LineageVerdict::kPass) {
      return {};
    }
    if (level >= walk_.depth_max) {
      if (known == found_.end() && closure_.cut == LineageCut::kNone) {
        closure_.cut = LineageCut::kDepth;
      }
      return {};
    }
    if (known == found_.end() && found_.size() >= walk_.nodes_max) {
      closure_.cut = LineageCut::kNodes;
      return {};
    }
    Carrier& carrier =
        found_.try_emplace(next, Carrier{.level = level + 1, .items = {}}).first->second;
    carrier.items.insert(along.begin(), along.end());
    open_.push_back({.node = next, .items = std::move(along)});
    return {};
  }

  LineageClosure Sorted() {
    std::vector<std::pair<std::size_t, LineageNode>> order;
    order.reserve(found_.size());
    for (const auto& [node, carrier] : found_) order.emplace_back(carrier.level, node);
    std::ranges::sort(order);
    for (const auto& [level, node] : order) {
      while (closure_.levels.size() <= level) closure_.levels.push_back(closure_.nodes.size());
      closure_.nodes.push_back(node);
      closure_.items.push_back(std::move(found_[node].items));
    }
    closure_.levels.push_back(closure_.nodes.size());
    return std::move(closure_);
  }

  const LineageNeighbours& graph_;
  const KvReader& index_;
  const LineageWalk& walk_;
  std::map<LineageNode, Carrier> found_;
  std::deque<Step> open_;
  std::size_t edges_ = 0;
  LineageClosure closure_;
};

}  // namespace

Result<LineageItems> LineageItemsAlong(const KvReader& index, LineageDirection direction,
                                       LineageNode from, LineageNode to, ledger::LogIndex until,
                                       const LineageItems& items) {
  JD_TRY(const LineageEvents events, LineageDerivationsOf(index, from, to, until, kDerivationsMax));
  if (events.list.empty()) return items;
  if (!events.whole) return LineageItems{kAny};
  LineageItems along;
  for (const LineageEvent& event : events.list) {
    for (const LineageItem& map : event.derivation.items) AddAlong(direction, map, items, along);
  }
  return along;
}

Result<LineageClosure> WalkLineageItems(const LineageNeighbours& graph, const KvReader& index,
                                        const LineageWalk& walk, LineageItems items) {
  return ItemWalk(graph, index, walk).Run(std::move(items));
}

}  // namespace jiandu::store
