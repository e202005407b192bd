// GET /v1/light_blocks/{height}: certified headers for light clients. Gateway thread.
#pragma once

#include "gateway/call.h"

namespace jiandu::gateway {

// Open to all: what is in a header tells of no case. Of any height up to the newest.
[[nodiscard]] Answer ShowLightBlock(const Call& call);

}  // namespace jiandu::gateway
