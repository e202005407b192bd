// Forms of collection demands and their tasks (docs/contracts.md 4.4; S0 6.2.3, 6.4).
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr Field kDemandField =
    Field{"demand", kEntity, kRequired, "Demand", "归集需求"}.To(EntityKind::kDemand);
constexpr Field kDemandOfFact =
    Field{"demand", kEntity, kStructural, "Demand", "归集需求"}.To(EntityKind::kDemand);

constexpr Codes kSubjects[] = {"PERSON", "LEGAL", "VEHICLE", "PLACE", "OTHER"};
constexpr Field kWantedFields[] = {
    {"element_code", kId, kRequired, "Data element", "数据元", "S0 6.2.3"},
    Field{"subject_kind", kCode, kRequired, "Subject", "主体类型"}.Of(kSubjects),
};
constexpr Form kWanted{kWantedFields};
constexpr Codes kInsufficient[] = {"SUSPENDED", "STALE", "COVERAGE", "MODE", "REFUSED"};
constexpr Codes kUrgencies[] = {"NORMAL", "URGENT"};
constexpr Field kSubmitFields[] = {
    Field{"items_wanted", kObject, kRequired, "Elements wanted", "所需数据项", "S0 6.2.3"}
        .As(kWanted)
        .List(64),
    {"basis", kText, kRequired, "Basis", "依据", "S0 6.2.3"},
    {"scene", kText, kRequired, "Scene", "应用场景", "S0 6.2.3"},
    Field{"urgency", kCode, kRequired, "Urgency", "紧急程度"}.Of(kUrgencies),
    Field{"insufficiency_code", kCode, kOptional, "Why what there is does not do", "现有资源不足",
          "S0 6.2.3"}
        .Of(kInsufficient),
    Field{"resource", kEntity, kOptional, "Resource that does not do", "不足的资源"}.To(
        EntityKind::kResource),
};
constexpr Codes kVerdicts[] = {"ASSIGN", "REJECT", "CLOSE"};
constexpr Field kAssignFields[] = {
    kDemandField,
    Field{"verdict", kCode, kRequired, "Verdict", "分派结论", "S0 6.4"}.Of(kVerdicts),
    {"provider", kDepartment, kOptional, "Provider (ASSIGN)", "归集责任部门", "S0 6.4"},
    Field{"reason_code", kCode, kByRule, "Reason", "理由"}.Of(kReasons),
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要"},
};
constexpr Codes kAnswers[] = {"A_PROVIDE", "B_SUPERIOR", "C_UNABLE"};
constexpr Field kSuperiorFields[] = {
    {"body", kText, kRequired, "Superior body", "上级部门", "S0 6.4 b"},
    {"system", kText, kRequired, "System", "上级系统", "S0 6.4 b"},
    {"statement_digest", kHash, kRequired, "Digest of the statement", "说明摘要", "S0 6.4 b"},
};
constexpr Form kSuperior{kSuperiorFields};
constexpr Field kAnswerFields[] = {
    kDemandField,
    Field{"answer", kCode, kRequired, "Answer", "答复", "S0 6.4"}.Of(kAnswers),
    Field{"mode", kCode, kByRule, "Way of collection (A)", "归集方式", "S0 6.4 a"}.Of(kModes),
    Field{"resource", kEntity, kOptional, "Resource in draft (A)", "拟编目资源", "S0 6.4 a"}.To(
        EntityKind::kResource),
    Field{"superior", kObject, kOptional, "Superior (B)", "上级系统说明", "S0 6.4 b"}.As(kSuperior),
    {"letter_no", kText, kByRule, "Number of the letter (C)", "函件文号", "S0 6.4 c"},
    {"letter_digest", kHash, kByRule, "Digest of the letter (C)", "函件摘要", "S0 6.4 c"},
    Field{"reason_code", kCode, kByRule, "Reason (C)", "理由", "S0 6.4 c"}.Of(kReasons),
};
constexpr Field kNamedFields[] = {kDemandField};
constexpr Field kApplyFields[] = {
    kDemandOfFact,
    {"remote_case", kId, kRequired, "Case at the superior", "上级受理编号", "S0 6.4 b"},
    {"letter_digest", kHash, kRequired, "Digest of the letter", "函件摘要", "S0 6.4 b"},
};
constexpr Codes kResults[] = {"OBTAINED", "REFUSED"};
constexpr Field kResultFields[] = {
    kDemandOfFact,
    Field{"result", kCode, kRequired, "Result", "申请结果", "S0 6.4 b"}.Of(kResults),
    {"remote_case", kId, kRequired, "Case at the superior", "上级受理编号", "S0 6.4 b"},
    {"letter_digest", kHash, kRequired, "Digest of the letter", "函件摘要", "S0 6.4 b"},
};
constexpr Field kDeliverFields[] = {
    kDemandOfFact,
    {"delivery_id", kId, kStructural, "Delivery", "交付编号", "S0 6.4 a"},
    {"delivery_digest", kHash, kRequired, "Digest of what was delivered", "交付内容摘要",
     "S0 6.4 a"},
    Field{"rows", kInteger, kRequired, "Rows", "行数"},
    {"delivered_at", kTime, kOptional, "Delivered at", "交付时间"},
};
constexpr Field kAcknowledgeFields[] = {
    kDemandOfFact,
    {"delivery_id", kId, kStructural, "Delivery", "交付编号", "S0 6.4 a"},
    {"delivery_digest", kHash, kRequired, "Digest of what was received", "接收内容摘要",
     "S0 6.4 a"},
};

}  // namespace

constexpr Form kDemandSubmit{kSubmitFields};
constexpr Form kDemandAssign{kAssignFields};
constexpr Form kDemandAnswer{kAnswerFields};
constexpr Form kDemandNamed{kNamedFields};
constexpr Form kUnifiedApply{kApplyFields};
constexpr Form kUnifiedResult{kResultFields};
constexpr Form kCollectDeliver{kDeliverFields};
constexpr Form kCollectAcknowledge{kAcknowledgeFields};

}  // namespace jiandu::ledger::forms
