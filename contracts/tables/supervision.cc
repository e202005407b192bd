// Watermarks, leaks, incidents, complaints, inspections (docs/contracts.md 4.15).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> SupervisionRows() { return {}; }

}  // namespace jiandu::contracts
