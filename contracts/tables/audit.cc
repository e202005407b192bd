// Engagements of auditors, findings, holds (docs/contracts.md 4.15).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> AuditRows() { return {}; }

}  // namespace jiandu::contracts
