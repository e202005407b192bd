// Forms of requests, decisions, and of opening a consultation, which asks for what a request does
// (docs/contracts.md 4.5, 4.6, 4.7; S0 6.2.1).
#include <array>
#include <utility>

#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr std::string_view kForm = "S0 6.2.1";

constexpr Field kRequestedItemFields[] = {
    {"item_id", kId, kRequired, "Item", "数据项", kForm},
    {"need_code", kId, kRequired, "Need", "需求说明编码", kForm},
};
constexpr Form kRequestedItem{kRequestedItemFields};
constexpr Field kSystemFields[] = {
    Field{"system", kEntity, kRequired, "System", "系统", kForm}.To(EntityKind::kIdentity),
    Field{"cidrs", kNet, kRequired, "Networks", "网段", kForm}.List(16),
};
constexpr Form kSystem{kSystemFields};
constexpr Field kAccountFields[] = {
    {"tag", kHash, kRequired, "Account tag", "账号标签", "S0 6.5.3"},
    Field{"items", kId, kOptional, "Items, empty for all", "数据项"}.List(256),
};
constexpr Form kAccount{kAccountFields};
constexpr Field kBatchPlanFields[] = {
    {"cycle", kId, kRequired, "Cycle", "周期"},
    Field{"rows_max", kInteger, kRequired, "Rows at most", "行数上限"}.Between(1,
                                                                               1'000'000'000'000),
};
constexpr Form kBatchPlan{kBatchPlanFields};

// Two tables as one.
template <std::size_t n, std::size_t m, std::size_t... i>
constexpr std::array<Field, n + m> Join(const Field (&first)[n], const Field (&second)[m],
                                        std::index_sequence<i...> /*places*/) {
  return {(i < n ? first[i] : second[i - n])...};
}
template <std::size_t n, std::size_t m>
constexpr std::array<Field, n + m> Join(const Field (&first)[n], const Field (&second)[m]) {
  return Join(first, second, std::make_index_sequence<n + m>());
}

