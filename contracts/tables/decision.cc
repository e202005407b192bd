// Decisions 审核 in the order of the chain (docs/contracts.md 4.6; S0 6.3, 809 Art. 15, 20, 21).
#include <algorithm>

#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/erratum.h"
#include "contracts/request.h"
#include "contracts/resource.h"
#include "contracts/resource_state.h"
#include "contracts/self_dealing.h"
#include "contracts/terms.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::Flag;
using ledger::RequestStatus;

const Json& OfferedTerms(const Case& judged) {
  static const Json kNone = Json::MakeObject();
  const Json* terms = judged.Form().Find("terms");
  return terms != nullptr ? *terms : kNone;
}

// A condition outside the resource's list narrows what was asked for (809 Art. 15).
bool HasExtraCondition(Case& judged) {
  const ledger::EntityId* resource = judged.body->Link("resource");
  if (resource == nullptr) return false;
  const Json& content =
      ContentOfVersion(judged.state, *resource, judged.body->Number("resource_version"));
  for (const Json& condition : OfferedTerms(judged).ItemsOf("condition_codes")) {
    if (!ListHas(content, "share_conditions", condition.AsString())) return true;
  }
  return false;
}

enum class Verdict { kApprove, kNarrow, kRefuse };
Verdict VerdictOf(const Case& judged) {
  if (judged.Text("verdict") == "REFUSE") return Verdict::kRefuse;
  return judged.Text("verdict") == "NARROW" ? Verdict::kNarrow : Verdict::kApprove;
}

Code InChain(Case& judged) {
  for (const Step step : ChainOfRequest(judged.state, *judged.body)) {
    if (judged.body->Party(PartyOf(step)) == judged.payload.department) return Code::kAccepted;
  }
  return Code::kRoleDenied;
}
Code IsTurn(Case& judged) {
  return TurnOf(judged.state, *judged.body) == judged.payload.department ? Code::kAccepted
                                                                         : Code::kApprovalOrder;
}
// The rule against self-dealing binds the manager's own step; as provider it answers like any
// other.
bool IsManagersStep(Case& judged) {
  const auto chain = ChainOfRequest(judged.state, *judged.body);
  const auto step = static_cast<std::size_t>(judged.body->Number("step"));
  return step < chain.size() && chain[step] == Step::kManager;
}
// A refusal is never blocked by substance.
Code PeerWhenSelfDealing(Case& judged) {
  return VerdictOf(judged) != Verdict::kRefuse && IsManagersStep(judged) ? SelfDealingPeer(judged)
                                                                         : Code::kAccepted;
}
Code ItemsRequested(Case& judged) {
  if (VerdictOf(judged) != Verdict::kApprove) return Code::kAccepted;
  return IsSubset(OfferedTerms(judged), TermsOf(judged.state, *judged.body), "items")
             ? Code::kAccepted
             : Code::kItemNotRequested;
}
Code ReasonGiven(Case& judged) {
  return VerdictOf(judged) == Verdict::kApprove || HasReason(judged.Form()) ? Code::kAccepted
                                                                            : Code::kReasonRequired;
}

void FlagRefusal(Case& judged) {
  const EntityBody& request = *judged.body;
  const std::string_view reason = judged.Text("reason_code");
  const bool lawful = reason == "LAW" || reason == "SAFETY" || reason == "FORM";
  // The step counts, not the department: a manager that provides the resource refuses at both.
  const bool by_manager = IsManagersStep(judged);
  if (!by_manager && request.Text("share_class") == "UNCONDITIONAL" && !lawful) {
    judged.Raise(Flag::kUnconditionalRefusal);
  }
  if (reason == "INCOMPLETE_MATERIALS" && request.Number("returned") == 0) {
    judged.Raise(Flag::kReturnFirst);
  }
  const bool after_provider = request.Number("step") > 0;
  if (by_manager && after_provider && !lawful) judged.Raise(Flag::kManagerRefusalGround);
}

// What is agreed to, in full or with less. Less is an offer to the consumer, and so is whatever has
// a condition outside the resource's list, whoever answers.
void Agree(Case& judged, EntityBody& request, bool narrows) {
  if (judged.Form().Find("terms") != nullptr) {
    const Json terms = Tighten(TermsOf(judged.state, request), OfferedTerms(judged));
    request.terms = ToBytes(CanonicalJson(terms));
  }
  const bool extra = HasExtraCondition(judged);
  if (extra) {
    judged.Raise(request.Text("kind") == "RETURN_FLOW" ? Flag::kReturnFlowCondition
                                                       : Flag::kExtraCondition);
  }
  // P's answer starts its duty to share; where P is not in the chain, M's does.
  StartSharing(judged, request);
  if (extra || narrows) {
    StartClock(judged.state, request, "D19", request.Party("consumer"), judged.Time());
    request.status = To(RequestStatus::kOffered);
    return;
  }
  request.status = Advance(judged, request);
}

