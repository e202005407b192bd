// Walking down the lineage from one item.
#include "contracts/downstream.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <tuple>

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;

constexpr std::int64_t kAnyVersion = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kDerivationsMax = 64;
constexpr std::size_t kStepsMax = 16 * kWalkMax;  // a resource may be walked from more than once

BlockContext ContextOf(const AsOf& at) {
  return {.chain = {}, .height = at.height, .time = at.time, .log_size = 0};
}

// What has to be walked from: items of a resource, up to a version.
struct Start {
  EntityId resource;
  std::int64_t until = kAnyVersion;
  std::set<std::string> items;
  int level = 1;
};

class Walker {
 public:
  explicit Walker(BlockState& state) : state_(state) {}

  DownstreamList From(Start start) {
    const EntityId root = start.resource;
    walked_[root];
    std::vector<Start> open = {std::move(start)};
    for (std::size_t at = 0; at < open.size(); ++at) {
      if (at == kStepsMax) {
        found_.whole = false;
        break;
      }
      const Start from = open[at];
      const auto children = MadeFrom(state_.View(), from.resource);
      if (children.size() >= kWalkMax) found_.whole = false;
      for (const EntityId& made : children) {
        if (made != root) Follow(from, made, open);
      }
    }
    return std::move(found_);
  }

 private:
  // Notes what `made` carries of it, by each of its derivations, and where to go on when that is
  // more than was known.
  void Follow(const Start& from, const EntityId& made, std::vector<Start>& open) {
    for (Downstream& reached : Reach(from, made)) {
      if (!walked_.contains(made) && walked_.size() > kWalkMax) {
        found_.whole = false;
        return;
      }
      // What was made of it after it was made anew carries the item no longer.
      const std::int64_t until = reached.stale.empty() && reached.input_version > from.until
                                     ? reached.out_version - 1
                                     : kAnyVersion;
      Start next{.resource = made, .until = until, .items = {}, .level = from.level + 1};
      // By another way it may carry other items, or longer.
      auto& known = walked_[made];
      for (const std::string& item : reached.items) {
        const auto [place, is_new] = known.try_emplace(item, until);
        if (!is_new && place->second >= until) continue;
        place->second = until;
        next.items.insert(item);
      }
      Note(std::move(reached));
      if (!next.items.empty()) open.push_back(std::move(next));
    }
  }

  void Note(Downstream reached) {
    const auto [place, is_new] = places_.try_emplace(
        {reached.resource, reached.derivation, reached.input}, found_.carriers.size());
    if (is_new) {
      found_.carriers.push_back(std::move(reached));
      return;
    }
    Downstream& known = found_.carriers[place->second];
    known.items.merge(reached.items);
    known.stale.merge(reached.stale);
  }

  std::vector<Downstream> Reach(const Start& from, const EntityId& made) {
    const std::vector<EntityId> derivations = DerivationsOf(state_.View(), made, kDerivationsMax);
    if (derivations.size() >= kDerivationsMax) found_.whole = false;
    std::vector<Downstream> found;
    for (const EntityId& id : derivations) {
      const EntityBody* body = state_.Body(id);
      auto one = body != nullptr ? ReachBy(from, made, id, *body) : std::nullopt;
      if (one) found.push_back(*std::move(one));
    }
    if (found.empty()) return found;
    const std::set<std::string> stale = StaleItems(state_, made);
    for (Downstream& one : found) {
      std::ranges::set_intersection(one.items, stale, std::inserter(one.stale, one.stale.end()));
    }
    return found;
  }

  // Through one derivation, when it was first made of a version asked for.
  static std::optional<Downstream> ReachBy(const Start& from, const EntityId& made,
                                           const EntityId& id, const EntityBody& body) {
    EntityBody first = body;
    first.terms.clear();
    const Derivation then = ReadDerivation(first);
    const Derivation now = ReadDerivation(body);
    Downstream reached{.resource = made, .derivation = id, .input = from.resource};
    bool is_input = false;
    for (std::size_t i = 0; i < then.inputs.size(); ++i) {
      if (then.inputs[i].resource != from.resource || then.inputs[i].version > from.until) continue;
      is_input = true;
      reached.made_of = then.inputs[i].version;
      reached.input_version = now.inputs[i].version;
    }
    if (!is_input) return std::nullopt;
    reached.items = ItemsMadeFrom(then, from.resource, from.items);
    if (reached.items.empty()) return std::nullopt;
    reached.out_version = now.version;
    reached.level = from.level;
    return reached;
  }

  BlockState& state_;
  // By resource: items that carry it, and up to which version.
  std::map<EntityId, std::map<std::string, std::int64_t>> walked_;
  // Of resource, derivation and input.
  std::map<std::tuple<EntityId, EntityId, EntityId>, std::size_t> places_;
  DownstreamList found_;
};

}  // namespace

DownstreamList DownstreamOf(const ledger::StateView& view, const AsOf& at, const EntityId& resource,
                            std::int64_t version, const std::string& item) {
  const BlockContext context = ContextOf(at);
  BlockState state(view, context);
  Walker walker(state);
  return walker.From({.resource = resource, .until = version, .items = {item}});
}

std::vector<ItemChange> ChangesAfter(const ledger::StateView& view, const AsOf& at,
                                     const EntityId& resource, std::int64_t version,
                                     const std::string& item) {
  const BlockContext context = ContextOf(at);
  const BlockState state(view, context);
  std::vector<ItemChange> changes = ChangesOf(state, resource, item);
  std::erase_if(changes, [version](const ItemChange& change) { return change.version <= version; });
  return changes;
}

std::vector<CorrectionTask> TasksAsOf(const ledger::StateView& view, const AsOf& at,
                                      const EntityId& correction) {
  const BlockContext context = ContextOf(at);
  BlockState state(view, context);
  return TasksOf(state, correction);
}

}  // namespace jiandu::contracts
