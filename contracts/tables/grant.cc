// Grants 共享权限: opening, acknowledgement, suspension, end (docs/contracts.md 4.8; S0 6.5, 809
// Art. 22, 27).
#include "contracts/grant.h"

#include <algorithm>

#include "contracts/clock.h"
#include "contracts/compromise.h"
#include "contracts/engine.h"
#include "contracts/grant_terms.h"
#include "contracts/request.h"
#include "contracts/resource.h"
#include "contracts/resource_state.h"
#include "contracts/safeguards.h"
#include "contracts/self_dealing.h"
#include "contracts/succession.h"
#include "contracts/suspender.h"
#include "contracts/terms.h"
#include "contracts/third_party.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::GrantStatus;
using ledger::RequestStatus;
using ledger::SignerRole;

constexpr std::int64_t kDayMs = 86'400'000;

// grant.open; the subject is the request, or the consultation.
Code OpenFields(Case& judged) {
  const bool by_request = judged.Form().Find("request") != nullptr;
  const bool by_consultation = judged.Form().Find("consultation") != nullptr;
  if (!by_request && !by_consultation) return Code::kFieldRequired;
  if (by_request && by_consultation) return Code::kFieldInvalid;
  const EntityBody* request = judged.NamedBody(by_request ? "request" : "consultation");
  if (request == nullptr) return Code::kAccepted;
  const std::string_view mode = request->Text("delivery_mode");
  if ((mode == "BATCH" || mode == "FILE") && judged.Form().Find("retention_until") == nullptr) {
    return Code::kFieldRequired;
  }
  return judged.Form().IntegerOr("valid_to") < ledger::DateOf(judged.Time()) ? Code::kFieldInvalid
                                                                             : Code::kAccepted;
}

bool IsConsultation(const EntityBody& source) {
  return source.kind == ledger::EntityKind::kConsultation;
}
// The manager's opening at its own last step of an UNCONDITIONAL chain counts as its approval.
bool CountsAsApproval(Case& judged) {
  const EntityBody& request = *judged.body;
  if (IsConsultation(request)) return false;
  const auto chain = ChainOfRequest(judged.state, request);
  const bool at_last = static_cast<std::size_t>(request.Number("step")) + 1 == chain.size();
  return request.status == To(RequestStatus::kSubmitted) && at_last &&
         request.Text("share_class") == "UNCONDITIONAL" && chain.back() == Step::kManager &&
         TurnOf(judged.state, request) == judged.payload.department;
}
Code IsApproved(Case& judged) {
  // Consumer and provider have become one since: the case is closed (4.1 DP3).
  if (IsOwnCase(*judged.body)) return Code::kNotApproved;
  // What a compromised key approved waits until it is confirmed (4.1 DP6).
  if (HasSuspendedStep(judged.state, *judged.body)) return Code::kNotApproved;
  const std::uint32_t status = judged.body->status;
  if (IsConsultation(*judged.body)) {
    if (status == To(ledger::ConsultationStatus::kGranted)) return Code::kSourceConsumed;
    return status == To(ledger::ConsultationStatus::kAgreed) ? Code::kAccepted : Code::kNotApproved;
  }
  // A grant came of it already; what the government decided since then amends that.
  const bool used = !judged.body->Text("grant").empty();
  if (used || status == To(RequestStatus::kGranted)) return Code::kSourceConsumed;
  // A change of a grant opens none.
  if (judged.body->Link("grant") != nullptr) return Code::kNotApproved;
  const bool approved = status == To(RequestStatus::kApproved) || CountsAsApproval(judged);
  return approved ? Code::kAccepted : Code::kNotApproved;
}

