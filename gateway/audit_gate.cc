// See audit_gate.h.
#include "gateway/audit_gate.h"

namespace jiandu::gateway {

std::optional<Problem> CheckEngagement(const AuditQuery& query, const Call&) {
  if (!query.subject_level) return std::nullopt;
  Problem problem = Plain(ProblemKind::kForbidden,
                          "this query needs an open engagement (本查询须在审计任务内进行)");
  problem.code = ledger::FindCode("NO_ENGAGEMENT");
  return problem;
}

}  // namespace jiandu::gateway
