// The ledger on disk against itself and against genesis: every hash is derived again.
//
// Checked, in this order: the records, checksums and seals of the segments; the database's log,
// histories and indexes (store::CheckLedger); then block by block the id, data_hash, header chain,
// every officer's and system's signature by the keys of the state before the block, the commit
// under the validator set of its height, and the app hash, by executing the block again
// over genesis and comparing with the next header and with the database's row. The first lie is
// named by file and height. Nothing of the ledger is changed: segments are read from a copy whose
// sealed files are links (opening segments cuts a torn tail, which may be the very evidence).
// The node must be stopped. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "ledger/model/genesis.h"

namespace jiandu::node {

// kExecution derives every hash; kEveryRow compares each row of the database with what execution
// gives besides, which also finds rows no hash binds (indexes, log of a byte less or more).
enum class DbCheckDepth : std::uint8_t { kExecution, kEveryRow };

struct DbLie {
  std::string file;           // below the data directory: "segments/….seg", "ledger", "safety.rec"
  ledger::Height height = 0;  // 0: of no height
  std::string detail;
  bool is_foreign = false;  // of another network than the genesis document, which may be the wrong
};

struct DbCheckReport {
  std::optional<DbLie> lie;
  ledger::Height height = 0;  // newest block that is known to be decided
  std::uint64_t blocks = 0;   // checked
  std::uint64_t transactions = 0;
  std::uint64_t log_entries = 0;
  std::uint64_t rows = 0;        // compared at kEveryRow
  std::uint64_t torn_bytes = 0;  // behind the last record: what a crash leaves, and no lie
  std::string safety_of;         // department whose safety record this is; "": there is none
  std::string note;
};

struct DbCheckOptions {
  std::filesystem::path data;
  DbCheckDepth depth = DbCheckDepth::kExecution;
  // ("blocks", done, in all), now and then.
  std::function<void(std::string_view, std::uint64_t, std::uint64_t)> progress;
};

// A report also when something lies. An error is of the check itself: no such directory
// (kNotFound), the node runs (kConflict), no space for the copy (kIo).
[[nodiscard]] Result<DbCheckReport> CheckDatabase(const ledger::Genesis& genesis,
                                                  const DbCheckOptions& options);

}  // namespace jiandu::node
