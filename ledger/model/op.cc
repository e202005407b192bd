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
    {"consultation.convene", "ConsConvene", kPermission, "M m", "CN", "4.7",
     &forms::kConsultationConvene},
    {"consultation.open", "ConsOpen", kPermission, "C m+h", "CN", "4.7", &forms::kConsultationOpen},
    {"consultation.refuse", "ConsRefuse", kPermission, "C, M or P h", "CN", "4.7",
     &forms::kConsultationRefuse},
    {"consultation.resolve", "ConsResolve", kPermission, "C h, M h, P h", "CN", "4.7",
     &forms::kConsultationResolve},
    {"consultation.statement", "ConsStatement", kFact, "participant m", "CN", "4.7",
     &forms::kConsultationStatement},
    {"consultation.withdraw", "ConsWithdraw", kPermission, "C h", "CN", "4.7",
     &forms::kConsultationWithdraw},
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
    {"decision.erratum", "DecErratum", kPermission, "step m+h, C h as PEER", "RQ", "4.6",
     &forms::kErratum},
    {"decision.submit", "DecSubmit", kPermission, "step department m+h", "RQ", "4.6",
     &forms::kDecisionSubmit},
    {"decision.substitute", "DecSubstitute", kPermission, "M m+h", "RQ", "4.6",
     &forms::kDecisionSubstitute},
    {"department.register", "DepartmentRegister", kPermission, "M m+h, A h", "DP", "4.1",
     &forms::kDepartmentRegister},
    {"grant.acknowledge", "GrantAck", kPermission, "C h", "GT", "4.8", &forms::kGrantAcknowledge},
    {"grant.amend", "GrantAmend", kPermission, "opener m+h", "GT", "4.8", &forms::kGrantAmend},
    {"grant.change", "GrantChange", kPermission, "P m+h (+ C h)", "GT", "4.8",
     &forms::kGrantChange},
    {"grant.decline", "GrantDecline", kPermission, "C h", "GT", "4.8", &forms::kGrantDecline},
    {"grant.open", "GrantOpen", kPermission, "opener m+h (+ PEER, 4.6)", "GT", "4.8",
     &forms::kGrantOpen},
    {"grant.recall", "GrantRecall", kPermission, "P h, M h", "GT", "4.8", &forms::kGrantRecall},
    {"grant.relinquish", "GrantRelinquish", kPermission, "C h", "GT", "4.8",
     &forms::kGrantRelinquish},
    {"grant.renew", "GrantRenew", kPermission, "opener m+h", "GT", "4.8", &forms::kGrantRenew},
    {"grant.resume", "GrantResume", kPermission, "suspender h or M h", "GT", "4.8",
     &forms::kGrantResume},
    {"grant.service_ready", "ServiceReady", kFact, "P S", "GT", "4.8", &forms::kServiceReady},
    {"grant.stop_report", "GrantStopReport", kFact, "C m or C S", "GT", "4.8",
     &forms::kGrantStopReport},
    {"grant.suspend", "GrantSuspend", kPermission, "M h or P h", "GT", "4.8",
     &forms::kGrantSuspend},
    {"grant.terminate", "GrantTerminate", kPermission, "M h or P h", "GT", "4.8",
     &forms::kGrantTerminate},
    {"identity.register", "IdRegister", kPermission, "SYSADMIN, own h (HEAD: M h)", "DP", "4.1",
     &forms::kIdentityRegister},
    {"identity.revoke", "IdRevoke", kPermission, "own h, M h or self", "DP", "4.1",
     &forms::kIdentityRevoke},
    {"identity.rotate_key", "IdRotateKey", kPermission, "old key", "DP", "4.1",
     &forms::kIdentityRotateKey},
    {"identity.set_duties", "IdSetDuties", kPermission, "own h (HEAD: M h)", "DP", "4.1",
     &forms::kIdentitySetDuties},
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
    {"request.erratum", "ReqErratum", kPermission, "C m+h", "RQ", "4.6", &forms::kErratum},
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
    {"third_party.ask", "ExtUseAsk", kPermission, "C m+h", "XU", "4.9", &forms::kThirdPartyAsk},
    {"third_party.decide", "ExtUseDecide", kPermission, "P m+h, then M h (`combined`)", "XU", "4.9",
     &forms::kThirdPartyDecide},
    {"third_party.report", "RedistReport", kFact, "holder, P, A or M m", "XU", "4.9",
     &forms::kThirdPartyReport},
};

}  // namespace

std::span<const OpInfo> AllOps() { return kOps; }

const OpInfo* FindOp(std::string_view op) {
  const auto* found = std::ranges::lower_bound(kOps, op, {}, &OpInfo::op);
  return found != std::end(kOps) && found->op == op ? found : nullptr;
}

const Form& AwaitForm() { return forms::kAwait; }

FormReport CheckOpBody(const OpInfo& op, const Json& body) {
  const bool may_await = op.kind == OpKind::kPermission && op.op != "cosign";
  return CheckBody(*op.form, body, may_await ? &forms::kAwait : nullptr);
}

}  // namespace jiandu::ledger
