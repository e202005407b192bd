// Grants that change: by the provider, by a new decision, by recall (docs/contracts.md 4.8).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> GrantChangeRows() { return {}; }

}  // namespace jiandu::contracts
