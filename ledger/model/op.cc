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
    {"access.disclose", "AccDisclose", kFact, "sealing h", "AC", "4.10", &forms::kAccessDisclose},
    {"access.leaf_demand", "LeafDemand", kPermission, "A m or M m", "AC", "4.10",
     &forms::kLeafDemand},
    {"access.leaf_produced", "LeafProduced", kFact, "keeper m or S", "AC", "4.10",
     &forms::kLeafProduced},
    {"access.record", "AccRecord", kFact, "P S or gateway S, C S", "AC", "4.10",
     &forms::kAccessRecord},
    {"audit.finding", "AuditFinding", kFact, "A m+h", "SV", "4.15", &forms::kAuditFinding},
    {"audit.hold", "EvidenceHold", kPermission, "A h", "SV", "4.15", &forms::kAuditHold},
    {"audit.log_query", "AuditQueryLog", kFact, "A S", "SV", "4.15", &forms::kAuditLogQuery},
    {"audit.open", "AuditOpen", kPermission, "A h", "SV", "4.15", &forms::kAuditOpen},
    {"audit.reply", "AuditReply", kFact, "target m+h", "SV", "4.15", &forms::kAuditReply},
    {"complaint.answer", "ComplaintAnswer", kFact, "answering m+h", "SV", "4.15",
     &forms::kComplaintAnswer},
    {"complaint.file", "ComplaintFile", kFact, "receiving m", "SV", "4.15", &forms::kComplaintFile},
    {"correction.accept", "CorrAccept", kPermission, "P m", "CR", "4.13", &forms::kCorrectionNamed},
    {"correction.confirm", "CorrConfirm", kFact, "C m", "CR", "4.13", &forms::kCorrectionConfirm},
    {"correction.file", "CorrFile", kFact, "C m", "CR", "4.13", &forms::kCorrectionFile},
    {"correction.forward", "CorrForward", kPermission, "P m", "CR", "4.13",
     &forms::kCorrectionForward},
    {"correction.impact", "ImpactReport", kFact, "holder m", "CR", "4.13",
     &forms::kCorrectionImpact},
    {"correction.propagate", "CorrPropagate", kFact, "holder m (derived: m+h)", "CR", "4.13",
     &forms::kCorrectionPropagate},
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
    {"derivation.record", "DeriveRecord", kFact, "owner m", "LN", "4.12",
     &forms::kDerivationRecord},
    {"derivation.refresh", "DeriveRefresh", kFact, "owner m", "LN", "4.12",
     &forms::kDerivationRefresh},
    {"disposal.accept", "DisposalAccept", kPermission, "P h", "DI", "4.11",
     &forms::kDisposalAccept},
    {"disposal.reject", "DisposalReject", kPermission, "P h", "DI", "4.11",
     &forms::kDisposalReject},
    {"disposal.report", "DisposalReport", kFact, "C m+h, witness", "DI", "4.11",
     &forms::kDisposalReport},
    {"dispute.decide", "DspDecide", kPermission, "G h", "DS", "4.16", &forms::kDisputeDecide},
    {"dispute.escalate", "DspEscalate", kPermission, "either h", "DS", "4.16",
     &forms::kDisputeEscalate},
    {"dispute.file", "DspFile", kPermission, "C or P m+h", "DS", "4.16", &forms::kDisputeFile},
    {"dispute.mediate", "DspMediate", kPermission, "mediator m+h", "DS", "4.16",
     &forms::kDisputeMediate},
    {"dispute.settle", "DspSettle", kPermission, "h of both sides", "DS", "4.16",
     &forms::kDisputeSettle},
    {"dispute.withdraw", "DspWithdraw", kPermission, "filer h", "DS", "4.16",
     &forms::kDisputeWithdraw},
    {"emergency.declare", "EmergDeclare", kPermission, "G h or M h", "EG", "4.14",
     &forms::kEmergencyDeclare},
    {"emergency.end", "EmergEnd", kPermission, "G h or M h", "EG", "4.14", &forms::kEmergencyEnd},
    {"emergency.object", "EmergObject", kFact, "P h", "EG", "4.14", &forms::kEmergencyObject},
    {"emergency.open_grant", "EmergGrantOpen", kPermission, "M m", "EG", "4.14",
     &forms::kEmergencyOpenGrant},
    {"emergency.renew", "EmergRenew", kPermission, "G h", "EG", "4.14", &forms::kEmergencyRenew},
    {"emergency.review", "EmergReview", kFact, "P h, A h", "EG", "4.14", &forms::kEmergencyReview},
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
    {"identity.register", "IdRegister", kPermission, "SYSADMIN, own h (HEAD: M h)", "DP", "4.1",
     &forms::kIdentityRegister},
    {"identity.revoke", "IdRevoke", kPermission, "own h, M h or self", "DP", "4.1",
     &forms::kIdentityRevoke},
    {"identity.rotate_key", "IdRotateKey", kPermission, "old key", "DP", "4.1",
     &forms::kIdentityRotateKey},
    {"identity.set_duties", "IdSetDuties", kPermission, "own h (HEAD: M h)", "DP", "4.1",
     &forms::kIdentitySetDuties},
    {"incident.close", "IncidentClose", kFact, "same h", "SV", "4.15", &forms::kIncidentClose},
    {"incident.report", "IncidentReport", kFact, "SECURITY m", "SV", "4.15",
     &forms::kIncidentReport},
    {"incident.update", "IncidentUpdate", kFact, "same m", "SV", "4.15", &forms::kIncidentUpdate},
    {"inspection.answer", "InspectAnswer", kFact, "C m", "SV", "4.15", &forms::kInspectionAnswer},
    {"inspection.request", "InspectRequest", kPermission, "M m or P m", "SV", "4.15",
     &forms::kInspectionRequest},
    {"leak.report", "LeakReport", kFact, "SECURITY m or A m", "SV", "4.15", &forms::kLeakReport},
    {"leak.trace", "LeakTrace", kPermission, "A m or M m", "SV", "4.15", &forms::kLeakTrace},
    {"notice.publish", "PublicNotice", kFact, "M h or G h", "SV", "4.15", &forms::kNoticePublish},
    {"rectification.accept", "RectifyAccept", kPermission, "issuer h", "SV", "4.15",
     &forms::kRectificationAccept},
    {"rectification.fail", "RectifyFail", kPermission, "issuer h", "SV", "4.15",
     &forms::kRectificationFail},
    {"rectification.order", "RectifyOrder", kPermission, "suspender h; M m+h; G h or superior h",
     "SV", "4.15", &forms::kRectificationOrder},
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
    {"sanction.note", "SanctionNote", kFact, "M h or G h", "SV", "4.15", &forms::kSanctionNote},
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
