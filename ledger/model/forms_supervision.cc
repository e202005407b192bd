// Forms of watermarks, leaks, incidents, complaints, inspections, sanctions and notices
// (docs/contracts.md 4.15).
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr Field kWatermarkFields[] = {
    Field{"grant", kEntity, kStructural, "Grant", "共享权限"}.To(EntityKind::kGrant),
    {"batch_id", kId, kOptional, "Batch delivered", "批次编号"},
    {"acc_id", kId, kOptional, "Or access", "访问编号"},
    {"commitment", kHash, kStructural, "Commitment to the code", "水印承诺", "GB/T 39477"},
    {"algo", kId, kRequired, "Algorithm", "水印算法"},
    {"embedder", kDepartment, kOptional, "Embedded by", "嵌入部门"},
    Field{"recipient_system", kEntity, kRequired, "Receiving system", "接收系统"}.To(
        EntityKind::kIdentity),
};

constexpr Field kLeakFields[] = {
    {"found_at", kTime, kStructural, "Found at", "发现时间"},
    {"place_code", kId, kRequired, "Where", "发现场所"},
    {"sample_digest", kHash, kStructural, "Digest of the sample", "样本摘要"},
    Field{"resource", kEntity, kOptional, "Resource, if known", "资源"}.To(EntityKind::kResource),
};
constexpr Field kOpeningFields[] = {
    Field{"watermark", kEntity, kRequired, "Watermark", "水印"}.To(EntityKind::kWatermark),
    {"code", kId, kRequired, "Code found in the sample", "水印编码"},
    {"salt", kHash, kRequired, "Salt of the commitment", "盐值"},
};
constexpr Form kOpening{kOpeningFields};
constexpr Field kTraceFields[] = {
    Field{"leak", kEntity, kRequired, "Leak", "泄露事件"}.To(EntityKind::kLeak),
    Field{"openings", kObject, kRequired, "Commitments opened", "打开的承诺"}.As(kOpening).List(8),
};

constexpr std::string_view kIncidentLaw = "809 Art. 35";
constexpr Codes kLevels[] = {"GENERAL", "LARGER", "MAJOR", "ESPECIALLY_MAJOR"};
constexpr Codes kKinds[] = {"LEAK", "TAMPER", "DESTROY", "ILLEGAL_USE", "OUTAGE"};
constexpr Field kReportedFields[] = {
    {"authority", kText, kRequired, "Authority", "主管机关"},
    {"at", kTime, kRequired, "Reported at", "报告时间"},
};
constexpr Form kReported{kReportedFields};
constexpr Field kReportedTo =
    Field{"reported_to", kObject, kOptional, "Reported to", "已报告的机关", kIncidentLaw}
        .As(kReported)
        .List(8);
constexpr Field kAffected =
    Field{"affected_count", kInteger, kOptional, "Persons or records affected", "影响数量"}.Between(
        0, 1'000'000'000'000);
constexpr Field kIncidentFields[] = {
    Field{"level", kCode, kStructural, "Level", "事件级别", kIncidentLaw}.Of(kLevels),
    Field{"kind", kCode, kStructural, "Kind", "事件类型"}.Of(kKinds),
    {"detected_at", kTime, kStructural, "Detected at", "发现时间", kIncidentLaw},
    {"cii", kBool, kRequired, "Critical infrastructure", "是否关键信息基础设施"},
    Field{"grants", kEntity, kOptional, "Grants concerned", "涉及的共享权限"}
        .To(EntityKind::kGrant)
        .List(12),
    kAffected,
    {"plan_started_at", kTime, kOptional, "Emergency plan started at", "预案启动时间"},
    kReportedTo,
    {"notify_subjects", kBool, kOptional, "Subjects are notified", "是否告知个人"},
    {"report_digest", kHash, kRequired, "Digest of the report", "事件报告摘要"},
};
constexpr Field kIncidentOfFact =
    Field{"incident", kEntity, kStructural, "Incident", "安全事件"}.To(EntityKind::kIncident);