void Decide(Case& judged) {
  if (VerdictOf(judged) == Verdict::kRefuse) FlagRefusal(judged);
  EndClocksByLaw(judged);
  if (IsManagersStep(judged)) FlagSelfDealing(judged);
  judged.note = judged.Text("verdict");
  if (const std::string_view reason = judged.Text("reason_code"); !reason.empty()) {
    judged.note.append(" ").append(reason);
  }
  EntityBody& request = judged.state.Edit(judged.subject);
  EndStep(judged, request);
  if (VerdictOf(judged) == Verdict::kRefuse) {
    EndAllClocks(request, judged.Time());
    request.status = To(RequestStatus::kRefused);
    request.texts["refused_by"] = judged.payload.department;
    EndRequest(judged);
    return;
  }
  Agree(judged, request, VerdictOf(judged) == Verdict::kNarrow);
}

// decision.substitute: the manager answers in the silent provider's place (S0 6.3.1).
Code MaySubstitute(Case& judged) {
  const EntityBody& request = *judged.body;
  const auto chain = ChainOfRequest(judged.state, request);
  const auto step = static_cast<std::size_t>(request.Number("step"));
  const bool providers_step = step < chain.size() && chain[step] == Step::kProvider;
  const ledger::Clock* answer = RunningClock(request, "D03");
  const bool may = judged.state.ProfileNamed(request.Text("profile")).substitute &&
                   request.Text("share_class") == "UNCONDITIONAL" && providers_step &&
                   request.Party("provider") != request.Party("manager") && answer != nullptr &&
                   IsOverdue(judged.state.Calendar(), *answer, judged.Time());
  return may ? Code::kAccepted : Code::kSubstituteNotAllowed;
}
void Substitute(Case& judged) {
  FlagSelfDealing(judged);
  judged.Raise(Flag::kSubstituted);
  judged.note = "APPROVE";
  EntityBody& request = judged.state.Edit(judged.subject);
  // What the provider is late by stays the provider's, whoever answered.
  EndStep(judged, request);
  Agree(judged, request, false);
}
Code ItemsWithinRequest(Case& judged) {
  return IsSubset(OfferedTerms(judged), TermsOf(judged.state, *judged.body), "items")
             ? Code::kAccepted
             : Code::kItemNotRequested;
}

// decision.erratum
bool IsConsumerHead(Case& judged, const ledger::KeyRecord& peer) {
  return judged.body != nullptr && judged.body->Party("consumer") == peer.department;
}
bool ConsumerIsAnother(Case& judged) {
  return judged.body != nullptr && judged.body->Party("consumer") != judged.payload.department;
}
Code HasDecided(Case& judged) {
  const bool decided = std::ranges::any_of(judged.body->acts, [&judged](const ledger::Act& act) {
    return act.department == judged.payload.department &&
           (act.op == "decision.submit" || act.op == "decision.substitute");
  });
  return decided ? Code::kAccepted : Code::kBadState;
}
Code BeforeOpening(Case& judged) {
  const bool opened = judged.body->status == To(RequestStatus::kGranted);
  return !opened && IsSlipOfDecision(judged) ? Code::kAccepted : Code::kErratumScope;
}
void CorrectDecision(Case& judged) {
  EntityBody& request = judged.state.Edit(judged.subject);
  for (const Json& change : judged.Form().ItemsOf("changes")) {
    std::string name = "erratum/" + judged.payload.department + "/";
    name += change.TextOr("field");
    request.texts.insert_or_assign(std::move(name), std::string(change.TextOr("value")));
  }
  judged.note = NamesOfSlips(judged);
}

constexpr Check kSubstituteRules[] = {MaySubstitute, SelfDealingPeer, ItemsWithinRequest};
constexpr Check kErratumRules[] = {BeforeOpening};
constexpr std::uint32_t kDecided = In(RequestStatus::kSubmitted) | In(RequestStatus::kOffered) |
                                   In(RequestStatus::kApproved) | In(RequestStatus::kRefused) |
                                   In(RequestStatus::kGranted);
constexpr Check kRules[] = {PeerWhenSelfDealing, ReasonGiven, ItemsRequested};
constexpr CaseRow kRows[] = {
    {.op = "decision.submit",
     .sides = side::kProvider | side::kManager,
     .who = Who::kMakerHead,
     .subject = "request",
     .from = In(RequestStatus::kSubmitted),
     .peer = IsSuperiorPeer,
     .role = InChain,
     .turn = IsTurn,
     .rules = kRules,
     .effect = Decide},
    {.op = "decision.substitute",
     .sides = side::kManager,
     .who = Who::kMakerHead,
     .subject = "request",
     .from = In(RequestStatus::kSubmitted),
     .peer = IsSuperiorPeer,
     .rules = kSubstituteRules,
     .effect = Substitute},
    {.op = "decision.erratum",
     .sides = side::kProvider | side::kManager,
     .who = Who::kMakerHead,
     .subject = "request",
     .from = kDecided,
     .required = ErratumFields,
     .peer = IsConsumerHead,
     .peer_needed = ConsumerIsAnother,
     .role = InChain,
     .condition = HasDecided,
     .rules = kErratumRules,
     .effect = CorrectDecision},
};

}  // namespace

std::span<const CaseRow> DecisionRows() { return kRows; }

}  // namespace jiandu::contracts
