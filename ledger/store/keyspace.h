// The keys of the database, byte by byte.
//
// Integers in keys and in fixed values are big-endian. The state's own keys
// (ledger/model/state_view.h) stand as they are and begin with one of "ent/", "B", "P", "key/",
// "uniq/", "cfg/", "val", "exp/", "X", "Y", "O", "N", "G",
// "K", "S", "W". The store's rows begin with another letter:
//
//   key                                            value
//   E  index 8                                     exact bytes of the log entry
//   T  level 1, tile 8                             1 to 256 hashes of 32 bytes (C2SP tlog-tiles)
//   H  entity id 17, seq 8                         log index 8: the entity's history
//   Q  entity id 17                                events 8, peaks of the history's tree
//   M  nibbles n 1, ceil(n / 2) bytes              node of the state tree (tree_node.h)
//   t  txid 32                                     height 8, position in the block 4, log index 8
//   L  kind 1, birth index 8, entity id 17         empty: entities of a kind in order of birth
//   D  kind 1, n 1, department n, birth 8, id 17   empty: those a department may list
//   F  kind 1, number 2, time 8, index 8           empty: a flag raised, a code refused with
//   h  height 8                                    wire HeightRow (below)
//   C  height 8                                    the commit of that height, as the next block
//                                                  carries it
//   V  height 8                                    validator set in force from that height on
//   meta                                           wire MetaRow (below)
//
// Height 0 is genesis: its rows are written by the first batch. Pure functions; any thread.
#pragma once

#include <optional>
#include <vector>

#include "crypto/merkle.h"
#include "ledger/model/entity.h"
#include "ledger/model/types.h"

namespace jiandu::store {

[[nodiscard]] Bytes EntryKey(ledger::LogIndex index);
[[nodiscard]] Bytes TileKey(std::uint8_t level, std::uint64_t tile);
[[nodiscard]] Bytes HistoryKey(const ledger::EntityId& id, std::uint64_t seq);
[[nodiscard]] Bytes HistoryPrefix(const ledger::EntityId& id);
[[nodiscard]] Bytes PeaksKey(const ledger::EntityId& id);
// The node of the state tree at the first `depth` nibbles of a path.
[[nodiscard]] Bytes TreeKey(const Hash256& path, std::size_t depth);
[[nodiscard]] Bytes TxKey(const ledger::TxId& id);
[[nodiscard]] Bytes KindPrefix(ledger::EntityKind kind);
[[nodiscard]] Bytes DepartmentPrefix(ledger::EntityKind kind, std::string_view department);
// A row of a list: the prefix of one of the two above, then birth and id.
[[nodiscard]] Bytes ListKey(Bytes prefix, ledger::LogIndex birth, const ledger::EntityId& id);
[[nodiscard]] Bytes HeightKey(ledger::Height height);
[[nodiscard]] Bytes CommitKey(ledger::Height height);
[[nodiscard]] Bytes ValidatorSetKey(ledger::Height height);
[[nodiscard]] Bytes MetaKey();

// Where a transaction stands.
struct TxPlace {
  ledger::Height height = 0;
  std::uint32_t position = 0;  // in the block, from 0
  ledger::LogIndex index = 0;  // of its stub
  bool operator==(const TxPlace&) const = default;

  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<TxPlace> Decode(ByteView bytes);
};

// What is kept of every height, beside the block in the segments. With it any old app hash can be
// opened: AppHash(log_size, log_root, state_root).
// wire {1 time, 2 header hash, 3 header, 4 app hash, 5 results hash, 6 log size, 7 log root,
//       8 state root, 9 transactions}; 2, 3 and 5 are absent at height 0.
struct HeightRow {
  ledger::TimeMs time = 0;
  Hash256 header_hash;
  Bytes header;          // CometBFT's bytes, opaque here
  Hash256 app_hash;      // after the block
  Hash256 results_hash;  // of the block: last_results_hash of the next header
  std::uint64_t log_size = 0;
  Hash256 log_root;
  Hash256 state_root;
  std::uint64_t transactions = 0;
  bool operator==(const HeightRow&) const = default;

  // Index of the first stub of the block: the block entry comes last.
  [[nodiscard]] ledger::LogIndex FirstIndex() const {
    return transactions == 0 ? log_size : log_size - transactions - 1;
  }
  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<HeightRow> Decode(ByteView bytes);
};

// The newest height written.
// wire {1 format (1), 2 height, 3 chain, 4 genesis hash, 5 repeated peak of the log's frontier,
//       6 seen commit of the height, 7 the height's HeightRow}
struct MetaRow {
  ledger::Height height = 0;
  std::string chain;
  Hash256 genesis_hash;
  std::vector<Hash256> peaks;
  Bytes seen_commit;  // opaque; empty at height 0
  HeightRow row;
  bool operator==(const MetaRow&) const = default;

  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<MetaRow> Decode(ByteView bytes);
};

}  // namespace jiandu::store
