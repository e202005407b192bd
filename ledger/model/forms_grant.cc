// Forms of grants and rectification orders (docs/contracts.md 4.8, 4.15; S0 6.5, 809 Art. 22 to
// 27).
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr Field kGrantField =
    Field{"grant", kEntity, kRequired, "Grant", "共享权限"}.To(EntityKind::kGrant);
constexpr Field kGrantOfFact =
    Field{"grant", kEntity, kStructural, "Grant", "共享权限"}.To(EntityKind::kGrant);

constexpr Field kOpenFields[] = {
    Field{"request", kEntity, kOptional, "Request, or a consultation", "申请", "S0 6.5.1"}.To(
        EntityKind::kRequest),
    Field{"consultation", kEntity, kOptional, "Consultation (ONE_OFF)", "会商", "S0 6.3.3"}.To(
        EntityKind::kConsultation),
    {"duty_agreement_digest", kHash, kRequired, "Agreement on duties", "责任协议摘要",
     "790 Art. 12"},
    {"purpose_code", kId, kRequired, "Purpose", "用途编码", "S0 6.5.1"},
    Field{"disposal_method", kCode, kRequired, "Disposal", "处置方式", "809 Art. 27(1)"}.Of(
        kDisposals),
    {"valid_to", kDate, kRequired, "To", "截止日期", "S0 6.2.1"},
    Field{"daily_cap", kInteger, kRequired, "Calls a day at most", "日调用上限"}.Between(
        1, 1'000'000'000),
    Field{"rate_per_min", kInteger, kRequired, "Calls a minute at most", "每分钟上限"}.Between(
        1, 10'000'000),
    Field{"rows_per_call_max", kInteger, kRequired, "Rows a call at most", "单次行数上限"}.Between(
        1, 1'000'000'000'000),
    Field{"bytes_per_day", kInteger, kRequired, "Bytes a day at most", "每日流量上限"}.Between(
        1, limits::kJsonIntegerMax),
    Field{"items", kId, kOptional, "Items, else those decided", "数据项"}.List(256),
    {"valid_from", kDate, kOptional, "From", "起始日期"},
    {"daily_window", kWindow, kOptional, "Hours", "使用时段"},
    Field{"uses_max", kInteger, kOptional, "Uses at most", "使用次数上限"}.Between(1,
                                                                                   1'000'000'000),
    Field{"accounts_confirmed", kBool, kOptional, "Accounts as requested", "账号照准", "S0 6.5.3"},
    {"retention_until", kDate, kOptional, "Kept until (BATCH, FILE)", "保留期限"},
    Field{"derive_allowed", kCode, kOptional, "Derivations allowed", "允许的衍生"}
        .Of(kDerivations)
        .List(7),
    {"watermark_required", kBool, kOptional, "Watermark", "须加水印"},
    {"risk_assessment_digest", kHash, kOptional, "Risk assessment", "风险评估摘要", "790 Art. 31"},
    {"exempt_reason", kId, kOptional, "Exempt from assessment", "免评估理由", "790 Art. 31"},
    {"case_commitment", kHash, kByRule, "Case (ONE_OFF)", "办件承诺", "S0 6.3.3"},
};
constexpr Field kAcknowledgeFields[] = {
    kGrantField,
    {"duty_agreement_digest", kHash, kRequired, "Agreement accepted", "责任协议摘要",
     "790 Art. 12"},
    {"endpoint_digest", kHash, kOptional, "Endpoint bound", "接入点摘要"},
};
constexpr Field kDeclineFields[] = {
    kGrantField,
    Field{"reason_code", kCode, kOptional, "Reason", "理由"}.Of(kReasons),
};
constexpr Field kReadyFields[] = {
    kGrantOfFact,
    {"endpoint_digest", kHash, kOptional, "Endpoint", "接入点摘要"},
};

constexpr Codes kGrounds[] = {"MISUSE_27_2", "INCIDENT_35", "SAFEGUARD"};
constexpr Codes kOrderGrounds[] = {"MISUSE_27_2", "INCIDENT_35", "SAFEGUARD",
                                   "ART_39",      "ART_40",      "ART_41"};
constexpr Field kOrderPartFields[] = {
    {"term", kTime, kByRule, "Term", "整改期限", "809 Art. 27(2)"},
    {"measures_digest", kHash, kOptional, "What is to be done", "整改要求摘要"},
    Field{"persons", kEntity, kOptional, "Persons", "责任人"}.To(EntityKind::kIdentity).List(8),
};
constexpr Form kOrderPart{kOrderPartFields};
constexpr Field kSuspendFields[] = {
    kGrantField,
    Field{"ground", kCode, kByRule, "Ground", "事由", "809 Art. 27(2)"}.Of(kGrounds),
    Field{"evidence", kHash, kByRule, "Evidence: txids", "证据交易"}.List(32),
    Field{"order", kObject, kByRule, "Rectification order", "整改通知", "809 Art. 27(2)"}.As(
        kOrderPart),
    {"review_at", kTime, kByRule, "Reviewed at", "复核时间"},
};
constexpr Field kResumeFields[] = {
    kGrantField,
    {"cause_removed", kBool, kByRule, "The cause is removed", "原因已消除", "809 Art. 27"},
    {"evidence_digest", kHash, kOptional, "Digest of the evidence", "证据摘要"},
};
constexpr Field kTerminateFields[] = {
    kGrantField,
    {"reason_digest", kHash, kOptional, "Digest of the reasons", "理由摘要"},
};
constexpr Codes kRelinquishReasons[] = {"PURPOSE_DONE", "IMPOSSIBLE", "NOT_NEEDED"};
constexpr Field kRelinquishFields[] = {
    kGrantField,
    Field{"reason", kCode, kRequired, "Reason", "理由", "809 Art. 27(1)"}.Of(kRelinquishReasons),
};

constexpr Field kRectificationField =
    Field{"rectification", kEntity, kRequired, "Order", "整改通知"}.To(EntityKind::kRectification);
constexpr Field kOrderFields[] = {
    kGrantField,
    Field{"ground", kCode, kByRule, "Ground", "事由", "809 Art. 27(2)"}.Of(kOrderGrounds),
    Field{"evidence", kHash, kByRule, "Evidence: txids", "证据交易"}.List(32),
    {"term", kTime, kByRule, "Term", "整改期限", "809 Art. 27(2)"},
    {"measures_digest", kHash, kOptional, "What is to be done", "整改要求摘要"},
    Field{"persons", kEntity, kOptional, "Persons", "责任人"}.To(EntityKind::kIdentity).List(8),
};
constexpr Field kReportFields[] = {
    Field{"rectification", kEntity, kStructural, "Order", "整改通知"}.To(
        EntityKind::kRectification),
    {"report_digest", kHash, kRequired, "Digest of the report", "整改报告摘要"},
    {"refused", kBool, kOptional, "Rectification refused", "拒不整改"},
};
constexpr Field kAcceptFields[] = {
    kRectificationField,
    {"opinion_digest", kHash, kOptional, "Digest of the opinion", "意见摘要"},
};
constexpr Field kFailFields[] = {
    kRectificationField,
    Field{"reason_code", kCode, kByRule, "Reason", "理由"}.Of(kReasons),
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要"},
};

}  // namespace

constexpr Form kGrantOpen{kOpenFields};
constexpr Form kGrantAcknowledge{kAcknowledgeFields};
constexpr Form kGrantDecline{kDeclineFields};
constexpr Form kServiceReady{kReadyFields};
constexpr Form kGrantSuspend{kSuspendFields};
constexpr Form kGrantResume{kResumeFields};
constexpr Form kGrantTerminate{kTerminateFields};
constexpr Form kGrantRelinquish{kRelinquishFields};
constexpr Form kRectificationOrder{kOrderFields};
constexpr Form kRectificationReport{kReportFields};
constexpr Form kRectificationAccept{kAcceptFields};
constexpr Form kRectificationFail{kFailFields};

}  // namespace jiandu::ledger::forms
