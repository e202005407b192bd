// What auditors and managers ask of the whole ledger, answered from indexes (docs/http-api.md).
//
// Each looks at the call's snapshot only and answers at once. Gateway thread.
#pragma once

#include "gateway/call.h"

namespace jiandu::gateway {

// Deadlines past due at the snapshot's block time, those due first first: of the reader's own
// department, or of any for those who see all.
[[nodiscard]] Answer ListOverdueClocks(const Call& call);
// Transactions that raised a flag, or were refused with a code, in a period of days (UTC+8): those
// the reader may see.
[[nodiscard]] Answer ListEvents(const Call& call);

}  // namespace jiandu::gateway
