// Random facts of lineage, and what follows from them, recomputed the slow way: a list of facts is
// replayed from the beginning for every question.
//
// Header only. The seed is printed by whoever makes one.
#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "ledger/store/lineage_walk.h"

namespace jiandu::store::testing {

using ledger::EntityId;
using ledger::EntityKind;
using ledger::LineageAct;
using ledger::LineageFact;

inline EntityId MadeId(EntityKind kind, std::uint64_t n) {
  EntityId id;
  id.bytes[0] = static_cast<std::uint8_t>(kind);
  for (std::size_t i = 0; i < 8; ++i) id.bytes[16 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  return id;
}

struct Event {
  ledger::LogIndex index = 0;
  LineageFact fact;
};

class RandomFacts {
 public:
  explicit RandomFacts(std::uint64_t seed, std::size_t resources = 12)
      : random_(seed), resources_(resources) {}

  std::vector<Event> Make(std::size_t count) {
    std::vector<Event> events;
    for (std::size_t n = 0; n < count; ++n) {
      index_ += 1 + Below(3);  // what is not of lineage lies between
      events.push_back({.index = index_, .fact = One()});
    }
    return events;
  }

 private:
  std::size_t Below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  EntityId Resource() { return MadeId(EntityKind::kResource, Below(resources_)); }
  std::string Item() { return std::string(1, static_cast<char>('a' + Below(4))); }

  LineageFact One() {
    LineageFact fact;
    fact.act = Below(4) == 0 ? LineageAct::kEnds : LineageAct::kBegins;
    fact.from = Resource();
    const std::size_t kind = Below(4);
    if (kind == 0) {
      fact.to = GrantOn(fact.from);
    } else if (kind == 1) {
      fact.resource = fact.from;
      fact.department = "11330100MB000000" + std::to_string(10 + Below(3));
      fact.to = ledger::PairEntity(fact.resource, fact.department);
      if (Below(2) == 0) fact.from = GrantOn(fact.resource);
    } else {
      fact.act = LineageAct::kBegins;  // what was made of data stays made of it
      fact.to = Resource();            // of itself too: a cycle
      fact.derivations.push_back(Derivation());
    }
    return fact;
  }
  EntityId GrantOn(const EntityId& resource) {
    return MadeId(EntityKind::kGrant, resource.bytes[16] * 4ULL + Below(3));
  }
  ledger::LineageDerivation Derivation() {
    ledger::LineageDerivation made{.derivation = MadeId(EntityKind::kDerivation, Below(1000)),
                                   .kind = "COMPARE",
                                   .input_version = static_cast<std::int64_t>(Below(5)),
                                   .out_version = static_cast<std::int64_t>(Below(5)),
                                   .grant = {},
                                   .refreshed = false,
                                   .items = {}};
    for (std::size_t i = 0; i <= Below(3); ++i) {
      made.items.push_back({.out_item = Below(8) == 0 ? "*" : Item(),
                            .from = {Item(), Item()},
                            .unchanged = Below(2) == 0});
    }
    return made;
  }

  std::mt19937_64 random_;
  std::size_t resources_;
  ledger::LogIndex index_ = 0;
};

// Facts below `until`, replayed.
class NaiveLineage {
 public:
  struct Link {
    LineageSpan newest;
    std::vector<ledger::LineageDerivation> derivations;
  };

  NaiveLineage(const std::vector<Event>& events, ledger::LogIndex until) {
    for (const Event& event : events) {
      if (event.index < until) Replay(event);
    }
  }

  [[nodiscard]] const std::map<std::pair<EntityId, EntityId>, Link>& Links() const {
    return links_;
  }

  // Level of everything reached.
  [[nodiscard]] std::map<EntityId, std::size_t> Closure(LineageDirection direction,
                                                        const EntityId& start, std::size_t depth,
                                                        bool open_only = false) const {
    std::map<EntityId, std::size_t> levels = {{start, 0}};
    for (std::size_t level = 0; level < depth; ++level) {
      for (const auto& [ends, link] : links_) {
        if (open_only && link.newest.ended != 0) continue;
        const bool down = direction == LineageDirection::kDown;
        const EntityId& near = down ? ends.first : ends.second;
        const EntityId& far = down ? ends.second : ends.first;
        const auto known = levels.find(near);
        if (known != levels.end() && known->second == level) levels.try_emplace(far, level + 1);
      }
    }
    return levels;
  }

  // What each node carries of the items of the start, at any distance: nothing changes any more.
  [[nodiscard]] std::map<EntityId, LineageItems> Carried(LineageDirection direction,
                                                         const EntityId& start,
                                                         const LineageItems& items) const {
    std::map<EntityId, LineageItems> carried = {{start, items}};
    for (bool changed = true; changed;) {
      changed = false;
      for (const auto& [ends, link] : links_) {
        const bool down = direction == LineageDirection::kDown;
        const auto near = carried.find(down ? ends.first : ends.second);
        if (near == carried.end()) continue;
        const LineageItems from = near->second;
        LineageItems along = Along(link, down, from);
        if (along.empty()) continue;
        LineageItems& there = carried[down ? ends.second : ends.first];
        const std::size_t before = there.size();
        there.merge(along);
        changed = changed || there.size() != before;
      }
    }
    return carried;
  }

 private:
  void Replay(const Event& event) {
    const auto key = std::pair(event.fact.from, event.fact.to);
    const auto known = links_.find(key);
    if (event.fact.act == LineageAct::kEnds) {
      if (known != links_.end() && known->second.newest.ended == 0) {
        known->second.newest.ended = event.index;
      }
      return;
    }
    Link& link = links_[key];
    if (known == links_.end() || link.newest.ended != 0) {
      link.newest = {.begun = event.index, .ended = 0};
    }
    for (const auto& one : event.fact.derivations) link.derivations.push_back(one);
  }
  static bool Has(const LineageItems& items, const std::string& item) {
    return item == "*" || items.contains(item) || items.contains("*");
  }
  static LineageItems Along(const Link& link, bool down, const LineageItems& items) {
    if (link.derivations.empty()) return items;
    LineageItems along;
    for (const auto& derivation : link.derivations) {
      for (const auto& map : derivation.items) {
        const bool reached =
            down ? std::ranges::any_of(map.from, [&](const auto& one) { return Has(items, one); })
                 : Has(items, map.out_item);
        if (!reached) continue;
        if (down) {
          along.insert(map.out_item);
        } else {
          along.insert(map.from.begin(), map.from.end());
        }
      }
    }
    return along;
  }

  std::map<std::pair<EntityId, EntityId>, Link> links_;
};

}  // namespace jiandu::store::testing
