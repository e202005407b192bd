// That the events of a bundle are all events of its entities, and that these are a whole lineage.
#include <algorithm>
#include <set>

#include "base/limits.h"
#include "crypto/merkle.h"
#include "ledger/model/state_view.h"
#include "sdk/cpp/proof_walk.h"

namespace jiandu::sdk {
namespace {

using ledger::EntityId;

// An entity with its events, as places in the bundle.
struct History {
  EntityId id;
  ledger::EntityLeaf leaf;
  std::vector<std::size_t> events = {};
};

class Histories {
 public:
  Histories(ProofWalk& walk, const std::vector<EntityId>& entities)
      : walk_(walk), entities_(entities) {}

  bool Check() {
    for (const EntityId& id : entities_) {
      if (!AddLeaf(id)) return false;
    }
    for (std::size_t at = 0; at < walk_.verdict.events.size(); ++at) {
      if (!AddEvent(at)) return false;
    }
    return std::ranges::all_of(histories_, [this](const History& one) { return IsWhole(one); });
  }

 private:
  bool Fails(std::string en, std::string zh) {
    return walk_.steps.Fails("answer", std::move(en), std::move(zh));
  }

  bool AddLeaf(const EntityId& id) {
    const auto row = walk_.rows.find(ledger::LeafKey(id));
    if (row == walk_.rows.end()) {
      return Fails(
          "the row of the state that was asked for is missing: entity " + ledger::ToHex(id),
          "缺少所询问的状态行：实体 " + ledger::ToHex(id));
    }
    if (!row->second.has_value()) {
      return Fails("there is no entity " + ledger::ToHex(id) + "; ask for its absence",
                   "实体 " + ledger::ToHex(id) + " 不存在");
    }
    const auto leaf = ledger::EntityLeaf::Decode(*row->second);
    if (!leaf) return Fails(leaf.error().detail, "实体状态无法读取");
    histories_.push_back({.id = id, .leaf = *leaf});
    return true;
  }

  History* Find(const EntityId& id) {
    const auto at = std::ranges::lower_bound(histories_, id, {}, &History::id);
    return at != histories_.end() && at->id == id ? &*at : nullptr;
  }

  // Puts the event at the end of the histories it belongs to.
  bool AddEvent(std::size_t at) {
    const ProvenEvent& event = walk_.verdict.events[at];
    const ledger::ProofEvent& line = walk_.bundle.events[at];
    bool is_asked = false;
    if (event.stub.has_value()) {
      for (const ledger::Touch& touched : event.stub->touched) {
        History* history = Find(touched.entity);
        if (history == nullptr) continue;
        is_asked = true;
        if (touched.seq != history->events.size()) return Misplaced(event, *history);
        history->events.push_back(at);
      }
    } else if (std::holds_alternative<Hash256>(line.entry)) {
      if (!AddWithheld(at, line)) return false;
      is_asked = true;
    } else {  // the genesis document's
      for (History& history : histories_) {
        if (history.leaf.birth != 0) continue;
        is_asked = true;
        history.events.push_back(at);
      }
    }
    if (is_asked) return true;
    return Fails("entry " + Number(event.index) + " is of nothing that was asked for",
                 "所列事件与所询问的实体无关");
  }

  bool AddWithheld(std::size_t at, const ledger::ProofEvent& line) {
    if (!ledger::IsOfSeveral(walk_.bundle.query)) {
      histories_.front().events.push_back(at);
      return true;
    }
    for (const EntityId& id : line.entities) {
      History* history = Find(id);
      if (history == nullptr) {
        return Fails("a withheld event of what was not asked for",
                     "未展示的事件与所询问的实体无关");
      }
      history->events.push_back(at);
    }
    return true;
  }

  bool Misplaced(const ProvenEvent& event, const History& history) {
    const std::string seq = Number(history.events.size());
    return Fails("entry " + Number(event.index) + " is not event " + seq + " of entity " +
                     ledger::ToHex(history.id),
                 "所列事件不是实体 " + ledger::ToHex(history.id) + " 的第 " + seq + " 项");
  }

