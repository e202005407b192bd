// Coalescing overlays into one batch.
#include "ledger/store/state_batch.h"

namespace jiandu::store {
namespace {

constexpr std::size_t kMetaBytes = 16 * limits::kKiB;  // about; the last row may need more

}  // namespace

KvBatch MakeStateBatch(std::span<const OverlayPtr> overlays, ByteView seen_commit) {
  JD_ASSERT(!overlays.empty());
  KvBatch batch;
  std::size_t rows = 1;
  std::size_t bytes = kMetaBytes;
  for (const OverlayPtr& overlay : overlays) {
    rows += overlay->rows.All().size();
    bytes += overlay->ByteSize();
  }
  batch.Reserve(rows, bytes);
  for (std::size_t i = 0; i < overlays.size(); ++i) {
    for (const RowTable::Row& row : overlays[i]->rows.All()) {
      bool is_newest = true;
      if (i + 1 < overlays.size()) {
        const std::size_t hash = RowTable::Hash(row.key);
        for (std::size_t later = i + 1; later < overlays.size() && is_newest; ++later) {
          is_newest = overlays[later]->rows.Find(row.key, hash) == nullptr;
        }
      }
      if (!is_newest) continue;
      if (row.value.has_value()) {
        batch.Put(row.key, *row.value);
      } else {
        batch.Delete(row.key);
      }
    }
  }
  const BlockOverlay& newest = *overlays.back();
  const MetaRow meta{.height = newest.height,
                     .chain = newest.chain,
                     .genesis_hash = newest.genesis_hash,
                     .peaks = newest.frontier.Peaks(),
                     .seen_commit = ToBytes(seen_commit),
                     .row = newest.row};
  batch.Put(MetaKey(), meta.Encode());
  return batch;
}

Durability DurabilityOf(ledger::Height from, ledger::Height to) {
  const ledger::Height last_multiple = to - to % limits::kSyncEveryBlocks;
  return from <= last_multiple ? Durability::kSynced : Durability::kUnsynced;
}

}  // namespace jiandu::store
