// The machines in their order, and looking up what a row names.
#include "contracts/rule_texts.h"

#include <algorithm>

namespace jiandu::contracts {
namespace {

using ledger::Code;
using ledger::Flag;

// The functions give constants of other files: gathered at the first call, not before main.
std::array<RuleMachine, 17> Machines() {
  return {{
      {"4.0", "Signatures that come later", "会签与表决",
       "A permission may wait for the signatures it names, or for votes; until then it has no "
       "effect.",
       "许可类操作可先由经办人提交，待负责人会签或者表决通过后生效；此前不产生效力。",
       PendingTexts()},
      {"4.1", "Departments, identities, nodes (DP)", "部门、身份与节点（DP）",
       "Who takes part, with which keys and duties, and who stands in when one is gone.",
       "登记参与共享的部门、人员、系统和节点，以及密钥、职责及其变更。", DepartmentTexts()},
      {"4.2", "Calendar, profile, rule set", "日历、策略与规则集",
       "What the law leaves to a network is published by the manager and voted by the heads.",
       "法律未作规定、由本网络自行确定的事项，由主管部门发布并经各部门负责人表决。", PolicyTexts()},
      {"4.3", "Catalogue (CT)", "目录（CT）",
       "A resource is described, reviewed and published before anybody can ask for it.",
       "政务数据资源先编目、审核、发布，后申请共享。", CatalogueTexts()},
      {"4.4", "Collection demands (DE)", "数据归集（DE）",
       "What no published resource offers is asked for through the manager.",
       "目录中没有的数据，由需求部门提出归集需求，主管部门分派提供。", DemandTexts()},
      {"4.5, 4.6", "Requests and decisions (RQ)", "共享申请与审核（RQ）",
       "A request is answered step by step by the chain that its profile has for its class.",
       "共享申请按照共享属性对应的审核环节逐级答复；逾期不视为同意。", RequestTexts()},
      {"4.7", "Consultations (CN)", "一事一议（CN）",
       "What is not shared may be opened for a single case by three departments together.",
       "不予共享的数据确需使用的，由需求部门、主管部门、提供部门三方会商，一事一议。",
       ConsultationTexts()},
      {"4.8", "Grants (GT)", "共享权限（GT）",
       "What was decided becomes a grant that is opened, used, suspended and ended.",
       "审批结果落实为共享权限，并对其开通、使用、暂停和终止全程留痕。", GrantTexts()},
      {"4.9", "Passing data on (XU)", "提供第三方（XU）",
       "Nobody passes data on without the provider's consent.",
       "未经提供部门同意，不得将所获数据提供给第三方。", ThirdPartyTexts()},
      {"4.10", "Accesses (AC)", "访问存证（AC）",
       "Every call is reported and judged by the grant as of when it happened.",
       "每次调用均须存证，并按发生时的权限状态判定。", AccessTexts()},
      {"4.11", "Use reports and disposal (DI)", "使用报告与数据处置（DI）",
       "Who had the data tells what became of it, and disposes of it at the end.",
       "需求部门定期报告使用情况；权限终止后按提供部门要求妥善处置数据。", DisposalTexts()},
      {"4.12", "Derived resources (LN)", "衍生数据（LN）",
       "Fused and derived data keep the line to what they were made from, item by item.",
       "融合、衍生数据逐项记录来源，形成血缘。", DerivationTexts()},
      {"4.13", "Corrections (CR)", "校核纠错（CR）",
       "Whoever finds wrong data reports it, and the correction follows the data.",
       "使用中发现数据有误的，提出校核；更正沿数据流向同步。", CorrectionTexts()},
      {"4.14", "Emergency sharing (EG)", "应急共享（EG）",
       "A declared emergency opens grants at once, for 72 hours, and is reviewed afterwards.",
       "宣布应急后可先行开通权限，期限不超过72小时，事后复核。", EmergencyTexts()},
      {"4.15", "Supervision and audit (SV)", "监督与审计（SV）",
       "Leaks, incidents, orders, complaints, inspections and audits leave evidence.",
       "泄露、事件、整改、投诉、查阅和审计均须留痕。", SupervisionTexts()},
      {"4.16", "Disputes (DS)", "争议协调（DS）",
       "The sides negotiate, a manager mediates, the government decides.",
       "争议先由双方协商，协商不成的由主管部门协调，仍不成的报本级政府决定。", DisputeTexts()},
      {"4.17", "Anchors", "锚定",
       "The manager hands the head of the ledger to others, so that nobody can rewrite it.",
       "主管部门定期将账本摘要交由他方留存，以防篡改。", AnchorTexts()},
  }};
}

using enum Code;
using enum Flag;
constexpr std::span<const Code> kCommonCodes =
    kOf<kMalformed, kWrongChain, kTxExpired, kNonceReused, kUnknownKey, kBadSignature,
        kFieldRequired, kFieldInvalid, kIdRevoked, kRoleDenied, kDepartmentSuspended, kUnknownRef,
        kBadState, kResReclassed>;
constexpr std::span<const Flag> kCommonFlags = kOf<kClockSkew, kFieldMissing, kOldKey>;

template <typename Name>
bool Names(std::string_view op, Name name, std::span<const Name> common,
           std::span<const Name> RuleText::* list) {
  if (std::ranges::find(common, name) != common.end()) return true;
  for (const RuleMachine& machine : AllRuleMachines()) {
    for (const RuleText& row : machine.rows) {
      if (row.op == op && std::ranges::find(row.*list, name) != (row.*list).end()) return true;
    }
  }
  return false;
}

}  // namespace

std::span<const RuleMachine> AllRuleMachines() {
  static const std::array<RuleMachine, 17> kMachines = Machines();
  return kMachines;
}

std::span<const Code> CommonCodes() { return kCommonCodes; }
std::span<const Flag> CommonFlags() { return kCommonFlags; }

bool NamesCode(std::string_view op, Code code) {
  return Names(op, code, CommonCodes(), &RuleText::codes);
}
bool NamesFlag(std::string_view op, Flag flag) {
  return Names(op, flag, CommonFlags(), &RuleText::flags);
}

}  // namespace jiandu::contracts
