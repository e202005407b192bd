// Extensions of D01, D03 and D04 (docs/contracts.md 4.3, 4.6; 809 Art. 17, 21).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> ExtensionRows() { return {}; }

}  // namespace jiandu::contracts
