// Grants in their life, passing data on, disposal, corrections, disputes.
#include <algorithm>

#include "tests/property/hints.h"

namespace jiandu::contracts::property {
namespace {

void RemoveAll(Json& body, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) body.Remove(name);
}

void Open(Kit& kit, Draft& draft) {
  const bool consulted = kit.dice.Percent(25) && !kit.world.Of(EntityKind::kConsultation).empty();
  const EntityKind kind = consulted ? EntityKind::kConsultation : EntityKind::kRequest;
  const auto wanted = consulted ? static_cast<std::uint32_t>(ledger::ConsultationStatus::kAgreed)
                                : static_cast<std::uint32_t>(ledger::RequestStatus::kApproved);
  for (int i = 0; i < 25; ++i) {
    draft.subject = kit.filler.Any(kind);
    const EntityBody* body = kit.world.Body(draft.subject);
    if (body != nullptr && body->status == wanted && body->Link("grant") == nullptr) break;
    const bool last_step = body != nullptr && !consulted && body->status == 1 &&
                           body->Text("share_class") == "UNCONDITIONAL" && body->Number("step") > 0;
    if (last_step) break;
  }
  const EntityBody* source = kit.world.Body(draft.subject);
  if (source == nullptr) return;
  RemoveAll(draft.body, {"request", "consultation", "items", "valid_from", "daily_window",
                         "derive_allowed", "uses_max", "accounts_confirmed"});
  draft.body.Set(consulted ? "consultation" : "request", ledger::ToHex(draft.subject));
  const Json terms = source->terms.empty() ? source->Form() : source->Terms();
  const auto cap = std::max<std::int64_t>(1, terms.IntegerOr("daily_cap", 40));
  const std::int64_t usual = kit.dice.Between(1, kit.busy ? std::min<std::int64_t>(cap, 8) : cap);
  draft.body.Set("daily_cap", kit.dice.Percent(95) ? usual : cap + 1);
  draft.body.Set("valid_to", terms.IntegerOr("valid_to", kit.filler.DateIn(30)));
  if (kit.dice.Percent(30)) draft.body.Set("valid_to", kit.filler.DateIn(8));
  draft.body.Set("rate_per_min", 60).Set("rows_per_call_max", 50).Set("bytes_per_day", 100000);
  if (const std::int64_t uses = terms.IntegerOr("uses_max"); uses > 0) {
    draft.body.Set("uses_max", uses);
  }
  draft.body.Set("purpose_code", source->Form().TextOr("scene_code"));
  draft.body.Set("retention_until", kit.filler.DateIn(250));
  draft.body.Set("risk_assessment_digest", kit.filler.Hash());
  draft.body.Set("case_commitment", kit.filler.Hash());
  const bool by_provider = source->Text("profile").starts_with("order809");
  draft.department = source->Party(by_provider != kit.dice.Percent(8) ? "provider" : "manager");
}
void Acknowledge(Kit& kit, Draft& draft) {
  const EntityBody* grant = kit.world.Body(draft.subject);
  if (grant == nullptr) return;
  draft.body.Set("duty_agreement_digest", grant->Form().TextOr("duty_agreement_digest"));
}
Json OrderPart(Kit& kit) {
  Json order = Json::MakeObject({{"measures_digest", kit.filler.Hash()}});
  if (kit.dice.Percent(92)) order.Set("term", kit.world.Time() + kit.dice.Between(1, 8) * kDayMs);
  return order;
}
void Suspend(Kit& kit, Draft& draft) {
  const std::string_view ground = kit.dice.Of({"MISUSE_27_2", "INCIDENT_35", "SAFEGUARD"});
  draft.body.Set("ground", ground);
  draft.body.Remove("order");
  if (ground == "MISUSE_27_2" || kit.dice.Percent(20)) draft.body.Set("order", OrderPart(kit));
  draft.body.Set("review_at", kit.world.Time() + kit.dice.Between(1, 12) * kDayMs);
}
void Order(Kit& kit, Draft& draft) {
  draft.body.Set("term", kit.world.Time() + kit.dice.Between(1, 11) * kDayMs);
}
// The request approved to change this very grant.
void TakeSource(Kit& kit, Draft& draft, std::string_view kind) {
  for (const EntityId& id : kit.world.Of(EntityKind::kRequest)) {
    const EntityBody* request = kit.world.Body(id);
    const EntityId* grant = request->Link("grant");
    const auto own = ledger::ParseEntityId(request->Text("grant"));
    const bool reopened = own && kind == "SCOPE_CHANGE";
    const bool approved =
        request->status == static_cast<std::uint32_t>(ledger::RequestStatus::kApproved);
    if (!approved || (grant == nullptr && !reopened)) continue;
    if (grant != nullptr && request->Text("kind") != kind) continue;
    draft.subject = grant != nullptr ? *grant : *own;
    draft.body.Set("grant", ledger::ToHex(draft.subject)).Set("request", ledger::ToHex(id));
    draft.body.Set("valid_to", request->Form().IntegerOr("valid_to"));
    draft.department = request->Party("manager");
    return;
  }
}
void Amend(Kit& kit, Draft& draft) {
  TakeSource(kit, draft, "SCOPE_CHANGE");
  RemoveAll(draft.body, {"items", "daily_cap", "daily_window", "derive_allowed", "purpose_code",
                         "retention_until"});
  if (kit.dice.Percent(60)) draft.body.Remove("valid_to");
}
void Renew(Kit& kit, Draft& draft) {
  TakeSource(kit, draft, "RENEW");
  const EntityBody* grant = kit.world.Body(draft.subject);
  if (grant == nullptr || kit.dice.Percent(15)) return;
  const std::int64_t end = grant->Number("valid_to") - 1 + kit.dice.Between(1, 8) * kDayMs;
  draft.body.Set("valid_to", ledger::DateOf(end));
}
void Change(Kit& kit, Draft& draft) {
  draft.body.Set("effective_on", kit.filler.DateIn(kit.dice.Percent(70) ? 10 : 2));
  const bool ends = kit.dice.Percent(25);
  draft.body.Set("terminate", ends);
  if (ends) draft.body.Remove("terms");
  if (!ends) {
    draft.body.Set("terms", Json::MakeObject({{"daily_cap", kit.dice.Between(1, 20)}}));
    draft.body.Remove("terminate");
  }
  const EntityBody* grant = kit.world.Body(draft.subject);
  if (grant == nullptr) return;
  const std::string head = kit.Officer(grant->Party("consumer"), ledger::duty::kHead);
  if (kit.dice.Percent(40) && !head.empty()) {
    draft.signings.push_back({head, SignerRole::kPeer});
    draft.body.Set("c_position", "AGREES");
    if (kit.dice.Percent(60)) draft.body.Remove("effective_on");
  } else {
    draft.body.Set("c_position", kit.dice.Of({"OBJECTS", "SILENT"}));
  }
}
void Recall(Kit& kit, Draft& draft) {
  const bool all = kit.dice.Percent(50);
  draft.body.Set("scope", all ? "ALL" : "BATCHES");
  if (all) {
    draft.body.Remove("batches");
  } else if (draft.body.Find("batches") == nullptr) {
    Json batches = Json::MakeArray();
    batches.Push("b" + std::to_string(kit.dice.Between(1, kit.serial + 1)));
    draft.body.Set("batches", std::move(batches));
  }
}
void Resume(Kit& kit, Draft& draft) { draft.body.Set("cause_removed", kit.dice.Percent(80)); }
void AskThird(Kit& kit, Draft& draft) {
  const EntityBody* grant = kit.Named(draft, "grant");
  if (grant != nullptr && kit.dice.Percent(90)) draft.department = grant->Party("consumer");
  if (grant != nullptr) {
    Json items = Json::MakeArray();
    const Json terms = grant->Terms();
    for (const Json& item : terms.ItemsOf("items")) items.Push(item);
    if (!items.Items().empty()) draft.body.Set("items", std::move(items));
  }
  if (kit.dice.Percent(80)) {
    draft.body.Remove("derived_resource");
    draft.body.Set("recipient", kit.filler.Department());
    for (const DepartmentId& code : kit.world.Departments()) {
      const EntityBody* body = kit.world.Body(ledger::DepartmentEntity(code));
      if (body != nullptr && body->Text("kind") == "EXTERNAL") draft.body.Set("recipient", code);
    }
  } else {
    draft.body.Remove("recipient");
  }
  draft.body.Set("valid_to", kit.filler.DateIn(kit.dice.Between(1, 30)));
}
void DecideThird(Kit& kit, Draft& draft) {
  const EntityBody* asked = kit.world.Body(draft.subject);
  draft.body.Set("verdict", kit.dice.Percent(80) ? "CONSENT" : "REFUSE");
  if (asked == nullptr) return;
  const bool provider = asked->Number("step") == 0;
  draft.department = asked->Party(provider ? "provider" : "manager");
  const std::string maker = kit.Officer(draft.department, ledger::duty::kClerk);
  if (provider && !maker.empty()) draft.signings.push_back({maker, SignerRole::kMaker});
}

void Dispose(Kit& kit, Draft& draft) {
  const EntityBody* grant = kit.world.Body(draft.subject);
  if (grant == nullptr) return;
  const std::string witness =
      kit.Officer(grant->Party("consumer"), ledger::duty::kSecurity | ledger::duty::kLeader);
  const auto record = witness.empty() ? std::nullopt : kit.world.Key(witness);
  if (record && kit.dice.Percent(85)) draft.body.Set("witness", ledger::ToHex(record->identity));
}
void Resolve(Kit& kit, Draft& draft) {
  const EntityId resource = kit.filler.LinkOf(draft.subject, EntityKind::kResource);
  const EntityBody* body = kit.world.Body(resource);
  if (body == nullptr) return;
  draft.body.Set("new_version", std::max<std::int64_t>(1, body->Number("dataset_version")));
  if (kit.dice.Percent(60)) draft.body.Set("verdict", "FIXED");
}
void Forward(Kit& kit, Draft& draft) {
  const EntityId resource = kit.filler.LinkOf(draft.subject, EntityKind::kResource);
  const EntityBody* body = kit.world.Body(resource);
  if (body == nullptr) return;
  const Json form = body->Form();
  for (const Json& item : form.ItemsOf("items")) {
    const std::string_view source = item.TextOr("authoritative_source");
    if (!source.empty() && kit.dice.Percent(60)) draft.body.Set("source", source);
  }
  if (form.Find("source") != nullptr && kit.dice.Percent(30)) {
    draft.body.Set("source", form.TextOr("source"));
  }
}
void Propagate(Kit& kit, Draft& draft) {
  const EntityId resource = kit.filler.LinkOf(draft.subject, EntityKind::kResource);
  RemoveAll(draft.body, {"grant", "resource"});
  if (kit.dice.Percent(30)) {  // an owner of what was made from it
    const EntityId derivation = kit.filler.Any(EntityKind::kDerivation);
    const EntityId out = kit.filler.LinkOf(derivation, EntityKind::kResource);
    const EntityBody* body = kit.world.Body(out);
    if (body == nullptr) return;
    draft.body.Set("resource", ledger::ToHex(out));
    draft.department = body->Party("provider");
    return;
  }
  for (int i = 0; i < 20; ++i) {
    const EntityId grant = kit.filler.Any(EntityKind::kGrant);
    const EntityBody* body = kit.world.Body(grant);
    if (body == nullptr) return;
    draft.body.Set("grant", ledger::ToHex(grant));
    draft.department = body->Party("consumer");
    const EntityId* of = body->Link("resource");
    if (of != nullptr && *of == resource) return;
  }
}

void FileDispute(Kit& kit, Draft& draft) {
  const EntityKind kind = kit.dice.Percent(70)   ? EntityKind::kRequest
                          : kit.dice.Percent(50) ? EntityKind::kGrant
                                                 : EntityKind::kCorrection;
  for (int i = 0; i < 15; ++i) {
    const EntityId id = kit.filler.Any(kind);
    const EntityBody* body = kit.world.Body(id);
    if (body == nullptr) return;
    draft.subject = id;
    draft.body.Set("case", ledger::ToHex(id));
    draft.department = body->Party(kit.dice.Percent(80) ? "consumer" : "provider");
    if (kind != EntityKind::kRequest || body->status >= 5) return;
  }
}
void Settle(Kit& kit, Draft& draft) {
  const EntityBody* dispute = kit.world.Body(draft.subject);
  if (dispute == nullptr || kit.dice.Percent(15)) return;
  draft.department = dispute->Party("filer");
  for (const std::string_view side : {"filer", "other"}) {
    const std::string head = kit.Officer(dispute->Party(side), ledger::duty::kHead);
    if (head.empty()) return;
    draft.signings.push_back({head, side == "filer" ? SignerRole::kHead : SignerRole::kPeer});
  }
}
void Escalate(Kit& kit, Draft& draft) {
  const EntityBody* dispute = kit.world.Body(draft.subject);
  if (dispute == nullptr || kit.dice.Percent(15)) return;
  draft.body.Set("mediator", dispute->Party("mediator").empty() ? std::string_view(testing::kDb)
                                                                : dispute->Party("mediator"));
}
void Mediate(Kit& kit, Draft& draft) {
  const EntityBody* dispute = kit.world.Body(draft.subject);
  draft.body.Set("verdict", kit.dice.Percent(75) ? "FAILED" : "SETTLED");
  if (dispute != nullptr && kit.dice.Percent(90)) draft.department = dispute->Party("mediator");
}
void DecideDispute(Kit& kit, Draft& draft) {
  const EntityBody* of = kit.world.Body(draft.subject);
  const std::string_view competent = of != nullptr ? of->Party("government") : std::string_view();
  draft.department = competent.empty() || kit.dice.Percent(8) ? testing::kZf : competent;
  draft.body.Set("verdict", kit.dice.Percent(80) ? "APPROVE" : "REFUSE");
  draft.body.Remove("grant");
  const EntityBody* dispute = kit.world.Body(draft.subject);
  const EntityId request = kit.filler.LinkOf(draft.subject, EntityKind::kRequest);
  const EntityBody* disputed = kit.world.Body(request);
  if (dispute == nullptr || disputed == nullptr) return;
  const std::string_view grant = disputed->Text("grant");
  if (!grant.empty() && dispute->Link("request") != nullptr) draft.body.Set("grant", grant);
  Json terms = Json::MakeObject({{"daily_cap", kit.dice.Between(1, 30)}});
  terms.Set("valid_to", disputed->Form().IntegerOr("valid_to"));
  if (kit.dice.Percent(90)) draft.body.Set("terms", std::move(terms));
}

constexpr std::pair<std::string_view, Hint> kHints[] = {
    {"grant.open", Open},
    {"grant.acknowledge", Acknowledge},
    {"grant.suspend", Suspend},
    {"grant.resume", Resume},
    {"grant.amend", Amend},
    {"grant.renew", Renew},
    {"grant.change", Change},
    {"grant.recall", Recall},
    {"rectification.order", Order},
    {"third_party.ask", AskThird},
    {"third_party.decide", DecideThird},
    {"disposal.report", Dispose},
    {"correction.resolve", Resolve},
    {"correction.forward", Forward},
    {"correction.propagate", Propagate},
    {"correction.impact", Propagate},
    {"dispute.file", FileDispute},
    {"dispute.settle", Settle},
    {"dispute.escalate", Escalate},
    {"dispute.mediate", Mediate},
    {"dispute.decide", DecideDispute},
};

}  // namespace

Hint GrantHint(std::string_view op) { return FindHint(kHints, op); }

}  // namespace jiandu::contracts::property
