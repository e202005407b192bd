// Closure over the links, which never change: grant -> request, resource; request -> resource.
#include "contracts/touched.h"

#include <deque>
#include <set>

#include "contracts/succession.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityId;
namespace touch = ledger::touch;

// What is named comes first, then what hangs on it, the nearest first: when there is no more room,
// it is the farthest that is left out, and never what the transaction speaks of.
class Closure {
 public:
  Closure(BlockState& state, RolesByEntity& roles) : state_(state), roles_(roles) {}

  // False: there is no room for it.
  bool Add(const EntityId& id, std::uint32_t role) {
    if (roles_.size() >= kTouchedAtOnceMax && !roles_.contains(id)) return false;
    roles_[id] |= role;
    return true;
  }
  // The entity; Follow adds what it hangs on.
  void AddCase(const EntityId& id, std::uint32_t role) {
    if (Add(id, role)) open_.push_back(id);
  }
  // Links never change. Each entity is followed once.
  void Follow() {
    std::set<EntityId> followed;
    for (; !open_.empty(); open_.pop_front()) {
      if (followed.insert(open_.front()).second) FollowLinks(open_.front());
    }
  }

 private:
  void FollowLinks(const EntityId& id) {
    const ledger::EntityBody* body = state_.Body(id);
    if (body == nullptr) return;
    for (const auto& [name, link] : body->links) {
      if (name != "resource" && !roles_.contains(link)) AddCase(link, touch::kAct);
    }
    const EntityId* resource = body->Link("resource");
    if (resource == nullptr) return;
    Add(*resource, touch::kSource);
    // The pair is that of the birth, whoever has the case now.
    if (const std::string_view consumer = BirthParty(*body, "consumer"); !consumer.empty()) {
      Add(ledger::PairEntity(*resource, consumer), touch::kAct);
    }
  }

  BlockState& state_;
  RolesByEntity& roles_;
  std::deque<EntityId> open_;
};

void AddMonth(Closure& closure, BlockState& state, std::string_view department) {
  closure.Add(state.MonthOf(department), touch::kAct);
}

void AddAccess(Case& judged, Closure& closure) {
  const EntityId grant = judged.Named("grant");
  if (!grant.IsZero()) {
    closure.Add(grant, touch::kUse);
    const AccessTerms* terms = judged.state.Terms(grant);
    if (terms == nullptr) return;
    closure.Add(terms->resource, touch::kUse);
    closure.Add(terms->pair, touch::kUse);
    return;
  }
  const EntityId resource = judged.Named("resource");
  closure.Add(resource, touch::kUse);
  if (const std::string_view consumer = judged.Text("consumer"); !consumer.empty()) {
    closure.Add(ledger::PairEntity(resource, consumer), touch::kUse);
  }
}

}  // namespace

RolesByEntity TouchedBy(Case& judged) {
  RolesByEntity roles;
  Closure closure(judged.state, roles);
  AddMonth(closure, judged.state, judged.payload.department);
  for (const EntityId& id : judged.born) closure.AddCase(id, touch::kNew);
  if (judged.row.touch == TouchRule::kAccess) {
    AddAccess(judged, closure);
    closure.Follow();
    return roles;
  }
  for (const EntityId& id : judged.also_touched) closure.Add(id, touch::kAct);
  for (const EntityId& id : ledger::NamedEntities(*judged.op.form, judged.Form())) {
    if (judged.state.Exists(id)) closure.AddCase(id, touch::kAct);
  }
  closure.Follow();
  return roles;
}

RolesByEntity TouchedByRejected(BlockState& state, const ledger::Payload& payload) {
  RolesByEntity roles;
  Closure closure(state, roles);
  AddMonth(closure, state, payload.department);
  const ledger::OpInfo* op = ledger::FindOp(payload.op);
  if (op == nullptr) return roles;
  for (const EntityId& id : ledger::NamedEntities(*op->form, payload.body)) {
    if (state.Exists(id)) closure.Add(id, touch::kAct);
  }
  return roles;
}

std::vector<ledger::Touch> WriteTouches(BlockState& state, const RolesByEntity& roles,
                                        ledger::LogIndex index) {
  std::vector<ledger::Touch> touched;
  touched.reserve(roles.size());
  for (const auto& [entity, bits] : roles) {
    touched.push_back({.entity = entity, .roles = bits, .seq = state.Touch(entity, index)});
  }
  return touched;
}

}  // namespace jiandu::contracts
