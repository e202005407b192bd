// Emergency sharing 应急共享 (docs/contracts.md 4.14).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> EmergencyRows() { return {}; }

}  // namespace jiandu::contracts
