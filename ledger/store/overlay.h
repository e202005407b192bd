// The result of executing one block, immutable, until and after it is written to disk.
//
// A BlockOverlay holds every row that the block adds to the database: the state's writes, log
// entries, tiles, histories, indexes and its HeightRow, sorted and hashed for look-up. It is made
// on the executor's thread by BuildOverlay and then published as shared_ptr<const>; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/ed25519.h"
#include "crypto/merkle.h"
#include "ledger/model/genesis.h"
#include "ledger/model/stub.h"
#include "ledger/model/write_set.h"
#include "ledger/store/keyspace.h"

namespace jiandu::store {

// Rows in key order with a hash table over them: Find costs one probe, a range a binary search.
class RowTable {
 public:
  struct Row {
    Bytes key;
    std::optional<Bytes> value;  // nothing: deleted
  };
  RowTable() = default;
  // Sorts `rows` and merges them with `state`, which is sorted already. No key stands twice.
  explicit RowTable(std::vector<Row> rows, std::vector<Row> state = {});

  // `hash` is Hash(key); so a chain of tables hashes a key once.
  [[nodiscard]] const Row* Find(ByteView key, std::size_t hash) const;
  [[nodiscard]] static std::size_t Hash(ByteView key);
  // The first row whose key is not less than `key`, as a place in All().
  [[nodiscard]] std::size_t LowerBound(ByteView key) const;
  [[nodiscard]] const std::vector<Row>& All() const { return rows_; }
  [[nodiscard]] std::size_t ByteSize() const { return byte_size_; }

 private:
  std::vector<Row> rows_;
  // Upper half of the hash, and place in rows_ plus 1; 0: free. Their number is a power of two.
  std::vector<std::uint64_t> slots_;
  std::size_t byte_size_ = 0;
};

// What the caller knows of the block from its header.
struct BlockFacts {
  ledger::Height height = 0;
  ledger::TimeMs time = 0;
  Hash256 header_hash;
  Bytes header;          // encoded, kept for receipts
  Bytes last_commit;     // encoded commit of height - 1; empty at height 1
  Hash256 results_hash;  // over this block's result codes, as the next header will carry it
  // Sets in force from a height on, when this block changed them: (height + 2, encoded set).
  std::vector<std::pair<ledger::Height, Bytes>> validator_sets;
};

struct Listing {
  ledger::EntityId id;
  ledger::LogIndex index = 0;                     // of its birth
  std::vector<ledger::DepartmentId> departments;  // that may list it
};

// What the contracts made of the block.
struct ExecutedBlock {
  ledger::WriteSet writes;
  std::vector<ledger::Stub> stubs;  // one per transaction, block order
  std::vector<Listing> births;
  std::vector<Listing> joined;  // born before: departments that list it from now on
  struct ValidatorUpdate {
    crypto::Ed25519PublicKey key;
    std::uint64_t power = 0;  // 0 removes
  };
  std::vector<ValidatorUpdate> validator_updates;
};

struct BlockOverlay {
  ledger::Height height = 0;
  HeightRow row;                    // time, hashes, log size and root, state root
  crypto::MerkleFrontier frontier;  // of the log after the block
  RowTable rows;
  std::vector<ExecutedBlock::ValidatorUpdate> validator_updates;
  std::string chain;
  Hash256 genesis_hash;

  [[nodiscard]] const Hash256& AppHash() const { return row.app_hash; }
  [[nodiscard]] std::size_t ByteSize() const { return rows.ByteSize(); }
};
using OverlayPtr = std::shared_ptr<const BlockOverlay>;  // a published immutable value

class LedgerView;
class TreeCache;
// Assembles stubs and block entry into log entries, histories, indexes and the app hash. `below` is
// the view at height - 1. A block without stubs adds neither log entries nor state (docs/adr/0001
// (Log, state and proofs)): writes without stubs are an error, and so is a stub that does not fit
// (height, time, seq). `cache`: as ChangeStateTree takes it.
[[nodiscard]] Result<OverlayPtr> BuildOverlay(const LedgerView& below, BlockFacts facts,
                                              ExecutedBlock executed, TreeCache* cache = nullptr);
// Height 0: GenesisState, the genesis entry, births of departments and identities. `validator_sets`
// as in BlockFacts (the first set, in force from height 1).
[[nodiscard]] Result<OverlayPtr> BuildGenesisOverlay(
    const ledger::Genesis& genesis,
    std::vector<std::pair<ledger::Height, Bytes>> validator_sets = {});

}  // namespace jiandu::store
