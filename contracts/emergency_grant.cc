// Checks and birth of an emergency grant.
#include "contracts/emergency_grant.h"

#include <algorithm>
#include <array>

#include "contracts/clock.h"
#include "contracts/emergency.h"
#include "contracts/engine.h"
#include "contracts/grant.h"
#include "contracts/jurisdiction.h"
#include "contracts/resource.h"
#include "contracts/resource_state.h"
#include "contracts/safeguards.h"
#include "contracts/self_dealing.h"
#include "contracts/terms.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;

const EntityBody& Resource(Case& judged) { return *judged.NamedBody("resource"); }

// Unique by emergency, consumer and resource.
Bytes OneKey(const Case& judged) {
  Bytes suffix = {'g'};
  Append(suffix, ledger::PairEntity(judged.Named("resource"), judged.Text("consumer")).View());
  return ledger::PartKey(judged.subject, suffix);
}

Code IsInForce(Case& judged) {
  const std::uint32_t status =
      EffectiveStatus(judged.state, judged.subject, *judged.body, judged.Time());
  return status == To(ledger::EmergencyStatus::kDeclared) ? Code::kAccepted : Code::kNoEmergency;
}

bool HasCommonLabel(const Json& scope, const Json& content) {
  const auto labels = content.ItemsOf("labels");
  return std::ranges::any_of(
      labels, [&scope](const Json& label) { return ListHas(scope, "labels", label.AsString()); });
}
// NOT_SHARED only where the declaration names the resource and cites law.
Code IsInScope(Case& judged) {
  const Json scope = judged.body->Form();
  const EntityBody& resource = Resource(judged);
  const bool named = ListHas(scope, "resources", judged.Text("resource"));
  const bool by_law = scope.TextOr("basis_kind") == "LAW";
  const bool fits = ListHas(scope, "departments", judged.Text("consumer")) &&
                    HasDepartmentRole(judged.state, judged.Text("consumer"), "DEPARTMENT") &&
                    (named || HasCommonLabel(scope, resource.Form())) &&
                    (resource.Text("share_class") != "NOT_SHARED" || (named && by_law)) &&
                    Covers(judged.body->Text("jurisdiction"),
                           JurisdictionOf(judged.state, resource.Party("manager")));
  return fits ? Code::kAccepted : Code::kEmergScope;
}
Code IsNotCore(Case& judged) {
  return Resource(judged).Text("grade") == "CORE" ? Code::kCoreDataForbidden : Code::kAccepted;
}
Code IsNotOwn(Case& judged) {
  return Resource(judged).Party("provider") == judged.Text("consumer") ? Code::kSelfRequest
                                                                       : Code::kAccepted;
}
Code IsPublished(Case& judged) {
  const std::uint32_t status = ResourceStatusAt(Resource(judged), judged.Time());
  return status == To(ledger::ResourceStatus::kPublished) ? Code::kAccepted
                                                          : Code::kResNotPublished;
}
Code ItemsKnown(Case& judged) {
  const Json content = Resource(judged).Form();
  const auto known = content.ItemsOf("items");
  for (const Json& item : judged.Form().ItemsOf("items")) {
    const bool found = std::ranges::any_of(
        known, [&item](const Json& one) { return one.TextOr("item_id") == item.AsString(); });
    if (!found) return Code::kItemUnknown;
  }
  return Code::kAccepted;
}
// It overrides no consent of those whose items a derived resource passes on.
Code DerivedConsented(Case& judged) { return StillConsented(judged, judged.Named("resource")); }
Code HasAccounts(Case& judged) {
  return judged.Text("mode") == "PAGE" && judged.Form().ItemsOf("accounts").empty()
             ? Code::kAccountsRequired
             : Code::kAccepted;
}
Code SystemsOwned(Case& judged) {
  return OwnsSystems(judged.state, judged.Form(), judged.Text("consumer")) ? Code::kAccepted
                                                                           : Code::kSystemNotOwned;
}
Code IsSafe(Case& judged) {
  Json asked = judged.Form();
  asked.Set("delivery_mode", judged.Text("mode"));
  return MeetsSafeguards(judged.state, asked, Resource(judged).Text("grade"))
             ? Code::kAccepted
             : Code::kSafeguardRequired;
}