bool IsOpenerPeer(Case& judged, const ledger::KeyRecord& peer) {
  return IsSuperiorPeer(judged, peer) ||
         (judged.body != nullptr && judged.body->Party("manager") == peer.department);
}
// From G4 on the manager co-signs every grant (4.3.4): where it opens, that is its signature.
Code PeerGiven(Case& judged) {
  if (const Code code = SelfDealingPeer(judged); code != Code::kAccepted) return code;
  const EntityBody* resource = ResourceOf(judged.state, *judged.body);
  const std::string_view manager = judged.body->Party("manager");
  if (resource == nullptr || GradeRank(resource->Text("grade")) < 4 ||
      judged.payload.department == manager || judged.Awaits(SignerRole::kPeer)) {
    return Code::kAccepted;
  }
  const bool signed_by_manager =
      std::ranges::any_of(judged.signers, [manager](const SignerInfo& signer) {
        return signer.role == SignerRole::kPeer && signer.record->department == manager;
      });
  return signed_by_manager ? Code::kAccepted : Code::kPeerRequired;
}
Code SameClass(Case& judged) { return StillShared(judged, *judged.body); }
Code WithinDecision(Case& judged) {
  return Exceeds(judged.Form(), TermsOf(judged.state, *judged.body)) ? Code::kTermsExceedDecision
                                                                     : Code::kAccepted;
}
Code HasAccounts(Case& judged) {
  return judged.body->Text("delivery_mode") == "PAGE" &&
                 judged.body->Form().ItemsOf("accounts").empty()
             ? Code::kAccountsRequired
             : Code::kAccepted;
}
Code StillSafe(Case& judged) {
  const EntityBody* resource = ResourceOf(judged.state, *judged.body);
  const std::string grade(resource != nullptr ? resource->Text("grade") : "");
  return MeetsSafeguards(judged.state, judged.body->Form(), grade) ? Code::kAccepted
                                                                   : Code::kSafeguardRequired;
}
Code IsAssessed(Case& judged) {
  const EntityBody* resource = ResourceOf(judged.state, *judged.body);
  const bool important = resource != nullptr && resource->Text("grade") == "IMPORTANT";
  return important && judged.Text("risk_assessment_digest").empty() &&
                 judged.Text("exempt_reason").empty()
             ? Code::kAssessmentRequired
             : Code::kAccepted;
}
// 一事一议: one case, counted uses, an early end (S0 6.3.3).
Code OneOffTerms(Case& judged) {
  if (!IsConsultation(*judged.body)) return Code::kAccepted;
  const Json terms = Tighten(TermsOf(judged.state, *judged.body), judged.Form());
  const bool one_case =
      !judged.body->Form().TextOr("matter_code").empty() || !judged.Text("case_commitment").empty();
  return one_case && IsOneOff(judged, terms) ? Code::kAccepted : Code::kOneOffTerms;
}

// A derived resource passes items of others on: their consent is asked again (4.12).
Code DerivedConsented(Case& judged) {
  return StillConsented(judged, *judged.body->Link("resource"));
}

// The request's last clocks end; P's duty to share goes on in the grant, where C's to acknowledge
// and, at its end, to dispose of the data begin.
void HandOver(Case& judged, EntityBody& grant) {
  EntityBody& request = judged.state.Edit(judged.subject);
  if (CountsAsApproval(judged)) {  // the opening is M's approval
    StartSharing(judged, request);
    EndStep(judged, request);
  }
  if (const ledger::Clock* opening = RunningClock(request, "D16")) {
    BookWait(judged, request, "D06", opening->department, opening->start);
  }
  SatisfyClock(judged, request, "D16");
  MoveClock(request, grant, "D06");
  EndAllClocks(request, judged.Time());
  StartClock(judged.state, grant, "D09a", grant.Party("consumer"), judged.Time());
  StartClock(judged.state, grant, "D14", grant.Party("consumer"), grant.Number("valid_to") - 1);
}

void Open(Case& judged) {
  FlagSelfDealing(judged);
  const EntityBody& request = *judged.body;
  Birth birth = NewEntity(judged, ledger::EntityKind::kGrant);
  EntityBody& grant = birth.body;
  const Json terms = GrantTerms(judged, request);
  grant.status = To(GrantStatus::kOpened);
  grant.department = request.Party("consumer");
  for (const std::string_view name : {"consumer", "provider", "manager"}) {
    grant.parties.emplace(name, request.Party(name));
  }
  grant.parties["opener"] = judged.payload.department;
  const bool consulted = IsConsultation(request);
  grant.links = {{consulted ? "consultation" : "request", judged.subject},
                 {"resource", *request.Link("resource")}};
  grant.texts = {{"kind", std::string(request.Text("kind"))},
                 {"mode", std::string(terms.TextOr("mode"))},
                 {"profile", std::string(request.Text("profile"))},
                 {"purpose_code", std::string(judged.Text("purpose_code"))}};
  const std::int64_t from = ledger::StartOfDate(terms.IntegerOr("valid_from"));
  grant.numbers = {{"resource_version", request.Number("resource_version")},
                   {"uses_max", terms.IntegerOr("uses_max")},
                   {"valid_from", std::max(from, judged.Time())},
                   {"valid_to", ledger::StartOfDate(terms.IntegerOr("valid_to")) + kDayMs}};
  grant.form = ToBytes(CanonicalJson(judged.Form()));
  grant.terms = ToBytes(CanonicalJson(terms));
  HandOver(judged, grant);
  EntityBody& source = judged.state.Edit(judged.subject);
  source.texts["grant"] = ledger::ToHex(birth.id);
  source.status =
      consulted ? To(ledger::ConsultationStatus::kGranted) : To(RequestStatus::kGranted);
  EndRequest(judged);
  MarkUser(judged.state, *request.Link("resource"), request.Party("consumer"));
  MarkHolder(judged.state, *request.Link("resource"), request.Party("consumer"), birth.id);
  NoteStatus(judged, birth.id, GrantStatus::kOpened);
  AddBirth(judged, std::move(birth));
}

