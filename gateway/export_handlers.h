// GET /v1/exports/...: what the ledger holds of an entity in other systems' words
// (docs/exports.md).
//
// Each is made of the proof bundle that /v1/proofs/history/{id} answers with, under the same rules
// of sight: what is withheld is counted. Any thread.
#pragma once

#include "gateway/call.h"

namespace jiandu::gateway {

// W3C PROV-JSON, OpenLineage events, or the materials of a case's evidence pack. A Link names the
// proof as of the same height.
[[nodiscard]] Answer ShowExport(const LedgerReader& ledger, const Call& call);

}  // namespace jiandu::gateway
