// Texts of cosign and vote, and of the machine DP (docs/contracts.md 4.0, 4.1).
#include "contracts/rule_texts.h"

namespace jiandu::contracts {
namespace {

using enum ledger::Code;
using enum ledger::Flag;

constexpr RuleText kPending[] = {
    {.op = "cosign",
     .number = "4.0",
     .asks = "named in await; has seen the digest of what lies there; is not its maker; within "
             "pending_wd",
     .asks_zh = "为 await 所列签署人；核对待签内容摘要；与经办人非同一人；在待签期限内",
     .effect = "kept; at the last signature all checks run again and the transaction takes effect",
     .effect_zh = "记录会签；最后一个签名到达时重新检查全部规则，交易自该区块生效",
     .codes = kOf<kDuplicate, kPendingExpired, kPendingVoid>,
     .source = "809 Art. 20",
     .from = "PENDING_HEAD",
     .to = "TAKEN"},
    {.op = "vote",
     .number = "4.0",
     .asks = "head of a department entitled to vote; one vote a department, yes or no, on the "
             "digest; within 20 wd",
     .asks_zh = "有表决权的部门负责人；每部门一票，对提案摘要表示同意或者不同意；20个工作日内",
     .effect = "counted; at the quorum all checks run again and the proposal takes effect",
     .effect_zh = "计票；达到法定票数时重新检查全部规则，提案自该区块生效",
     .codes = kOf<kPendingVoid>,
     .from = "OPEN",
     .to = "TAKEN, REJECTED"},
    {.op = {},
     .number = "4.0",
     .asks = "20 wd without the quorum",
     .asks_zh = "20个工作日内未达到法定票数",
     .effect = "the proposal lapses",
     .effect_zh = "提案失效",
     .with = "vote",
     .from = "OPEN",
     .to = "LAPSED"},
};

constexpr RuleText kDepartments[] = {
    {.op = "department.register",
     .number = "DP1",
     .asks = "check character of the code; new; one active MANAGER a jurisdiction; brings the keys "
             "of its first SYSADMIN and HEAD (EXTERNAL: none); the auditor's head signs too",
     .asks_zh = "统一社会信用代码校验有效且未登记；同级仅有一个主管部门；附首任系统管理员和负责人"
                "密钥（外部单位除外）；审计机关负责人会签",
     .effect = "active, with its first two identities",
     .effect_zh = "部门及首批两个身份生效",
     .codes = kOf<kDuplicate, kDepartmentCodeInvalid, kManagerExists, kKeyInUse, kDutyConflict,
                  kCertExpired>,
     .source = "809 Art. 2, 8, 11"},
    {.op = "department.suspend",
     .number = "DP2",
     .asks = "the government's head signs too (against the manager: the government's and a "
             "superior's or auditor's); reasons",
     .asks_zh =
         "本级政府负责人会签（对主管部门：由本级政府和上级或者审计机关负责人签署）；说明理由",
     .effect = "as consumer no new request, demand, consultation or acknowledgement, and every "
               "check says no; it still answers, returns and reports",
     .effect_zh = "暂停其作为需求部门的权利：不得提出申请、归集需求和会商，访问检查一律不予通过；"
                  "答复、处置、报告义务不变",
     .codes = kOf<kReasonRequired>,
     .derived = "DENY_IGNORED",
     .source = "809 Art. 27, 29"},
    {.op = "department.resume",
     .number = "DP2",
     .asks = "signed as the suspension; reasons",
     .asks_zh = "签署要求与暂停相同；说明理由",
     .effect = "the rights as consumer are back",
     .effect_zh = "恢复其作为需求部门的权利",
     .codes = kOf<kReasonRequired>,
     .source = "809 Art. 27, 29"},
    {.op = "department.reorg",
     .number = "DP3",
     .asks = "votes of the old head, the new head and the manager's (old head gone, or the manager "
             "itself: the government's); decision number and digest, date; a default successor or "
             "every open item listed; active successors",
     .asks_zh = "原部门、承接部门和主管部门负责人表决（原负责人缺位或者涉及主管部门的，由本级政府"
                "负责人代行）；决定文号、摘要和日期；指定承接部门或者列全未结事项；承接部门有效",
     .effect = "cases and systems pass on, by derivation, and history keeps the old code; old "
               "officers end, old systems report facts for grace_days; D01 starts; a request that "
               "would have consumer and provider in one closes, such a grant expires",
     .effect_zh = "未结事项和系统由承接部门承继，历史保留原代码；原人员身份终止，原系统在宽限期内"
                  "可继续报送事实；D01起算；需求部门与提供部门合一的申请终结、权限到期",
     .codes = kOf<kReorgIncomplete, kSuccessorInactive, kQuorumNotMet>,
     .flags = kOf<kOldKey>,
     .source = "网数 Art. 14, 32; 809 Art. 17",
     .to = "MERGED, RENAMED, SPLIT"},
    {.op = "identity.register",
     .number = "DP4",
     .asks = "key used nowhere, with proof of possession; valid certificate; compatible duties; a "
             "HEAD also needs the manager's head. Only head lost: the manager's head; only "
             "SYSADMIN lost: own and the manager's head; the manager's own keys lost: votes of "
             "2/3 of the heads",
     .asks_zh = "密钥未被使用并附持有证明；证书有效；职责不冲突；登记负责人须主管部门负责人会签。"
                "唯一负责人密钥丢失的，由主管部门负责人办理；唯一系统管理员密钥丢失的，由本部门和"
                "主管部门负责人办理；主管部门自身密钥丢失的，经三分之二以上部门负责人表决",
     .effect = "usable from the next height",
     .effect_zh = "自下一高度起可用",
     .codes = kOf<kDuplicate, kQuorumNotMet, kKeyInUse, kDutyConflict, kCertExpired>,
     .source = "GM/T 0111 8.1; GB/T 39477 6.2",
     .to = "ACTIVE"},
    {.op = "identity.rotate_key",
     .number = "DP5",
     .asks = "signed with the old key; proof of the new one; overlap within key_overlap_hours",
     .asks_zh = "以原密钥签署；附新密钥持有证明；新旧密钥重叠不超过规定时数",
     .effect = "the old key closes; grants stay as they are",
     .effect_zh = "原密钥关闭；共享权限不受影响",
     .codes = kOf<kKeyInUse>},
    {.op = "identity.revoke",
     .number = "DP6",
     .asks = "own head, the manager's head, or itself; reason LEFT, LOST or COMPROMISED, the last "
             "with evidence and a time within 30 days; complete, never pending",
     .asks_zh = "本部门或者主管部门负责人、本人；注明离岗、丢失或者失密，失密的须附证据并注明三十日"
                "以内的起始时间；一次签署齐全",
     .effect = "later transactions: ID_REVOKED; COMPROMISED: permissions signed since then count "
               "as suspended and D27 starts",
     .effect_zh = "此后交易以ID_REVOKED驳回；失密的，起始时间之后所签许可视为暂停，D27起算",
     .codes = kOf<kReasonRequired, kCompromiseTooOld>,
     .derived = "SIGNED_WHILE_COMPROMISED",
     .source = "809 Art. 35"},
    {.op = "identity.reconfirm",
     .number = "DP7",
     .asks = "department of the act, not with the revoked key; within D27",
     .asks_zh = "由作出该行为的部门以其他有效密钥办理；D27期限内",
     .effect = "the act stands from its first commit; without it the step reopens and its "
               "deadline runs anew",
     .effect_zh = "该行为自原记录时起有效；未予确认的，重新作出决定并重新计算期限",
     .codes = kOf<kReconfirmLate>},
    {.op = "identity.set_duties",
     .number = "DP8",
     .asks = "compatible duties; HEAD: the manager's head signs too",
     .asks_zh = "职责不冲突；授予负责人职责的，须主管部门负责人会签",
     .effect = "from the next height",
     .effect_zh = "自下一高度起生效",
     .codes = kOf<kDutyConflict>,
     .source = "S2 5.2; GB/T 39477 6.2"},
    {.op = "identity.delegate",
     .number = "DP9",
     .asks =
         "30 days at most, listed ops; the delegate is not maker in the same case, and deputy of "
         "no other head while that lasts",
     .asks_zh =
         "不超过三十日，列明操作；受托人不得为同一事项的经办人，且其间不得已为其他负责人的受托人",
     .effect = "the deputy's HEAD signature counts, shown on behalf; it ends with the delegator's "
               "key or duty; another by the same head takes its place, and the act says so",
     .effect_zh = "受托人可代行负责人签名并注明代签；委托人密钥或者职责终止时授权终止；同一负责人再"
                  "次委托的，"
                  "以新委托代替原委托并予记明",
     .codes = kOf<kDelegationInvalid, kDuplicate>},
    {.op = "node.admit",
     .number = "DP10",
     .asks = "active department; node key apart from officers' keys; more than 2/3 of the "
             "validators' departments; nodes seen at work keep a quorum, or a second vote names "
             "the refusal; one department a block",
     .asks_zh = "部门有效；节点密钥不得与人员密钥相同；经三分之二以上验证节点所属部门同意；变更后"
                "在线节点仍达法定多数，否则须再次表决并指明被拒交易；每个区块限一个部门",
     .effect = "in the validator set from the next epoch",
     .effect_zh = "自下一周期起加入验证节点",
     .codes = kOf<kDuplicate, kQuorumNotMet, kKeyInUse>},
    {.op = "node.remove",
     .number = "DP10",
     .asks = "more than 2/3 of the validators' departments; nodes seen at work keep a quorum, or a "
             "second vote names the refusal; one department a block",
     .asks_zh = "经三分之二以上验证节点所属部门同意；变更后在线节点仍达法定多数，否则须再次表决并"
                "指明被拒交易；每个区块限一个部门",
     .effect = "out of the validator set from the next epoch",
     .effect_zh = "自下一周期起退出验证节点",
     .codes = kOf<kQuorumNotMet>},
    {.op = "node.rotate_key",
     .number = "DP11",
     .asks = "proof of the new key",
     .asks_zh = "附新密钥持有证明",
     .effect = "from the next height",
     .effect_zh = "自下一高度起生效",
     .codes = kOf<kKeyInUse>},
    {.op = "log.rotate_key",
     .number = "DP11",
     .asks = "proof of the new key",
     .asks_zh = "附新密钥持有证明",
     .effect = "from the next height",
     .effect_zh = "自下一高度起生效",
     .codes = kOf<kKeyInUse>},
    {.op = "node.equivocation",
     .number = "DP12",
     .asks = "both signed messages of one validator, which exclude one another",
     .asks_zh = "附同一验证节点签署的两份相互矛盾的消息",
     .effect = "on record of the validator's department",
     .effect_zh = "记入该节点所属部门",
     .codes = kOf<kFieldInvalid>},
};

}  // namespace

std::span<const RuleText> PendingTexts() { return kPending; }
std::span<const RuleText> DepartmentTexts() { return kDepartments; }

}  // namespace jiandu::contracts
