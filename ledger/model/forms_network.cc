// Forms of votes, calendar, profiles, rule sets, nodes, and of what becomes of departments
// (docs/contracts.md 4.0 to 4.2, 4.17).
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr Field kVoteFields[] = {
    Field{"proposal", kEntity, kRequired, "Proposal", "表决事项"}.To(EntityKind::kProposal),
    {"digest", kHash, kRequired, "Digest the proposer signed", "提出方所签摘要"},
    {"yes", kBool, kRequired, "In favour", "同意"},
};

constexpr Field kCalendarFields[] = {
    Field{"year", kInteger, kRequired, "Year", "年度"}.Between(1970, 2199),
    Field{"holidays", kDate, kRequired, "Holidays", "放假日期"}.List(366),
    Field{"makeup_workdays", kDate, kByRule, "Make-up workdays, or none", "调休上班日期"}.List(366),
    {"notice_no", kText, kByRule, "Notice number", "通知文号"},
    {"notice_digest", kHash, kByRule, "Digest of the notice", "通知摘要"},
};

constexpr Codes kProfiles[] = {"combined", "hangzhou", "order809"};
constexpr Field kSettingFields[] = {
    {"name", kId, kRequired, "Setting", "参数"},
    {"value", kInteger, kRequired, "Value", "数值"},
};
constexpr Form kSetting{kSettingFields};
constexpr Field kDeadlineFields[] = {
    {"code", kId, kRequired, "Deadline code, /short for its short number", "期限编码"},
    Field{"n", kInteger, kRequired, "Number", "数值"}.Between(1, 366),
};
constexpr Form kDeadline{kDeadlineFields};
constexpr Field kProfileFields[] = {
    Field{"profile", kCode, kRequired, "Profile it is based on", "基础方案"}.Of(kProfiles),
    Field{"effective", kInteger, kRequired, "In force from height", "生效高度"},
    Field{"settings", kObject, kOptional, "Settings", "参数表"}.As(kSetting).List(32),
    Field{"deadlines", kObject, kOptional, "Deadlines", "期限表", "809 Art. 17, 21, 22, 26"}
        .As(kDeadline)
        .List(48),
    Field{"may_seal", kDepartment, kOptional, "Departments whose accesses may be sealed",
          "可密封访问记录的部门"}
        .List(64),
};
constexpr Field kRulesetFields[] = {
    Field{"ruleset", kInteger, kRequired, "Rule set", "规则集版本"}.Between(2, 1'000'000),
    {"effective", kInteger, kRequired, "In force from height", "生效高度"},
    {"source_digest", kHash, kRequired, "Digest of the source code", "源代码摘要"},
};

constexpr Field kAssignFields[] = {
    {"case", kEntity, kStructural, "Case", "事项"},
    Field{"handler", kEntity, kRequired, "Who handles it", "经办人员", "809 Art. 20"}.To(
        EntityKind::kIdentity),
};
constexpr Field kAnchorFields[] = {
    {"date", kDate, kStructural, "Day", "日期"},
    {"height", kInteger, kStructural, "Height", "高度"},
    {"app_hash", kHash, kStructural, "Application hash", "应用摘要"},
    {"block_hash", kHash, kStructural, "Block hash", "区块摘要"},
    Field{"receivers", kDepartment, kRequired, "Handed to", "接收部门"}.List(8),
};

constexpr Field kSuspendFields[] = {
    {"department", kDepartment, kRequired, "Department", "部门"},
    {"reason_code", kId, kByRule, "Reason", "理由", "809 Art. 27, 29"},
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要"},
};

constexpr Codes kReorgKinds[] = {"MERGED", "RENAMED", "SPLIT"};
constexpr Field kMappingFields[] = {
    {"item", kEntity, kRequired, "Resource, request, grant or case", "事项"},
    {"successor", kDepartment, kRequired, "Successor", "承接部门"},
};
constexpr Form kMapping{kMappingFields};
constexpr Field kReorgFields[] = {
    {"department", kDepartment, kRequired, "Department", "原部门"},
    Field{"kind", kCode, kRequired, "Kind", "调整类型", "网数 Art. 14"}.Of(kReorgKinds),
    {"decision_no", kText, kRequired, "Decision number", "调整文号"},
    {"decision_digest", kHash, kRequired, "Digest of the decision", "文件摘要"},
    {"date", kDate, kRequired, "Date", "调整日期"},
    Field{"successors", kDepartment, kOptional, "Successors", "承接部门"}.List(8),
    {"default_successor", kDepartment, kByRule, "Successor of everything not listed",
     "其余事项承接部门"},
    Field{"mapping", kObject, kOptional, "Items by successor", "事项清单"}.As(kMapping).List(60),
    {"name", kText, kOptional, "New name", "新名称"},
    Field{"gone_head", kEntity, kOptional, "Head of the old department who has ended",
          "已离任的原负责人"}
        .To(EntityKind::kIdentity),
};

