// Disputes 争议 through four levels (docs/contracts.md 4.16; 809 Art. 28).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> DisputeRows() { return {}; }

}  // namespace jiandu::contracts
