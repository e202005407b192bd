// Entries of the log: the genesis entry, one stub per transaction, one block entry per block with
// transactions (docs/ledger-format.md, docs/adr/0001 (Log, state and proofs)). Entry bytes are
// immutable; the log's leaf is their hash.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "ledger/model/entity.h"

namespace jiandu::ledger {

// In what way an event touches an entity (bit set).
namespace touch {
inline constexpr std::uint32_t kNew = 1;
inline constexpr std::uint32_t kAct = 2;
inline constexpr std::uint32_t kSource = 4;
inline constexpr std::uint32_t kUse = 8;
inline constexpr std::uint32_t kOut = 16;
inline constexpr std::uint32_t kRevision = 32;
}  // namespace touch

struct Touch {
  EntityId entity;
  std::uint32_t roles = 0;
  std::uint64_t seq = 0;  // place in the entity's history, 0 at birth
  auto operator<=>(const Touch&) const = default;
};

struct GenesisEntry {
  std::string chain;
  Hash256 genesis_hash;  // SHA-256 of the document's bytes
  bool operator==(const GenesisEntry&) const = default;
};
struct Stub {
  Height height = 0;
  TimeMs time = 0;
  std::string op;
  TxId txid;
  EnvHash env;
  std::uint32_t code = 0;      // 0 accepted, else Code
  std::uint64_t flags = 0;     // bit set of Flag
  std::vector<Touch> touched;  // sorted by entity, at most limits::kTouchedEntitiesMax
  bool operator==(const Stub&) const = default;
};
struct BlockEntry {
  Height height = 0;
  TimeMs time = 0;
  Hash256 header_hash;
  LogIndex first = 0;  // index of the block's first stub
  Hash256 state_root;  // after the block
  bool operator==(const BlockEntry&) const = default;
};
using LogEntry = std::variant<GenesisEntry, Stub, BlockEntry>;

[[nodiscard]] Bytes EncodeEntry(const LogEntry& entry);
[[nodiscard]] Result<LogEntry> DecodeEntry(ByteView bytes);

// Leaf hash of an event in an entity's history: RFC 6962's over the 54 bytes
// "JIANDU-HIST-1\0" || u64be log index || leaf hash of the log entry.
[[nodiscard]] Hash256 HistoryLeafHash(LogIndex index, const Hash256& entry_hash);
// SHA-256("JIANDU-APP-1\0" || u64be log_size || log_root || state_root).
[[nodiscard]] Hash256 AppHash(std::uint64_t log_size, const Hash256& log_root,
                              const Hash256& state_root);

}  // namespace jiandu::ledger
