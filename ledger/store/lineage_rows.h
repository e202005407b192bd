// The rows of the lineage index, byte by byte (docs/lineage.md).
//
// The index is a database of its own, derived from the log and rebuilt when lost; nothing of it is
// hashed or agreed on. Integers are big-endian. Nodes are numbered in the order in which the log
// names them first, so every node of a network has the same rows.
//
//   key                              value
//   m                                wire LineageMeta
//   I  entity id 17                  number 8
//   J  number 8                      entity id 17; of a holding: resource id 17, department's code
//   D  from 8, to 8                  LineageSpans: when the edge holds
//   U  to 8, from 8                  the same
//   V  from 8, to 8, begun 8         ended 8: an interval between the first and the last
//   X  from 8, to 8, event 8, n 2    wire LineageDerivation: the n-th input of the event
//
// Pure functions; any thread.
#pragma once

#include <optional>

#include "base/error.h"
#include "ledger/model/lineage_fact.h"

namespace jiandu::store {

// A node of the graph by its number. 32 bits, as the graph in memory has them: when they are used
// up the index says so and stays where it is.
using LineageNode = std::uint32_t;
inline constexpr LineageNode kLineageNumbersMax = 0xFFFF'FFFE;

enum class LineageDirection : std::uint8_t { kDown, kUp };

struct LineageMeta {
  ledger::Height height = 0;   // indexed up to here
  std::uint64_t log_size = 0;  // after it
  std::uint64_t nodes = 0;
  std::uint64_t edges = 0;
  Hash256 genesis_hash;
  bool operator==(const LineageMeta&) const = default;

  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<LineageMeta> Decode(ByteView bytes);
};

// An entity of the graph. Holdings are pairs: their ids are hashes, so what they are of is kept.
struct LineageEntity {
  ledger::EntityId id;
  ledger::EntityId resource;        // of a holding, else zero
  ledger::DepartmentId department;  // of a holding, else ""
  bool operator==(const LineageEntity&) const = default;

  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<LineageEntity> Decode(ByteView bytes);
};

// From the event with index `begun` to the one with index `ended`; 0: it holds still.
struct LineageSpan {
  ledger::LogIndex begun = 0;
  ledger::LogIndex ended = 0;
  bool operator==(const LineageSpan&) const = default;
};

// The first and the last interval of an edge; those between stand in rows of their own. 8, 16, 24
// or 32 bytes.
struct LineageSpans {
  LineageSpan first;
  std::optional<LineageSpan> last;  // another one than the first
  bool operator==(const LineageSpans&) const = default;

  [[nodiscard]] LineageSpan& Newest() { return last ? *last : first; }
  [[nodiscard]] bool IsOpen() const { return (last ? *last : first).ended == 0; }
  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<LineageSpans> Decode(ByteView bytes);
};

[[nodiscard]] Bytes LineageMetaKey();
[[nodiscard]] Bytes LineageIdKey(const ledger::EntityId& id);
[[nodiscard]] Bytes LineageNodeKey(LineageNode node);
// D or U.
[[nodiscard]] Bytes LineageEdgesPrefix(LineageDirection direction, LineageNode node);
[[nodiscard]] Bytes LineageEdgeKey(LineageDirection direction, LineageNode node, LineageNode other);
[[nodiscard]] Bytes LineageSpanPrefix(LineageNode from, LineageNode to);
[[nodiscard]] Bytes LineageSpanKey(LineageNode from, LineageNode to, ledger::LogIndex begun);
[[nodiscard]] Bytes LineageDerivationPrefix(LineageNode from, LineageNode to);
[[nodiscard]] Bytes LineageDerivationKey(LineageNode from, LineageNode to, ledger::LogIndex event,
                                         std::uint16_t n);
// The node at the end of an edge's key; nothing when it is no such key.
[[nodiscard]] std::optional<LineageNode> LineageOther(ByteView edge_key);

[[nodiscard]] Bytes EncodeLineageDerivation(const ledger::LineageDerivation& derivation);
[[nodiscard]] Result<ledger::LineageDerivation> DecodeLineageDerivation(ByteView bytes);

}  // namespace jiandu::store
