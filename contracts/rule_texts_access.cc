// Texts of the machines AC, DI and LN (docs/contracts.md 4.10 to 4.12).
#include "contracts/rule_texts.h"

namespace jiandu::contracts {
namespace {

using enum ledger::Code;
using enum ledger::Flag;

constexpr RuleText kAccesses[] = {
    {.number = "AC1",
     .asks = "the gateway asks before the call, no transaction",
     .asks_zh = "调用前由网关查询，不产生交易",
     .effect = "allow, or deny with the reason, from the committed state",
     .effect_zh = "按已提交状态允许访问，或者拒绝并说明原因",
     .source = "S3 API 网关",
     .with = "access.record"},
    {.op = "access.record",
     .number = "AC2",
     .asks = "acc_id not reported by this side before",
     .asks_zh = "同一方未报送过相同acc_id",
     .effect = "judged as of occurred_at and counted on that day; receipt with flags",
     .effect_zh = "按发生时状态判定并计入当日；回执列明标注",
     .codes = kOf<kDuplicate>,
     .flags =
         kOf<kNoGrant, kDepartmentMismatch, kNotYetValid, kExpired, kWhileSuspended, kIpNotAllowed,
             kSystemNotAllowed, kAccountNotAllowed, kItemNotGranted, kOutsideHours, kOverDailyCap,
             kOverRate, kOverRows, kOverBytes, kOverUses, kMaskMissing, kPurposeMismatch,
             kStaleVersion, kLateEvidence, kEmergency, kDigestMismatch, kLate>,
     .derived = "DENIED_BURST, DAY_OVER_CAP, AVG_OVER",
     .source = "809 Art. 26, 29"},
    {.op = "access.batch",
     .number = "AC2",
     .asks = "batch_id not used; full: no acc_id twice; digest: one day, one grant, one system or "
             "account, cut at each change of the grant's state",
     .asks_zh =
         "批次编号未使用；逐条批次无重复acc_id；摘要批次限同一日、同一权限、同一系统或者账号，"
         "权限状态变更时须切分",
     .effect =
         "full: each record as above; digest: judged by the state at its begin and by what its "
         "counts make certain; members that contradict each other: DIGEST_MISMATCH; calls "
         "without addresses, or from G3 on without purpose, matter or cases: FIELD_MISSING",
     .effect_zh =
         "逐条批次逐条判定；摘要批次按起始时状态和各项计数必然得出的结果判定；计数自相矛盾的标注"
         "DIGEST_MISMATCH；有调用而无地址计数，或者G3级以上缺用途、事项、办件根的，标注FIELD_"
         "MISSING",
     .codes = kOf<kDuplicate>,
     .flags = kOf<kNoGrant, kDepartmentMismatch, kNotYetValid, kExpired, kWhileSuspended,
                  kIpNotAllowed, kSystemNotAllowed, kAccountNotAllowed, kItemNotGranted,
                  kOutsideHours, kOverDailyCap, kOverRate, kOverRows, kOverBytes, kOverUses,
                  kMaskMissing, kPurposeMismatch, kStaleVersion, kLateEvidence, kStraddles,
                  kBatchNotAllowed, kEmergency, kDigestMismatch, kLate>,
     .derived = "GAP, DENIED_BURST, DAY_OVER_CAP, AVG_OVER",
     .source = "809 Art. 26, 29"},
    {.op = "access.acknowledge",
     .number = "AC3",
     .asks = "the consumer's own digest of the response",
     .asks_zh = "附需求部门自存的响应摘要",
     .effect = "both sides have signed, or their digests differ",
     .effect_zh = "双方存证一致，或者标注摘要不一致",
     .flags = kOf<kDigestMismatch>,
     .derived = "ONE_SIDED",
     .source = "X-Road"},
    {.op = "access.disclose",
     .number = "AC4",
     .asks = "at seal.until; opens the commitment",
     .asks_zh = "封存期满；打开承诺",
     .effect = "the sealed fields are in the open",
     .effect_zh = "封存字段公开",
     .flags = kOf<kDigestMismatch, kLate>,
     .source = "Hidden-Until"},
    {.op = "access.leaf_demand",
     .number = "AC5",
     .asks = "the auditor in an open engagement, or the manager (not NAME); keeper, references "
             "and kind; term of 3 wd at least",
     .asks_zh =
         "审计机关在审计任务内提出，或者主管部门提出（不含姓名）；写明保存方、对象和种类；期限"
         "不少于3个工作日",
     .effect = "D12 on the keeper",
     .effect_zh = "保存方期限D12起算",
     .codes = kOf<kNoEngagement>,
     .derived = "NOT_PRODUCED",
     .source = "809 Art. 29, 40(5)",
     .to = "DEMANDED"},
    {.op = "access.leaf_produced",
     .number = "AC6",
     .asks = "digest; for a leaf the path to the root, and the record itself if it is to be found",
     .asks_zh = "附摘要；提交叶子的附到根的路径，可附记录本身以供查询",
     .effect = "the path is checked; D12 satisfied",
     .effect_zh = "核验路径；D12完成",
     .flags = kOf<kDigestMismatch, kLate>,
     .derived = "NOT_PRODUCED",
     .source = "809 Art. 29"},
};

constexpr RuleText kDisposals[] = {
    {.op = "use.report",
     .number = "4.11",
     .asks = "a reporting period of the grant: scenes, effect, storage, holders, derived data",
     .asks_zh = "按报告期报告使用场景、成效、存储、持有系统和衍生数据",
     .effect = "D17 satisfied",
     .effect_zh = "D17完成",
     .flags = kOf<kLate>,
     .derived = "NO_USE_REPORT",
     .source = "809 Art. 29"},
    {.op = "disposal.report",
     .number = "DI1",
     .asks = "kind, scope, method, evidence; a witness who is not the maker; derived resources and "
             "what becomes of them",
     .asks_zh = "写明处置种类、范围、方法和证据；见证人不得为经办人；列明衍生数据及其处理",
     .effect = "D14 satisfied; D09c on the provider",
     .effect_zh = "D14完成；提供部门验收期限D09c起算",
     .flags = kOf<kLate, kWitnessMissing, kDerivedUnlisted>,
     .derived = "ACCEPT_OVERDUE",
     .source = "809 Art. 27(1), 40(4)",
     .to = "REPORTED"},
    {.op = "disposal.accept",
     .number = "DI2",
     .asks = "a witness; derived resources treated; no evidence hold; never by silence",
     .asks_zh = "有见证人；衍生数据已处理；无证据保全；逾期不视为验收",
     .effect = "the grant closes; D09c satisfied",
     .effect_zh = "权限终结；D09c完成",
     .codes = kOf<kWitnessRequired, kDerivedNotListed, kEvidenceHeld>,
     .flags = kOf<kLate>,
     .derived = "ACCEPT_OVERDUE",
     .source = "S2 销毁审核",
     .to = "CLOSED"},
    {.op = "disposal.reject",
     .number = "DI3",
     .asks = "reasons",
     .asks_zh = "说明理由",
     .effect = "D14 runs again; D09c satisfied",
     .effect_zh = "D14重新计算；D09c完成",
     .codes = kOf<kReasonRequired>,
     .flags = kOf<kLate>,
     .source = "809 Art. 27"},
};

constexpr RuleText kDerivations[] = {
    {.op = "derivation.record",
     .number = "4.12",
     .asks = "inputs with versions and grants, kind, item_map, grade; each input its own or under "
             "an active grant that allows the kind; grade not below the highest input but for "
             "AGGREGATE or MASK with an assessment; not made from its own version",
     .asks_zh = "写明输入版本和权限、加工种类、数据项对应关系和级别；输入为本部门数据或者持有允许该"
                "种类的有效权限；级别不低于最高输入，经评估的汇总、脱敏除外；不得以自身版本为输入",
     .effect = "edges of the lineage, item by item",
     .effect_zh = "逐项形成血缘",
     .codes = kOf<kDuplicate>,
     .flags = kOf<kNoGrantInput, kDeriveNotAllowed, kGradeBelowInput, kCycle>,
     .derived = "STALE",
     .source = "809 Art. 25",
     .to = "RECORDED"},
    {.op = "derivation.refresh",
     .number = "4.12",
     .asks = "names the new versions of the inputs",
     .asks_zh = "写明输入的新版本",
     .effect = "no longer STALE",
     .effect_zh = "过期标注消除",
     .flags = kOf<kNoGrantInput, kDeriveNotAllowed, kGradeBelowInput, kCycle>,
     .derived = "STALE",
     .source = "809 Art. 25"},
};

}  // namespace

std::span<const RuleText> AccessTexts() { return kAccesses; }
std::span<const RuleText> DisposalTexts() { return kDisposals; }
std::span<const RuleText> DerivationTexts() { return kDerivations; }

}  // namespace jiandu::contracts
