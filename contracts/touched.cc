// Closure over the links, which never change: grant -> request, resource; request -> resource.
#include "contracts/touched.h"

#include "base/limits.h"
#include "contracts/succession.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityId;
namespace touch = ledger::touch;

class Closure {
 public:
  Closure(BlockState& state, RolesByEntity& roles) : state_(state), roles_(roles) {}

  void Add(const EntityId& id, std::uint32_t role) {
    if (roles_.size() >= limits::kTouchedEntitiesMax && !roles_.contains(id)) return;
    roles_[id] |= role;
  }
  // The entity, and what it hangs on: its links never change. Each is followed once.
  void AddCase(const EntityId& id, std::uint32_t role) {
    Add(id, role);
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

 private:
  BlockState& state_;
  RolesByEntity& roles_;
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
    return roles;
  }
  for (const EntityId& id : judged.also_touched) closure.Add(id, touch::kAct);
  for (const EntityId& id : ledger::NamedEntities(*judged.op.form, judged.Form())) {
    if (judged.state.Exists(id)) closure.AddCase(id, touch::kAct);
  }
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
