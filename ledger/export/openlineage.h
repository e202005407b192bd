// OpenLineage events (specification 2-0-2) of what a proof bundle holds, one JSON object a line
// (docs/exports.md).
//
// Line 1 is a DatasetEvent that says what the export is of, and what was withheld. Each transaction
// is a run: START, then COMPLETE, or FAIL with an errorMessage when it was refused. Births, changes
// and ends of resources are DatasetEvents besides, since consumers differ. Pure; any thread.
#pragma once

#include <string>

#include "ledger/export/proven_record.h"

namespace jiandu::ledger {

[[nodiscard]] std::string OpenLineageText(const ProvenRecord& record);

}  // namespace jiandu::ledger
