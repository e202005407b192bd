// See case_entities.h.
#include "gateway/case_entities.h"

#include <deque>
#include <set>

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::EntityKind;

// Resources have cases of many departments: they are named in a report, not taken in.
bool MayJoin(const EntityId& id) {
  return ledger::IsCase(ledger::KindOf(id)) && ledger::KindOf(id) != EntityKind::kResource;
}

class Gathering {
 public:
  Gathering(const LedgerSnapshot& state, SightOf& sight) : state_(state), sight_(sight) {}

  std::vector<EntityId> Run(const EntityId& id) {
    found_.insert(id);
    if (MayJoin(id)) {
      Above(id);
      below_.push_back(id);
    }
    while (!below_.empty()) {
      const EntityId next = below_.front();
      below_.pop_front();
      Below(next);
    }
    return {found_.begin(), found_.end()};
  }

 private:
  // What it hangs on: a request, a grant.
  void Above(const EntityId& id) {
    const auto body = FindBody(state_, id);
    if (!body) return;
    for (const auto& [name, link] : body->links) {
      if (Add(link)) Above(link);
    }
  }

  // What was born in it.
  void Below(const EntityId& id) {
    constexpr std::size_t kStep = 500;
    for (std::uint64_t place = 0; events_ < kCaseEventsMax;) {
      const auto indexes = state_.History(id, place, kStep);
      for (const ledger::LogIndex index : indexes) Births(index);
      events_ += indexes.size();
      place += indexes.size();
      if (indexes.size() < kStep) return;
    }
  }

  void Births(ledger::LogIndex index) {
    const auto bytes = state_.EntryAt(index);
    if (!bytes) return;
    const auto entry = ledger::DecodeEntry(*bytes);
    const auto* stub = entry ? std::get_if<ledger::Stub>(&*entry) : nullptr;
    if (stub == nullptr || stub->code != 0 || !sight_.ShowsEvent(*stub)) return;
    for (const ledger::Touch& touch : stub->touched) {
      if ((touch.roles & ledger::touch::kNew) != 0 && Add(touch.entity)) {
        below_.push_back(touch.entity);
      }
    }
  }

  bool Add(const EntityId& id) {
    if (!MayJoin(id) || found_.size() >= kCaseEntitiesMax || found_.contains(id) ||
        sight_.OfEntity(id) == Sight::kNone) {
      return false;
    }
    found_.insert(id);
    return true;
  }

  const LedgerSnapshot& state_;
  SightOf& sight_;
  std::set<EntityId> found_;
  std::deque<EntityId> below_;
  std::size_t events_ = 0;
};

}  // namespace

std::vector<EntityId> CaseEntities(const LedgerSnapshot& state, SightOf& sight,
                                   const EntityId& id) {
  return Gathering(state, sight).Run(id);
}

}  // namespace jiandu::gateway
