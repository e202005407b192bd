// The forms of the ops as JSON Schema, for programs that fill one in. Open to everybody: they are
// the same on every network of this version. Gateway thread.
#pragma once

#include "gateway/call.h"

namespace jiandu::gateway {

[[nodiscard]] Answer ListSchemas();
[[nodiscard]] Answer ShowSchema(const Call& call);

}  // namespace jiandu::gateway
