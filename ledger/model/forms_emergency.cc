// Forms of emergency sharing 应急共享 (docs/contracts.md 4.14).
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr Field kEmergency =
    Field{"emergency", kEntity, kRequired, "Emergency", "应急事件"}.To(EntityKind::kEmergency);

constexpr Codes kBases[] = {"LAW", "PLAN", "OTHER"};
constexpr Field kDeclareFields[] = {
    {"event_no", kText, kRequired, "Number of the event", "事件编号"},
    Field{"basis_kind", kCode, kRequired, "Kind of basis", "依据类型"}.Of(kBases),
    {"basis_ref", kText, kRequired, "Basis", "依据"},
    {"document_digest", kHash, kOptional, "Digest of the government's document (manager)",
     "政府文件摘要"},
    Field{"resources", kEntity, kOptional, "Resources", "资源"}.To(EntityKind::kResource).List(32),
    Field{"labels", kId, kOptional, "Or labels of resources", "资源标签"}.List(32),
    Field{"departments", kDepartment, kRequired, "Departments that may receive", "使用部门"}.List(
        64),
    {"end", kTime, kRequired, "End", "结束时间"},
};
constexpr Field kRenewFields[] = {
    kEmergency,
    {"end", kTime, kRequired, "New end", "新的结束时间"},
    {"document_digest", kHash, kOptional, "Digest of the document", "文件摘要"},
};
// A file would stay behind when the emergency has ended.
constexpr Codes kEmergencyModes[] = {"API", "PAGE", "BATCH"};
constexpr Field kOpenFields[] = {
    kEmergency,
    Field{"resource", kEntity, kRequired, "Resource", "资源"}.To(EntityKind::kResource),
    {"consumer", kDepartment, kRequired, "Consumer", "使用部门"},
    Field{"items", kId, kRequired, "Items", "数据项"}.List(256),
    Field{"mode", kCode, kRequired, "Delivery mode", "共享方式"}.Of(kEmergencyModes),
    {"purpose_code", kId, kRequired, "Purpose", "用途编码"},
    {"matter_code", kId, kOptional, "Matter", "事项编码"},
    Field{"systems", kObject, kOptional, "Systems (API, BATCH)", "使用系统"}
        .As(kSystemUse)
        .List(16),
    Field{"client_nets", kNet, kOptional, "Office networks (PAGE)", "办公网段"}.List(16),
    Field{"accounts", kObject, kByRule, "Accounts (PAGE)", "账号", "S0 6.5.3"}
        .As(kPageAccount)
        .List(64),
    Field{"measures", kCode, kOptional, "Safeguards", "安全措施"}.Of(kMeasures).List(8),
    Field{"disposal_method", kCode, kRequired, "Disposal", "处置方式", "809 Art. 27(1)"}.Of(
        kDisposals),
    {"retention_until", kDate, kOptional, "Kept until (BATCH)", "保留期限"},
    Field{"daily_cap", kInteger, kRequired, "Calls a day at most", "日调用上限"}.Between(
        1, 1'000'000'000),
    Field{"rate_per_min", kInteger, kRequired, "Calls a minute at most", "每分钟上限"}.Between(
        1, 10'000'000),
    Field{"rows_per_call_max", kInteger, kRequired, "Rows a call at most", "单次行数上限"}.Between(
        1, 1'000'000'000'000),
    Field{"bytes_per_day", kInteger, kRequired, "Bytes a day at most", "每日流量上限"}.Between(
        1, limits::kJsonIntegerMax),
    {"duty_agreement_digest", kHash, kOptional, "Agreement on duties", "责任协议摘要",
     "790 Art. 12"},
};
constexpr Field kObjectFields[] = {
    Field{"grant", kEntity, kStructural, "Emergency grant", "应急共享权限"}.To(EntityKind::kGrant),
    Field{"reason_code", kCode, kRequired, "Reason", "理由"}.Of(kReasons),
    {"reason_digest", kHash, kRequired, "Digest of the reasons", "理由摘要"},
};
constexpr Field kEndFields[] = {
    kEmergency,
    {"reason_digest", kHash, kOptional, "Digest of the reasons", "理由摘要"},
};
constexpr Codes kReviews[] = {"JUSTIFIED", "EXCESSIVE"};
constexpr Field kReviewFields[] = {
    Field{"emergency", kEntity, kStructural, "Emergency", "应急事件"}.To(EntityKind::kEmergency),
    Field{"verdict", kCode, kStructural, "Verdict", "复核结论"}.Of(kReviews),
    {"report_digest", kHash, kRequired, "Digest of the review", "复核报告摘要"},
    Field{"records", kHash, kOptional, "Excessive accesses: txids", "超范围访问记录"}.List(64),
};

}  // namespace

constexpr Form kEmergencyDeclare{kDeclareFields};
constexpr Form kEmergencyRenew{kRenewFields};
constexpr Form kEmergencyOpenGrant{kOpenFields};
constexpr Form kEmergencyObject{kObjectFields};
constexpr Form kEmergencyEnd{kEndFields};
constexpr Form kEmergencyReview{kReviewFields};

}  // namespace jiandu::ledger::forms
