// Re-deriving what is stored from itself: the log from its entries, the indexes from the log.
//
// What needs the contracts (replaying blocks) stands in node/. Any thread; reads a snapshot.
#pragma once

#include <functional>

#include "ledger/store/ledger_view.h"

namespace jiandu::store {

struct CheckReport {
  std::uint64_t entries = 0;
  std::uint64_t tiles = 0;
  std::uint64_t events = 0;  // rows of histories compared
  std::uint64_t transactions = 0;
  std::uint64_t heights = 0;
  std::uint64_t leaves = 0;  // of the state tree
};
// Called now and then with (done, in all); a long check is not silent.
using CheckProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// Whether the row of every height is there among the newest, where a power cut may have left a
// hole; kCorrupt names it. LevelDB syncs its new log without the old one: later batches may have
// survived earlier ones, and the newest row alone does not show it. Cheap enough for every start.
[[nodiscard]] Result<void> CheckNewestHeights(const LedgerView& view);

// For every start: reads every row of the database under LevelDB's checksums, derives the state
// root from the state and holds it to the newest height's, and every height's app hash to its
// parts. Flipped bits, lost tables and lost batches show in one of these; what it leaves out is to
// hash the log again (CheckLedger). kCorrupt names the first lie.
[[nodiscard]] Result<CheckReport> CheckAtStart(const KvReader& rows, const LedgerView& view,
                                               const CheckProgress& progress = {});

// Hashes every log entry again, compares tiles, root, histories, transaction index, block entries,
// heights, bodies against their leaves, and the state tree against the state; kCorrupt names the
// first lie.
[[nodiscard]] Result<CheckReport> CheckLedger(const LedgerView& view,
                                              const CheckProgress& progress = {});

}  // namespace jiandu::store
