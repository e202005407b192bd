// Disputes 争议 through four levels: negotiation, manager, superior manager, government
// (docs/contracts.md 4.16; 809 Art. 28).
#include <algorithm>
#include <array>

#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/government_step.h"
#include "contracts/jurisdiction.h"

namespace jiandu::contracts {
namespace {

using ledger::DisputeStatus;
using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using ledger::SignerRole;

// dispute.file
// Statuses in which a case of the kind is decided against somebody (4.16 DS1: "case final").
struct Final {
  EntityKind kind;
  std::uint32_t statuses;
};
constexpr std::array kFinal = {
    Final{EntityKind::kRequest, In(ledger::RequestStatus::kRefused) |
                                    In(ledger::RequestStatus::kDeclined) |
                                    In(ledger::RequestStatus::kLapsed)},
    Final{EntityKind::kConsultation,
          In(ledger::ConsultationStatus::kRefused) | In(ledger::ConsultationStatus::kLapsed)},
    Final{EntityKind::kDemand, In(ledger::DemandStatus::kRefused) |
                                   In(ledger::DemandStatus::kUnable) |
                                   In(ledger::DemandStatus::kRejected)},
    Final{EntityKind::kCorrection,
          In(ledger::CorrectionStatus::kResolved) | In(ledger::CorrectionStatus::kConfirmed)},
    Final{EntityKind::kGrant, In(ledger::GrantStatus::kSuspended) |
                                  In(ledger::GrantStatus::kExpired) |
                                  In(ledger::GrantStatus::kTerminated)},
    Final{EntityKind::kThirdParty, In(ledger::ThirdPartyStatus::kRefused)},
    Final{EntityKind::kDisposal, In(ledger::DisposalStatus::kRejected)},
};

bool IsLate(Case& judged, const EntityBody& body) {
  return std::ranges::any_of(body.clocks, [&judged](const ledger::Clock& clock) {
    return clock.late > 0 || IsOverdue(judged.state.Calendar(), clock, judged.Time());
  });
}
// A grant changed or stopped by the provider alone (Art. 27(3)).
bool IsChangedAlone(const EntityBody& body) { return body.Number(kChangedAlone) != 0; }
bool IsUnderProtest(Case& judged, const EntityBody& body) {
  const EntityId* request = body.Link("request");
  const EntityBody* asked = request != nullptr ? judged.state.Body(*request) : &body;
  return asked != nullptr && asked->Number("under_protest") != 0;
}
Code IsRipe(Case& judged) {
  const EntityId id = judged.Named("case");
  const EntityBody& body = *judged.state.Body(id);
  const auto* row = std::ranges::find(kFinal, body.kind, &Final::kind);
  if (row == kFinal.end()) return Code::kBadState;
  const std::uint32_t status = EffectiveStatus(judged.state, id, body, judged.Time());
  const bool ripe = (row->statuses >> status & 1U) != 0 || IsUnderProtest(judged, body) ||
                    IsChangedAlone(body) || IsLate(judged, body);
  return ripe ? Code::kAccepted : Code::kBadState;
}
// One dispute about a case; what the government decided is decided, but a grant lives on.
Code NotTwice(Case& judged) {
  const EntityBody& body = *judged.NamedBody("case");
  const auto id = ledger::ParseEntityId(body.Text("dispute"));
  const EntityBody* before = id ? judged.state.Body(*id) : nullptr;
  if (before == nullptr) return IsRipe(judged);
  std::uint32_t over = In(DisputeStatus::kSettled) | In(DisputeStatus::kWithdrawn);
  if (body.kind == EntityKind::kGrant) over |= In(DisputeStatus::kDecided);
  return (over >> before->status & 1U) != 0 ? IsRipe(judged) : Code::kDuplicate;
}

// Who refused a request last: where that was the manager, it is the other side.
std::string_view RefusedBy(const EntityBody& body) { return body.Text("refused_by"); }
// Empty: the department has no part in the case, or nobody stands against it.
std::string OtherSide(const Case& judged, const EntityBody& body) {
  const std::string_view filer = judged.payload.department;
  const std::string_view consumer = body.Party("consumer");
  const std::string_view provider = body.Party("provider");
  if (filer != consumer && filer != provider) return {};
  const std::string_view refused_by = RefusedBy(body);
  if (!refused_by.empty() && refused_by != filer) return std::string(refused_by);
  return std::string(filer == consumer ? provider : consumer);
}
Code IsInvolved(Case& judged) {
  return OtherSide(judged, *judged.NamedBody("case")).empty() ? Code::kNotInvolved
                                                              : Code::kAccepted;
}

void File(Case& judged) {
  const EntityId case_id = judged.Named("case");
  const std::string& filer = judged.payload.department;
  const std::string other = OtherSide(judged, *judged.state.Body(case_id));
  const std::string mediator = MediatorOf(judged.state, filer, other);
  const std::string government =
      OfficeOf(judged.state, "government", JurisdictionOf(judged.state, mediator));
  Birth birth = NewEntity(judged, EntityKind::kDispute);
  EntityBody& dispute = birth.body;
  dispute.status = To(DisputeStatus::kNegotiating);
  dispute.parties = {{"filer", filer}, {"other", other}};
  // Known from the beginning, so that they find the dispute among theirs.
  if (!mediator.empty()) dispute.parties["mediator"] = mediator;
  if (!government.empty()) dispute.parties["government"] = government;
  dispute.links["case"] = case_id;
  dispute.texts = {{"claim_code", std::string(judged.Text("claim_code"))},
                   {"profile", judged.state.CurrentProfile().version}};
  dispute.form = ToBytes(CanonicalJson(judged.Form()));
  for (const std::string_view side : {std::string_view(filer), std::string_view(other)}) {
    StartClock(judged.state, dispute, "D28", side, judged.Time());
  }
  judged.note = judged.Text("claim_code");
  judged.state.Edit(case_id).texts["dispute"] = ledger::ToHex(birth.id);
  RecordAct(judged, case_id, 0);
  AddBirth(judged, std::move(birth));
}

// dispute.settle, dispute.escalate
std::string_view Opponent(const Case& judged) {
  const std::string_view filer = judged.body->Party("filer");
  return filer == judged.payload.department ? judged.body->Party("other") : filer;
}
bool IsOpponentPeer(Case& judged, const ledger::KeyRecord& peer) {
  return judged.body != nullptr && peer.department == Opponent(judged);
}
Code BothSigned(Case& judged) {
  return judged.Signer(SignerRole::kPeer) != nullptr || judged.Awaits(SignerRole::kPeer)
             ? Code::kAccepted
             : Code::kBothRequired;
}
void EndNegotiation(Case& judged) {
  EntityBody& dispute = judged.state.Edit(judged.subject);
  for (const std::string_view party : {"filer", "other"}) {
    SatisfyClock(judged, dispute, "D28", dispute.Party(party));
  }
}

Code RightLevel(Case& judged) {
  return judged.Text("mediator") == judged.body->Party("mediator") ? Code::kAccepted
                                                                   : Code::kWrongLevel;
}
Code HasNegotiated(Case& judged) {
  if (!judged.Text("minutes_digest").empty()) return Code::kAccepted;
  const ledger::Clock* clock = RunningClock(*judged.body, "D28");
  return clock == nullptr || IsOverdue(judged.state.Calendar(), *clock, judged.Time())
             ? Code::kAccepted
             : Code::kNegotiationRequired;
}
void Escalate(Case& judged) {
  EndNegotiation(judged);
  EntityBody& dispute = judged.state.Edit(judged.subject);
  StartClock(judged.state, dispute, "D29", dispute.Party("mediator"), judged.Time());
}

// dispute.mediate
Code NoSide(Case& judged) {
  const std::string_view who = judged.payload.department;
  return who == judged.body->Party("filer") || who == judged.body->Party("other")
             ? Code::kConflictOfInterest
             : Code::kAccepted;
}
void Mediate(Case& judged) {
  judged.note = judged.Text("verdict");
  EntityBody& dispute = judged.state.Edit(judged.subject);
  SatisfyClock(judged, dispute, "D29");
  const bool settled = judged.Text("verdict") == "SETTLED";
  dispute.status = To(settled ? DisputeStatus::kSettled : DisputeStatus::kFailed);
  if (const std::string_view government = dispute.Party("government");
      !settled && !government.empty()) {
    StartClock(judged.state, dispute, "D30", government, judged.Time());
  }
}

// dispute.decide
Code IsCompetent(Case& judged) {
  return judged.payload.department == judged.body->Party("government") ? Code::kAccepted
                                                                       : Code::kRoleDenied;
}
void Decide(Case& judged) {
  judged.note = judged.Text("verdict");
  EntityBody& dispute = judged.state.Edit(judged.subject);
  SatisfyClock(judged, dispute, "D30");
  dispute.texts["decision_no"] = judged.Text("decision_no");
  if (judged.Text("verdict") == "APPROVE") TakeGovernmentStep(judged);
}

void Withdraw(Case& judged) { EndAllClocks(judged.state.Edit(judged.subject), judged.Time()); }

constexpr auto kFileRules = std::to_array<Check>({IsInvolved});
constexpr auto kSettleRules = std::to_array<Check>({BothSigned});
constexpr auto kEscalateRules = std::to_array<Check>({RightLevel, HasNegotiated});
constexpr auto kMediateRules = std::to_array<Check>({NoSide});
constexpr std::uint32_t kNegotiating = In(DisputeStatus::kNegotiating);
constexpr std::uint32_t kMediation = In(DisputeStatus::kMediation);
constexpr std::uint32_t kFailed = In(DisputeStatus::kFailed);
constexpr std::uint32_t kBothSides = side::kFiler | side::kOther;

constexpr auto kRows = std::to_array<CaseRow>({
    {.op = "dispute.file",
     .who = Who::kMakerHead,
     .condition = NotTwice,
     .rules = kFileRules,
     .effect = File},
    {.op = "dispute.settle",
     .sides = kBothSides,
     .who = Who::kHead,
     .subject = "dispute",
     .from = kNegotiating,
     .to = To(DisputeStatus::kSettled),
     .peer = IsOpponentPeer,
     .rules = kSettleRules,
     .effect = EndNegotiation},
    {.op = "dispute.escalate",
     .sides = kBothSides,
     .who = Who::kHead,
     .subject = "dispute",
     .from = kNegotiating,
     .to = To(DisputeStatus::kMediation),
     .rules = kEscalateRules,
     .effect = Escalate},
    // A side that mediates is told why it may not.
    {.op = "dispute.mediate",
     .sides = side::kMediator | kBothSides,
     .who = Who::kMakerHead,
     .subject = "dispute",
     .from = kMediation,
     .rules = kMediateRules,
     .effect = Mediate},
    {.op = "dispute.decide",
     .sides = side::kGovernment,
     .who = Who::kHead,
     .subject = "dispute",
     .from = kFailed,
     .to = To(DisputeStatus::kDecided),
     .required = GovernmentStepFields,
     .role = IsCompetent,
     .effect = Decide},
    {.op = "dispute.withdraw",
     .sides = side::kFiler,
     .who = Who::kHead,
     .subject = "dispute",
     .from = kNegotiating | kMediation | kFailed,
     .to = To(DisputeStatus::kWithdrawn),
     .effect = Withdraw},
});

}  // namespace

std::span<const CaseRow> DisputeRows() { return kRows; }

}  // namespace jiandu::contracts
