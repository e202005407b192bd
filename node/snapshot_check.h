// What a snapshot's rows must be, derived again from certified hashes.
//
// After store::CheckLedger (log, histories, bodies, state tree) comes what hangs on headers: every
// header hashes to what the next one names, up to the certified one; app hashes, results, commits
// and validator sets are those the headers bind; payloads are those of their stubs. What no hash
// binds alone (counters, marks and lists; docs/adr/0017) is vouched for by more than a third of the
// validators, who named the manifest's digest. Any thread.
#pragma once

#include <functional>

#include "ledger/store/ledger_view.h"
#include "node/snapshot_proof.h"

namespace jiandu::node {

using SnapshotCheckProgress =
    std::function<bool(const char* what, std::uint64_t done, std::uint64_t all)>;

[[nodiscard]] Result<void> CheckSnapshotState(const CertifiedState& certified,
                                              const store::LedgerView& view,
                                              const SnapshotCheckProgress& progress);

}  // namespace jiandu::node
