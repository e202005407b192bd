// Requests, decisions, consultations, and what opens a grant.
#include <algorithm>

#include "tests/property/hints.h"

namespace jiandu::contracts::property {
namespace {

// A system of the department; of its people those are named "...-gw" and "...-app".
EntityId SystemOf(Kit& kit, std::string_view department) {
  const std::string name = kit.Officer(department, 0);
  const auto record = name.empty() ? std::nullopt : kit.world.Key(name);
  return record ? record->identity : EntityId();
}

// What 4.5 asks of an application on a resource.
void Apply(Kit& kit, Json& body, const EntityId& resource_id, std::string_view department) {
  const EntityBody* resource = kit.world.Body(resource_id);
  if (resource == nullptr) return;
  Json items = Json::MakeArray();
  const Json wanted = kit.filler.SomeItems(resource);
  for (const Json& item : wanted.Items()) {
    items.Push(Json::MakeObject({{"item_id", item}, {"need_code", "N1"}}));
  }
  Json systems = Json::MakeArray();
  Json cidrs = Json::MakeArray();
  cidrs.Push("10.20.3.0/24");
  const std::string_view owner = kit.dice.Percent(97) ? department : testing::kGa;
  systems.Push(Json::MakeObject(
      {{"system", ledger::ToHex(SystemOf(kit, owner))}, {"cidrs", std::move(cidrs)}}));
  Json measures = Json::MakeArray();
  for (const std::string_view measure :
       {"MFA", "MASK", "ENCRYPTED_TRANSFER", "ENCRYPTED_STORAGE", "WATERMARK", "ACCESS_LOG",
        "RETENTION_DATE", "RISK_ASSESSMENT"}) {
    if (kit.dice.Percent(98)) measures.Push(measure);
  }
  body.Set("resource", ledger::ToHex(resource_id))
      .Set("resource_version", resource->Number("version"))
      .Set("items", std::move(items))
      .Set("systems", std::move(systems))
      .Set("share_class", resource->Text("share_class"))
      .Set("delivery_mode", kit.dice.Of({"API", "API", "API", "PAGE", "BATCH", "FILE"}))
      .Set("valid_from", kit.filler.DateIn(-1))
      .Set("valid_to", kit.filler.DateIn(kit.dice.Between(20, 200)))
      .Set("measures", std::move(measures))
      .Set("daily_cap", kit.dice.Between(2, 60))
      .Set("daily_avg_declared", kit.dice.Between(1, 20))
      .Set("matter_code", "M-1")
      .Set("truth_commitment", true);
  Json nets = Json::MakeArray();
  nets.Push("10.30.0.0/16");
  body.Set("client_nets", std::move(nets)).Set("mode_reason", "为何");
  Json accounts = Json::MakeArray();
  accounts.Push(Json::MakeObject({{"tag", std::string(64, 'a')}}));
  body.Set("accounts", std::move(accounts));
  body.Set("batch_plan", Json::MakeObject({{"cycle", "DAILY"}, {"rows_max", 1000}}));
  body.Remove("contractor");
  if (kit.dice.Percent(3)) body.Set("share_class", "UNCONDITIONAL");
  if (kit.dice.Percent(2)) body.Remove("accounts");
  if (kit.dice.Percent(2)) body.Remove("mode_reason");
}

// A published resource that somebody else provides.
EntityId Choose(Kit& kit, std::string_view department, bool not_shared) {
  EntityId best;
  for (int i = 0; i < 12; ++i) {
    const EntityId id = kit.filler.Any(EntityKind::kResource);
    const EntityBody* body = kit.world.Body(id);
    if (body == nullptr) continue;
    best = id;
    const bool published =
        body->status == static_cast<std::uint32_t>(ledger::ResourceStatus::kPublished);
    const bool fits = (body->Text("share_class") == "NOT_SHARED") == not_shared;
    if (published && fits && body->Party("provider") != department) return id;
  }
  return best;
}

// An active grant; to be renewed, one that ends within a month.
EntityId ChangedGrant(Kit& kit, bool renews) {
  EntityId id;
  const std::vector<EntityId>& all = kit.world.Of(EntityKind::kGrant);
  const std::size_t start = kit.dice.Below(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    id = all[(start + i) % all.size()];
    const EntityBody* grant = kit.world.Body(id);
    const std::int64_t left = grant->Number("valid_to") - kit.world.Time();
    const bool active = ledger::StatusName(grant->kind, grant->status) == "ACTIVE" && left > 0;
    if (active && (!renews || left < 30 * kDayMs)) return id;
  }
  return id;
}

void Submit(Kit& kit, Draft& draft) {
  const bool consults = draft.op->op == "consultation.open";
  draft.department = kit.filler.Department();
  const bool changes = !consults && kit.dice.Percent(35);
  const bool renews = kit.dice.Percent(50);
  const EntityId grant = changes ? ChangedGrant(kit, renews) : EntityId();
  const EntityBody* grant_body = kit.world.Body(grant);
  EntityId resource = Choose(kit, draft.department, consults);
  draft.body.Remove("grant");
  draft.body.Remove("territory");
  if (grant_body != nullptr) {
    draft.department = grant_body->Party("consumer");
    resource = kit.filler.LinkOf(grant, EntityKind::kResource);
  }
  Apply(kit, draft.body, resource, draft.department);
  if (consults) return;
  draft.body.Set("kind", "NORMAL");
  if (grant_body != nullptr) {
    draft.body.Set("grant", ledger::ToHex(grant));
    draft.body.Set("kind", renews ? "RENEW" : "SCOPE_CHANGE");
  } else if (kit.dice.Percent(12)) {
    draft.body.Set("kind", "RETURN_FLOW").Set("territory", kit.dice.Of({"990100", "990200"}));
  }
}
void Resubmit(Kit& kit, Draft& draft) {
  const EntityBody* request = kit.world.Body(draft.subject);
  if (request == nullptr) return;
  Json answers = Json::MakeArray();
  for (const std::string_view code : {"REPORT", "SEAL"}) {
    if (kit.dice.Percent(95)) {
      answers.Push(Json::MakeObject({{"code", code}, {"digest", kit.filler.Hash()}}));
    }
  }
  draft.body.Set("answers", std::move(answers));
  draft.body.Remove("content");
  if (kit.dice.Percent(50)) return;
  Json content = request->Form();
  if (kit.dice.Percent(50)) content.Set("scene_code", kit.NextId("S"));
  draft.body.Set("content", std::move(content));
}
void Erratum(Kit& kit, Draft& draft) {
  const bool decision = draft.op->op == "decision.erratum";
  const std::string_view field =
      kit.dice.Percent(15) ? "items"
                           : (decision ? kit.dice.Of({"reason_digest", "late_reason_digest"})
                                       : kit.dice.Of({"scene_digest", "basis_ref"}));
  Json changes = Json::MakeArray();
  changes.Push(Json::MakeObject({{"field", field}, {"value", kit.filler.Hash()}}));
  draft.body.Set("changes", std::move(changes));
}

// Terms that narrow what stands, mostly.
Json Terms(Kit& kit, const EntityBody* of) {
  Json terms = Json::MakeObject();
  if (kit.dice.Percent(50)) {
    Json items = Json::MakeArray();
    const Json form = of != nullptr ? of->Form() : Json::MakeObject();
    for (const Json& item : form.ItemsOf("items")) {
      if (item.IsObject() && (items.Items().empty() || kit.dice.Percent(70))) {
        items.Push(item.TextOr("item_id"));
      }
    }
    if (kit.dice.Percent(5)) items.Push("nobody_asked");
    if (!items.Items().empty()) terms.Set("items", std::move(items));
  }
  if (kit.dice.Percent(40)) terms.Set("daily_cap", kit.dice.Between(1, 40));
  if (kit.dice.Percent(30)) terms.Set("uses_max", kit.dice.Between(3, 30));
  if (kit.dice.Percent(30)) terms.Set("valid_to", kit.filler.DateIn(kit.dice.Between(10, 90)));
  if (kit.dice.Percent(12)) {
    Json conditions = Json::MakeArray();
    conditions.Push(kit.dice.Of({"LAW_ENFORCEMENT", "PAY_A_FEE"}));
    terms.Set("condition_codes", std::move(conditions));
  }
  return terms;
}
void Decide(Kit& kit, Draft& draft) {
  const EntityBody* request = kit.world.Body(draft.subject);
  draft.body.Set("verdict", kit.dice.Of({"APPROVE", "APPROVE", "APPROVE", "APPROVE", "APPROVE",
                                         "APPROVE", "NARROW", "REFUSE"}));
  draft.body.Remove("terms");
  if (kit.dice.Percent(40)) draft.body.Set("terms", Terms(kit, request));
}
void DepartAtStep(Kit& kit, Draft& draft) {
  Decide(kit, draft);
  const EntityBody* request = kit.world.Body(draft.subject);
  if (request == nullptr || kit.dice.Percent(30)) return;
  draft.department = request->Party(request->Number("step") == 0 ? "provider" : "manager");
}
void Substitute(Kit& kit, Draft& draft) {
  for (int i = 0; i < 16; ++i) {
    const EntityId id = kit.filler.Any(EntityKind::kRequest);
    const EntityBody* request = kit.world.Body(id);
    const ledger::Clock* clock = request != nullptr ? request->FindClock("D03") : nullptr;
    if (clock == nullptr || !clock->Runs()) continue;
    draft.subject = id;
    draft.body.Set("request", ledger::ToHex(id));
    draft.department = request->Party("manager");
    if (kit.world.Time() - clock->start > 3 * kDayMs) break;
  }
  draft.body.Remove("terms");
}

void Convene(Kit& kit, Draft& draft) {
  const EntityBody* body = kit.world.Body(draft.subject);
  if (body == nullptr) return;
  draft.body.Set("meeting_date", kit.filler.DateIn(kit.dice.Between(1, 6)));
  draft.body.Set("participants", Departments({body->Party("consumer"), body->Party("manager"),
                                              body->Party("provider")}));
}
void Resolve(Kit& kit, Draft& draft) {
  const EntityBody* body = kit.world.Body(draft.subject);
  if (body == nullptr) return;
  const bool manager_is_side = body->Party("manager") == body->Party("consumer") ||
                               body->Party("manager") == body->Party("provider");
  const std::string_view third = manager_is_side ? testing::kZf : body->Party("manager");
  draft.body.Set("participants",
                 Departments({body->Party("consumer"), third, body->Party("provider")}));
  Json terms = Terms(kit, body);
  terms.Set("uses_max", kit.dice.Between(2, 30));
  terms.Set("valid_to", kit.filler.DateIn(kit.dice.Between(5, 85)));
  draft.body.Set("terms", std::move(terms));
  for (const std::string_view seat : {body->Party("consumer"), third, body->Party("provider")}) {
    const std::string head = kit.Officer(seat, ledger::duty::kHead);
    if (head.empty()) continue;
    const bool first = seat == body->Party("consumer");
    if (first) draft.department = seat;
    draft.signings.push_back({head, first ? SignerRole::kHead : SignerRole::kPeer});
  }
}

constexpr std::pair<std::string_view, Hint> kHints[] = {
    {"request.submit", Submit},          {"consultation.open", Submit},
    {"request.resubmit", Resubmit},      {"request.erratum", Erratum},
    {"decision.erratum", Erratum},       {"decision.submit", DepartAtStep},
    {"decision.substitute", Substitute}, {"consultation.convene", Convene},
    {"consultation.resolve", Resolve},
};

}  // namespace

Hint RequestHint(std::string_view op) { return FindHint(kHints, op); }

}  // namespace jiandu::contracts::property
