// Forms of audits: engagements, queries, findings, holds (docs/contracts.md 4.15; 网数 Art. 51).
//
// What a transaction names it touches, and nobody touches more than 64 entities: lists of entities
// are short.
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr std::string_view kLaw = "790 Art. 51";
constexpr Field kDepartments =
    Field{"departments", kDepartment, kOptional, "Departments", "部门"}.List(64);
constexpr Field kResources =
    Field{"resources", kEntity, kOptional, "Resources", "资源"}.To(EntityKind::kResource).List(32);
constexpr Field kEngagement =
    Field{"engagement", kEntity, kOptional, "Engagement", "审计任务", kLaw}.To(
        EntityKind::kEngagement);

constexpr Field kOpenFields[] = {
    kDepartments,
    kResources,
    {"period_from", kDate, kRequired, "Period from", "审计期间起", kLaw},
    {"period_to", kDate, kRequired, "Period to", "审计期间止", kLaw},
    {"document_digest", kHash, kRequired, "Digest of the legal document", "审计通知书摘要", kLaw},
    {"until", kDate, kRequired, "Open until", "任务截止日期", kLaw},
};
constexpr Field kQueryFields[] = {
    kEngagement,
    kDepartments,
    kResources,
    {"query_digest", kHash, kStructural, "Salted digest of the query", "查询摘要"},
    // The query is logged before it is answered: the result is known after (docs/adr/0012).
    {"result_digest", kHash, kOptional, "Salted digest of the result, once it is known",
     "结果摘要"},
};
constexpr Field kFindingFields[] = {
    kEngagement,
    {"target", kDepartment, kStructural, "Department", "被审计部门"},
    {"code", kId, kStructural, "Code", "问题编码"},
    Field{"evidence", kHash, kRequired, "Evidence: txids", "证据交易"}.List(32),
    {"finding_digest", kHash, kRequired, "Digest of the finding", "审计发现摘要"},
};
constexpr Field kReplyFields[] = {
    Field{"finding", kEntity, kStructural, "Finding", "审计发现"}.To(EntityKind::kFinding),
    {"reply_digest", kHash, kRequired, "Digest of the reply", "答复摘要"},
};
constexpr Field kHoldFields[] = {
    Field{"engagement", kEntity, kByRule, "Engagement", "审计任务", kLaw}.To(
        EntityKind::kEngagement),
    Field{"evidence", kEntity, kRequired, "Entities to be kept", "须保全的对象"}.List(12),
    {"until", kDate, kRequired, "Kept until", "保全至"},
    {"reason_digest", kHash, kOptional, "Digest of the reasons", "理由摘要"},
};

}  // namespace

constexpr Form kAuditOpen{kOpenFields};
constexpr Form kAuditLogQuery{kQueryFields};
constexpr Form kAuditFinding{kFindingFields};
constexpr Form kAuditReply{kReplyFields};
constexpr Form kAuditHold{kHoldFields};

}  // namespace jiandu::ledger::forms
