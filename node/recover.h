// From what is on disk to where the node goes on: the start table of docs/consensus.md (Start).
//
// S is the newest block with a known commit (last_commit of the next block, safety.rec, LevelDB), A
// is LevelDB's height. A > S: stop, blocks are missing. A <= S: replay A+1..S and compare every app
// hash with the next header's. LevelDB is disposable: damaged or behind, it is rebuilt from the
// segments, never repaired in silence. Runs before any thread; reports progress.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "consensus/safety_record.h"
#include "ledger/model/genesis.h"
#include "ledger/store/ledger_view.h"
#include "ledger/store/leveldb_store.h"
#include "ledger/store/segments.h"
#include "node/block_data.h"
#include "node/chain_tip.h"
#include "node/log.h"
#include "node/safety_file.h"

namespace jiandu::node {

struct DataPaths {
  std::filesystem::path root;
  [[nodiscard]] std::filesystem::path Segments() const { return root / "segments"; }
  [[nodiscard]] std::filesystem::path Database() const { return root / "ledger"; }
  [[nodiscard]] std::filesystem::path Lineage() const { return root / "lineage"; }
  [[nodiscard]] std::filesystem::path Safety() const { return root / "safety.rec"; }
  // Snapshots of the state, those under way, and a ledger that waits to be put in place
  // (snapshot_install.h).
  [[nodiscard]] std::filesystem::path Snapshots() const { return root / "snapshots"; }
  [[nodiscard]] std::filesystem::path Incoming() const { return Snapshots() / "incoming"; }
  [[nodiscard]] std::filesystem::path Join() const { return root / "join"; }
  [[nodiscard]] std::filesystem::path Ready() const { return Join() / "ready"; }
};

struct Recovered {
  std::unique_ptr<store::LevelDbStore> store;
  std::unique_ptr<store::Segments> segments;
  std::optional<SafetyFile> safety;                    // of a validator
  std::optional<consensus::SafetyState> safety_state;  // what it says
  ChainTip tip;
  consensus::ValidatorSetPtr last_set;  // of the tip's height; null at genesis
  store::LedgerViewPtr view;
  std::vector<BlockPtr> candidates;                      // undecided blocks of the next height
  consensus::Work needs_proof = consensus::Work::kNone;  // the tip's block changed app_hash
  std::uint64_t replayed = 0;                            // blocks executed again
  std::string note;                                      // what was found and done, for the log
  std::vector<std::string> alarms;  // of it, what tells of a disk that lies; for /status
};

// (height done, height in the end): long work is not silent.
using RecoverProgress = std::function<void(ledger::Height, ledger::Height)>;

struct RecoverOptions {
  DataPaths paths;
  // The consensus key of a validator: its safety record is opened.
  std::optional<crypto::Ed25519PublicKey> validator;
  // Allows a new record on a node that has signed: the chain's id, typed by whoever answers for it.
  std::string new_safety_record_of;
  RecoverProgress progress;
  // Whether every row of the database is read and the state root derived, or only its newest
  // heights looked at (node.check_at_start).
  bool check_all_rows = true;
  // Rows of the database read so far.
  std::function<void(std::uint64_t)> check_progress = {};
};

// A transaction below the first block kept: only if the snapshot carried it. kExpired: it was
// not.
[[nodiscard]] Result<Bytes> ReadCarried(const store::KvReader& database, ledger::Height height,
                                        std::uint64_t position);

// kExpired: the block of this height is older than the snapshot this node began with.
[[nodiscard]] std::unexpected<Error> NotKept(ledger::Height height);

[[nodiscard]] Result<Recovered> Recover(const ledger::Genesis& genesis, RecoverOptions options);

// A decided block as it lies in the segments.
[[nodiscard]] Result<consensus::Block> ReadBlock(const store::Segments& segments,
                                                 ledger::Height height);

}  // namespace jiandu::node
