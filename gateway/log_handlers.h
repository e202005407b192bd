// /log: the log as C2SP serves it (docs/log.md): checkpoint, hash tiles, entry bundles, proofs.
//
// Hash tiles, checkpoints and proofs are for every member; entry bundles, which show all stubs, for
// departments with the role AUDITOR alone. What never changes may be cached. Any thread.
#pragma once

#include "gateway/call.h"
#include "gateway/log_reader.h"

namespace jiandu::gateway {

// Answers every Endpoint::kLog...; null: this node serves no log.
[[nodiscard]] Answer ShowLog(const LogReader* log, const Call& call);

}  // namespace jiandu::gateway