Json TermsOf(Case& judged, ledger::TimeMs end) {
  const Json& form = judged.Form();
  Json terms = Json::MakeObject({{"mode", judged.Text("mode")},
                                 {"valid_from", ledger::DateOf(judged.Time())},
                                 {"valid_to", ledger::DateOf(end - 1)}});
  for (const std::string_view name : {"items", "daily_cap", "rate_per_min", "rows_per_call_max",
                                      "bytes_per_day", "retention_until", "disposal_method"}) {
    if (const Json* value = form.Find(name)) terms.Set(name, *value);
  }
  Json content = Resource(judged).Form();
  content.Set("grade", Resource(judged).Text("grade"));  // today's
  return CompleteTerms(std::move(terms), content, form, judged.Text("purpose_code"));
}

constexpr auto kRules =
    std::to_array<Check>({IsInForce, IsInScope, IsNotCore, IsNotOwn, SelfDealingPeer, IsPublished,
                          ItemsKnown, HasAccounts, SystemsOwned, IsSafe, DerivedConsented});

}  // namespace

Code AllowsEmergencyGrant(Case& judged) {
  for (const Check rule : kRules) {
    if (const Code code = rule(judged); code != Code::kAccepted) return code;
  }
  return Code::kAccepted;
}

Code EmergencyGrantFields(Case& judged) {
  const Json& form = judged.Form();
  const std::string_view mode = judged.Text("mode");
  const std::string_view callers = mode == "PAGE" ? "client_nets" : "systems";
  const bool lacks = form.ItemsOf("items").empty() || form.ItemsOf(callers).empty() ||
                     (mode == "BATCH" && form.Find("retention_until") == nullptr);
  return lacks ? Code::kFieldRequired : Code::kAccepted;
}

// An unknown resource is told apart in the next step.
Code ManagesResource(Case& judged) {
  const EntityBody* resource = judged.NamedBody("resource");
  return resource == nullptr || resource->Party("manager") == judged.payload.department
             ? Code::kAccepted
             : Code::kRoleDenied;
}

Code OneEmergencyGrant(Case& judged) {
  return judged.state.Has(OneKey(judged)) ? Code::kDuplicate : Code::kAccepted;
}

void OpenEmergencyGrant(Case& judged) {
  FlagSelfDealing(judged);
  const EntityId resource_id = judged.Named("resource");
  const EntityBody& resource = Resource(judged);
  const std::string consumer(judged.Text("consumer"));
  const std::string provider(resource.Party("provider"));
  const ledger::TimeMs end = judged.body->Number("end");
  Birth birth = NewEntity(judged, ledger::EntityKind::kGrant);
  EntityBody& grant = birth.body;
  grant.status = To(ledger::GrantStatus::kActive);
  grant.department = consumer;
  grant.parties = {{"consumer", consumer},
                   {"manager", std::string(resource.Party("manager"))},
                   {"opener", judged.payload.department},
                   {"provider", provider}};
  grant.links = {{"emergency", judged.subject}, {"resource", resource_id}};
  grant.texts = {{"kind", "EMERGENCY"},
                 {"mode", std::string(judged.Text("mode"))},
                 {"profile", judged.state.CurrentProfile().version},
                 {"purpose_code", std::string(judged.Text("purpose_code"))}};
  // The end stands here as it was when the grant was opened; in force is that of the emergency.
  grant.numbers = {{"resource_version", resource.Number("version")},
                   {"valid_from", judged.Time()},
                   {"valid_to", end}};
  grant.form = ToBytes(CanonicalJson(judged.Form()));
  grant.terms = ToBytes(CanonicalJson(TermsOf(judged, end)));
  StartClock(judged.state, grant, "D14", consumer, end - 1);
  EntityBody& emergency = judged.state.Edit(judged.subject);
  if (emergency.FindClock("D13", provider) == nullptr) {
    StartClock(judged.state, emergency, "D13", provider, end - 1);
  }
  judged.state.Put(OneKey(judged), ToBytes(birth.id.View()));
  MarkUser(judged.state, resource_id, consumer);
  NoteStatus(judged, birth.id, ledger::GrantStatus::kActive);
  AddBirth(judged, std::move(birth));
}

}  // namespace jiandu::contracts
