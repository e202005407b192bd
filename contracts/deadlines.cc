// The rows of 4.19.
#include "contracts/deadlines.h"

#include <algorithm>
#include <array>

namespace jiandu::contracts {
namespace {

using enum ledger::ClockUnit;

constexpr auto kRules = std::to_array<DeadlineRule>({
    {"D01", "law or duties change (department.reorg too)", "resource.amend", "法律或职责调整",
     "报送目录更新", 10, kWorkingDays, 5, "P", "809 Art. 17"},
    {"D02", "amendment submitted", "published or returned", "收到更新后的目录", "发布或退回", 2,
     kWorkingDays, 0, "M", "809 Art. 17"},
    {"D02n", "new entry submitted", "published or returned", "报送新目录", "发布或退回", 5,
     kWorkingDays, 0, "M", "809 Art. 16; local"},
    {"D03", "UNCONDITIONAL request", "answer of P", "无条件共享申请", "提供方答复", 1, kWorkingDays,
     10, "P", "809 Art. 21"},
    {"D04", "CONDITIONAL or RETURN_FLOW request", "answer of P", "有条件共享或回流申请",
     "提供方答复", 10, kWorkingDays, 10, "P", "809 Art. 21"},
    {"D05m", "extension.ask", "extension.consent or refuse", "申请延期", "同意或不同意延期", 1,
     kWorkingDays, 0, "M", "local"},
    {"D06", "P's agreeing answer (P not in the chain: M's)",
     "grant.service_ready or first delivery", "同意共享", "开通服务或首次提供", 20, kWorkingDays, 0,
     "P", "809 Art. 22"},
    {"D07", "correction.file", "correction.resolve", "提出校核", "核实更正并反馈", 10, kWorkingDays,
     0, "P, also source", "809 Art. 26"},
    {"D08", "M's chain step begins", "M's decision", "转主管部门审核", "主管部门审核", 2,
     kWorkingDays, 0, "M", "local", 1, "UNCONDITIONAL"},
    {"D09a", "grant.open", "grant.acknowledge or decline", "开通权限", "确认或拒绝", 10,
     kWorkingDays, 0, "C", "local"},
    {"D09b", "correction.resolve", "correction.confirm", "校核答复", "确认", 10, kWorkingDays, 0,
     "C", "local"},
    {"D09c", "disposal.report", "disposal.accept or reject", "处置报告", "验收", 10, kWorkingDays,
     0, "P", "local"},
    {"D10", "demand.assign", "demand.answer", "分派归集任务", "答复归集任务", 10, kWorkingDays, 0,
     "P", "S0 6.4; local"},
    {"D11", "consultation.open", "resolution or refusal", "提起会商", "形成决议或不同意", 15,
     kWorkingDays, 0, "C, M, P", "S0 6.3.3; local"},
    {"D12", "term or review date set", "report, answer or review", "设定期限", "报告、答复或复核",
     0, kUntil, 0, "target", "809 Art. 27"},
    {"D13", "end of the emergency", "emergency.review", "应急结束", "复核", 5, kWorkingDays, 0,
     "P, A", "local"},
    {"D14", "grant ended, recall, purpose done or impossible", "disposal.report",
     "权限终止、召回或用途完成", "处置报告", 10, kWorkingDays, 0, "C", "809 Art. 27(1); local"},
    {"D16", "source APPROVED or AGREED", "grant.open, amend or renew", "审批通过", "开通或变更权限",
     2, kWorkingDays, 0, "opener", "S0 6.5.1; local"},
    {"D17", "end of the reporting period", "use.report", "报告期届满", "使用报告", 20, kWorkingDays,
     0, "C", "809 Art. 29; local"},
    {"D18", "resource.source_task", "resource.source_done", "数源部门要求更新", "完成更新", 10,
     kWorkingDays, 0, "contributor", "809 Art. 39(3); local"},
    {"D19", "request OFFERED", "request.accept or decline, else LAPSED", "提出调整方案",
     "接受或拒绝，逾期失效", 10, kWorkingDays, 0, "C", "local"},
    {"D20", "third_party.ask", "last third_party.decide", "申请提供第三方", "答复", 10,
     kWorkingDays, 0, "P, M", "809 Art. 25; local"},
    {"D21", "consultation.open", "consultation.convene", "提起会商", "召集会商", 5, kWorkingDays, 0,
     "M", "local"},
    {"D22", "request RETURNED", "request.resubmit, else LAPSED", "一次性告知", "补正，逾期失效", 20,
     kWorkingDays, 0, "C", "local"},
    {"D23", "correction task", "correction.propagate", "更正通知", "同步更正", 10, kWorkingDays, 0,
     "holder", "809 Art. 25, 29; local"},
    {"D24", "answer B_SUPERIOR", "demand.unified_apply", "答复属上级系统", "统一申请", 10,
     kWorkingDays, 0, "M", "S0 6.4 b; local"},
    {"D25", "demand.submit", "demand.assign", "提出归集需求", "分派", 5, kWorkingDays, 0, "M",
     "S0 6.4; local"},
    {"D26", "answer A_PROVIDE", "collect.deliver", "答复提供", "交付", 20, kWorkingDays, 0, "P",
     "S0 6.4 a; local"},
    {"D27", "key compromised", "identity.reconfirm", "密钥失密", "补正确认", 3, kWorkingDays, 0,
     "department of the act", "local"},
    {"D28", "dispute.file", "dispute.settle or escalate", "提出争议", "协商一致或提请协调", 10,
     kWorkingDays, 0, "both sides", "809 Art. 28; local"},
    {"D29", "dispute.escalate", "dispute.mediate", "提请协调", "协调", 15, kWorkingDays, 0,
     "mediator", "809 Art. 28, 41(2); local"},
    {"D30", "mediation FAILED", "dispute.decide", "协调未成", "决定", 15, kWorkingDays, 0, "G",
     "809 Art. 28; local"},
    {"D31", "complaint.file", "complaint.answer", "收到投诉", "答复", 15, kWorkingDays, 0,
     "addressee", "809 Art. 37(2); local"},
    {"I01", "incident LARGER or above detected or known", "reported to the authority",
     "发现或获知较大以上事件", "向主管机关报告", 4, kHours, 0, "department",
     "国家网络安全事件报告管理办法 Art. 4", 1, "critical infrastructure"},
});

}  // namespace

std::span<const DeadlineRule> AllDeadlines() { return kRules; }

const DeadlineRule* FindDeadline(std::string_view code) {
  const auto found = std::ranges::find(kRules, code, &DeadlineRule::code);
  return found != kRules.end() ? &*found : nullptr;
}

}  // namespace jiandu::contracts
