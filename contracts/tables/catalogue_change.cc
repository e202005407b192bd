// Changes of published resources: amendment, grade, suspension, sources (docs/contracts.md 4.3).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> CatalogueChangeRows() { return {}; }

}  // namespace jiandu::contracts
