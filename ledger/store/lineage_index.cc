// See lineage_index.h.
#include "ledger/store/lineage_index.h"

#include <utility>

namespace jiandu::store {
namespace {

using ledger::EntityId;
using ledger::LineageAct;
using ledger::LineageFact;

std::unexpected<Error> Corrupt(const char* what) {
  return Fail(Errc::kCorrupt, std::string("lineage index: ") + what);
}

}  // namespace

Result<std::optional<Bytes>> LineageBatch::Get(const Bytes& key) const {
  if (const auto added = rows_.find(key); added != rows_.end()) return added->second;
  return written_->Get(key);
}

Result<std::optional<LineageNode>> LineageBatch::Find(const EntityId& id) const {
  JD_TRY(const auto row, Get(LineageIdKey(id)));
  if (!row) return std::optional<LineageNode>();
  if (row->size() != 8 || ReadU64Be(*row) >= kLineageNumbersMax) return Corrupt("a node's number");
  return std::optional(static_cast<LineageNode>(ReadU64Be(*row)));
}

Result<LineageNode> LineageBatch::Number(const LineageEntity& entity) {
  JD_TRY(const auto known, Find(entity.id));
  if (known) return *known;
  if (meta_.nodes >= kLineageNumbersMax) {
    return Fail(Errc::kFull, "lineage index: it has all the nodes it can number");
  }
  const auto node = static_cast<LineageNode>(meta_.nodes++);
  Bytes number;
  AppendU64Be(number, node);
  rows_[LineageIdKey(entity.id)] = std::move(number);
  rows_[LineageNodeKey(node)] = entity.Encode();
  return node;
}

Result<std::optional<LineageSpans>> LineageBatch::SpansOf(LineageNode from, LineageNode to) const {
  JD_TRY(const auto row, Get(LineageEdgeKey(LineageDirection::kDown, from, to)));
  if (!row) return std::optional<LineageSpans>();
  JD_TRY(const LineageSpans spans, LineageSpans::Decode(*row));
  return std::optional(spans);
}

void LineageBatch::PutSpans(LineageNode from, LineageNode to, const LineageSpans& spans) {
  const Bytes value = spans.Encode();
  rows_[LineageEdgeKey(LineageDirection::kDown, from, to)] = value;
  rows_[LineageEdgeKey(LineageDirection::kUp, to, from)] = value;
}

Result<bool> LineageBatch::IsOpen(const EntityId& from, const EntityId& to) {
  JD_TRY(const auto begin, Find(from));
  JD_TRY(const auto end, Find(to));
  if (!begin || !end) return false;
  JD_TRY(const auto spans, SpansOf(*begin, *end));
  return spans && spans->IsOpen();
}

Result<void> LineageBatch::Add(ledger::LogIndex event, const LineageFact& fact) {
  return fact.act == LineageAct::kBegins ? Begin(event, fact) : End(event, fact);
}

Result<void> LineageBatch::Begin(ledger::LogIndex event, const LineageFact& fact) {
  JD_TRY(const LineageNode from, Number({.id = fact.from, .resource = {}, .department = {}}));
  JD_TRY(const LineageNode to,
         Number({.id = fact.to, .resource = fact.resource, .department = fact.department}));
  JD_TRY(auto spans, SpansOf(from, to));
  if (!spans) {
    PutSpans(from, to, {.first = {.begun = event, .ended = 0}, .last = std::nullopt});
    new_edges_.push_back({.from = from, .to = to, .begun = event});
    ++meta_.edges;
  } else if (!spans->IsOpen()) {
    if (spans->last) {
      Bytes ended;
      AppendU64Be(ended, spans->last->ended);
      rows_[LineageSpanKey(from, to, spans->last->begun)] = std::move(ended);
    }
    spans->last = LineageSpan{.begun = event, .ended = 0};
    PutSpans(from, to, *spans);
  }
  std::uint16_t n = 0;
  for (const ledger::LineageDerivation& derivation : fact.derivations) {
    rows_[LineageDerivationKey(from, to, event, n++)] = EncodeLineageDerivation(derivation);
  }
  return {};
}

Result<void> LineageBatch::End(ledger::LogIndex event, const LineageFact& fact) {
  JD_TRY(const auto from, Find(fact.from));
  JD_TRY(const auto to, Find(fact.to));
  if (!from || !to) return {};
  JD_TRY(auto spans, SpansOf(*from, *to));
  if (!spans || !spans->IsOpen()) return {};
  spans->Newest().ended = event;
  PutSpans(*from, *to, *spans);
  return {};
}

KvBatch LineageBatch::Finish(ledger::Height height, std::uint64_t log_size) {
  meta_.height = height;
  meta_.log_size = log_size;
  rows_[LineageMetaKey()] = meta_.Encode();
  KvBatch batch;
  for (const auto& [key, value] : rows_) batch.Put(key, value);
  return batch;
}

Result<std::optional<LineageMeta>> ReadLineageMeta(const KvReader& index) {
  JD_TRY(const auto row, index.Get(LineageMetaKey()));
  if (!row) return std::optional<LineageMeta>();
  JD_TRY(LineageMeta meta, LineageMeta::Decode(*row));
  return std::optional(std::move(meta));
}

Result<std::optional<LineageNode>> FindLineageNode(const KvReader& index, const EntityId& id) {
  JD_TRY(const auto row, index.Get(LineageIdKey(id)));
  if (!row) return std::optional<LineageNode>();
  if (row->size() != 8 || ReadU64Be(*row) >= kLineageNumbersMax) return Corrupt("a node's number");
  return std::optional(static_cast<LineageNode>(ReadU64Be(*row)));
}

Result<LineageEntity> ReadLineageEntity(const KvReader& index, LineageNode node) {
  JD_TRY(const auto row, index.Get(LineageNodeKey(node)));
  if (!row) return Corrupt("a node has no row");
  return LineageEntity::Decode(*row);
}

Result<std::optional<LineageSpan>> LineageSpanAsOf(const KvReader& index, LineageNode from,
                                                   LineageNode to, ledger::LogIndex until) {
  JD_TRY(const auto row, index.Get(LineageEdgeKey(LineageDirection::kDown, from, to)));
  if (!row) return std::optional<LineageSpan>();
  JD_TRY(const LineageSpans spans, LineageSpans::Decode(*row));
  std::optional<LineageSpan> newest;
  const auto offer = [&newest, until](LineageSpan span) {
    if (span.begun >= until || (newest && span.begun < newest->begun)) return;
    if (span.ended >= until) span.ended = 0;
    newest = span;
  };
  offer(spans.first);
  if (spans.last) offer(*spans.last);
  // Between the two only when the last had not begun yet.
  if (!spans.last || spans.last->begun < until) return newest;
  const Bytes prefix = LineageSpanPrefix(from, to);
  JD_CHECK(index.Scan(prefix, {}, [&](ByteView key, ByteView value) {
    if (key.size() != prefix.size() + 8 || value.size() != 8) return true;
    const ledger::LogIndex begun = ReadU64Be(key.subspan(prefix.size()));
    offer({.begun = begun, .ended = ReadU64Be(value)});
    return begun < until;
  }));
  return newest;
}

Result<LineageEvents> LineageDerivationsOf(const KvReader& index, LineageNode from, LineageNode to,
                                           ledger::LogIndex until, std::size_t limit) {
  LineageEvents events;
  Result<void> read;
  const Bytes prefix = LineageDerivationPrefix(from, to);
  JD_CHECK(index.Scan(prefix, {}, [&](ByteView key, ByteView value) {
    if (key.size() != prefix.size() + 10) {
      read = Corrupt("a derivation's key");
      return false;
    }
    const ledger::LogIndex event = ReadU64Be(key.subspan(prefix.size()));
    if (event >= until) return false;
    if (events.list.size() == limit) {
      events.whole = false;
      return false;
    }
    auto derivation = DecodeLineageDerivation(value);
    if (!derivation) {
      read = std::unexpected(derivation.error());
      return false;
    }
    events.list.push_back({.index = event, .derivation = *std::move(derivation)});
    return true;
  }));
  JD_CHECK(std::move(read));
  return events;
}

}  // namespace jiandu::store
