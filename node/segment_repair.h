// Mends damaged segments with blocks fetched again by their digest: `jiandu db repair`.
//
// Files are read record by record. What cannot be read between two records is fetched, from the
// newest downwards: the header of the block above names the id of the one below, so whoever sends
// it cannot send another. A file is written anew beside the old one and put in its place when it is
// whole on disk; records are the same bytes on every node, so a sealed file's digest must come out
// as its seal says. Behind the last record nothing is known to be missing: such bytes are cut off,
// and the node fetches what it lacks when it runs. The old bytes are kept below `damaged/`, as
// evidence. A database that is ahead of what is left is removed: it is built again.
//
// The node must be stopped. One thread. safety.rec is never touched.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "consensus/types.h"
#include "ledger/model/genesis.h"
#include "node/recover.h"

namespace jiandu::node {

struct RepairReport {
  struct Block {
    std::string file;
    ledger::Height height = 0;
  };
  std::vector<Block> refetched;       // descending
  std::vector<std::string> resealed;  // seals derived anew
  std::vector<std::string> kept;      // damaged files, below the data directory
  std::uint64_t cut_bytes = 0;        // behind the last record
  bool database_removed = false;
  ledger::Height height = 0;  // newest block on disk in the end

  [[nodiscard]] bool IsClean() const {
    return refetched.empty() && resealed.empty() && kept.empty() && !database_removed;
  }
};

struct RepairOptions {
  DataPaths paths;
  // A block's bytes by its id, from whoever has it; checked here.
  std::function<Result<Bytes>(ledger::Height, const consensus::BlockId&)> fetch;
  std::function<void(const std::string&)> progress;
};

// kConflict when the node runs; kUnavailable, naming file and height, when nobody sent a block:
// nothing is changed then in the file it belongs to.
[[nodiscard]] Result<RepairReport> RepairSegments(const RepairOptions& options);

}  // namespace jiandu::node
