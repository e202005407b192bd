// Security incidents and their report to the authority (docs/contracts.md 4.15, SV4 to SV6; 809
// Art. 35). Rows of the table in tables/supervision.cc. Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

void ReportIncident(Case& judged);
// incident.update; the subject is the incident. It never goes back.
[[nodiscard]] Code GoesForward(Case& judged);
void UpdateIncident(Case& judged);

}  // namespace jiandu::contracts
