// Walking down the lineage from one item.
#include "contracts/downstream.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "contracts/parts.h"

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
        if (made == root) continue;
        auto next = Follow(from, made);
        if (next) open.push_back(*std::move(next));
      }
    }
    return std::move(found_);
  }

 private:
  // Notes what `made` carries of it; where to go on, when that is more than was known.
  std::optional<Start> Follow(const Start& from, const EntityId& made) {
    auto reached = Reach(from, made);
    if (!reached) return std::nullopt;
    if (!walked_.contains(made) && walked_.size() > kWalkMax) {
      found_.whole = false;
      return std::nullopt;
    }
    // What was made of it after it was made anew carries the item no longer.
    const std::int64_t until = reached->stale.empty() && reached->input_version > from.until
                                   ? reached->out_version - 1
                                   : kAnyVersion;
    Start next{.resource = made, .until = until, .items = {}, .level = from.level + 1};
    // By another way it may carry other items, or longer.
    auto& known = walked_[made];
    for (const std::string& item : reached->items) {
      const auto [place, is_new] = known.try_emplace(item, until);
      if (!is_new && place->second >= until) continue;
      place->second = until;
      next.items.insert(item);
    }
    Note(*std::move(reached));
    if (next.items.empty()) return std::nullopt;
    return next;
  }

  void Note(Downstream reached) {
    const auto [place, is_new] =
        places_.try_emplace({reached.resource, reached.input}, found_.carriers.size());
    if (is_new) {
      found_.carriers.push_back(std::move(reached));
      return;
    }
    Downstream& known = found_.carriers[place->second];
    known.items.merge(reached.items);
    known.stale.merge(reached.stale);
  }

  // Each version recorded has its derivation; a refreshed one stands under several.
  std::set<EntityId> DerivationsOf(const EntityId& made) {
    std::set<EntityId> ids;
    state_.View().Scan(MarkedKey(made, "B"), {}, [&ids](ByteView, ByteView value) {
      if (const auto id = EntityId::From(value)) ids.insert(*id);
      return ids.size() < kDerivationsMax;
    });
    if (ids.size() >= kDerivationsMax) found_.whole = false;
    return ids;
  }

  std::optional<Downstream> Reach(const Start& from, const EntityId& made) {
    std::optional<Downstream> found;
    for (const EntityId& id : DerivationsOf(made)) {
      const EntityBody* body = state_.Body(id);
      if (body == nullptr) continue;
      auto one = ReachBy(from, made, id, *body);
      if (one && (!found || one->out_version > found->out_version)) found = std::move(one);
    }
    if (!found) return found;
    for (const std::string& item : StaleItems(state_, made)) {
      if (found->items.contains(item)) found->stale.insert(item);
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
  std::map<std::pair<EntityId, EntityId>, std::size_t> places_;  // resource and input
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
