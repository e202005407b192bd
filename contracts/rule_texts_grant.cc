// Texts of the machine GT (docs/contracts.md 4.8).
#include "contracts/rule_texts.h"

namespace jiandu::contracts {
namespace {

using enum ledger::Code;
using enum ledger::Flag;

constexpr RuleText kGrants[] = {
    {.op = "grant.open",
     .number = "GT1",
     .asks = "source APPROVED or AGREED, or UNCONDITIONAL at the manager's last step; class and "
             "grade of today; terms within the decision; PAGE: accounts; safeguards; assessment; "
             "ONE_OFF: uses_max, 90 days and one matter or case; self-dealing as RQ4; where the "
             "provider opens on G4 or above, the manager's head signs too",
     .asks_zh =
         "申请已获批准或者会商达成一致，或者无条件共享处于主管部门末环节；符合现行共享属性和"
         "级别；不超出审批内容；页面方式列明账号；安全措施和风险评估符合要求；一事一议限定次数、"
         "九十日以内和单一事项；主管部门为当事一方的同RQ4；提供部门开通G4级以上的，须主管部门"
         "负责人会签",
     .effect = "source GRANTED; D16 satisfied; D09a on the consumer",
     .effect_zh = "审批结果转为已开通；D16完成；需求部门确认期限D09a起算",
     .codes = kOf<kApprovalOrder, kNotApproved, kSourceConsumed, kPeerRequired, kResReclassed,
                  kTermsExceedDecision, kAccountsRequired, kSafeguardRequired, kAssessmentRequired,
                  kOneOffTerms, kConsentRequired>,
     .flags = kOf<kSelfDealing, kLate>,
     .source = "S0 6.5.1-6.5.4; 809 Art. 22",
     .from = "-",
     .to = "OPENED"},
    {.op = "grant.acknowledge",
     .number = "GT2",
     .asks = "duty agreement accepted; the systems are still its own",
     .asks_zh = "接受安全责任约定；系统仍属本部门",
     .effect = "accesses allowed; D09a satisfied",
     .effect_zh = "可开始访问；D09a完成",
     .codes = kOf<kSystemNotOwned>,
     .flags = kOf<kLate>,
     .derived = "ACK_OVERDUE",
     .source = "S0 6.5.2; 网数 Art. 12"},
    {.op = "grant.decline",
     .number = "GT2a",
     .effect = "final; D06 and D09a end",
     .effect_zh = "终结；D06、D09a终止",
     .flags = kOf<kLate>},
    {.op = "grant.service_ready",
     .number = "GT2b",
     .effect = "D06 satisfied; so does the first delivery with result OK",
     .effect_zh = "D06完成；首次成功提供亦视为完成",
     .flags = kOf<kLate>,
     .source = "809 Art. 22"},
    {.op = "grant.suspend",
     .number = "GT3",
     .asks = "ground and evidence; MISUSE_27_2: an order with a term in the same body; other "
             "grounds: a review date; both 10 wd ahead at most; complete, never pending",
     .asks_zh = "写明事由和证据；因违规使用暂停的，同时下达限期整改；其他事由写明复核日期；均不超过"
                "10个工作日；一次签署齐全",
     .effect = "check says no, later accesses are flagged; D12 on the target",
     .effect_zh = "访问检查不予通过，此后访问予以标注；整改期限D12起算",
     .codes = kOf<kGroundRequired, kTermRequired>,
     .flags = kOf<kWhileSuspended>,
     .source = "809 Art. 27(2), 35"},
    {.number = "GT3",
     .asks = "auto_suspend of the profile: items not granted, or days over the cap",
     .asks_zh = "策略auto_suspend：越权数据项或者超限天数达到规定值",
     .effect = "ground AUTO; as above",
     .effect_zh = "事由为AUTO；其余同上",
     .source = "809 Art. 27(2), 35",
     .with = "access.record",
     .from = "ACTIVE",
     .to = "SUSPENDED"},
    {.op = "grant.resume",
     .number = "GT4",
     .asks = "the order accepted; without one, the cause recorded as removed; a manager that is "
             "a side lifts what another suspended with the PEER of 4.6",
     .asks_zh = "整改已通过；无整改的，注明暂停原因已消除；主管部门为当事方的，解除他方所作暂停须按"
                "4.6会签",
     .effect = "as before the suspension",
     .effect_zh = "恢复至暂停前状态",
     .codes = kOf<kPeerRequired, kRectifyOpen>,
     .source = "809 Art. 27",
     .to = "OPENED, ACTIVE"},
    {.op = "grant.terminate",
     .number = "GT5",
     .asks = "suspended for misuse; the order failed, was refused, or its term passed in silence",
     .asks_zh = "因违规使用暂停；整改未通过、拒绝整改或者逾期未报告",
     .effect = "D14 on the consumer",
     .effect_zh = "需求部门处置期限D14起算",
     .codes = kOf<kRectifyNotDue>,
     .source = "809 Art. 27(2)"},
    {.op = "grant.change",
     .number = "GT6",
     .asks = "by the provider, with reasons and digest of the negotiation; the consumer's head "
             "agrees and signs too, or else OBJECTS or is SILENT and 5 wd of notice are kept",
     .asks_zh = "由提供部门提出，说明正当理由并附协商摘要；需求部门同意的由其负责人会签，反对或者未"
                "回复的须提前5个工作日通知",
     .effect = "agreed: at once, else after the notice: terms changed, or the grant ended with "
               "D14; this is the filing with the manager",
     .effect_zh =
         "同意的立即生效，否则通知期满生效：条件变更，或者权限终止且D14起算；本操作即向主管"
         "部门备案",
     .codes = kOf<kReasonRequired, kNegotiationRequired, kNoticeTooShort>,
     .flags = kOf<kNotAgreed>,
     .source = "809 Art. 27(3)",
     .to = "ACTIVE, SUSPENDED, TERMINATED"},
    {.op = "grant.amend",
     .number = "GT7",
     .asks = "an approved SCOPE_CHANGE or a decision of the government; terms within it, on "
             "the class and with the safeguards of today; a derived resource: the consents",
     .asks_zh = "变更申请已获批准或者政府已作决定；不超出批准内容；符合现行共享属性和安全措施；"
                "衍生资源须经原提供部门同意",
     .effect = "terms changed; the source is used; D16 satisfied",
     .effect_zh = "条件变更；审批结果已使用；D16完成",
     .codes = kOf<kNotApproved, kSourceConsumed, kResReclassed, kSafeguardRequired,
                  kTermsExceedDecision, kConsentRequired>,
     .flags = kOf<kLate>,
     .source = "809 Art. 25, 28"},
    {.op = "grant.stop_report",
     .number = "GT8",
     .asks = "evidence of the outage",
     .asks_zh = "附服务中断证据",
     .effect = "on record of the provider",
     .effect_zh = "记入提供部门",
     .flags = kOf<kUnilateralStop>,
     .source = "809 Art. 39(7)"},
    {.number = "GT9",
     .asks = "valid_to passed, or counted uses = uses_max",
     .asks_zh = "有效期届满或者使用次数用尽",
     .effect = "D14 on the consumer; later accesses are flagged",
     .effect_zh = "需求部门处置期限D14起算；此后访问予以标注",
     .flags = kOf<kExpired, kOverUses>,
     .source = "S0 6.2.1",
     .with = "grant.open",
     .from = "OPENED, ACTIVE, SUSPENDED",
     .to = "EXPIRED"},
    {.op = "grant.renew",
     .number = "GT10",
     .asks = "an approved RENEW; class, grade and safeguards of today; new term not longer than "
             "the old; a derived resource: the consents",
     .asks_zh = "续期申请已获批准；符合现行共享属性、级别和安全措施；新期限不长于原期限；"
                "衍生资源须经原提供部门同意",
     .effect = "valid_to moved; the source is used; D16 satisfied",
     .effect_zh = "有效期顺延；审批结果已使用；D16完成",
     .codes = kOf<kNotApproved, kSourceConsumed, kResReclassed, kSafeguardRequired,
                  kTermsExceedDecision, kConsentRequired>,
     .flags = kOf<kLate>,
     .source = "809 Art. 20"},
    {.op = "grant.recall",
     .number = "GT11",
     .asks = "INCIDENT, WRONG_DATA or LAW; all or listed batches; the manager's head signs too",
     .asks_zh = "因安全事件、数据错误或者法律规定；全部或者所列批次；主管部门负责人会签",
     .effect = "D14 on every holder, of derived data too; all: the grant ends, batches: it goes on",
     .effect_zh = "持有方（含衍生数据持有方）D14起算；全部召回的权限终止，召回批次的权限继续有效",
     .codes = kOf<kReasonRequired>,
     .source = "GB/T 39477 6.1.4.4",
     .to = "OPENED, ACTIVE, SUSPENDED, TERMINATED"},
    {.op = "grant.relinquish",
     .number = "GT12",
     .asks = "PURPOSE_DONE, IMPOSSIBLE or NOT_NEEDED",
     .asks_zh = "目的已实现、无法实现或者不再需要",
     .effect = "D14 on the consumer",
     .effect_zh = "需求部门处置期限D14起算",
     .source = "809 Art. 27(1)"},
    {.number = "GT13",
     .asks = "the disposal is accepted",
     .asks_zh = "数据处置已验收",
     .effect = "final",
     .effect_zh = "终结",
     .with = "disposal.accept",
     .from = "EXPIRED, TERMINATED, RELINQUISHED",
     .to = "CLOSED"},
};

}  // namespace

std::span<const RuleText> GrantTexts() { return kGrants; }

}  // namespace jiandu::contracts
