// The lineage index: writing what events say of lineage, and reading what is known of one edge.
//
// A batch belongs to one thread and is written as a whole, so that the index is always that of some
// height. Reads may go on meanwhile without a snapshot: whoever reads names the log size `until` up
// to which it looks, and rows only ever gain what is later.
#pragma once

#include <map>
#include <vector>

#include "ledger/model/write_set.h"
#include "ledger/store/kv_store.h"
#include "ledger/store/lineage_rows.h"

namespace jiandu::store {

struct LineageEdge {
  LineageNode from = 0;
  LineageNode to = 0;
  ledger::LogIndex begun = 0;  // first
  bool operator==(const LineageEdge&) const = default;
};

// Facts of some blocks, in the order of the log, until they are written together.
class LineageBatch {
 public:
  // `written` outlives it; `meta` is what is written.
  LineageBatch(const KvReader& written, LineageMeta meta) : written_(&written), meta_(meta) {}

  // Whether the edge holds after what was added so far.
  [[nodiscard]] Result<bool> IsOpen(const ledger::EntityId& from, const ledger::EntityId& to);
  // What begins twice or ends without having begun changes nothing. kFull: no numbers are left.
  [[nodiscard]] Result<void> Add(ledger::LogIndex event, const ledger::LineageFact& fact);
  // Everything added, as the index of that height.
  [[nodiscard]] KvBatch Finish(ledger::Height height, std::uint64_t log_size);

  [[nodiscard]] const LineageMeta& Meta() const { return meta_; }
  [[nodiscard]] const std::vector<LineageEdge>& NewEdges() const { return new_edges_; }
  [[nodiscard]] std::size_t Rows() const { return rows_.size(); }

 private:
  [[nodiscard]] Result<std::optional<Bytes>> Get(const Bytes& key) const;
  [[nodiscard]] Result<std::optional<LineageNode>> Find(const ledger::EntityId& id) const;
  [[nodiscard]] Result<LineageNode> Number(const LineageEntity& entity);
  [[nodiscard]] Result<std::optional<LineageSpans>> SpansOf(LineageNode from, LineageNode to) const;
  [[nodiscard]] Result<void> Begin(ledger::LogIndex event, const ledger::LineageFact& fact);
  [[nodiscard]] Result<void> End(ledger::LogIndex event, const ledger::LineageFact& fact);
  void PutSpans(LineageNode from, LineageNode to, const LineageSpans& spans);

  const KvReader* written_;
  LineageMeta meta_;
  std::map<Bytes, Bytes, ledger::BytesLess> rows_;
  std::vector<LineageEdge> new_edges_;
};

// Nothing when the index is empty.
[[nodiscard]] Result<std::optional<LineageMeta>> ReadLineageMeta(const KvReader& index);
[[nodiscard]] Result<std::optional<LineageNode>> FindLineageNode(const KvReader& index,
                                                                 const ledger::EntityId& id);
[[nodiscard]] Result<LineageEntity> ReadLineageEntity(const KvReader& index, LineageNode node);
// The newest interval of the edge that began below `until`; an end at or beyond it is none. Nothing
// when the edge had not begun.
[[nodiscard]] Result<std::optional<LineageSpan>> LineageSpanAsOf(const KvReader& index,
                                                                 LineageNode from, LineageNode to,
                                                                 ledger::LogIndex until);
// Derivations behind an edge, oldest first, at most `limit`.
struct LineageEvent {
  ledger::LogIndex index = 0;
  ledger::LineageDerivation derivation;
};
struct LineageEvents {
  std::vector<LineageEvent> list;
  bool whole = true;
};
[[nodiscard]] Result<LineageEvents> LineageDerivationsOf(const KvReader& index, LineageNode from,
                                                         LineageNode to, ledger::LogIndex until,
                                                         std::size_t limit);

}  // namespace jiandu::store
