// Passing data on 提供第三方: asking, deciding, reporting (docs/contracts.md 4.9; S0 6.2.2, 809
// Art. 25, 40(3)).
//
// A consent lies in a part of its grant by recipient, so that a report finds it without a search.
// It ends, and is suspended, with the grant.
#include "contracts/third_party.h"

#include <algorithm>

#include "contracts/application.h"
#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/grant_terms.h"
#include "contracts/request.h"
#include "contracts/resource.h"
#include "contracts/resource_state.h"
#include "contracts/self_dealing.h"
#include "contracts/terms.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::Flag;
using ledger::GrantStatus;
using ledger::SignerRole;
using ledger::ThirdPartyStatus;
using ledger::TimeMs;

constexpr std::int64_t kDayMs = 86'400'000;

// third_party.ask
Code AskFields(Case& judged) {
  const bool department = !judged.Text("recipient").empty();
  const bool derived = judged.Form().Find("derived_resource") != nullptr;
  if (!department && !derived) return Code::kFieldRequired;
  if (department && derived) return Code::kFieldInvalid;
  if (judged.Form().IntegerOr("valid_to") < ledger::DateOf(judged.Time())) {
    return Code::kFieldInvalid;
  }
  const EntityBody* grant = judged.NamedBody("grant");
  if (grant == nullptr || grant->kind != ledger::EntityKind::kGrant) return Code::kAccepted;
  const std::string_view recipient = judged.Text("recipient");
  const bool is_side = department && (recipient == grant->Party("consumer") ||
                                      recipient == grant->Party("provider"));
  const Json terms = TermsInForce(judged.state, judged.Named("grant"), judged.Time());
  return is_side || !IsSubset(judged.Form(), terms, "items") ? Code::kFieldInvalid
                                                             : Code::kAccepted;
}
Code RecipientKnown(Case& judged) {
  const std::string_view recipient = judged.Text("recipient");
  return recipient.empty() || judged.state.Body(ledger::DepartmentEntity(recipient)) != nullptr
             ? Code::kAccepted
             : Code::kUnknownRef;
}
Code IsHolder(Case& judged) {
  const EntityId id = judged.Named("grant");
  const EntityBody& grant = *judged.state.Body(id);
  const bool holds =
      grant.Party("consumer") == judged.payload.department &&
      EffectiveStatus(judged.state, id, grant, judged.Time()) == To(GrantStatus::kActive);
  return holds ? Code::kAccepted : Code::kNotHolder;
}
Code MayBePassedOn(Case& judged) {
  const EntityBody& grant = *judged.NamedBody("grant");
  const EntityBody* resource = ResourceOf(judged.state, grant);
  const std::string_view kind = grant.Text("kind");
  const bool never = !judged.state.ProfileNamed(grant.Text("profile")).third_party ||
                     kind == "ONE_OFF" || kind == "EMERGENCY" || resource == nullptr ||
                     resource->Text("share_class") == "NOT_SHARED";
  return never ? Code::kThirdPartyForbidden : Code::kAccepted;
}
bool ManagerDecides(BlockState& state, const EntityBody& asked) {
  return state.ProfileNamed(asked.Text("profile")).third_party_manager;
}
void Ask(Case& judged) {
  const EntityId grant_id = judged.Named("grant");
  const EntityBody& grant = *judged.state.Body(grant_id);
  Birth birth = NewEntity(judged, ledger::EntityKind::kThirdParty);
  EntityBody& asked = birth.body;
  asked.status = To(ThirdPartyStatus::kAsked);
  for (const std::string_view name : {"consumer", "provider", "manager"}) {
    asked.parties.emplace(name, grant.Party(name));
  }
  asked.links = {{"grant", grant_id}, {"resource", *grant.Link("resource")}};
  if (const EntityId derived = judged.Named("derived_resource"); !derived.IsZero()) {
    asked.links["derived_resource"] = derived;
  } else {
    asked.parties["recipient"] = judged.Text("recipient");
  }
  asked.texts["profile"] = grant.Text("profile");
  asked.numbers = {{"step", 0},
                   {"valid_to", ledger::StartOfDate(judged.Form().IntegerOr("valid_to")) + kDayMs}};
  asked.form = ToBytes(CanonicalJson(judged.Form()));
  StartClock(judged.state, asked, "D20", asked.Party("provider"), judged.Time());
  if (ManagerDecides(judged.state, asked)) {
    StartClock(judged.state, asked, "D20", asked.Party("manager"), judged.Time());
  }
  AddBirth(judged, std::move(birth));
}

