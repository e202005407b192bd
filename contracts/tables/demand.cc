// Collection demands and tasks 数据归集 (docs/contracts.md 4.4; S0 6.2.3, 6.4).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> DemandRows() { return {}; }

}  // namespace jiandu::contracts
