// Forms of accesses and corrections (docs/contracts.md 4.10, 4.13).
//
// The members of access records ascend by name, as they do in canonical JSON: checking then takes
// one pass. Structural members are those without which no record can be judged at all.
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr Codes kActions[] = {"QUERY", "VERIFY", "VIEW", "EXPORT", "PUSH", "PULL"};
constexpr Codes kResults[] = {"OK", "NOT_FOUND", "DENIED", "ERROR"};
constexpr std::int64_t kCountMax = 1'000'000'000'000;
constexpr std::string_view kLaw = "809 Art. 29";

constexpr Field kSealFields[] = {
    {"blob_digest", kHash, kRequired, "Digest of the sealed part", "密封内容摘要"},
    {"commitment", kHash, kRequired, "Commitment", "承诺"},
    {"ground_code", kId, kRequired, "Ground", "密封事由"},
    {"until", kTime, kRequired, "Sealed until", "密封至"},
};
constexpr Form kSeal{kSealFields};
constexpr Field kPlatformFields[] = {
    {"rid", kId, kOptional, "Request id", "请求标识"},
    {"rtime", kTime, kOptional, "Request time", "请求时间"},
    {"sid", kId, kOptional, "Service id", "服务标识"},
    {"sign_digest", kHash, kOptional, "Digest of the platform signature", "平台签名摘要"},
};
constexpr Form kPlatform{kPlatformFields};

constexpr Field kAccId{"acc_id", kId, kStructural, "Access", "访问编号", kLaw};
constexpr Field kAcctTag{"acct_tag", kHash, kOptional, "Account tag", "账号标签"};
constexpr Field kAction = Field{"action", kCode, kStructural, "Action", "操作", kLaw}.Of(kActions);
constexpr Field kBulk{"bulk", kBool, kOptional, "Bulk", "批量"};
constexpr Field kBytes =
    Field{"bytes", kInteger, kOptional, "Bytes", "字节数"}.Between(0, limits::kJsonIntegerMax);
constexpr Field kCase{"case_commitment", kHash, kOptional, "Case", "办件号承诺"};
constexpr Field kClientIp{"client_ip", kAddress, kOptional, "Client address", "客户端地址"};
constexpr Field kClientIpTag{"client_ip_tag", kHash, kOptional, "Client address tag",
                             "客户端地址标签"};