  // As many as the leaf counts, in their places, under its root, from the birth on.
  bool IsWhole(const History& history) {
    const ledger::EntityLeaf& leaf = history.leaf;
    const std::string id = ledger::ToHex(history.id);
    if (leaf.size != history.events.size() || history.events.empty()) {
      return Fails("the history of " + id + " has " + Number(leaf.size) + " events, the bundle " +
                       Number(history.events.size()),
                   "实体 " + id + " 的历史共 " + Number(leaf.size) + " 项，证明包仅含 " +
                       Number(history.events.size()) + " 项");
    }
    std::vector<Hash256> hashes;
    hashes.reserve(history.events.size());
    for (const std::size_t at : history.events) {
      const ledger::ProofEvent& line = walk_.bundle.events[at];
      hashes.push_back(ledger::HistoryLeafHash(line.index, line.LeafHash()));
    }
    const auto index_of = [this](std::size_t at) { return walk_.bundle.events[at].index; };
    if (crypto::MerkleRoot(hashes) != leaf.history_root ||
        index_of(history.events.front()) != leaf.birth ||
        index_of(history.events.back()) != leaf.last) {
      return Fails("the events do not hash to the root of the history of " + id,
                   "事件与实体 " + id + " 的历史根不符");
    }
    return IsBornAsSaid(history);
  }

  // An id that is not natural is made of the transaction of event 0, its only birth, or of the
  // genesis document.
  bool IsBornAsSaid(const History& history) {
    const EntityId& id = history.id;
    if (ledger::KindOf(id) < ledger::EntityKind::kIdentity) return true;
    const ProvenEvent& first = walk_.verdict.events[history.events.front()];
    const auto& line = walk_.bundle.events[history.events.front()];
    Hash256 origin = walk_.genesis.hash;
    std::size_t births = walk_.genesis.identities.size();
    if (first.stub.has_value()) {
      const auto touched = std::ranges::find(first.stub->touched, id, &ledger::Touch::entity);
      births = (touched->roles & ledger::touch::kNew) != 0 ? limits::kTouchedEntitiesMax : 0;
      origin = first.stub->txid;
    } else if (std::holds_alternative<Hash256>(line.entry)) {
      return true;  // withheld, and said so
    }
    for (std::size_t n = 0; n < births; ++n) {
      if (ledger::BornId(ledger::KindOf(id), origin, static_cast<std::uint16_t>(n)) == id) {
        return true;
      }
    }
    return Fails("entity " + ledger::ToHex(id) + " was not born in its first event",
                 "实体编号与首项事件不符");
  }

  ProofWalk& walk_;
  const std::vector<EntityId>& entities_;
  std::vector<History> histories_;  // ascending by id, as the entities are
};

}  // namespace

bool CheckHistories(ProofWalk& walk, const std::vector<EntityId>& entities) {
  return Histories(walk, entities).Check();
}

// What was shown to be complete is all there is to follow: by entity, the events that list it.
bool CheckLineage(ProofWalk& walk, const ledger::LineageQuery& query,
                  const std::vector<EntityId>& entities) {
  std::map<EntityId, std::vector<std::size_t>> events;
  for (std::size_t at = 0; at < walk.verdict.events.size(); ++at) {
    const auto& stub = walk.verdict.events[at].stub;
    if (!stub.has_value()) continue;
    for (const ledger::Touch& touched : stub->touched) events[touched.entity].push_back(at);
  }
  std::set<EntityId> known = {query.entity};
  std::set<ledger::LogIndex> inexact;
  std::vector<EntityId> open = {query.entity};
  while (!open.empty()) {
    const EntityId id = open.back();
    open.pop_back();
    if (!std::ranges::binary_search(entities, id)) {
      return walk.steps.Fails(
          "answer", "entity " + ledger::ToHex(id) + " of the lineage is not in the bundle",
          "证明包中缺少谱系内的实体 " + ledger::ToHex(id));
    }
    for (const std::size_t at : events[id]) {
      const ProvenEvent& event = walk.verdict.events[at];
      const auto edges = walk.derivations.find(event.index);
      const ledger::LineageStep step = ledger::FollowLineage(
          *event.stub, edges == walk.derivations.end() ? nullptr : &edges->second, id,
          query.direction);
      if (step.inexact) inexact.insert(event.index);
      for (const EntityId& next : step.follows) {
        if (known.insert(next).second) open.push_back(next);
      }
    }
  }
  if (known.size() != entities.size()) {
    return walk.steps.Fails("answer", "the bundle has entities that are not of the lineage",
                            "证明包含有不属于该谱系的实体");
  }
  walk.verdict.inexact = inexact.size();
  return true;
}

}  // namespace jiandu::sdk
