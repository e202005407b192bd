// From a snapshot's files to a database a node can start from, and into its place
// (docs/snapshots.md).
//
// BuildDatabase writes the rows into a new database and derives again what hashes bind: the log
// from its entries, histories, bodies and the state tree (store::CheckLedger), every header back to
// genesis, commits and validator sets, and the payloads against their stubs. PrepareJoin does so
// beside the ledger that is there and marks it ready; FinishJoin, at the next start, puts it in
// place by renames that may be interrupted anywhere and are then done again. What is half-built is
// never opened. One thread; the node's other threads do not touch these folders.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "ledger/model/genesis.h"
#include "ledger/store/snapshot_files.h"
#include "node/recover.h"
#include "node/snapshot_proof.h"

namespace jiandu::node {

// ("rows" or "check", done, in all), now and then; false ends the work with kUnavailable.
using InstallProgress =
    std::function<bool(const char* what, std::uint64_t done, std::uint64_t all)>;

// `directory` must not exist, and is removed again when the snapshot does not hold. kInvalid,
// kConflict, kCorrupt: it does not; kIo, kFull: the disk failed.
[[nodiscard]] Result<void> BuildDatabase(const CertifiedState& certified,
                                         const store::SnapshotFile& snapshot,
                                         const std::filesystem::path& directory,
                                         const InstallProgress& progress);

// From the whole snapshot in paths.Incoming().
[[nodiscard]] Result<void> PrepareJoin(const DataPaths& paths, const CertifiedState& certified,
                                       const InstallProgress& progress);
// Before the ledger is opened. What was done, "" when nothing was to be done.
[[nodiscard]] Result<std::string> FinishJoin(const DataPaths& paths);

// The snapshot a node began with, and what certifies it: kept beside it, for a lost database and
// for `db check`. kNotFound: it is not there; else it does not hold.
struct SnapshotOrigin {
  CertifiedState certified;
  store::SnapshotFilePtr snapshot;
};
[[nodiscard]] Result<SnapshotOrigin> ReadOrigin(const ledger::Genesis& genesis,
                                                const DataPaths& paths, ledger::Height height);

// The proof that came with the snapshot a node began from; kept beside it.
[[nodiscard]] std::filesystem::path SnapshotProofPath(const std::filesystem::path& folder,
                                                      ledger::Height height);
[[nodiscard]] Result<SnapshotProof> ReadSnapshotProof(const std::filesystem::path& folder,
                                                      ledger::Height height);

}  // namespace jiandu::node
