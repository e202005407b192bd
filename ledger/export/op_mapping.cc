// See op_mapping.h.
#include "ledger/export/op_mapping.h"

#include <algorithm>
#include <array>

namespace jiandu::ledger {
namespace {

using enum EntityKind;
using enum ProvEffect;

constexpr std::array kMappings = std::to_array<OpMapping>({
    {"access.acknowledge", "Acknowledge", kGrant, kActs, "Acknowledgement", "delivery acknowledged",
     "确认接收"},
    {"access.batch", "Access", kGrant, kDelivers, "DeliveredCopy", "batch of accesses", "批量访问"},
    {"access.disclose", "Disclose", kGrant, kActs, "Disclosure", "sealed access opened",
     "密封访问公开"},
    {"access.leaf_demand", "Demand", kLeafDemand, kBears, "", "evidence demanded", "调取凭证"},
    {"access.leaf_produced", "Produce", kLeafDemand, kActs, "ProducedEvidence", "evidence produced",
     "提交凭证"},
    {"access.record", "Access", kGrant, kDelivers, "DeliveredCopy", "access", "访问"},
    {"anchor.publish", "Anchor", kNetwork, kActs, "Anchor", "head of the ledger published",
     "账本锚定"},
    {"audit.finding", "Audit", kFinding, kBears, "", "audit finding", "审计发现"},
    {"audit.hold", "Hold", kHold, kBears, "", "evidence held", "证据保全"},
    {"audit.log_query", "Query", kEngagement, kActs, "LoggedQuery", "audit query logged",
     "审计查询登记"},
    {"audit.open", "Audit", kEngagement, kBears, "", "audit opened", "审计立项"},
    {"audit.reply", "Answer", kFinding, kActs, "Answer", "reply to a finding", "审计答复"},
    {"calendar.publish", "Govern", kNetwork, kActs, "Calendar", "calendar of working days",
     "工作日历发布"},
    {"case.assign", "Assign", kIdentity, kActs, "Assignment", "case assigned", "指派经办"},
    {"collect.acknowledge", "Acknowledge", kDemand, kActs, "Acknowledgement",
     "collection acknowledged", "归集确认"},
    {"collect.deliver", "Deliver", kDemand, kActs, "CollectedDelivery", "collected data delivered",
     "归集交付"},
    {"complaint.answer", "Answer", kComplaint, kActs, "Answer", "complaint answered", "投诉答复"},
    {"complaint.file", "Complain", kComplaint, kBears, "", "complaint", "投诉受理"},
    {"consultation.convene", "Convene", kConsultation, kActs, "Convocation", "meeting convened",
     "召集会商"},
    {"consultation.open", "Request", kConsultation, kBears, "", "case-by-case request",
     "一事一议发起"},
    {"consultation.refuse", "Decide", kConsultation, kActs, "Decision", "consultation refused",
     "会商不同意"},
    {"consultation.resolve", "Decide", kConsultation, kActs, "Decision", "consultation resolved",
     "会商决议"},
    {"consultation.statement", "State", kConsultation, kActs, "Statement", "statement", "会商意见"},
    {"consultation.withdraw", "Withdraw", kConsultation, kActs, "Withdrawal",
     "consultation withdrawn", "撤回会商"},
    {"correction.accept", "Accept", kCorrection, kActs, "Acceptance", "correction taken up",
     "受理纠错"},
    {"correction.confirm", "Confirm", kCorrection, kActs, "Confirmation",
     "result of a correction confirmed", "确认纠错结果"},
    {"correction.file", "Correct", kCorrection, kBears, "", "correction filed", "纠错申请"},
    {"correction.forward", "Forward", kCorrection, kActs, "Forwarding", "correction forwarded",
     "转办纠错"},
    {"correction.impact", "Report", kCorrection, kActs, "Report", "impact of a correction",
     "影响报告"},
    {"correction.propagate", "Propagate", kCorrection, kActs, "Propagation",
     "correction carried out by a holder", "纠错传导"},
    {"correction.resolve", "Decide", kCorrection, kActs, "Decision", "correction resolved",
     "纠错办结"},
    {"correction.withdraw", "Withdraw", kCorrection, kActs, "Withdrawal", "correction withdrawn",
     "撤回纠错"},
    {"cosign", "Cosign", kPending, kCompletes, "Signature", "second signature", "会签"},
    {"decision.erratum", "Rectify", kRequest, kActs, "Erratum", "erratum to a decision",
     "审批勘误"},
    {"decision.submit", "Decide", kRequest, kActs, "Decision", "decision", "审批"},
    {"decision.substitute", "Decide", kRequest, kActs, "Decision", "decision in another's place",
     "代为审批"},
    {"demand.answer", "Decide", kDemand, kActs, "Decision", "answer to a demand", "需求答复"},
    {"demand.assign", "Assign", kDemand, kActs, "Assignment", "demand assigned", "需求分派"},
    {"demand.submit", "Request", kDemand, kBears, "", "demand for data", "归集需求"},
    {"demand.unified_apply", "Request", kDemand, kActs, "Application",
     "applied for at the superior", "统一申请"},
    {"demand.unified_result", "Report", kDemand, kActs, "Report", "result of the superior",
     "统一申请结果"},
    {"demand.withdraw", "Withdraw", kDemand, kActs, "Withdrawal", "demand withdrawn", "撤回需求"},
    {"department.register", "Register", kDepartment, kBears, "", "department registered",
     "部门登记"},
    {"department.reorg", "Govern", kDepartment, kActs, "Reorganisation", "reorganisation",
     "机构改革"},
    {"department.resume", "Resume", kDepartment, kActs, "Resumption", "department resumed",
     "恢复部门"},
    {"department.suspend", "Suspend", kDepartment, kActs, "Suspension", "department suspended",
     "暂停部门"},
    {"derivation.record", "Derive", kResource, kDerives, "", "derivation", "衍生登记"},
    {"derivation.refresh", "Derive", kDerivation, kActs, "Refresh", "derived data made anew",
     "衍生更新"},
    {"disposal.accept", "Accept", kDisposal, kActs, "Acceptance", "disposal accepted", "处置验收"},
    {"disposal.reject", "Decide", kDisposal, kActs, "Decision", "disposal rejected", "处置不通过"},
    {"disposal.report", "Dispose", kDisposal, kBears, "", "disposal of data", "数据处置"},
    {"dispute.decide", "Decide", kDispute, kActs, "Decision", "dispute decided", "争议裁定"},
    {"dispute.escalate", "Escalate", kDispute, kActs, "Escalation", "dispute brought to mediation",
     "提请协调"},
    {"dispute.file", "Dispute", kDispute, kBears, "", "dispute", "提出争议"},
    {"dispute.mediate", "Decide", kDispute, kActs, "Decision", "mediation", "争议协调"},
    {"dispute.settle", "Settle", kDispute, kActs, "Settlement", "dispute settled", "争议和解"},
    {"dispute.withdraw", "Withdraw", kDispute, kActs, "Withdrawal", "dispute withdrawn",
     "撤回争议"},
    {"emergency.declare", "Declare", kEmergency, kBears, "", "emergency declared", "应急启动"},
    {"emergency.end", "End", kEmergency, kActs, "Ending", "emergency ended", "应急终止"},
    {"emergency.object", "State", kGrant, kActs, "Objection", "objection", "应急异议"},
    {"emergency.open_grant", "Grant", kGrant, kBears, "", "emergency grant", "应急开通"},
    {"emergency.renew", "Renew", kEmergency, kActs, "Renewal", "emergency renewed", "应急延期"},
    {"emergency.review", "Decide", kEmergency, kActs, "Decision", "review of an emergency",
     "应急复核"},
    {"extension.ask", "Request", kRequest, kActs, "Application", "more time asked for", "申请延期"},
    {"extension.consent", "Decide", kRequest, kActs, "Decision", "more time given", "同意延期"},
    {"extension.refuse", "Decide", kRequest, kActs, "Decision", "more time refused", "不同意延期"},
    {"grant.acknowledge", "Acknowledge", kGrant, kActs, "Acknowledgement", "grant acknowledged",
     "权限确认"},
    {"grant.amend", "Revise", kGrant, kRevises, "", "grant amended", "权限变更"},
    {"grant.change", "Revise", kGrant, kRevises, "", "grant changed by the provider",
     "提供部门变更权限"},
    {"grant.decline", "End", kGrant, kEnds, "", "grant declined", "不接受权限"},
    {"grant.open", "Grant", kGrant, kBears, "", "grant opened", "权限开通"},
    {"grant.recall", "Recall", kGrant, kActs, "Recall", "data recalled", "召回数据"},
    {"grant.relinquish", "End", kGrant, kEnds, "", "grant given up", "放弃权限"},
    {"grant.renew", "Revise", kGrant, kRevises, "", "grant renewed", "权限续期"},
    {"grant.resume", "Resume", kGrant, kActs, "Resumption", "grant resumed", "恢复权限"},
    {"grant.service_ready", "Report", kGrant, kActs, "Report", "service ready", "服务就绪"},
    {"grant.stop_report", "Report", kGrant, kActs, "Report", "stop of use reported", "停用报告"},
    {"grant.suspend", "Suspend", kGrant, kActs, "Suspension", "grant suspended", "暂停权限"},
    {"grant.terminate", "End", kGrant, kEnds, "", "grant terminated", "终止权限"},
    {"identity.delegate", "Delegate", kIdentity, kDelegates, "Delegation", "delegation", "委托"},
    {"identity.reconfirm", "Confirm", kIdentity, kActs, "Confirmation", "doubted act confirmed",
     "重新确认"},
    {"identity.register", "Register", kIdentity, kBears, "", "identity registered", "身份登记"},
    {"identity.revoke", "End", kIdentity, kEnds, "", "identity revoked", "身份注销"},
    {"identity.rotate_key", "Revise", kIdentity, kRevises, "", "key rotated", "更换密钥"},
    {"identity.set_duties", "Revise", kIdentity, kRevises, "", "duties set", "设定职责"},
    {"incident.close", "End", kIncident, kActs, "Ending", "incident closed", "事件办结"},
    {"incident.report", "Report", kIncident, kBears, "", "security incident", "安全事件报告"},
    {"incident.update", "Report", kIncident, kActs, "Report", "incident updated", "事件续报"},
    {"inspection.answer", "Answer", kInspection, kActs, "Answer", "inspection answered",
     "检查答复"},
    {"inspection.request", "Inspect", kInspection, kBears, "", "inspection", "监督检查"},
    {"leak.report", "Report", kLeak, kBears, "", "leak reported", "泄露报告"},
    {"leak.trace", "Trace", kLeak, kTraces, "Finding", "leak traced by watermark", "水印溯源"},
    {"log.rotate_key", "Govern", kNetwork, kActs, "LogKey", "log key rotated", "更换日志密钥"},
    {"node.admit", "Govern", kNetwork, kActs, "NodeAdmission", "node admitted", "节点准入"},
    {"node.equivocation", "Report", kNetwork, kActs, "Report", "double vote reported",
     "节点双签举报"},
    {"node.remove", "Govern", kNetwork, kActs, "NodeRemoval", "node removed", "移除节点"},
    {"node.rotate_key", "Govern", kNetwork, kActs, "NodeKey", "key of a node rotated",
     "更换节点密钥"},
    {"notice.publish", "Publish", kNetwork, kActs, "Notice", "public notice", "通报"},
    {"profile.publish", "Govern", kNetwork, kActs, "Profile", "policy profile published",
     "策略发布"},
    {"rectification.accept", "Accept", kRectification, kActs, "Acceptance",
     "rectification accepted", "整改通过"},
    {"rectification.fail", "Decide", kRectification, kActs, "Decision", "rectification failed",
     "整改未通过"},
    {"rectification.order", "Order", kRectification, kBears, "", "rectification ordered",
     "责令整改"},
    {"rectification.report", "Report", kRectification, kActs, "Report", "rectification reported",
     "整改报告"},
    {"request.accept", "Accept", kRequest, kActs, "Acceptance", "narrowed terms accepted",
     "接受缩小范围"},
    {"request.decline", "End", kRequest, kEnds, "", "narrowed terms declined", "不接受缩小范围"},
    {"request.erratum", "Revise", kRequest, kRevises, "", "erratum to a request", "申请勘误"},
    {"request.resubmit", "Revise", kRequest, kRevises, "", "request resubmitted", "补正再报"},
    {"request.return", "Decide", kRequest, kActs, "Decision", "request returned", "退回补正"},
    {"request.submit", "Request", kRequest, kBears, "", "request", "共享申请"},
    {"request.withdraw", "End", kRequest, kEnds, "", "request withdrawn", "撤回申请"},
    {"resource.amend", "Propose", kResource, kActs, "Amendment", "change of a resource submitted",
     "目录变更申请"},
    {"resource.amend_withdraw", "Withdraw", kResource, kActs, "Withdrawal", "change withdrawn",
     "撤回目录变更"},
    {"resource.designate_source", "Revise", kResource, kRevises, "", "source designated",
     "确定数源"},
    {"resource.discard", "End", kResource, kEnds, "", "draft discarded", "废弃草稿"},
    {"resource.draft", "Register", kResource, kBears, "", "resource drafted", "目录编制"},
    {"resource.grade", "Revise", kResource, kRevises, "", "resource graded", "数据定级"},
    {"resource.publish", "Publish", kResource, kRevises, "", "resource published", "目录发布"},
    {"resource.refresh", "Revise", kResource, kRevises, "", "data updated", "数据更新"},
    {"resource.resume", "Resume", kResource, kActs, "Resumption", "resource resumed", "恢复共享"},
    {"resource.retire", "End", kResource, kEnds, "", "resource retired", "资源下线"},
    {"resource.review", "Decide", kResource, kActs, "Decision", "resource reviewed", "目录审核"},
    {"resource.source_done", "Report", kSourceTask, kActs, "Report", "source updated",
     "数源更新办结"},
    {"resource.source_task", "Demand", kSourceTask, kBears, "", "update asked of a contributor",
     "数源更新任务"},
    {"resource.submit", "Revise", kResource, kRevises, "", "resource submitted", "目录报送"},
    {"resource.suspend", "Suspend", kResource, kActs, "Suspension", "resource suspended",
     "暂停共享"},
    {"ruleset.activate", "Govern", kNetwork, kActs, "Ruleset", "rule set activated", "规则集启用"},
    {"sanction.note", "Report", kNetwork, kActs, "Sanction", "sanction noted", "处分登记"},
    {"third_party.ask", "Request", kThirdParty, kBears, "", "consent to pass data on asked",
     "申请提供第三方"},
    {"third_party.decide", "Decide", kThirdParty, kActs, "Decision", "consent to pass data on",
     "提供第三方审批"},
    {"third_party.report", "Report", kGrant, kActs, "Report", "data passed on", "提供第三方报告"},
    {"use.report", "Report", kGrant, kActs, "Report", "use report", "使用报告"},
    {"vote", "Vote", kProposal, kCompletes, "Signature", "vote", "表决"},
    {"watermark.register", "Mark", kWatermark, kBears, "", "watermark registered", "水印登记"},
});

}  // namespace

std::span<const OpMapping> AllOpMappings() { return kMappings; }

const OpMapping* FindOpMapping(std::string_view op) {
  const auto* at = std::ranges::lower_bound(kMappings, op, {}, &OpMapping::op);
  return at != kMappings.end() && at->op == op ? &*at : nullptr;
}

bool HasVersions(EntityKind kind) {
  return std::ranges::any_of(kMappings, [kind](const OpMapping& row) {
    return row.subject == kind && (row.effect == kRevises || row.effect == kEnds);
  });
}

std::string_view ProvTypeOf(EntityKind kind) {
  switch (kind) {
    case kDepartment: return "Department";
    case kDepartmentMonth: return "DepartmentMonth";
    case kPair: return "Pair";
    case kNetwork: return "Network";
    case kIdentity: return "Identity";
    case kResource: return "DataResource";
    case kRequest: return "Request";
    case kGrant: return "Grant";
    case kCorrection: return "Correction";
    case kRectification: return "Rectification";
    case kPending: return "PendingTransaction";
    case kProposal: return "Proposal";
    case kConsultation: return "Consultation";
    case kDemand: return "Demand";
    case kDerivation: return "Derivation";
    case kThirdParty: return "ThirdPartyConsent";
    case kDisposal: return "Disposal";
    case kEmergency: return "Emergency";
    case kWatermark: return "Watermark";
    case kLeak: return "Leak";
    case kIncident: return "Incident";
    case kComplaint: return "Complaint";
    case kInspection: return "Inspection";
    case kEngagement: return "Engagement";
    case kFinding: return "AuditFinding";
    case kHold: return "Hold";
    case kDispute: return "Dispute";
    case kLeafDemand: return "LeafDemand";
    case kSourceTask: return "SourceTask";
  }
  return "Entity";
}

}  // namespace jiandu::ledger
