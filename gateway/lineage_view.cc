// See lineage_view.h.
#include "gateway/lineage_view.h"

#include <algorithm>

#include "gateway/audit_answer.h"
#include "gateway/views.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::EntityKind;
using Entity = LineageReader::Entity;
using Items = LineageReader::Items;
using Verdict = LineageReader::Verdict;

Json Texts(const auto& list) {
  Json json = Json::MakeArray();
  for (const std::string& one : list) json.Push(one);
  return json;
}

}  // namespace

bool LineageSight::Shows(const Entity& entity) {
  if (reader_.sees_all) return true;
  switch (ledger::KindOf(entity.id)) {
    case EntityKind::kResource: return sight_.OfEntity(entity.id) != Sight::kNone;
    case EntityKind::kPair:
      return entity.department == reader_.department ||
             (!entity.resource.IsZero() && sight_.OfEntity(entity.resource) == Sight::kParty);
    default: return sight_.OfEntity(entity.id) == Sight::kParty;
  }
}

bool LineageSight::Covers(const Entity& entity) {
  if (ledger::KindOf(entity.id) != EntityKind::kPair) return cut_.Covers(entity.id);
  return cut_.CoversDepartment(entity.department) || cut_.Covers(entity.resource);
}

// A third department that sees both resources in the catalogue is told nothing of what one was made
// from: that is the business of those two.
bool LineageSight::ShowsEdge(const Entity& from, const Entity& to) {
  if (!Shows(from) || !Shows(to)) return false;
  if (reader_.sees_all || ledger::KindOf(to.id) != EntityKind::kResource) return true;
  return sight_.OfEntity(from.id) == Sight::kParty || sight_.OfEntity(to.id) == Sight::kParty;
}

bool LineageSight::GrantHas(const EntityId& grant, const Items& items) {
  const auto [known, is_new] = items_.try_emplace(grant);
  const auto body = is_new ? FindBody(snapshot_, grant) : std::nullopt;
  if (body) {
    for (const Json& item : body->Terms().ItemsOf("items")) {
      if (item.IsText()) known->second.insert(item.AsString());
    }
  }
  return std::ranges::any_of(
      items, [&](const std::string& item) { return item == "*" || known->second.contains(item); });
}

Verdict LineageSight::Judge(const Entity& from, const Entity& to, const Items* items) {
  if (!ShowsEdge(from, to)) return Verdict::kWithhold;
  if (!Covers(from) || !Covers(to)) return Verdict::kLeaveOut;
  const bool of_grant = ledger::KindOf(to.id) == EntityKind::kGrant;
  return items == nullptr || !of_grant || GrantHas(to.id, *items) ? Verdict::kFollow
                                                                  : Verdict::kPass;
}

std::string LineageJson::NameOf(const ledger::DepartmentId& department) {
  const auto [known, is_new] = names_.try_emplace(department);
  if (is_new) {
    const auto body = FindBody(snapshot_, ledger::DepartmentEntity(department));
    if (body) known->second = body->Text("name");
  }
  return known->second;
}

Json LineageJson::Event(ledger::LogIndex index) {
  if (const auto known = events_.find(index); known != events_.end()) return known->second;
  const auto stub = StubAt(snapshot_, index);
  Json json = stub ? TransactionRef(*stub, index) : Json::MakeObject({{"index", Integer(index)}});
  if (stub && stub->flags != 0) json.Set("flags", FlagsToJson(stub->flags));
  events_.emplace(index, json);
  return json;
}

Json LineageJson::Node(const LineageReader::Node& node) {
  const EntityId& id = node.entity.id;
  const EntityKind kind = ledger::KindOf(id);
  Json json = Json::MakeObject({{"entity", ledger::ToHex(id)},
                                {"kind", ledger::KindName(kind)},
                                {"depth", std::uint64_t{node.depth}}});
  ledger::DepartmentId department = node.entity.department;
  if (kind == EntityKind::kPair) json.Set("resource", ledger::ToHex(node.entity.resource));
  if (const auto body = FindBody(snapshot_, id)) {
    const bool is_grant = kind == EntityKind::kGrant;
    department = body->Party(is_grant ? "consumer" : "provider");
    json.Set("status", ledger::StatusName(kind, body->status));
    if (kind == EntityKind::kResource) {
      json.Set("name", body->Form().TextOr("name")).Set("code", body->Form().TextOr("code"));
    }
    if (is_grant && body->Number("valid_to") > 0) json.Set("valid_to", body->Number("valid_to"));
  }
  if (!department.empty()) {
    json.Set("department", department).Set("department_name", NameOf(department));
  }
  const auto leaf = snapshot_.State().Get(ledger::LeafKey(id));
  const auto decoded = leaf ? ledger::EntityLeaf::Decode(*leaf)
                            : Result<ledger::EntityLeaf>(Fail(Errc::kNotFound, "no leaf"));
  if (decoded) json.Set("born", Event(decoded->birth));
  if (!node.items.empty()) json.Set("items", Texts(node.items));
  return json;
}

Json LineageJson::Derivation(const LineageReader::Derived& derived) {
  const ledger::LineageDerivation& one = derived.derivation;
  Json items = Json::MakeArray();
  for (const ledger::LineageItem& item : one.items) {
    Json map = Json::MakeObject({{"out_item", item.out_item}, {"from", Texts(item.from)}});
    if (item.unchanged) map.Set("unchanged", true);
    items.Push(std::move(map));
  }
  Json json = Json::MakeObject({{"event", Event(derived.index)},
                                {"derivation", ledger::ToHex(one.derivation)},
                                {"kind", one.kind},
                                {"input_version", one.input_version},
                                {"out_version", one.out_version}});
  if (!one.grant.IsZero()) json.Set("grant", ledger::ToHex(one.grant));
  if (one.refreshed) json.Set("refreshed", true);
  if (!one.items.empty()) json.Set("items", std::move(items));
  return json;
}

Json LineageJson::Edge(const LineageReader::Edge& edge) {
  const EntityKind to = ledger::KindOf(edge.to);
  const char* kind = to == EntityKind::kResource ? "derivation"
                     : to == EntityKind::kGrant  ? "grant"
                                                 : "access";
  Json json = Json::MakeObject({{"from", ledger::ToHex(edge.from)},
                                {"to", ledger::ToHex(edge.to)},
                                {"kind", kind},
                                {"begun", Event(edge.begun)}});
  if (edge.ended != 0) json.Set("ended", Event(edge.ended));
  if (edge.derived.empty()) return json;
  Json derivations = Json::MakeArray();
  for (const LineageReader::Derived& one : edge.derived) derivations.Push(Derivation(one));
  json.Set("derivations", std::move(derivations));
  if (edge.more_derived) json.Set("more_derivations", true);
  return json;
}

}  // namespace jiandu::gateway
