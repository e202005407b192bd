// Passing data on 提供第三方 (docs/contracts.md 4.9; 809 Art. 25).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> ThirdPartyRows() { return {}; }

}  // namespace jiandu::contracts
