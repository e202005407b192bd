// Use reports and disposal 处置 (docs/contracts.md 4.11; 809 Art. 27(1), 29).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> DisposalRows() { return {}; }

}  // namespace jiandu::contracts