// grant.acknowledge, decline, service_ready
Code SameAgreement(Case& judged) {
  const EntityBody* grant = judged.NamedBody("grant");
  return grant == nullptr || grant->Form().TextOr("duty_agreement_digest") ==
                                 judged.Text("duty_agreement_digest")
             ? Code::kAccepted
             : Code::kFieldInvalid;
}
Code StillOwnsSystems(Case& judged) {
  return OwnsSystems(judged.state, judged.body->Terms(), judged.payload.department)
             ? Code::kAccepted
             : Code::kSystemNotOwned;
}
template <GrantStatus status>
void Become(Case& judged) {
  judged.note = judged.Text("reason");
  NoteStatus(judged, judged.subject, status);
}
void Acknowledge(Case& judged) {
  EntityBody& grant = judged.state.Edit(judged.subject);
  if (const ledger::Clock* opened = RunningClock(grant, "D09a")) {
    BookWait(judged, grant, "D06", grant.Party("consumer"), opened->start);
  }
  SatisfyClock(judged, grant, "D09a");
  StartClock(judged.state, grant, "D17", grant.Party("consumer"), QuarterEnd(judged.Time()));
  Become<GrantStatus::kActive>(judged);
}
// Nothing is owed under it any more, but what was recalled is still to be disposed of.
void Decline(Case& judged) {
  for (ledger::Clock& clock : judged.state.Edit(judged.subject).clocks) {
    const bool recalled = clock.code == "D14" && clock.start <= judged.Time();
    if (clock.Runs() && !recalled) clock.ended_at = judged.Time();
  }
  ForgetGrant(judged.state, *judged.body->Link("resource"), judged.subject);
  Become<GrantStatus::kClosed>(judged);
}
// The grant ends before its time: what remains is to dispose of the data.
template <GrantStatus status>
void End(Case& judged) {
  EntityBody& grant = judged.state.Edit(judged.subject);
  for (const std::string_view code : {"D06", "D09a"}) EndClock(grant, code, judged.Time());
  StartDisposal(judged.state, grant, judged.Time());
  Become<status>(judged);
}
void ServiceReady(Case& judged) {
  EntityBody& grant = judged.state.Edit(judged.subject);
  SatisfyClock(judged, grant, "D06");
  if (grant.Number("service_ready_at") == 0) grant.numbers["service_ready_at"] = judged.Time();
}

// grant.suspend, resume, terminate
bool IsMisuse(std::string_view ground) { return ground == "MISUSE_27_2"; }
Code GroundGiven(Case& judged) {
  return judged.Text("ground").empty() || judged.Form().ItemsOf("evidence").empty()
             ? Code::kGroundRequired
             : Code::kAccepted;
}
bool IsTerm(Case& judged, std::int64_t time) {
  return time > judged.Time() && time <= LatestTerm(judged);
}
Code TermGiven(Case& judged) {
  const Json* order = judged.Form().Find("order");
  if (order != nullptr && !IsTerm(judged, order->IntegerOr("term"))) return Code::kTermRequired;
  if (IsMisuse(judged.Text("ground"))) {
    return order != nullptr ? Code::kAccepted : Code::kTermRequired;
  }
  return IsTerm(judged, judged.Form().IntegerOr("review_at")) ? Code::kAccepted
                                                              : Code::kTermRequired;
}
void Suspend(Case& judged) {
  EntityBody& grant = judged.state.Edit(judged.subject);
  grant.numbers["before_suspension"] = grant.status;
  grant.texts["suspended_by"] = judged.payload.department;
  grant.texts["ground"] = judged.Text("ground");
  grant.texts.erase("order");
  judged.note = judged.Text("ground");
  const Json* order = judged.Form().Find("order");
  if (order != nullptr) (void)BearOrder(judged, judged.subject, *order);
  if (const std::int64_t review = judged.Form().IntegerOr("review_at"); review > 0) {
    StartTerm(grant, "D12", judged.payload.department, judged.Time(), review + 1);
  }
  NoteStatus(judged, judged.subject, GrantStatus::kSuspended);
}

