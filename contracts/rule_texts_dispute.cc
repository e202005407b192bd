// Texts of the machines EG and DS (docs/contracts.md 4.14, 4.16).
#include "contracts/rule_texts.h"

namespace jiandu::contracts {
namespace {

using enum ledger::Code;
using enum ledger::Flag;

constexpr RuleText kEmergencies[] = {
    {.op = "emergency.declare",
     .number = "EG1",
     .asks = "the government's head, or the manager's with the government's document; 72 hours at "
             "most; the profile knows emergencies; complete, never pending",
     .asks_zh =
         "本级政府负责人签署，或者主管部门负责人附政府文件签署；不超过72小时；策略启用应急共享；"
         "一次签署齐全",
     .effect = "grants may be opened within the scope until the end",
     .effect_zh = "期限内可在应急范围内开通权限",
     .codes = kOf<kEmergTooLong, kEmergNotEnabled>,
     .source = "local",
     .to = "DECLARED"},
    {.op = "emergency.renew",
     .number = "EG2",
     .asks = "before the end; 72 hours more at most",
     .asks_zh = "到期前办理；延长不超过72小时",
     .effect = "the end is moved",
     .effect_zh = "期限延长",
     .codes = kOf<kEmergTooLong>,
     .source = "local"},
    {.op = "emergency.open_grant",
     .number = "EG3",
     .asks =
         "one officer; in force; within the scope; to its end at most; API, PAGE or BATCH; "
         "one for each consumer and resource; never core data; resource published; known "
         "items; PAGE: accounts; the consumer's own systems; safeguards but for the manager's "
         "signature; consents of those whose items a derived resource passes on; where the manager "
         "is consumer or provider, a head beside it as RQ4, and with nobody above it as "
         "provider also its own",
     .asks_zh =
         "一名人员即可；应急期内；在应急范围内；不超过应急期限；采用接口、页面或者批量方式；"
         "同一需求部门和资源限一件；不得为核心数据；资源已发布；数据项存在；页面方式列明账号；"
         "系统属需求部门；安全措施符合要求，主管部门会签除外；"
         "衍生资源所含数据项已经原提供部门同意；主管部门为需求部门或者提供部门的，会签同RQ4；"
         "其为提供部门且无政府、上级登记的，本部门负责人一并签署",
     .effect = "ACTIVE at once, the provider is told; each access is flagged",
     .effect_zh = "立即生效并告知提供部门；每次访问予以标注",
     .codes = kOf<kDuplicate, kNoEmergency, kEmergScope, kCoreDataForbidden, kSelfRequest,
                  kPeerRequired, kResNotPublished, kItemUnknown, kAccountsRequired, kSystemNotOwned,
                  kSafeguardRequired, kConsentRequired>,
     .flags = kOf<kEmergency, kSelfDealing>,
     .source = "local",
     .from = "-",
     .to = "ACTIVE"},
    {.op = "emergency.object",
     .number = "EG4",
     .asks = "provider of an emergency grant",
     .asks_zh = "应急权限的提供部门",
     .effect = "on record",
     .effect_zh = "记录在案",
     .source = "local"},
    {.op = "emergency.end",
     .number = "EG5",
     .asks = "or by itself at the end",
     .asks_zh = "或者到期自动结束",
     .effect = "its grants EXPIRED, D14 on the consumers; D13 on each provider and the auditor",
     .effect_zh = "应急权限到期，需求部门D14起算；提供部门和审计机关复核期限D13起算",
     .source = "local"},
    {.op = "emergency.review",
     .number = "EG6",
     .asks = "provider of a resource or the auditor, JUSTIFIED or EXCESSIVE with the records; each "
             "once",
     .asks_zh =
         "由资源提供部门或者审计机关作出正当或者超范围的复核结论，超范围的列明记录；每个部门限一次",
     .effect = "D13 satisfied; the manager may order",
     .effect_zh = "D13完成；主管部门可下达整改",
     .codes = kOf<kDuplicate>,
     .flags = kOf<kLate>,
     .source = "local",
     .to = "REVIEWED"},
};

constexpr RuleText kDisputes[] = {
    {.op = "dispute.file",
     .number = "DS1",
     .asks = "consumer or provider of a case that is final, late, or accepted under protest; no "
             "other open dispute about it",
     .asks_zh =
         "由事项的需求部门或者提供部门提出；事项已终结、逾期或者保留异议；该事项无其他未结争议",
     .effect = "D28 on both sides; nothing is suspended by it",
     .effect_zh = "双方协商期限D28起算；不停止原事项执行",
     .codes = kOf<kDuplicate, kNotInvolved>,
     .source = "809 Art. 28",
     .to = "NEGOTIATING"},
    {.op = "dispute.settle",
     .number = "DS2",
     .asks = "heads of both sides on one digest",
     .asks_zh = "双方负责人对同一协议摘要签署",
     .effect = "D28 satisfied; what was agreed is done by new transactions",
     .effect_zh = "D28完成；协议内容另行办理",
     .codes = kOf<kBothRequired>,
     .flags = kOf<kLate>,
     .source = "809 Art. 28"},
    {.op = "dispute.escalate",
     .number = "DS3",
     .asks = "minutes of the negotiation, or D28 passed; to the manager of the level, else the "
             "common superior manager",
     .asks_zh = "附协商纪要或者D28届满；报本级主管部门，跨级的报共同上级主管部门",
     .effect = "D28 satisfied; D29 on the mediator",
     .effect_zh = "D28完成；协调期限D29起算",
     .codes = kOf<kWrongLevel, kNegotiationRequired>,
     .flags = kOf<kLate>,
     .source = "809 Art. 28"},
    {.op = "dispute.mediate",
     .number = "DS4",
     .asks = "not a side; digest of the opinion",
     .asks_zh = "不得为当事一方；附协调意见摘要",
     .effect = "D29 satisfied; failed: D30 on the government",
     .effect_zh = "D29完成；协调未成的，本级政府决定期限D30起算",
     .codes = kOf<kConflictOfInterest>,
     .flags = kOf<kLate>,
     .source = "809 Art. 28, 41(2)",
     .to = "SETTLED, FAILED"},
    {.op = "dispute.decide",
     .number = "DS5",
     .asks = "number and digest of the decision",
     .asks_zh = "附决定文号和摘要",
     .effect = "D30 satisfied; a step GOV with terms: an ended request becomes APPROVED, for a "
               "granted one it is the source of grant.amend; D16; used once",
     .effect_zh = "D30完成；形成政府决定环节及条件：已终结的申请转为批准，已开通的据以变更权限；D16"
                  "起算；仅可使用一次",
     .flags = kOf<kLate>,
     .source = "809 Art. 28"},
    {.op = "dispute.withdraw",
     .number = "DS6",
     .asks = "not yet DECIDED",
     .asks_zh = "尚未决定",
     .effect = "clocks end",
     .effect_zh = "各期限终止"},
};

}  // namespace

std::span<const RuleText> EmergencyTexts() { return kEmergencies; }
std::span<const RuleText> DisputeTexts() { return kDisputes; }

}  // namespace jiandu::contracts