constexpr Codes kKinds[] = {"NORMAL", "RETURN_FLOW", "SCOPE_CHANGE", "RENEW"};
constexpr Codes kBasisKinds[] = {"LAW", "DUTY", "OTHER"};
// What every application says, be it a request or a consultation.
constexpr Field kApplicationFields[] = {
    Field{"resource", kEntity, kRequired, "Resource", "资源", kForm}.To(EntityKind::kResource),
    Field{"resource_version", kInteger, kRequired, "Version", "资源版本", kForm}.Between(1,
                                                                                         1'000'000),
    Field{"items", kObject, kRequired, "Items", "数据项", kForm}.As(kRequestedItem).List(256),
    Field{"share_class", kCode, kRequired, "Sharing class", "共享属性", kForm}.Of(kShareClasses),
    Field{"basis_kind", kCode, kRequired, "Kind of basis", "依据类型", kForm}.Of(kBasisKinds),
    {"basis_ref", kText, kRequired, "Basis", "依据", kForm},
    {"basis_doc_digest", kHash, kRequired, "Digest of the basis", "依据文件摘要", kForm},
    {"scene_code", kId, kRequired, "Scene", "应用场景", kForm},
    {"scene_digest", kHash, kRequired, "Digest of the scene", "场景说明摘要", kForm},
    {"use_scope", kText, kRequired, "Scope of use", "使用范围", kForm},
    Field{"delivery_mode", kCode, kRequired, "Delivery mode", "共享方式", "S0 6.2.2"}.Of(kModes),
    {"mode_reason", kText, kByRule, "Why not an interface", "未采用服务接口的理由", "S0 6.2.2"},
    {"matter_code", kId, kOptional, "Matter", "事项编码", kForm},
    Field{"systems", kObject, kOptional, "Systems (API, BATCH)", "使用系统", kForm}
        .As(kSystem)
        .List(16),
    Field{"client_nets", kNet, kOptional, "Office networks (PAGE, FILE)", "办公网段", kForm}.List(
        16),
    Field{"accounts", kObject, kByRule, "Accounts (PAGE)", "账号", "S0 6.5.3"}.As(kAccount).List(
        64),
    Field{"batch_plan", kObject, kOptional, "Plan (BATCH)", "批量计划"}.As(kBatchPlan),
    {"valid_from", kDate, kRequired, "From", "起始日期", kForm},
    {"valid_to", kDate, kRequired, "To", "截止日期", kForm},
    Field{"measures", kCode, kRequired, "Safeguards", "安全措施", kForm}.Of(kMeasures).List(8),
    {"measures_doc_digest", kHash, kRequired, "Digest of the safeguards", "安全措施文件摘要",
     kForm},
    {"deploy_level", kId, kRequired, "Level of deployment", "部署层级", kForm},
    Field{"daily_avg_declared", kInteger, kRequired, "Calls a day", "日均调用量", kForm}.Between(
        0, 1'000'000'000),
    {"truth_commitment", kBool, kRequired, "Commitment to truth", "真实性承诺", kForm},
    {"daily_window", kWindow, kOptional, "Hours", "使用时段"},
    Field{"daily_cap", kInteger, kOptional, "Calls a day at most", "日调用上限"}.Between(
        1, 1'000'000'000),
    Field{"derive_kinds", kCode, kOptional, "Derivations", "衍生方式"}.Of(kDerivations).List(7),
    Field{"contractor", kEntity, kOptional, "Contractor", "受托方"}.To(EntityKind::kIdentity),
};
constexpr Field kRequestOnlyFields[] = {
    Field{"kind", kCode, kRequired, "Kind", "申请类型", kForm}.Of(kKinds),
    {"territory", kId, kOptional, "Territory (RETURN_FLOW)", "回流地域", "809 Art. 24"},
    Field{"grant", kEntity, kOptional, "Grant (SCOPE_CHANGE, RENEW)", "原共享权限", "809 Art. 25"}
        .To(EntityKind::kGrant),
};
constexpr Field kConsultationOnlyFields[] = {
    {"legal_opinion_digest", kHash, kRequired, "Legal opinion", "法律意见摘要", "S0 6.3.3"},
    Field{"invited", kDepartment, kOptional, "Invited besides", "列席部门"}.List(8),
};
constexpr auto kSubmitFields = Join(kApplicationFields, kRequestOnlyFields);
constexpr auto kConsultFields = Join(kApplicationFields, kConsultationOnlyFields);

constexpr Field kRequestField =
    Field{"request", kEntity, kRequired, "Request", "申请"}.To(EntityKind::kRequest);
constexpr Field kReturnFields[] = {
    kRequestField,
    Field{"missing", kId, kRequired, "What is missing", "补正清单", "809 Art. 21"}.List(32),
    {"reason_digest", kHash, kOptional, "Digest of the explanation", "说明摘要"},
};
constexpr Field kAnswerFields[] = {
    {"code", kId, kRequired, "Listed point", "清单项"},
    {"digest", kHash, kRequired, "Digest of the answer", "补正材料摘要"},
};
constexpr Form kAnswer{kAnswerFields};
constexpr Field kAcceptFields[] = {
    kRequestField,
    {"under_protest", kBool, kOptional, "Under protest", "保留异议"},
};
constexpr Field kEndFields[] = {
    kRequestField,
    Field{"reason_code", kCode, kOptional, "Reason", "理由"}.Of(kReasons),
};

constexpr Field kMaskFields[] = {
    {"item_id", kId, kRequired, "Item", "数据项"},
    {"profile", kId, kRequired, "Mask", "脱敏方式"},
};
constexpr Form kMaskOfItem{kMaskFields};
constexpr Field kTermsFields[] = {
    Field{"items", kId, kOptional, "Items", "数据项"}.List(256),
    Field{"mask", kObject, kOptional, "Masks", "脱敏"}.As(kMaskOfItem).List(256),
    Field{"mode", kCode, kOptional, "Mode", "共享方式"}.Of(kModes),
    {"valid_from", kDate, kOptional, "From", "起始日期"},
    {"valid_to", kDate, kOptional, "To", "截止日期"},
    {"daily_window", kWindow, kOptional, "Hours", "使用时段"},
    Field{"daily_cap", kInteger, kOptional, "Calls a day at most", "日调用上限"}.Between(
        1, 1'000'000'000),
    Field{"rate_per_min", kInteger, kOptional, "Calls a minute at most", "每分钟上限"}.Between(
        1, 10'000'000),
    Field{"rows_per_call_max", kInteger, kOptional, "Rows a call at most", "单次行数上限"}.Between(
        1, 1'000'000'000'000),
    Field{"bytes_per_day", kInteger, kOptional, "Bytes a day at most", "每日流量上限"}.Between(
        1, limits::kJsonIntegerMax),
    Field{"uses_max", kInteger, kOptional, "Uses at most", "使用次数上限"}.Between(1,
                                                                                   1'000'000'000),
    {"retention_until", kDate, kOptional, "Kept until", "保留期限"},
    Field{"disposal_method", kCode, kOptional, "Disposal", "处置方式"}.Of(kDisposals),
    Field{"derive_allowed", kCode, kOptional, "Derivations allowed", "允许的衍生"}
        .Of(kDerivations)
        .List(7),
    Field{"condition_codes", kId, kOptional, "Conditions", "条件", "809 Art. 15"}.List(32),
};
constexpr Codes kVerdicts[] = {"APPROVE", "NARROW", "REFUSE"};

}  // namespace

constexpr Form kSystemUse{kSystemFields};
constexpr Form kPageAccount{kAccountFields};
constexpr Form kRequestSubmit{kSubmitFields};
constexpr Form kConsultationOpen{kConsultFields};
constexpr Form kRequestReturn{kReturnFields};
constexpr Form kRequestAccept{kAcceptFields};
constexpr Form kRequestEnd{kEndFields};
constexpr Form kTerms{kTermsFields};
namespace {
constexpr Field kResubmitFields[] = {
    kRequestField,
    Field{"answers", kObject, kRequired, "Answers to the list", "补正答复", "809 Art. 21"}
        .As(kAnswer)
        .List(32),
    Field{"content", kObject, kOptional, "The request anew", "更新后的申请", kForm}.As(
        kRequestSubmit),
};
constexpr Field kDecisionFields[] = {
    kRequestField,
    Field{"verdict", kCode, kRequired, "Verdict", "审核结论", "S0 6.3"}.Of(kVerdicts),
    Field{"terms", kObject, kOptional, "Terms", "审批条件", "809 Art. 15"}.As(kTerms),
    Field{"reason_code", kCode, kByRule, "Reason", "理由", "809 Art. 21"}.Of(kReasons),
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要", "809 Art. 21"},
    {"late_reason_code", kId, kOptional, "Reason for lateness", "逾期理由"},
    {"late_reason_digest", kHash, kOptional, "Digest of that reason", "逾期理由摘要"},
};
constexpr Field kSubstituteFields[] = {
    kRequestField,
    Field{"terms", kObject, kOptional, "Terms", "审批条件", "809 Art. 15"}.As(kTerms),
    {"reason_digest", kHash, kOptional, "Digest of the reasons", "理由摘要"},
};

constexpr Field kChangeFields[] = {
    {"field", kId, kRequired, "Member", "更正项"},
    {"value", kText, kRequired, "Right value", "更正值"},
};
constexpr Form kChange{kChangeFields};
constexpr Field kErratumFields[] = {
    kRequestField,
    Field{"changes", kObject, kRequired, "Slips corrected", "勘误内容"}.As(kChange).List(8),
    {"reason_digest", kHash, kOptional, "Digest of the explanation", "说明摘要"},
};
}  // namespace
constexpr Form kRequestResubmit{kResubmitFields};
constexpr Form kDecisionSubmit{kDecisionFields};
constexpr Form kDecisionSubstitute{kSubstituteFields};
constexpr Form kErratum{kErratumFields};

}  // namespace jiandu::ledger::forms