// third_party.decide: the provider, then by the profile the manager.
bool IsManagersStep(const Case& judged) { return judged.body->Number("step") == 1; }
bool IsConsent(const Case& judged) { return judged.Text("verdict") == "CONSENT"; }
Code Decider(Case& judged) {
  const bool provider = judged.body->Party("provider") == judged.payload.department;
  if (!provider && !ManagerDecides(judged.state, *judged.body)) return Code::kRoleDenied;
  // The provider answers by maker and head, the manager by its head.
  const bool own_step = provider && !IsManagersStep(judged);
  return own_step && judged.Signer(SignerRole::kMaker) == nullptr ? Code::kRoleDenied
                                                                  : Code::kAccepted;
}
Code IsTurn(Case& judged) {
  const std::string_view turn = judged.body->Party(IsManagersStep(judged) ? "manager" : "provider");
  return turn == judged.payload.department ? Code::kAccepted : Code::kApprovalOrder;
}
Code ReasonToRefuse(Case& judged) {
  return IsConsent(judged) || HasReason(judged.Form()) ? Code::kAccepted : Code::kReasonRequired;
}
// The manager's own step where it is a side (4.6); a refusal needs nobody.
Code PeerWhenSelfDealing(Case& judged) {
  return IsConsent(judged) && IsManagersStep(judged) ? SelfDealingPeer(judged) : Code::kAccepted;
}
// The days the provider took are not the manager's.
void BookProvidersDays(Case& judged, EntityBody& asked) {
  for (ledger::Clock& clock : asked.clocks) {
    if (clock.code != "D20" || !clock.Runs() || clock.department == asked.Party("provider"))
      continue;
    const std::int64_t days = judged.state.Calendar().WorkdaysBetween(clock.start, judged.Time());
    if (days > 0) clock.waits[std::string(asked.Party("provider"))] += days;
  }
}
void Decide(Case& judged) {
  judged.note = judged.Text("verdict");
  if (IsManagersStep(judged)) FlagSelfDealing(judged);
  EntityBody& asked = judged.state.Edit(judged.subject);
  const bool managers_turn = !IsManagersStep(judged) && ManagerDecides(judged.state, asked);
  const bool one_department = asked.Party("manager") == asked.Party("provider");
  if (IsConsent(judged) && managers_turn) {
    asked.numbers["step"] = 1;
    if (one_department) return;  // its clock runs until its last answer
    SatisfyClock(judged, asked, "D20", judged.payload.department);
    BookProvidersDays(judged, asked);
    return;
  }
  SatisfyClock(judged, asked, "D20", judged.payload.department);
  EndAllClocks(asked, judged.Time());
  if (!IsConsent(judged)) {
    asked.status = To(ThirdPartyStatus::kRefused);
    return;
  }
  asked.status = To(ThirdPartyStatus::kConsented);
  asked.numbers["consented_at"] = judged.Time();
  AddConsent(judged.state, *asked.Link("grant"), asked.Party("recipient"), judged.subject);
}

// third_party.report
bool IsLive(const EntityBody& consent, ledger::TimeMs time) {
  return consent.Number("consented_at") <= time && time < consent.Number("valid_to");
}
// All later holders of a grant on the derived resource are meant.
bool HoldsDerived(BlockState& state, const EntityBody& consent, std::string_view recipient) {
  const EntityId* derived = consent.Link("derived_resource");
  return derived != nullptr && !NewestGrant(state, *derived, recipient).IsZero();
}
bool IsCovered(Case& judged, ledger::TimeMs time) {
  const std::string_view recipient = judged.Text("recipient");
  if (recipient.empty() || judged.Form().ItemsOf("items").empty()) return false;
  for (const std::string_view key : {recipient, std::string_view()}) {
    for (const EntityId& id : Consents(judged.state, judged.subject, key)) {
      const EntityBody* consent = judged.state.Body(id);
      if (consent == nullptr || !IsLive(*consent, time)) continue;
      if (key.empty() && !HoldsDerived(judged.state, *consent, recipient)) continue;
      if (IsSubset(judged.Form(), consent->Form(), "items")) return true;
    }
  }
  return false;
}
void Report(Case& judged) {
  const ledger::TimeMs time = judged.Form().IntegerOr("occurred_at", judged.Time());
  const AccessTerms* terms = judged.state.TermsAt(judged.subject, time);
  if (terms == nullptr) return;
  const GrantStatus status = terms->StatusAt(time);
  // Grants of core data count as SUSPENDED.
  const bool suspended = status == GrantStatus::kSuspended ||
                         IsStopped(judged.state, terms->resource, time, StopCause::kCore);
  const TimeMs ran_out_at = judged.state.Uses(judged.subject).ran_out_at;
  const bool used_up = terms->uses_max > 0 && ran_out_at > 0 && time >= ran_out_at;
  const bool alive =
      status == GrantStatus::kActive && !suspended && !used_up && time < terms->valid_to;
  if (suspended) judged.Raise(Flag::kWhileSuspended);
  if (!alive || !IsCovered(judged, time)) judged.Raise(Flag::kThirdParty);
  if (!judged.Text("recipient").empty()) {
    NoteRecipient(judged.state, judged.subject, judged.Text("recipient"));
  }
  judged.note = judged.Text("recipient");
}

constexpr Check kAskRules[] = {IsHolder, MayBePassedOn};
constexpr Check kDecideRules[] = {PeerWhenSelfDealing, ReasonToRefuse};

constexpr CaseRow kRows[] = {
    {.op = "third_party.ask",
     .who = Who::kMakerHead,
     .required = AskFields,
     .role = application::MayConsume,
     .condition = RecipientKnown,
     .rules = kAskRules,
     .effect = Ask},
    {.op = "third_party.decide",
     .sides = side::kProvider | side::kManager,
     .who = Who::kHead,
     .subject = "third_party",
     .from = In(ThirdPartyStatus::kAsked),
     .peer = IsSuperiorPeer,
     .role = Decider,
     .turn = IsTurn,
     .rules = kDecideRules,
     .effect = Decide},
    {.op = "third_party.report",
     .sides = side::kConsumer | side::kProvider | side::kManager | side::kAuditor,
     .who = Who::kMaker,
     .subject = "grant",
     .effect = Report},
};

}  // namespace

std::span<const CaseRow> ThirdPartyRows() { return kRows; }

}  // namespace jiandu::contracts
