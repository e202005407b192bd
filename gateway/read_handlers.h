// Reads of the state: lists, objects, histories, accesses, rejections, blocks.
//
// Each looks at the call's snapshot only and answers at once. Gateway thread.
#pragma once

#include "gateway/call.h"

namespace jiandu::gateway {

[[nodiscard]] Answer ListEntities(const Call& call);
[[nodiscard]] Answer ShowEntity(const Call& call);
[[nodiscard]] Answer ShowHistory(const Call& call);
// The access.* events of a grant.
[[nodiscard]] Answer ShowAccesses(const Call& call);
// The refused transactions of a department in a month (UTC+8).
[[nodiscard]] Answer ShowRejections(const Call& call);
[[nodiscard]] Answer ShowBlock(const Call& call);

}  // namespace jiandu::gateway
