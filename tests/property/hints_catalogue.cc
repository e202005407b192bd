// Catalogue entries, demands, extensions, derivations.
#include <algorithm>

#include "ledger/model/entity.h"
#include "tests/property/hints.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::property {
namespace {

Json NewContent(Kit& kit) {
  const std::string_view share_class =
      kit.dice.Of({"CONDITIONAL", "CONDITIONAL", "UNCONDITIONAL", "NOT_SHARED"});
  const std::string_view grade = kit.dice.Of({"G1", "G2", "G3", "G3", "G4", "IMPORTANT"});
  Json content = testing::Content(share_class, grade);
  content.Set("code", kit.NextId("R"));
  if (share_class == "CONDITIONAL") content.Set("share_scope_all", true);
  if (share_class == "NOT_SHARED" && kit.dice.Percent(80)) {
    Json basis = *content.Find("prohibition_basis");
    content.Set("prohibition_basis", basis.Set("case_by_case", true));
  }
  if (kit.dice.Percent(20)) content.Set("kind", "DERIVED");
  if (kit.dice.Percent(15)) content.Set("source", kit.filler.Department());
  // Elements of its own, or those of another entry, which is a matter of the source.
  const std::string own = kit.dice.Percent(85) ? "-" + std::to_string(kit.serial) : std::string();
  const Json before = content;
  Json items = Json::MakeArray();
  for (const Json& item : before.ItemsOf("items")) {
    Json fresh = item;
    fresh.Set("element_code", std::string(item.TextOr("element_code")) + own);
    if (kit.dice.Percent(40)) fresh.Set("authoritative_source", kit.filler.Department());
    items.Push(std::move(fresh));
  }
  content.Set("items", std::move(items));
  return content;
}
// What spoils an entry, each for a code of its own.
void SpoilContent(Kit& kit, Json& content) {
  if (!kit.dice.Percent(9)) return;
  switch (kit.dice.Below(6)) {
    case 0: content.Remove("schema_digest"); break;
    case 1: content.Remove("prohibition_basis"); break;
    case 2: content.Set("grade", "G1"); break;
    case 3: content.Set("secrecy_declared", "work"); break;
    case 4: content.Set("grade", "CORE"); break;
    default: content.Remove("pia_digest"); break;
  }
}

void Draft_(Kit& kit, Draft& draft) { draft.body.Set("content", NewContent(kit)); }
void Submit(Kit& kit, Draft& draft) {
  const EntityBody* resource = kit.world.Body(draft.subject);
  Json content = resource != nullptr ? resource->Form() : NewContent(kit);
  SpoilContent(kit, content);
  draft.body.Set("content", std::move(content));
}
void Amend(Kit& kit, Draft& draft) {
  Submit(kit, draft);
  Json content = *draft.body.Find("content");
  if (kit.dice.Percent(30)) {
    const std::string code(content.TextOr("code"));
    content = NewContent(kit);
    content.Set("code", code);
  }
  content.Set("abstract", kit.NextId("text "));
  draft.body.Set("content", std::move(content));
}
void Review(Kit& kit, Draft& draft) {
  draft.body.Set("verdict", kit.dice.Percent(80) ? "OK" : "RETURN");
}
void Grade(Kit& kit, Draft& draft) {
  draft.body.Set("grade", kit.dice.Of({"G2", "G3", "G4", "G4", "IMPORTANT", "CORE"}));
}
void Suspend(Kit& kit, Draft& draft) {
  draft.body.Set("until", kit.world.Time() + kit.dice.Between(1, 16) * kDayMs);
  if (kit.dice.Percent(20)) draft.body.Remove("until");
}
void Retire(Kit& kit, Draft& draft) {
  if (kit.dice.Percent(70)) draft.body.Remove("settled");
}
void Designate(Kit& kit, Draft& draft) {
  const EntityBody* resource = kit.world.Body(draft.subject);
  if (resource == nullptr) return;
  const Json form = resource->Form();
  Json elements = Json::MakeArray();
  for (const Json& item : form.ItemsOf("items")) elements.Push(item.TextOr("element_code"));
  if (elements.Items().size() > 2) elements.MutableItems().resize(2);
  draft.body.Set("elements", std::move(elements));
}
void SourceTask(Kit& kit, Draft& draft) {
  const EntityBody* resource = kit.Named(draft, "resource");
  if (resource == nullptr) return;
  const Json form = resource->Form();
  const std::string_view source = form.TextOr("source");
  draft.department = source.empty() ? resource->Party("provider") : source;
  draft.body.Set("contributor", kit.filler.Department());
}

void DemandSubmit(Kit& kit, Draft& draft) {
  if (kit.dice.Percent(70)) {
    Json wanted = Json::MakeArray();
    wanted.Push(
        Json::MakeObject({{"element_code", kit.NextId("DE-new")}, {"subject_kind", "PERSON"}}));
    draft.body.Set("items_wanted", std::move(wanted));
  }
}
void AssignDemand(Kit& kit, Draft& draft) {
  draft.body.Set("verdict", kit.dice.Of({"ASSIGN", "ASSIGN", "ASSIGN", "REJECT", "CLOSE"}));
  draft.body.Set("provider", kit.dice.Of({testing::kGa, testing::kJt, testing::kSw}));
}
void Answer(Kit& kit, Draft& draft) {
  draft.body.Set("mode", kit.dice.Of({"API", "BATCH", "BATCH", "PAGE"}));
  draft.body.Set("superior",
                 Json::MakeObject(
                     {{"body", "省厅"}, {"system", "S"}, {"statement_digest", kit.filler.Hash()}}));
}
// What was delivered is acknowledged with the same digest.
void Deliver(Kit& kit, Draft& draft) {
  draft.body.Set("delivery_id", "d" + std::to_string(kit.dice.Below(3)));
  draft.body.Set("delivery_digest", std::string(64, 'd'));
}

void ExtensionAsk(Kit& kit, Draft& draft) {
  for (int i = 0; i < 8; ++i) {
    const EntityKind kind = kit.dice.Percent(70) ? EntityKind::kRequest : EntityKind::kResource;
    const EntityId id = kit.filler.Any(kind);
    const EntityBody* body = kit.world.Body(id);
    if (body == nullptr) continue;
    for (const std::string_view code : {"D01", "D03", "D04"}) {
      const ledger::Clock* clock = body->FindClock(code);
      if (clock == nullptr || !clock->Runs()) continue;
      draft.subject = id;
      draft.body.Set("case", ledger::ToHex(id)).Set("code", code);
      draft.department = body->Party("provider");
      return;
    }
  }
}
void ExtensionAnswer(Kit& kit, Draft& draft) {
  for (int i = 0; i < 12; ++i) {
    const EntityKind kind = kit.dice.Percent(70) ? EntityKind::kRequest : EntityKind::kResource;
    const EntityId id = kit.filler.Any(kind);
    const EntityBody* body = kit.world.Body(id);
    const ledger::Clock* asked = body != nullptr ? body->FindClock("D05m") : nullptr;
    if (asked == nullptr || !asked->Runs()) continue;
    draft.subject = id;
    draft.body.Set("case", ledger::ToHex(id));
    draft.department = body->Party("manager");
    for (const std::string_view code : {"D01", "D03", "D04"}) {
      if (body->FindClock(code) != nullptr) draft.body.Set("code", code);
    }
    if (draft.op->op == "extension.consent" && kit.dice.Percent(80)) draft.body.Remove("days");
    return;
  }
}

void Derive(Kit& kit, Draft& draft) {
  const EntityBody* out = kit.world.Body(draft.subject);
  if (out == nullptr) return;
  Json inputs = Json::MakeArray();
  Json map = Json::MakeArray();
  std::vector<EntityId> seen;
  for (std::uint64_t i = 0; i < 1 + kit.dice.Below(3); ++i) {
    EntityId id = kit.filler.Any(EntityKind::kResource);
    const EntityId grant = kit.filler.Any(EntityKind::kGrant);
    if (kit.dice.Percent(70)) {
      const EntityId of_grant = kit.filler.LinkOf(grant, EntityKind::kResource);
      if (!of_grant.IsZero()) id = of_grant;
    }
    const EntityBody* input = kit.world.Body(id);
    if (input == nullptr || std::ranges::find(seen, id) != seen.end()) continue;
    seen.push_back(id);
    Json entry = Json::MakeObject(
        {{"resource", ledger::ToHex(id)}, {"version", input->Number("dataset_version")}});
    if (!grant.IsZero() && kit.dice.Percent(70)) entry.Set("grant", ledger::ToHex(grant));
    entry.Set("items", kit.filler.SomeItems(input));
    Json from = Json::MakeArray();
    from.Push(Json::MakeObject({{"input", static_cast<std::int64_t>(seen.size() - 1)},
                                {"item", kit.dice.Of({"plate", "status", "owner"})}}));
    map.Push(Json::MakeObject({{"out_item", kit.dice.Of({"plate", "status", "owner"})},
                               {"from", std::move(from)},
                               {"unchanged", kit.dice.Percent(40)}}));
    inputs.Push(std::move(entry));
  }
  draft.body.Set("inputs", std::move(inputs)).Set("item_map", std::move(map));
  draft.body.Set("out_version", out->Number("dataset_version"));
}
void DeriveRefresh(Kit& kit, Draft& draft) {
  const EntityBody* derivation = kit.world.Body(draft.subject);
  if (derivation == nullptr) return;
  const Json form = derivation->Form();
  Json inputs = Json::MakeArray();
  for (const Json& input : form.ItemsOf("inputs")) {
    const auto id = ledger::ParseEntityId(input.TextOr("resource"));
    const EntityBody* body = id ? kit.world.Body(*id) : nullptr;
    if (body == nullptr || kit.dice.Percent(20)) continue;
    inputs.Push(Json::MakeObject(
        {{"resource", input.TextOr("resource")}, {"version", body->Number("dataset_version")}}));
  }
  draft.body.Set("inputs", std::move(inputs));
  const EntityId* out = derivation->Link("resource");
  const EntityBody* made = out != nullptr ? kit.world.Body(*out) : nullptr;
  if (made != nullptr) draft.body.Set("out_version", made->Number("dataset_version"));
}

constexpr std::pair<std::string_view, Hint> kHints[] = {
    {"resource.draft", Draft_},
    {"resource.submit", Submit},
    {"resource.amend", Amend},
    {"resource.review", Review},
    {"resource.grade", Grade},
    {"resource.suspend", Suspend},
    {"resource.retire", Retire},
    {"resource.designate_source", Designate},
    {"resource.source_task", SourceTask},
    {"demand.submit", DemandSubmit},
    {"demand.assign", AssignDemand},
    {"demand.answer", Answer},
    {"collect.deliver", Deliver},
    {"collect.acknowledge", Deliver},
    {"extension.ask", ExtensionAsk},
    {"extension.consent", ExtensionAnswer},
    {"extension.refuse", ExtensionAnswer},
    {"derivation.record", Derive},
    {"derivation.refresh", DeriveRefresh},
};

}  // namespace

Hint CatalogueHint(std::string_view op) { return FindHint(kHints, op); }

}  // namespace jiandu::contracts::property
