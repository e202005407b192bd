// Derived resources and their lineage 衍生数据 (docs/contracts.md 4.12).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> DerivationRows() { return {}; }

}  // namespace jiandu::contracts