Code SuspenderOrManager(Case& judged) {
  return MayLift(*judged.body, judged.payload.department) ? Code::kAccepted : Code::kRoleDenied;
}
// What another suspended the manager does not lift for itself alone (4.6).
Code LiftedForAnother(Case& judged) {
  return judged.body->Text("suspended_by") == judged.payload.department ? Code::kAccepted
                                                                        : SelfDealingPeer(judged);
}
Code CauseRemoved(Case& judged) {
  const EntityBody* order = OrderOf(judged.state, *judged.body);
  const bool settled = order != nullptr
                           ? order->status == To(ledger::RectificationStatus::kAccepted)
                           : judged.Form().BoolOr("cause_removed");
  return settled ? Code::kAccepted : Code::kRectifyOpen;
}
// Suspended by an act of its own, not for its resource.
Code IsItselfSuspended(Case& judged) {
  return judged.body->status == To(GrantStatus::kSuspended) ? Code::kAccepted : Code::kBadState;
}
void Resume(Case& judged) {
  EntityBody& grant = judged.state.Edit(judged.subject);
  const auto before = static_cast<std::uint32_t>(
      grant.Number("before_suspension", static_cast<std::int64_t>(GrantStatus::kActive)));
  grant.status = before;
  EndClock(grant, "D12", judged.Time());
  NoteStatus(judged, judged.subject, static_cast<GrantStatus>(before));
}
// Misuse ends a grant only after the order failed, its term passed in silence, or it was refused.
Code RectifyDue(Case& judged) {
  const EntityBody* order = OrderOf(judged.state, *judged.body);
  if (order == nullptr || !IsMisuse(judged.body->Text("ground"))) return Code::kRectifyNotDue;
  const bool failed = order->status == To(ledger::RectificationStatus::kFailed);
  const bool silent = order->status == To(ledger::RectificationStatus::kOrdered) &&
                      judged.Time() > order->Number("term");
  return failed || silent || order->Number("refused") != 0 ? Code::kAccepted : Code::kRectifyNotDue;
}

constexpr Check kOpenRules[] = {PeerGiven, SameClass,  WithinDecision, HasAccounts,
                                StillSafe, IsAssessed, OneOffTerms,    DerivedConsented};
constexpr Check kAcknowledgeRules[] = {StillOwnsSystems};
constexpr Check kSuspendRules[] = {GroundGiven, TermGiven};
constexpr Check kResumeRules[] = {LiftedForAnother, CauseRemoved};
constexpr Check kTerminateRules[] = {RectifyDue};

constexpr std::uint32_t kOpened = In(GrantStatus::kOpened);
constexpr std::uint32_t kRunning = kOpened | In(GrantStatus::kActive);
constexpr std::uint32_t kSuspended = In(GrantStatus::kSuspended);
constexpr std::uint32_t kManagerOrProvider = side::kManager | side::kProvider;

constexpr CaseRow kRows[] = {
    {.op = "grant.open",
     .sides = side::kOpener,
     .who = Who::kMakerHead,
     .subject = "request",
     .or_subject = "consultation",
     .required = OpenFields,
     .peer = IsOpenerPeer,
     .condition = IsApproved,
     .rules = kOpenRules,
     .effect = Open},
    {.op = "grant.acknowledge",
     .sides = side::kConsumer,
     .who = Who::kHead,
     .subject = "grant",
     .from = kOpened,
     .to = To(GrantStatus::kActive),
     .required = SameAgreement,
     .rules = kAcknowledgeRules,
     .effect = Acknowledge},
    {.op = "grant.decline",
     .sides = side::kConsumer,
     .who = Who::kHead,
     .subject = "grant",
     .from = kOpened,
     .to = To(GrantStatus::kClosed),
     .effect = Decline},
    {.op = "grant.service_ready",
     .sides = side::kProvider,
     .who = Who::kSystem,
     .subject = "grant",
     .from = kRunning,
     .effect = ServiceReady},
    {.op = "grant.suspend",
     .sides = kManagerOrProvider,
     .who = Who::kHead,
     .subject = "grant",
     .from = kRunning,
     .to = To(GrantStatus::kSuspended),
     .rules = kSuspendRules,
     .effect = Suspend},
    {.op = "grant.resume",
     .sides = kManagerOrProvider,
     .who = Who::kHead,
     .subject = "grant",
     .from = kSuspended,
     .peer = IsSuperiorPeer,
     .role = SuspenderOrManager,
     .condition = IsItselfSuspended,
     .rules = kResumeRules,
     .effect = Resume},
    {.op = "grant.terminate",
     .sides = kManagerOrProvider,
     .who = Who::kHead,
     .subject = "grant",
     .from = kSuspended,
     .to = To(GrantStatus::kTerminated),
     .rules = kTerminateRules,
     .effect = End<GrantStatus::kTerminated>},
    {.op = "grant.relinquish",
     .sides = side::kConsumer,
     .who = Who::kHead,
     .subject = "grant",
     .from = kRunning | kSuspended,
     .to = To(GrantStatus::kRelinquished),
     .effect = End<GrantStatus::kRelinquished>},
};

}  // namespace

std::span<const CaseRow> GrantRows() { return kRows; }

}  // namespace jiandu::contracts
