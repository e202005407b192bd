// Decisions 审核 in the order of the chain (docs/contracts.md 4.6; S0 6.3, 809 Art. 15, 20, 21).
#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/request.h"
#include "contracts/resource.h"
#include "contracts/resource_state.h"
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
  const Json content =
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
  const bool by_provider = judged.payload.department == request.Party("provider");
  if (by_provider && request.Text("share_class") == "UNCONDITIONAL" && !lawful) {
    judged.Raise(Flag::kUnconditionalRefusal);
  }
  if (reason == "INCOMPLETE_MATERIALS" && request.Number("returned") == 0) {
    judged.Raise(Flag::kReturnFirst);
  }
  const bool after_provider = request.Number("step") > 0;
  if (!by_provider && after_provider && !lawful) judged.Raise(Flag::kManagerRefusalGround);
}

void Decide(Case& judged) {
  const bool extra = VerdictOf(judged) != Verdict::kRefuse && HasExtraCondition(judged);
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
    EndRequest(judged);
    return;
  }
  if (judged.Form().Find("terms") != nullptr) {
    const Json terms = Tighten(TermsOf(judged.state, request), OfferedTerms(judged));
    request.terms = ToBytes(CanonicalJson(terms));
  }
  if (extra) {
    judged.Raise(request.Text("kind") == "RETURN_FLOW" ? Flag::kReturnFlowCondition
                                                       : Flag::kExtraCondition);
  }
  // P's answer starts its duty to share; where P is not in the chain, M's does.
  StartSharing(judged, request);
  if (extra || VerdictOf(judged) == Verdict::kNarrow) {
    StartClock(judged.state, request, "D19", request.Party("consumer"), judged.Time());
    request.status = To(RequestStatus::kOffered);
    return;
  }
  request.status = Advance(judged, request);
}

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
};

}  // namespace

std::span<const CaseRow> DecisionRows() { return kRows; }

}  // namespace jiandu::contracts