constexpr Codes kProgress[] = {"CONTAINED", "REPORTED", "REVIEWED"};
constexpr Field kUpdateFields[] = {
    kIncidentOfFact,
    Field{"status", kCode, kStructural, "Status", "处置状态"}.Of(kProgress),
    Field{"level", kCode, kOptional, "Level, as known now", "事件级别"}.Of(kLevels),
    kAffected,
    kReportedTo,
    {"notify_subjects", kBool, kOptional, "Subjects are notified", "是否告知个人"},
    {"report_digest", kHash, kRequired, "Digest of the report", "处置报告摘要"},
};
constexpr Field kCloseFields[] = {
    kIncidentOfFact,
    {"report_digest", kHash, kRequired, "Digest of the final report", "结案报告摘要"},
};

constexpr Field kComplaintFields[] = {
    {"target", kDepartment, kStructural, "Department that answers", "答复部门", "809 Art. 37(2)"},
    {"case_commitment", kHash, kStructural, "Commitment to the case", "投诉事项承诺"},
    {"subject_code", kId, kRequired, "Subject", "投诉类型"},
};
constexpr Field kAnswerFields[] = {
    Field{"complaint", kEntity, kStructural, "Complaint", "投诉"}.To(EntityKind::kComplaint),
    {"answer_digest", kHash, kRequired, "Digest of the answer", "答复摘要"},
};

constexpr Field kInspectFields[] = {
    {"target", kDepartment, kRequired, "Department inspected", "被查阅部门", "809 Art. 29"},
    Field{"grants", kEntity, kRequired, "Grants it holds", "共享权限", "809 Art. 29"}
        .To(EntityKind::kGrant)
        .List(12),
    {"scope_digest", kHash, kRequired, "Digest of what is asked for", "查阅范围摘要"},
    {"term", kTime, kRequired, "Term", "期限"},
};
constexpr Field kInspectAnswerFields[] = {
    Field{"inspection", kEntity, kStructural, "Inspection", "查阅"}.To(EntityKind::kInspection),
    {"answer_digest", kHash, kRequired, "Digest of the answer", "答复摘要"},
};

constexpr Codes kLiabilities[] = {"ART_39", "ART_40", "ART_41", "ART_42"};
constexpr Field kSanctionFields[] = {
    {"target", kDepartment, kStructural, "Department", "部门"},
    Field{"ground", kCode, kRequired, "Ground", "事由", "809 Art. 39-42"}.Of(kLiabilities),
    {"sanction_digest", kHash, kStructural, "Digest of the sanction", "处分决定摘要"},
    {"persons_digest", kHash, kOptional, "Digest of the sealed list of persons", "责任人密封摘要"},
    Field{"evidence", kHash, kOptional, "Evidence: txids", "证据交易"}.List(32),
};
constexpr Field kNoticeFields[] = {
    {"notice_no", kText, kRequired, "Number of the notice", "通报文号", "809 Art. 29"},
    {"notice_digest", kHash, kStructural, "Digest of the notice", "通报摘要", "809 Art. 29"},
    Field{"departments", kDepartment, kOptional, "Departments concerned", "被通报部门"}.List(32),
};

}  // namespace

constexpr Form kWatermarkRegister{kWatermarkFields};
constexpr Form kLeakReport{kLeakFields};
constexpr Form kLeakTrace{kTraceFields};
constexpr Form kIncidentReport{kIncidentFields};
constexpr Form kIncidentUpdate{kUpdateFields};
constexpr Form kIncidentClose{kCloseFields};
constexpr Form kComplaintFile{kComplaintFields};
constexpr Form kComplaintAnswer{kAnswerFields};
constexpr Form kInspectionRequest{kInspectFields};
constexpr Form kInspectionAnswer{kInspectAnswerFields};
constexpr Form kSanctionNote{kSanctionFields};
constexpr Form kNoticePublish{kNoticeFields};

}  // namespace jiandu::ledger::forms