constexpr Field kClientNet{"client_net", kText, kOptional, "Office network or NONE", "办公网段"};
constexpr Field kVersion =
    Field{"dataset_version", kInteger, kRequired, "Dataset version", "数据版本"}.Between(
        0, 1'000'000'000);
constexpr Field kDenyCode{"deny_code", kId, kOptional, "Why denied", "拒绝代码"};
constexpr Field kDuration =
    Field{"duration_ms", kInteger, kOptional, "Duration", "耗时"}.Between(0, 86'400'000);
constexpr Field kGrantOptional =
    Field{"grant", kEntity, kOptional, "Grant", "共享权限"}.To(EntityKind::kGrant);
constexpr Field kGrantMissing{"grant_missing", kBool, kOptional, "No grant is known", "无共享权限"};
constexpr Field kItemsMask{"items_mask", kMask, kRequired, "Items delivered", "数据项掩码"};
constexpr Field kMaskProfile{"mask_profile", kId, kOptional, "Mask applied", "脱敏方式"};
constexpr Field kMatter{"matter_code", kId, kOptional, "Matter", "事项编码"};
constexpr Field kOccurred{"occurred_at", kTime, kStructural, "Occurred at", "发生时间", kLaw};
constexpr Field kOperator{"operator_tag", kHash, kOptional, "Operator tag", "操作人标签"};
constexpr Field kPlatformIds =
    Field{"platform_ids", kObject, kOptional, "Platform ids", "平台标识"}.As(kPlatform);
constexpr Field kPurpose{"purpose_code", kId, kOptional, "Purpose", "用途编码"};
constexpr Field kRequestDigest{"request_digest", kHash, kOptional, "Digest of the question",
                               "请求摘要"};
constexpr Field kResource =
    Field{"resource", kEntity, kOptional, "Resource", "资源"}.To(EntityKind::kResource);
constexpr Field kResponseDigest{"response_digest", kHash, kOptional, "Digest of the answer",
                                "响应摘要"};
constexpr Field kResult = Field{"result", kCode, kStructural, "Result", "结果", kLaw}.Of(kResults);
constexpr Field kRows =
    Field{"rows", kInteger, kStructural, "Rows", "行数", kLaw}.Between(0, kCountMax);
constexpr Field kSealField = Field{"seal", kObject, kOptional, "Seal", "密封"}.As(kSeal);
constexpr Field kSubjectRoot{"subject_root", kHash, kOptional, "Root of subject tags",
                             "主体标签根"};
constexpr Field kSubjectTags =
    Field{"subject_tags", kHash, kOptional, "Subject tags", "主体标签"}.List(16);
constexpr Field kSystem =
    Field{"system", kEntity, kOptional, "System", "系统"}.To(EntityKind::kIdentity);
constexpr Field kConsumer{"consumer", kDepartment, kOptional, "Consumer, without a grant",
                          "使用部门"};
constexpr Field kWatermark{"wm_id", kId, kOptional, "Watermark", "水印"};

// What stands in a record in any form; the lone record names its target besides.
constexpr Field kBatchRecordFields[] = {
    kAccId,       kAcctTag,       kAction,         kBulk,      kBytes,    kCase,
    kClientIp,    kClientIpTag,   kClientNet,      kVersion,   kDenyCode, kDuration,
    kItemsMask,   kMaskProfile,   kMatter,         kOccurred,  kOperator, kPlatformIds,
    kPurpose,     kRequestDigest, kResponseDigest, kResult,    kRows,     kSealField,
    kSubjectRoot, kSubjectTags,   kSystem,         kWatermark,
};
constexpr Field kRecordFields[] = {
    kAccId,          kAcctTag,       kAction,       kBulk,      kBytes,         kCase,
    kClientIp,       kClientIpTag,   kClientNet,    kConsumer,  kVersion,       kDenyCode,
    kDuration,       kGrantOptional, kGrantMissing, kItemsMask, kMaskProfile,   kMatter,
    kOccurred,       kOperator,      kPlatformIds,  kPurpose,   kRequestDigest, kResource,
    kResponseDigest, kResult,        kRows,         kSealField, kSubjectRoot,   kSubjectTags,
    kSystem,         kWatermark,
};

constexpr Field kCountsFields[] = {
    Field{"denied", kInteger, kStructural, "Denied", "拒绝"}.Between(0, kCountMax),
    Field{"error", kInteger, kStructural, "Errors", "错误"}.Between(0, kCountMax),
    Field{"not_found", kInteger, kStructural, "Not found", "未命中"}.Between(0, kCountMax),
    Field{"ok", kInteger, kStructural, "OK", "成功"}.Between(0, kCountMax),
};
constexpr Form kCounts{kCountsFields};
constexpr Field kIpCountFields[] = {
    {"address", kText, kRequired, "Address or network", "地址或网段"},
    Field{"n", kInteger, kRequired, "Calls", "次数"}.Between(1, kCountMax),
};
constexpr Form kIpCount{kIpCountFields};
constexpr Field kMaskCountFields[] = {
    {"mask", kMask, kRequired, "Items", "数据项掩码"},
    Field{"n", kInteger, kRequired, "Calls", "次数"}.Between(1, kCountMax),
};
constexpr Form kMaskCount{kMaskCountFields};
constexpr Field kDigestFields[] = {
    kBytes,
    {"case_root", kHash, kOptional, "Root of cases", "办件根"},
    Field{"counts", kObject, kStructural, "Counts", "计数"}.As(kCounts),
    Field{"dataset_versions", kInteger, kRequired, "Dataset versions", "数据版本"}
        .Between(0, 1'000'000'000)
        .List(32),
    {"from", kTime, kStructural, "From", "起"},
    Field{"ip_counts", kObject, kOptional, "Calls by address", "地址计数"}.As(kIpCount).List(32),
    Field{"ip_other_count", kInteger, kOptional, "Other addresses", "其余地址计数"}.Between(
        0, kCountMax),
    {"ip_other_root", kHash, kOptional, "Root of other addresses", "其余地址根"},
    Field{"items_mask_counts", kObject, kRequired, "Calls by items", "数据项计数"}
        .As(kMaskCount)
        .List(64),
    {"log_locator", kText, kOptional, "Where the leaves lie", "明细位置"},
    Field{"mask_profiles", kId, kOptional, "Masks applied", "脱敏方式"}.List(32),
    Field{"matter_codes", kId, kOptional, "Matters", "事项"}.List(32),
    Field{"max_rows", kInteger, kRequired, "Most rows of a call", "单次最多行数"}.Between(
        0, kCountMax),
    Field{"out_of_window", kInteger, kOptional, "Calls outside hours", "时段外次数"}.Between(
        0, kCountMax),
    Field{"peak_denied_per_min", kInteger, kOptional, "Most denied a minute", "每分钟最多拒绝"}
        .Between(0, kCountMax),
    Field{"peak_per_min", kInteger, kRequired, "Most calls a minute", "每分钟峰值"}.Between(
        0, kCountMax),
    Field{"purpose_codes", kId, kOptional, "Purposes", "用途"}.List(32),
    {"root", kHash, kStructural, "Root of the leaves", "明细根"},
    Field{"rows", kInteger, kStructural, "Rows", "行数"}.Between(0, kCountMax),
    {"subject_root", kHash, kOptional, "Root of subject tags", "主体标签根"},
    {"to", kTime, kStructural, "To", "止"},
};
constexpr Form kDigest{kDigestFields};
constexpr Codes kBatchForms[] = {"full", "digest"};
constexpr Field kGrantOfFact =
    Field{"grant", kEntity, kStructural, "Grant", "共享权限"}.To(EntityKind::kGrant);
constexpr Field kAcknowledgeFields[] = {
    {"acc_id", kId, kOptional, "Access", "访问编号"},
    {"batch_id", kId, kOptional, "Batch", "批次编号"},
    kGrantOfFact,
    {"response_digest", kHash, kStructural, "Own digest of the answer", "本方响应摘要"},
};

constexpr Codes kCorrectionKinds[] = {"WRONG", "MISSING", "OUTDATED", "DUPLICATE"};
constexpr Codes kSeverities[] = {"LOW", "MEDIUM", "HIGH"};
constexpr Field kFileFields[] = {
    Field{"resource", kEntity, kStructural, "Resource", "资源"}.To(EntityKind::kResource),
    Field{"version_seen", kInteger, kRequired, "Version seen", "所见版本"}.Between(0,
                                                                                   1'000'000'000),
    Field{"item_ids", kId, kRequired, "Items", "数据项", "S0 6.6.1"}.List(64),
    Field{"kind", kCode, kRequired, "Kind", "疑义类型", "S0 6.6.1"}.Of(kCorrectionKinds),
    Field{"record_tags", kHash, kOptional, "Records", "记录标签"}.List(64),
    {"observed_digest", kHash, kRequired, "Digest of what was seen", "现值摘要"},
    {"expected_digest", kHash, kOptional, "Digest of what is right", "应值摘要"},
    {"evidence_digest", kHash, kRequired, "Digest of the evidence", "证据摘要"},
    Field{"seen_grant", kEntity, kOptional, "Seen under the grant", "所用权限"}.To(
        EntityKind::kGrant),
    {"seen_acc_id", kId, kOptional, "Seen in the access", "所见访问"},
    {"complaint_commitment", kHash, kOptional, "Complaint", "投诉承诺"},
    Field{"severity", kCode, kOptional, "Severity", "严重程度"}.Of(kSeverities),
    {"business_continues", kBool, kOptional, "Business goes on", "业务是否继续"},
};
constexpr Field kCorrectionField =
    Field{"correction", kEntity, kRequired, "Correction", "校核"}.To(EntityKind::kCorrection);
constexpr Field kNamedFields[] = {kCorrectionField};
constexpr Field kForwardFields[] = {
    kCorrectionField,
    {"source", kDepartment, kRequired, "Authoritative source", "数源部门", "809 Art. 26"},
};
constexpr Codes kVerdicts[] = {"FIXED", "NOT_WRONG", "PARTLY"};
constexpr Field kResolveFields[] = {
    kCorrectionField,
    Field{"verdict", kCode, kRequired, "Verdict", "校核结论", "S0 6.6.2"}.Of(kVerdicts),
    Field{"new_version", kInteger, kByRule, "New dataset version", "新数据版本", "809 Art. 26"}
        .Between(1, 1'000'000'000),
    {"change_digest", kHash, kOptional, "Digest of the change", "变更摘要"},
    {"root_cause_code", kId, kOptional, "Cause", "原因编码"},
    Field{"reason_code", kCode, kByRule, "Reason", "理由"}.Of(kReasons),
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要"},
    {"evidence_digest", kHash, kByRule, "Digest of the evidence", "证据摘要"},
};
constexpr Field kConfirmFields[] = {
    Field{"correction", kEntity, kStructural, "Correction", "校核"}.To(EntityKind::kCorrection),
    {"confirmed", kBool, kStructural, "Confirmed", "是否确认"},
    {"reason_digest", kHash, kOptional, "Digest of the reasons", "理由摘要"},
};

}  // namespace

constexpr Form kAccessFields{kBatchRecordFields};
constexpr Form kAccessRecord{kRecordFields};
namespace {
constexpr Field kBatchFields[] = {
    {"acct_tag", kHash, kOptional, "Account tag", "账号标签"},
    {"batch_id", kId, kStructural, "Batch", "批次编号"},
    Field{"digest", kObject, kOptional, "Counts and root", "摘要"}.As(kDigest),
    Field{"form", kCode, kStructural, "Form", "批次形式"}.Of(kBatchForms),
    kGrantOfFact,
    {"prev_batch_id", kId, kOptional, "Batch before", "上一批次"},
    Field{"records", kObject, kOptional, "Records", "记录"}
        .As(kAccessFields)
        .List(limits::kBatchRecordsMax),
    kSystem,
};
}  // namespace
constexpr Form kAccessBatch{kBatchFields};
constexpr Form kAccessAcknowledge{kAcknowledgeFields};
constexpr Form kCorrectionFile{kFileFields};
constexpr Form kCorrectionNamed{kNamedFields};
constexpr Form kCorrectionForward{kForwardFields};
constexpr Form kCorrectionResolve{kResolveFields};
constexpr Form kCorrectionConfirm{kConfirmFields};

}  // namespace jiandu::ledger::forms
