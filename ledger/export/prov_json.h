// W3C PROV-JSON of what a proof bundle holds (docs/exports.md): one named bundle, attributed to the
// validators, with activities, entities, agents and their relations.
//
// Follows PROV-JSON (W3C member submission 2013) and keeps PROV-CONSTRAINTS: an entity is generated
// and invalidated once, before and after its uses; activities and entities have distinct ids. Every
// id is a function of the record: the same bundle gives the same text. Pure; any thread.
#pragma once

#include <string>

#include "base/json.h"
#include "ledger/export/proven_record.h"

namespace jiandu::ledger {

[[nodiscard]] Json ProvJson(const ProvenRecord& record);

}  // namespace jiandu::ledger
