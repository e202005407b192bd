// Consultation 一事一议 over what is not shared (docs/contracts.md 4.7; S0 6.3.3).
#include "contracts/case_table.h"

namespace jiandu::contracts {

std::span<const CaseRow> ConsultationRows() { return {}; }

}  // namespace jiandu::contracts
