// Overlays to one batch of the database.
//
// Pure; used by the writer's thread.
#pragma once

#include <span>

#include "base/limits.h"
#include "ledger/store/kv_store.h"
#include "ledger/store/overlay.h"

namespace jiandu::store {

// The rows of consecutive overlays, oldest first, only the last value of each key, and `meta` of
// the newest with the seen commit of its height. At least one overlay.
[[nodiscard]] KvBatch MakeStateBatch(std::span<const OverlayPtr> overlays, ByteView seen_commit);

// Whether the batch that ends at `to` is to be synced: one of its heights is a multiple of
// limits::kSyncEveryBlocks, or it holds genesis.
[[nodiscard]] Durability DurabilityOf(ledger::Height from, ledger::Height to);

}  // namespace jiandu::store
