// See lineage_rows.h.
#include "ledger/store/lineage_rows.h"

#include "base/limits.h"
#include "base/wire.h"

namespace jiandu::store {
namespace {

using ledger::EntityId;

constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kSpanBytes = 8;
constexpr std::size_t kEdgeKeyBytes = 17;

Bytes Key(char mark, std::initializer_list<std::uint64_t> numbers) {
  Bytes key{static_cast<std::uint8_t>(mark)};
  for (const std::uint64_t number : numbers) AppendU64Be(key, number);
  return key;
}
char MarkOf(LineageDirection direction) { return direction == LineageDirection::kDown ? 'D' : 'U'; }
std::unexpected<Error> Corrupt(const char* what) {
  return Fail(Errc::kCorrupt, std::string("lineage index: ") + what);
}

}  // namespace

Bytes LineageMeta::Encode() const {
  WireWriter writer;
  writer.Varint(1, kFormat);
  writer.Varint(2, height);
  writer.Varint(3, log_size);
  writer.Varint(4, nodes);
  writer.Varint(5, edges);
  writer.BytesField(6, genesis_hash.View());
  return writer.Take();
}

Result<LineageMeta> LineageMeta::Decode(ByteView bytes) {
  WireReader reader(bytes);
  LineageMeta meta;
  JD_TRY(const std::uint64_t format, reader.Varint(1));
  if (format != kFormat) return Corrupt("another format");
  JD_TRY(meta.height, reader.Varint(2));
  JD_TRY(meta.log_size, reader.Varint(3));
  JD_TRY(meta.nodes, reader.Varint(4));
  JD_TRY(meta.edges, reader.Varint(5));
  JD_TRY(meta.genesis_hash, reader.Fixed<32>(6));
  JD_CHECK(reader.Finish());
  return meta;
}

Bytes LineageEntity::Encode() const {
  Bytes bytes = ToBytes(id.View());
  if (department.empty()) return bytes;
  Append(bytes, resource.View());
  Append(bytes, department);
  return bytes;
}

Result<LineageEntity> LineageEntity::Decode(ByteView bytes) {
  LineageEntity entity;
  if (bytes.size() < EntityId::kSize) return Corrupt("a node's row is too short");
  entity.id = *EntityId::From(bytes.first(EntityId::kSize));
  if (bytes.size() == EntityId::kSize) return entity;
  if (bytes.size() <= 2 * EntityId::kSize) return Corrupt("a holding's row is too short");
  entity.resource = *EntityId::From(bytes.subspan(EntityId::kSize, EntityId::kSize));
  entity.department = ToText(bytes.subspan(2 * EntityId::kSize));
  return entity;
}

Bytes LineageSpans::Encode() const {
  Bytes bytes;
  AppendU64Be(bytes, first.begun);
  if (first.ended == 0) return bytes;
  AppendU64Be(bytes, first.ended);
  if (!last) return bytes;
  AppendU64Be(bytes, last->begun);
  if (last->ended != 0) AppendU64Be(bytes, last->ended);
  return bytes;
}

Result<LineageSpans> LineageSpans::Decode(ByteView bytes) {
  const std::size_t numbers = bytes.size() / kSpanBytes;
  if (bytes.size() % kSpanBytes != 0 || numbers == 0 || numbers > 4) {
    return Corrupt("an edge's row has the wrong length");
  }
  const auto number = [bytes, numbers](std::size_t n) {
    return n < numbers ? ReadU64Be(bytes.subspan(n * kSpanBytes)) : 0;
  };
  LineageSpans spans{.first = {.begun = number(0), .ended = number(1)}, .last = std::nullopt};
  if (numbers > 2) spans.last = LineageSpan{.begun = number(2), .ended = number(3)};
  return spans;
}

Bytes LineageMetaKey() { return Key('m', {}); }
Bytes LineageIdKey(const EntityId& id) {
  Bytes key = Key('I', {});
  Append(key, id.View());
  return key;
}
Bytes LineageNodeKey(LineageNode node) { return Key('J', {node}); }
Bytes LineageEdgesPrefix(LineageDirection direction, LineageNode node) {
  return Key(MarkOf(direction), {node});
}
Bytes LineageEdgeKey(LineageDirection direction, LineageNode node, LineageNode other) {
  return Key(MarkOf(direction), {node, other});
}
Bytes LineageSpanPrefix(LineageNode from, LineageNode to) { return Key('V', {from, to}); }
Bytes LineageSpanKey(LineageNode from, LineageNode to, ledger::LogIndex begun) {
  return Key('V', {from, to, begun});
}
Bytes LineageDerivationPrefix(LineageNode from, LineageNode to) { return Key('X', {from, to}); }
Bytes LineageDerivationKey(LineageNode from, LineageNode to, ledger::LogIndex event,
                           std::uint16_t n) {
  Bytes key = Key('X', {from, to, event});
  AppendU16Be(key, n);
  return key;
}

std::optional<LineageNode> LineageOther(ByteView edge_key) {
  if (edge_key.size() != kEdgeKeyBytes) return std::nullopt;
  const std::uint64_t other = ReadU64Be(edge_key.subspan(9));
  if (other >= kLineageNumbersMax) return std::nullopt;
  return static_cast<LineageNode>(other);
}

Bytes EncodeLineageDerivation(const ledger::LineageDerivation& derivation) {
  WireWriter writer;
  writer.BytesField(1, derivation.derivation.View());
  writer.Text(2, derivation.kind);
  writer.Int64(3, derivation.input_version);
  writer.Int64(4, derivation.out_version);
  if (!derivation.grant.IsZero()) writer.BytesField(5, derivation.grant.View());
  writer.Varint(6, derivation.refreshed ? 1 : 0);
  for (const ledger::LineageItem& item : derivation.items) {
    writer.Nested(7, [&item](WireWriter& inner) {
      inner.Text(1, item.out_item);
      for (const std::string& from : item.from) inner.Element(2, AsBytes(from));
      inner.Varint(3, item.unchanged ? 1 : 0);
    });
  }
  return writer.Take();
}

namespace {

Result<ledger::LineageItem> DecodeItem(ByteView bytes) {
  WireReader reader(bytes);
  ledger::LineageItem item;
  JD_TRY(item.out_item, reader.Text(1, limits::kIdBytesMax));
  while (reader.NextIs(2)) {
    JD_TRY(const ByteView from, reader.Message(2));
    item.from.push_back(ToText(from));
  }
  JD_TRY(const std::uint64_t unchanged, reader.Varint(3));
  item.unchanged = unchanged != 0;
  JD_CHECK(reader.Finish());
  return item;
}

}  // namespace

Result<ledger::LineageDerivation> DecodeLineageDerivation(ByteView bytes) {
  WireReader reader(bytes);
  ledger::LineageDerivation derivation;
  JD_TRY(derivation.derivation, reader.Fixed<EntityId::kSize>(1));
  JD_TRY(derivation.kind, reader.Text(2, limits::kIdBytesMax));
  JD_TRY(derivation.input_version, reader.Int64(3));
  JD_TRY(derivation.out_version, reader.Int64(4));
  JD_TRY(const auto grant, reader.OptionalFixed<EntityId::kSize>(5));
  if (grant) derivation.grant = *grant;
  JD_TRY(const std::uint64_t refreshed, reader.Varint(6));
  derivation.refreshed = refreshed != 0;
  while (reader.NextIs(7)) {
    JD_TRY(const ByteView message, reader.Message(7));
    JD_TRY(ledger::LineageItem item, DecodeItem(message));
    derivation.items.push_back(std::move(item));
  }
  JD_CHECK(reader.Finish());
  return derivation;
}

}  // namespace jiandu::store
