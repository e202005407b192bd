// Forms of changes to what is published: amendment, grade, suspension, sources, and of extensions
// (docs/contracts.md 4.3, 4.6; 809 Art. 15 to 21, 39(3)).
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr Field kResourceField =
    Field{"resource", kEntity, kRequired, "Resource", "资源"}.To(EntityKind::kResource);

constexpr Codes kAmendReasons[] = {"LAW_CHANGE", "DUTY_CHANGE", "CORRECTION", "REGRADE"};
constexpr Field kAmendFields[] = {
    kResourceField,
    Field{"content", kObject, kRequired, "Content", "目录内容", "809 Art. 13"}.As(kResourceContent),
    Field{"reason", kCode, kByRule, "Reason", "更新理由", "809 Art. 17"}.Of(kAmendReasons),
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要", "809 Art. 17"},
    {"event_date", kDate, kByRule, "Date of the event", "事由发生日期", "809 Art. 17"},
    {"evaluator", kText, kByRule, "Evaluator of another grade", "定级评估方", "GB/T 43697"},
    {"evidence_digest", kHash, kByRule, "Evidence of another grade", "定级证据摘要", "GB/T 43697"},
};
constexpr Field kGradeFields[] = {
    kResourceField,
    Field{"grade", kCode, kRequired, "Grade", "级别", "GB/T 43697"}.Of(kGrades),
    {"evaluator", kText, kByRule, "Evaluator", "定级评估方", "GB/T 43697"},
    {"evidence_digest", kHash, kByRule, "Digest of the evidence", "定级证据摘要", "GB/T 43697"},
};
constexpr Codes kSuspensionGrounds[] = {"INCIDENT", "QUALITY", "MAINTENANCE", "LAW", "OTHER"};
constexpr Field kSuspendFields[] = {
    kResourceField,
    Field{"ground", kCode, kByRule, "Ground", "事由", "809 Art. 27"}.Of(kSuspensionGrounds),
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要", "809 Art. 27"},
    {"until", kTime, kOptional, "Last moment of it", "暂停截止时间"},
};
constexpr Field kDesignateFields[] = {
    kResourceField,
    Field{"elements", kId, kRequired, "Data elements", "数据元", "809 Art. 19"}.List(32),
};
constexpr Field kSourceTaskFields[] = {
    Field{"resource", kEntity, kStructural, "Resource of the source", "数源资源"}.To(
        EntityKind::kResource),
    {"contributor", kDepartment, kRequired, "Who is to update", "更新责任部门", "809 Art. 19"},
    {"reason_digest", kHash, kRequired, "What is to be updated", "更新要求摘要"},
    Field{"elements", kId, kOptional, "Data elements", "数据元"}.List(32),
};
constexpr Field kSourceDoneFields[] = {
    Field{"source_task", kEntity, kStructural, "Task", "更新任务"}.To(EntityKind::kSourceTask),
    {"result_digest", kHash, kRequired, "Digest of the update", "更新结果摘要"},
    Field{"dataset_version", kInteger, kOptional, "Dataset version", "数据版本"}.Between(
        1, 1'000'000'000),
};

constexpr Field kCaseField{"case", kEntity, kRequired, "Case", "事项"};
constexpr Codes kExtensible[] = {"D01", "D03", "D04"};
constexpr Field kExtendedField =
    Field{"code", kCode, kRequired, "Deadline", "时限", "809 Art. 17, 21"}.Of(kExtensible);
constexpr Field kAskFields[] = {
    kCaseField,
    kExtendedField,
    Field{"days", kInteger, kRequired, "Working days more", "延长工作日数", "809 Art. 17, 21"}
        .Between(1, 250),
    {"reason_digest", kHash, kRequired, "Digest of the reasons", "理由摘要"},
    {"event_date", kDate, kOptional, "Date of the event (D01)", "事由发生日期", "809 Art. 17"},
};
constexpr Field kConsentFields[] = {
    kCaseField,
    kExtendedField,
    Field{"days", kInteger, kOptional, "Working days, else those asked", "同意延长工作日数"}
        .Between(1, 250),
};
constexpr Field kRefuseFields[] = {
    kCaseField,
    kExtendedField,
    Field{"reason_code", kCode, kByRule, "Reason", "理由", "809 Art. 21"}.Of(kReasons),
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要", "809 Art. 21"},
};

}  // namespace

constexpr Form kResourceAmend{kAmendFields};
constexpr Form kResourceGrade{kGradeFields};
constexpr Form kResourceSuspend{kSuspendFields};
constexpr Form kDesignateSource{kDesignateFields};
constexpr Form kSourceTask{kSourceTaskFields};
constexpr Form kSourceDone{kSourceDoneFields};
constexpr Form kExtensionAsk{kAskFields};
constexpr Form kExtensionConsent{kConsentFields};
constexpr Form kExtensionRefuse{kRefuseFields};

}  // namespace jiandu::ledger::forms
