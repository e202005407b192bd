// Forms of what changes a grant in its life, and of passing data on (docs/contracts.md 4.8, 4.9;
// 809 Art. 20, 25, 27, 28).
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
constexpr Field kSourceField =
    Field{"request", kEntity, kRequired, "Request approved", "已批准的申请", "809 Art. 25"}.To(
        EntityKind::kRequest);

constexpr Field kDailyCap =
    Field{"daily_cap", kInteger, kOptional, "Calls a day at most", "日调用上限"}.Between(
        1, 1'000'000'000);
constexpr Field kRate =
    Field{"rate_per_min", kInteger, kOptional, "Calls a minute at most", "每分钟上限"}.Between(
        1, 10'000'000);
constexpr Field kRows =
    Field{"rows_per_call_max", kInteger, kOptional, "Rows a call at most", "单次行数上限"}.Between(
        1, 1'000'000'000'000);
constexpr Field kBytes =
    Field{"bytes_per_day", kInteger, kOptional, "Bytes a day at most", "每日流量上限"}.Between(
        1, limits::kJsonIntegerMax);
constexpr Field kUses =
    Field{"uses_max", kInteger, kOptional, "Uses at most", "使用次数上限"}.Between(1,
                                                                                   1'000'000'000);
constexpr Field kItems = Field{"items", kId, kOptional, "Items", "数据项"}.List(256);
constexpr Field kDerive =
    Field{"derive_allowed", kCode, kOptional, "Derivations allowed", "允许的衍生"}
        .Of(kDerivations)
        .List(7);

constexpr Field kAmendFields[] = {
    kGrantField,
    kSourceField,
    {"purpose_code", kId, kOptional, "Purpose, else as before", "用途编码"},
    {"valid_to", kDate, kOptional, "To, else as before", "截止日期"},
    kDailyCap,
    kRate,
    kRows,
    kBytes,
    kItems,
    {"daily_window", kWindow, kOptional, "Hours", "使用时段"},
    kUses,
    {"retention_until", kDate, kOptional, "Kept until (BATCH, FILE)", "保留期限"},
    kDerive,
};
constexpr Field kRenewFields[] = {
    kGrantField,
    kSourceField,
    {"valid_to", kDate, kRequired, "To", "截止日期", "809 Art. 20"},
};

constexpr Field kChangedTermsFields[] = {
    kItems,
    {"valid_to", kDate, kOptional, "To", "截止日期"},
    {"daily_window", kWindow, kOptional, "Hours", "使用时段"},
    kDailyCap,
    kRate,
    kRows,
    kBytes,
    kUses,
    {"retention_until", kDate, kOptional, "Kept until", "保留期限"},
    kDerive,
};
constexpr Form kChangedTerms{kChangedTermsFields};
constexpr Codes kPositions[] = {"AGREES", "OBJECTS", "SILENT"};
constexpr Field kChangeFields[] = {
    kGrantField,
    Field{"reason_code", kCode, kByRule, "Reason", "理由", "809 Art. 27(3)"}.Of(kReasons),
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要", "809 Art. 27(3)"},
    {"negotiation_digest", kHash, kByRule, "Digest of the negotiation", "协商记录摘要",
     "809 Art. 27(3)"},
    Field{"c_position", kCode, kByRule, "The consumer's position", "使用方意见", "809 Art. 27(3)"}
        .Of(kPositions),
    {"effective_on", kDate, kByRule, "In force from", "生效日期", "809 Art. 27(3)"},
    Field{"terms", kObject, kOptional, "Tighter terms", "调整后的条件", "809 Art. 27(3)"}.As(
        kChangedTerms),
    {"terminate", kBool, kOptional, "Or the sharing ends", "终止共享", "809 Art. 27(3)"},
};

constexpr Codes kRecallReasons[] = {"INCIDENT", "WRONG_DATA", "LAW"};
constexpr Codes kScopes[] = {"ALL", "BATCHES"};
constexpr std::string_view kRecallSource = "GB/T 39477 6.1.4.4";
constexpr Field kRecallFields[] = {
    kGrantField,
    Field{"reason_code", kCode, kByRule, "Reason", "理由", kRecallSource}.Of(kRecallReasons),
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要", kRecallSource},
    Field{"scope", kCode, kRequired, "Scope", "召回范围", kRecallSource}.Of(kScopes),
    Field{"batches", kId, kOptional, "Batches (BATCHES)", "批次", kRecallSource}.List(64),
};
constexpr Field kStopFields[] = {
    kGrantOfFact,
    {"occurred_at", kTime, kRequired, "Stopped at", "中断时间", "809 Art. 39(7)"},
    {"evidence_digest", kHash, kRequired, "Evidence of the outage", "中断证据摘要",
     "809 Art. 39(7)"},
};

constexpr std::string_view kPassingOn = "809 Art. 25";
constexpr Field kAskFields[] = {
    kGrantField,
    {"recipient", kDepartment, kOptional, "Recipient", "接收方", kPassingOn},
    Field{"derived_resource", kEntity, kOptional, "Or all holders of a derived resource",
          "衍生资源", kPassingOn}
        .To(EntityKind::kResource),
    Field{"items", kId, kRequired, "Items", "数据项", kPassingOn}.List(256),
    {"basis_ref", kText, kRequired, "Basis", "依据", kPassingOn},
    {"basis_doc_digest", kHash, kRequired, "Digest of the basis", "依据文件摘要", kPassingOn},
    {"valid_to", kDate, kRequired, "To", "截止日期", kPassingOn},
};
constexpr Codes kVerdicts[] = {"CONSENT", "REFUSE"};
constexpr Field kDecideFields[] = {
    Field{"third_party", kEntity, kRequired, "Consent asked for", "提供第三方申请", kPassingOn}.To(
        EntityKind::kThirdParty),
    Field{"verdict", kCode, kRequired, "Verdict", "答复", kPassingOn}.Of(kVerdicts),
    Field{"reason_code", kCode, kByRule, "Reason", "理由", kPassingOn}.Of(kReasons),
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要", kPassingOn},
};
constexpr Field kReportFields[] = {
    kGrantOfFact,
    {"recipient", kDepartment, kRequired, "Recipient", "接收方", "809 Art. 40(3)"},
    Field{"items", kId, kRequired, "Items", "数据项", "809 Art. 40(3)"}.List(256),
    {"rows", kInteger, kRequired, "Rows", "行数", "809 Art. 40(3)"},
    {"occurred_at", kTime, kRequired, "Passed on at", "提供时间", "809 Art. 40(3)"},
    {"evidence_digest", kHash, kOptional, "Digest of the evidence", "证据摘要"},
};

}  // namespace

constexpr Form kGrantAmend{kAmendFields};
constexpr Form kGrantRenew{kRenewFields};
constexpr Form kGrantChange{kChangeFields};
constexpr Form kGrantRecall{kRecallFields};
constexpr Form kGrantStopReport{kStopFields};
constexpr Form kThirdPartyAsk{kAskFields};
constexpr Form kThirdPartyDecide{kDecideFields};
constexpr Form kThirdPartyReport{kReportFields};

}  // namespace jiandu::ledger::forms
