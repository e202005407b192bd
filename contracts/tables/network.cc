// Votes, calendar, profiles, rule sets, nodes (docs/contracts.md 4.0 to 4.2).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> NetworkRows() { return {}; }

}  // namespace jiandu::contracts
