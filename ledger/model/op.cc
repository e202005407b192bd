// The table of ops (docs/contracts.md 4.18). Adding an op is adding a row, and its form in
// forms_*.cc.
#include "ledger/model/op.h"

#include <algorithm>

#include "ledger/model/forms.h"

namespace jiandu::ledger {
namespace {

using enum OpKind;

constexpr OpInfo kOps[] = {
    {"access.acknowledge", "AccAck", kFact, "C S", "AC", "4.10", &forms::kAccessAcknowledge},
    {"access.batch", "AccBatch", kFact, "P S or gateway S, C S", "AC", "4.10",
     &forms::kAccessBatch},
    {"access.record", "AccRecord", kFact, "P S or gateway S, C S", "AC", "4.10",
     &forms::kAccessRecord},
    {"anchor.publish", "AnchorPublish", kFact, "M S", "-", "4.17", &forms::kAnchorPublish},
    {"calendar.publish", "CalendarPublish", kPermission, "M m+h", "-", "4.2",
     &forms::kCalendarPublish},
    {"case.assign", "CaseAssign", kFact, "own h", "any", "4.2", &forms::kCaseAssign},
    {"correction.accept", "CorrAccept", kPermission, "P m", "CR", "4.13", &forms::kCorrectionNamed},
    {"correction.confirm", "CorrConfirm", kFact, "C m", "CR", "4.13", &forms::kCorrectionConfirm},
    {"correction.file", "CorrFile", kFact, "C m", "CR", "4.13", &forms::kCorrectionFile},
    {"correction.forward", "CorrForward", kPermission, "P m", "CR", "4.13",
     &forms::kCorrectionForward},
    {"correction.resolve", "CorrResolve", kPermission, "P m+h", "CR", "4.13",
     &forms::kCorrectionResolve},
    {"correction.withdraw", "CorrWithdraw", kPermission, "C m", "CR", "4.13",
     &forms::kCorrectionNamed},
    {"cosign", "TxCosign", kPermission, "HEAD or PEER named in `await`", "pending", "4.0",
     &forms::kCosign},
    {"decision.submit", "DecSubmit", kPermission, "step department m+h", "RQ", "4.6",
     &forms::kDecisionSubmit},
    {"department.register", "DepartmentRegister", kPermission, "M m+h, A h", "DP", "4.1",
     &forms::kDepartmentRegister},
    {"department.reorg", "DepartmentReorg", kPermission, "votes of old h, new h, M h (or G h)",
     "DP", "4.1", &forms::kDepartmentReorg},
    {"department.resume", "DepartmentResume", kPermission, "as DepartmentSuspend", "DP", "4.1",
     &forms::kDepartmentSuspend},
    {"department.suspend", "DepartmentSuspend", kPermission, "M h, G h (M: G h + superior/A h)",
     "DP", "4.1", &forms::kDepartmentSuspend},
    {"grant.acknowledge", "GrantAck", kPermission, "C h", "GT", "4.8", &forms::kGrantAcknowledge},
    {"grant.decline", "GrantDecline", kPermission, "C h", "GT", "4.8", &forms::kGrantDecline},
    {"grant.open", "GrantOpen", kPermission, "opener m+h (+ PEER, 4.6)", "GT", "4.8",
     &forms::kGrantOpen},
    {"grant.relinquish", "GrantRelinquish", kPermission, "C h", "GT", "4.8",
     &forms::kGrantRelinquish},
    {"grant.resume", "GrantResume", kPermission, "suspender h or M h", "GT", "4.8",
     &forms::kGrantResume},
    {"grant.service_ready", "ServiceReady", kFact, "P S", "GT", "4.8", &forms::kServiceReady},
    {"grant.suspend", "GrantSuspend", kPermission, "M h or P h", "GT", "4.8",
     &forms::kGrantSuspend},
    {"grant.terminate", "GrantTerminate", kPermission, "M h or P h", "GT", "4.8",
     &forms::kGrantTerminate},
    {"identity.delegate", "IdDelegate", kPermission, "delegator h, delegate", "DP", "4.1",
     &forms::kIdentityDelegate},
    {"identity.reconfirm", "IdReconfirm", kPermission, "department of the act m+h", "DP", "4.1",
     &forms::kIdentityReconfirm},
    {"identity.register", "IdRegister", kPermission, "SYSADMIN, own h (HEAD: M h)", "DP", "4.1",
     &forms::kIdentityRegister},
    {"identity.revoke", "IdRevoke", kPermission, "own h, M h or self", "DP", "4.1",
     &forms::kIdentityRevoke},
    {"identity.rotate_key", "IdRotateKey", kPermission, "old key", "DP", "4.1",
     &forms::kIdentityRotateKey},
    {"identity.set_duties", "IdSetDuties", kPermission, "own h (HEAD: M h)", "DP", "4.1",
     &forms::kIdentitySetDuties},
    {"log.rotate_key", "LogKeyRotate", kPermission, "M h", "DP", "4.1", &forms::kLogRotateKey},
    {"node.admit", "NodeAdmit", kPermission, "M h, votes", "DP", "4.1", &forms::kNodeAdmit},
    {"node.equivocation", "EquivocationReport", kFact, "node S", "DP", "4.1",
     &forms::kNodeEquivocation},
    {"node.remove", "NodeRemove", kPermission, "M h, votes", "DP", "4.1", &forms::kNodeRemove},
    {"node.rotate_key", "NodeRotateKey", kPermission, "own SYSADMIN, own h", "DP", "4.1",
     &forms::kNodeRotateKey},
    {"profile.publish", "ProfilePublish", kPermission, "M h, votes (A h, 2/3 of heads)", "-", "4.2",
     &forms::kProfilePublish},
    {"rectification.accept", "RectifyAccept", kPermission, "issuer h", "SV", "4.15",
     &forms::kRectificationAccept},
    {"rectification.fail", "RectifyFail", kPermission, "issuer h", "SV", "4.15",
     &forms::kRectificationFail},
    {"rectification.order", "RectifyOrder", kPermission, "suspender h; M m+h", "SV", "4.15",
     &forms::kRectificationOrder},
    {"rectification.report", "RectifyReport", kFact, "target h", "SV", "4.15",
     &forms::kRectificationReport},
    {"request.accept", "ReqAccept", kPermission, "C m+h", "RQ", "4.6", &forms::kRequestAccept},
    {"request.decline", "ReqDecline", kPermission, "C h", "RQ", "4.6", &forms::kRequestEnd},
    {"request.resubmit", "ReqResubmit", kPermission, "C m+h", "RQ", "4.6",
     &forms::kRequestResubmit},
    {"request.return", "ReqReturn", kPermission, "step 1 m", "RQ", "4.6", &forms::kRequestReturn},
    {"request.submit", "ReqSubmit", kPermission, "C m+h", "RQ", "4.6", &forms::kRequestSubmit},
    {"request.withdraw", "ReqWithdraw", kPermission, "C m+h", "RQ", "4.6", &forms::kRequestEnd},
    {"resource.discard", "ResDiscard", kPermission, "P m", "CT", "4.3", &forms::kResourceNamed},
    {"resource.draft", "ResDraft", kPermission, "P m", "CT", "4.3", &forms::kResourceDraft},
    {"resource.publish", "ResPublish", kPermission, "M m+h", "CT", "4.3", &forms::kResourceNamed},
    {"resource.refresh", "ResRefresh", kFact, "P m or P S", "CT", "4.3", &forms::kResourceRefresh},
    {"resource.retire", "ResRetire", kPermission, "P leader, M h", "CT", "4.3",
     &forms::kResourceRetire},
    {"resource.review", "ResReview", kPermission, "M m+h", "CT", "4.3", &forms::kResourceReview},
    {"resource.submit", "ResSubmit", kPermission, "P m + leader", "CT", "4.3",
     &forms::kResourceSubmit},
    {"ruleset.activate", "RulesetActivate", kPermission, "M h, votes (2/3 of heads)", "-", "4.2",
     &forms::kRulesetActivate},
    {"vote", "TxVote", kPermission, "entitled h", "pending", "4.0", &forms::kVote},
};

}  // namespace

std::span<const OpInfo> AllOps() { return kOps; }

const OpInfo* FindOp(std::string_view op) {
  const auto* found = std::ranges::lower_bound(kOps, op, {}, &OpInfo::op);
  return found != std::end(kOps) && found->op == op ? found : nullptr;
}

const Form& AwaitForm() { return forms::kAwait; }

FormReport CheckOpBody(const OpInfo& op, const Json& body) {
  const bool may_await = op.kind == OpKind::kPermission && op.op != "cosign" && op.op != "vote";
  return CheckBody(*op.form, body, may_await ? &forms::kAwait : nullptr);
}

}  // namespace jiandu::ledger
