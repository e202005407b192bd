// Deputies, and confirming what a compromised key signed (docs/contracts.md 4.1 DP7, DP9).
#include "contracts/delegation.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "contracts/clock.h"
#include "contracts/compromise.h"
#include "contracts/engine.h"
#include "ledger/model/genesis.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::SignerRole;

constexpr std::int64_t kLongestMs = 30LL * 24 * 3'600'000;

// identity.delegate
Code DelegateForm(Case& judged) {
  const auto ops = judged.Form().ItemsOf("ops");
  const bool known = std::ranges::all_of(
      ops, [](const Json& op) { return ledger::FindOp(op.AsString()) != nullptr; });
  return known && !ops.empty() ? Code::kAccepted : Code::kFieldInvalid;
}
// The delegate has agreed by signing; nobody passes on what was only delegated to him.
Code DelegationFits(Case& judged) {
  const EntityBody* delegate = judged.NamedBody("delegate");
  if (delegate == nullptr) return Code::kAccepted;  // UNKNOWN_REF answers later
  const SignerInfo* agreed = judged.Signer(SignerRole::kMaker);
  if (agreed == nullptr || agreed->record->identity != judged.Named("delegate")) {
    return Code::kRoleDenied;
  }
  const std::int64_t until = judged.Form().IntegerOr("until");
  const bool in_time = until > judged.Time() && until <= judged.Time() + kLongestMs;
  const auto ops = judged.Form().ItemsOf("ops");
  const bool passes_on =
      std::ranges::any_of(ops, [](const Json& op) { return op.AsString() == "identity.delegate"; });
  const auto duties = static_cast<std::uint32_t>(delegate->Number("duties"));
  const bool compatible = ledger::AreDutiesCompatible(duties | ledger::duty::kHead);
  return in_time && !passes_on && compatible ? Code::kAccepted : Code::kDelegationInvalid;
}
// A deputy has one head: another's delegation would end the first without a word.
Code IsFree(Case& judged) {
  const EntityId before = LiveDelegator(judged.state, judged.Named("delegate"));
  const SignerInfo* head = judged.Signer(SignerRole::kHead);
  const bool own = head == nullptr || head->record->identity == before;
  return before.IsZero() || own ? Code::kAccepted : Code::kDuplicate;
}
void Delegate(Case& judged) {
  const SignerInfo& head = *judged.Signer(SignerRole::kHead);
  const Json delegation = Json::MakeObject({{"by", ledger::ToHex(head.record->identity)},
                                            {"from", static_cast<std::int64_t>(judged.Height())},
                                            {"ops", *judged.Form().Find("ops")},
                                            {"until", judged.Form().IntegerOr("until")}});
  const EntityId id = judged.Named("delegate");
  const bool again = !LiveDelegator(judged.state, id).IsZero();
  judged.state.Edit(id).texts["delegation"] = CanonicalJson(delegation);
  if (const EntityBody* by = judged.state.Body(head.record->identity)) {
    judged.note = "by " + std::string(by->Text("name"));
    if (again) judged.note += ", in place of the former";
  }
  RecordAct(judged, id, 0);
}

// identity.reconfirm: the department whose act it was; a revoked key signs nothing any more.
Code IsOwnAct(Case& judged) {
  std::string department = DepartmentOfStep(*judged.body, judged.Text("act"));
  if (department.empty()) {  // no step, or one that is void: it can only be refused
    const auto act = HexDecodeFixed<32>(judged.Text("act"));
    const auto found = std::ranges::find_if(judged.body->acts, [&act](const ledger::Act& one) {
      return act && one.txid == ledger::TxId{*act};
    });
    if (found == judged.body->acts.end()) return Code::kAccepted;  // BAD_STATE answers later
    department = found->department;
  }
  return department == judged.payload.department ? Code::kAccepted : Code::kRoleDenied;
}
Code IsInDoubt(Case& judged) {
  const StepState state = StateOfAct(judged.state, *judged.body, judged.Text("act"));
  return state == StepState::kSuspended || state == StepState::kVoid ||
                 judged.body->Text(kVoidAct) == judged.Text("act")
             ? Code::kAccepted
             : Code::kBadState;
}
// Of what has come to a grant nothing can be decided anew, so it may be confirmed at any time.
bool IsGranted(const EntityBody& body) {
  return body.kind == ledger::EntityKind::kGrant ||
         (body.kind == ledger::EntityKind::kRequest &&
          body.status == To(ledger::RequestStatus::kGranted));
}
Code ConfirmedInTime(Case& judged) {
  const StepState state = StateOfAct(judged.state, *judged.body, judged.Text("act"));
  // A step that was taken back stands no more: what was decided anew came in its place.
  if (state != StepState::kNone && IsGranted(*judged.body)) return Code::kAccepted;
  return state == StepState::kSuspended ? Code::kAccepted : Code::kReconfirmLate;
}
void Reconfirm(Case& judged) { ConfirmAct(judged.state, judged.subject, judged.Text("act")); }

constexpr Check kReconfirmRules[] = {ConfirmedInTime};

constexpr CaseRow kRows[] = {
    {.op = "identity.delegate",
     .who = Who::kOfficerHead,
     .required = DelegateForm,
     .role = DelegationFits,
     .condition = IsFree,
     .effect = Delegate},
    {.op = "identity.reconfirm",
     .who = Who::kMakerHead,
     .subject = "case",
     .role = IsOwnAct,
     .condition = IsInDoubt,
     .rules = kReconfirmRules,
     .effect = Reconfirm},
};

}  // namespace

std::span<const CaseRow> DelegationRows() { return kRows; }

}  // namespace jiandu::contracts
