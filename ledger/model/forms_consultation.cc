// Forms of consultations after their opening (docs/contracts.md 4.7; S0 6.3.3).
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr std::string_view kClause = "S0 6.3.3";

constexpr Field kConsultationField =
    Field{"consultation", kEntity, kRequired, "Consultation", "会商", kClause}.To(
        EntityKind::kConsultation);
constexpr Field kConsultationOfFact =
    Field{"consultation", kEntity, kStructural, "Consultation", "会商", kClause}.To(
        EntityKind::kConsultation);

constexpr Field kConveneFields[] = {
    kConsultationField,
    {"meeting_date", kDate, kRequired, "Date of the meeting", "会商日期", kClause},
    Field{"participants", kDepartment, kRequired, "Participants", "参会部门", kClause}.List(8),
    {"meeting_no", kId, kOptional, "Number of the meeting", "会商编号"},
};
constexpr Codes kPositions[] = {"CONSENT", "OBJECT", "NEUTRAL"};
constexpr Field kStatementFields[] = {
    kConsultationOfFact,
    {"statement_digest", kHash, kRequired, "Digest of the statement", "意见摘要"},
    Field{"position", kCode, kOptional, "Position", "立场"}.Of(kPositions),
};

constexpr Codes kBasisKinds[] = {"LAW", "ADMIN_REG", "SC_DECISION"};
constexpr Field kBasisFields[] = {
    Field{"kind", kCode, kRequired, "Kind", "依据类型", kClause}.Of(kBasisKinds),
    {"law", kText, kRequired, "Law", "法律法规", kClause},
    {"article", kText, kRequired, "Article", "条款", kClause},
    {"doc_digest", kHash, kRequired, "Digest of the document", "文件摘要", kClause},
};
constexpr Form kBasis{kBasisFields};
constexpr Codes kResults[] = {"RAW", "VERIFY", "AGGREGATE"};
constexpr Field kResolveFields[] = {
    kConsultationField,
    Field{"participants", kDepartment, kByRule, "The three departments", "会签部门", kClause}.List(
        8),
    Field{"legal_basis", kObject, kByRule, "Legal basis", "法律依据", kClause}.As(kBasis),
    Field{"terms", kObject, kRequired, "Terms", "共享条件", kClause}.As(kTerms),
    Field{"result_kind", kCode, kRequired, "Kind of result", "结果形式", kClause}.Of(kResults),
    {"minutes_digest", kHash, kRequired, "Digest of the minutes", "会议纪要摘要", kClause},
};
constexpr Field kRefuseFields[] = {
    kConsultationField,
    Field{"reason_code", kCode, kByRule, "Reason", "理由", kClause}.Of(kReasons),
    {"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要", kClause},
};
constexpr Field kWithdrawFields[] = {
    kConsultationField,
    Field{"reason_code", kCode, kOptional, "Reason", "理由"}.Of(kReasons),
};

}  // namespace

constexpr Form kConsultationConvene{kConveneFields};
constexpr Form kConsultationStatement{kStatementFields};
constexpr Form kConsultationResolve{kResolveFields};
constexpr Form kConsultationRefuse{kRefuseFields};
constexpr Form kConsultationWithdraw{kWithdrawFields};

}  // namespace jiandu::ledger::forms