constexpr Field kDelegateFields[] = {
    Field{"delegate", kEntity, kRequired, "Delegate", "受托人"}.To(EntityKind::kIdentity),
    Field{"ops", kId, kRequired, "Operations", "授权操作"}.List(32),
    {"until", kTime, kRequired, "Until", "截止时间"},
};
constexpr Field kReconfirmFields[] = {
    {"case", kEntity, kRequired, "Case", "事项"},
    {"act", kHash, kRequired, "Transaction that is confirmed", "所确认的交易"},
};

constexpr Field kAdmitFields[] = {
    {"department", kDepartment, kRequired, "Department", "部门"},
    {"consensus_key", kHash, kRequired, "Consensus key", "共识公钥"},
    {"consensus_proof", kSignature, kRequired, "Proof of possession", "共识密钥持有证明"},
    {"node_key", kHash, kRequired, "Node key", "节点公钥"},
    {"node_proof", kSignature, kRequired, "Proof of possession", "节点密钥持有证明"},
    {"cosign_key", kHash, kRequired, "Cosigning key", "联署公钥"},
    {"cosign_proof", kSignature, kRequired, "Proof of possession", "联署密钥持有证明"},
    Field{"power", kInteger, kOptional, "Voting power", "表决权重"}.Between(1, 1000),
    {"despite", kHash, kOptional, "Refused transaction that is insisted on", "坚持办理的被拒交易"},
};
constexpr Field kRemoveFields[] = {
    {"consensus_key", kHash, kRequired, "Consensus key", "共识公钥"},
    {"reason_code", kId, kRequired, "Reason", "理由"},
    {"despite", kHash, kOptional, "Refused transaction that is insisted on", "坚持办理的被拒交易"},
};
constexpr Codes kNodeKeys[] = {"consensus", "node", "cosign"};
constexpr Field kNodeRotateFields[] = {
    Field{"which", kCode, kRequired, "Which key", "密钥类型"}.Of(kNodeKeys),
    {"old_key", kHash, kRequired, "Old key", "原公钥"},
    {"key", kHash, kRequired, "New key", "新公钥"},
    {"key_proof", kSignature, kRequired, "Proof of possession", "密钥持有证明"},
};
constexpr Field kLogRotateFields[] = {
    {"key", kHash, kRequired, "New log key", "新日志公钥"},
    {"key_proof", kSignature, kRequired, "Proof of possession", "密钥持有证明"},
};
constexpr Codes kMessageTypes[] = {"PREVOTE", "PRECOMMIT", "PROPOSAL"};
constexpr Field kEquivocationFields[] = {
    {"validator", kHash, kStructural, "Consensus key", "共识公钥"},
    {"offender", kDepartment, kStructural, "Department of the validator", "节点所属部门"},
    {"height", kInteger, kStructural, "Height", "高度"},
    {"round", kInteger, kStructural, "Round", "轮次"},
    Field{"type", kCode, kStructural, "Message type", "消息类型"}.Of(kMessageTypes),
    // Each in pieces of at most 128 bytes.
    Field{"first", kMask, kStructural, "First signed message", "消息一"}.List(8),
    Field{"second", kMask, kStructural, "Second signed message", "消息二"}.List(8),
};

}  // namespace

constexpr Form kVote{kVoteFields};
constexpr Form kCalendarPublish{kCalendarFields};
constexpr Form kProfilePublish{kProfileFields};
constexpr Form kRulesetActivate{kRulesetFields};
constexpr Form kCaseAssign{kAssignFields};
constexpr Form kAnchorPublish{kAnchorFields};
constexpr Form kDepartmentSuspend{kSuspendFields};
constexpr Form kDepartmentReorg{kReorgFields};
constexpr Form kIdentityDelegate{kDelegateFields};
constexpr Form kIdentityReconfirm{kReconfirmFields};
constexpr Form kNodeAdmit{kAdmitFields};
constexpr Form kNodeRemove{kRemoveFields};
constexpr Form kNodeRotateKey{kNodeRotateFields};
constexpr Form kLogRotateKey{kLogRotateFields};
constexpr Form kNodeEquivocation{kEquivocationFields};

}  // namespace jiandu::ledger::forms
