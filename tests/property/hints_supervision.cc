// Inspections, audits, holds; and where to look for the hint of an op.
#include "tests/property/hints.h"

namespace jiandu::contracts::property {
namespace {

void Inspect(Kit& kit, Draft& draft) {
  const EntityId grant = kit.filler.Any(EntityKind::kGrant);
  const EntityBody* body = kit.world.Body(grant);
  if (body == nullptr) return;
  Json grants = Json::MakeArray();
  grants.Push(ledger::ToHex(grant));
  draft.body.Set("grants", std::move(grants))
      .Set("target", body->Party("consumer"))
      .Set("term", kit.world.Time() + kit.dice.Between(3, 9) * kDayMs);
  draft.department = body->Party(kit.dice.Percent(60) ? "provider" : "manager");
}
void OpenAudit(Kit& kit, Draft& draft) {
  draft.body.Set("period_to", kit.filler.DateIn(0));
  draft.body.Set("until", kit.filler.DateIn(kit.dice.Between(1, 40)));
  if (kit.dice.Percent(60)) {
    Json all = Json::MakeArray();
    for (const DepartmentId& code : kit.world.Departments()) all.Push(code);
    draft.body.Set("departments", std::move(all));
  }
}
void Hold(Kit& kit, Draft& draft) {
  Json evidence = Json::MakeArray();
  const EntityId disposal = kit.filler.Any(EntityKind::kDisposal);
  const EntityId grant = kit.filler.Any(EntityKind::kGrant);
  for (const EntityId& id : {disposal, grant}) {
    if (!id.IsZero()) evidence.Push(ledger::ToHex(id));
  }
  draft.body.Set("evidence", std::move(evidence));
  draft.body.Set("until", kit.filler.DateIn(kit.dice.Between(1, 40)));
  const EntityId engagement = kit.filler.Any(EntityKind::kEngagement);
  if (!engagement.IsZero()) draft.body.Set("engagement", ledger::ToHex(engagement));
}
void Report(Kit& kit, Draft& draft) {
  draft.department = kit.filler.Department();
  draft.body.Set("detected_at", kit.world.Time() - kit.dice.Between(0, 300) * kMinuteMs);
}
void Answer(Kit& kit, Draft& draft) {
  const EntityBody* body = kit.world.Body(draft.subject);
  if (body != nullptr && kit.dice.Percent(90)) draft.department = body->Party("target");
}

constexpr std::pair<std::string_view, Hint> kHints[] = {
    {"inspection.request", Inspect}, {"inspection.answer", Answer},
    {"audit.open", OpenAudit},       {"audit.hold", Hold},
    {"audit.reply", Answer},         {"complaint.answer", Answer},
    {"incident.report", Report},
};

}  // namespace

Hint SupervisionHint(std::string_view op) { return FindHint(kHints, op); }

Hint HintFor(std::string_view op) {
  for (const auto area :
       {CatalogueHint, RequestHint, GrantHint, AccessHint, NetworkHint, SupervisionHint}) {
    if (const Hint hint = area(op)) return hint;
  }
  return nullptr;
}

}  // namespace jiandu::contracts::property
