// GET /v1/lineage/{id}: what became of a resource, grant or holding, or what it came from
// (docs/lineage.md), as of a height or time.
//
// Everything is asked for anew on each page: the moment is the cursor's, what may be seen is the
// reader's now. Any thread; the answer may take long.
#pragma once

#include "gateway/call.h"
#include "gateway/lineage_port.h"

namespace jiandu::gateway {

[[nodiscard]] Answer ShowLineage(LineageReader* lineage, const Call& call);

}  // namespace jiandu::gateway
