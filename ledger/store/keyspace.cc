// Keys and fixed rows of the database.
#include "ledger/store/keyspace.h"

#include "base/limits.h"
#include "base/wire.h"

namespace jiandu::store {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kHeaderBytesMax = 64 * limits::kKiB;
constexpr std::size_t kCommitBytesMax = 256 * limits::kKiB;
constexpr std::size_t kPeaksMax = 64;

Bytes NumberKey(char prefix, std::uint64_t number) {
  Bytes key;
  key.reserve(9);
  key.push_back(static_cast<std::uint8_t>(prefix));
  AppendU64Be(key, number);
  return key;
}

void PutHash(WireWriter& writer, std::uint32_t field, const Hash256& hash) {
  if (!hash.IsZero()) writer.BytesField(field, hash.View());
}

Result<Hash256> TakeHash(WireReader& reader, std::uint32_t field) {
  JD_TRY(const auto hash, reader.OptionalFixed<32>(field));
  return hash.value_or(Hash256());
}

}  // namespace

Bytes EntryKey(ledger::LogIndex index) { return NumberKey('E', index); }

Bytes TileKey(std::uint8_t level, std::uint64_t tile) {
  Bytes key;
  key.reserve(10);
  key.push_back('T');
  key.push_back(level);
  AppendU64Be(key, tile);
  return key;
}

Bytes HistoryKey(const ledger::EntityId& id, std::uint64_t seq) {
  Bytes key;
  key.reserve(1 + ledger::EntityId::kSize + 8);
  key.push_back('H');
  Append(key, id.View());
  AppendU64Be(key, seq);
  return key;
}

Bytes HistoryPrefix(const ledger::EntityId& id) {
  Bytes key;
  key.push_back('H');
  Append(key, id.View());
  return key;
}

Bytes PeaksKey(const ledger::EntityId& id) {
  Bytes key = {'Q'};
  Append(key, id.View());
  return key;
}

Bytes TreeKey(const Hash256& path, std::size_t depth) {
  Bytes key;
  key.reserve(2 + (depth + 1) / 2);
  key.push_back('M');
  key.push_back(static_cast<std::uint8_t>(depth));
  Append(key, path.View().first((depth + 1) / 2));
  if (depth % 2 != 0) key.back() &= 0xF0U;
  return key;
}

Bytes TxKey(const ledger::TxId& id) {
  Bytes key;
  key.reserve(1 + ledger::TxId::kSize);
  key.push_back('t');
  Append(key, id.View());
  return key;
}

Bytes KindPrefix(ledger::EntityKind kind) { return {'L', static_cast<std::uint8_t>(kind)}; }

Bytes DepartmentPrefix(ledger::EntityKind kind, std::string_view department) {
  JD_ASSERT(department.size() <= 0xff);
  Bytes key = {'D', static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(department.size())};
  Append(key, department);
  return key;
}

Bytes ListKey(Bytes prefix, ledger::LogIndex birth, const ledger::EntityId& id) {
  AppendU64Be(prefix, birth);
  Append(prefix, id.View());
  return prefix;
}

Bytes HeightKey(ledger::Height height) { return NumberKey('h', height); }
Bytes CommitKey(ledger::Height height) { return NumberKey('C', height); }
Bytes ValidatorSetKey(ledger::Height height) { return NumberKey('V', height); }
Bytes MetaKey() { return ToBytes("meta"); }

Bytes TxPlace::Encode() const {
  Bytes bytes;
  bytes.reserve(20);
  AppendU64Be(bytes, height);
  AppendU32Be(bytes, position);
  AppendU64Be(bytes, index);
  return bytes;
}

Result<TxPlace> TxPlace::Decode(ByteView bytes) {
  if (bytes.size() != 20) return Fail(Errc::kCorrupt, "transaction index: wrong length");
  return TxPlace{.height = ReadU64Be(bytes),
                 .position = ReadU32Be(bytes.subspan(8)),
                 .index = ReadU64Be(bytes.subspan(12))};
}

Bytes HeightRow::Encode() const {
  WireWriter writer;
  writer.Int64(1, time);
  PutHash(writer, 2, header_hash);
  writer.BytesField(3, header);
  PutHash(writer, 4, app_hash);
  PutHash(writer, 5, results_hash);
  writer.Varint(6, log_size);
  PutHash(writer, 7, log_root);
  PutHash(writer, 8, state_root);
  writer.Varint(9, transactions);
  return writer.Take();
}

Result<HeightRow> HeightRow::Decode(ByteView bytes) {
  WireReader reader(bytes);
  HeightRow row;
  JD_TRY(row.time, reader.Int64(1));
  JD_TRY(row.header_hash, TakeHash(reader, 2));
  JD_TRY(const ByteView header, reader.BytesField(3, kHeaderBytesMax));
  row.header = ToBytes(header);
  JD_TRY(row.app_hash, TakeHash(reader, 4));
  JD_TRY(row.results_hash, TakeHash(reader, 5));
  JD_TRY(row.log_size, reader.Varint(6));
  JD_TRY(row.log_root, TakeHash(reader, 7));
  JD_TRY(row.state_root, TakeHash(reader, 8));
  JD_TRY(row.transactions, reader.Varint(9));
  JD_CHECK(reader.Finish());
  if (row.transactions != 0 && row.log_size <= row.transactions) {
    return Fail(Errc::kCorrupt, "height: fewer log entries than transactions");
  }
  return row;
}

Bytes MetaRow::Encode() const {
  WireWriter writer;
  writer.Varint(1, kFormat);
  writer.Varint(2, height);
  writer.Text(3, chain);
  PutHash(writer, 4, genesis_hash);
  for (const Hash256& peak : peaks) writer.Element(5, peak.View());
  writer.BytesField(6, seen_commit);
  writer.Message(7, row.Encode());
  return writer.Take();
}

Result<MetaRow> MetaRow::Decode(ByteView bytes) {
  WireReader reader(bytes);
  MetaRow meta;
  JD_TRY(const std::uint64_t format, reader.Varint(1));
  if (format != kFormat) return Fail(Errc::kConflict, "database: another format");
  JD_TRY(meta.height, reader.Varint(2));
  JD_TRY(const std::string_view name, reader.Text(3, limits::kChainIdBytesMax));
  meta.chain = name;
  JD_TRY(meta.genesis_hash, TakeHash(reader, 4));
  while (reader.NextIs(5)) {
    if (meta.peaks.size() >= kPeaksMax) return Fail(Errc::kCorrupt, "meta: too many peaks");
    JD_TRY(const ByteView element, reader.Message(5));
    const auto peak = Hash256::From(element);
    if (!peak.has_value()) return Fail(Errc::kCorrupt, "meta: peak");
    meta.peaks.push_back(*peak);
  }
  JD_TRY(const ByteView commit, reader.BytesField(6, kCommitBytesMax));
  meta.seen_commit = ToBytes(commit);
  JD_TRY(const ByteView row, reader.Message(7));
  JD_CHECK(reader.Finish());
  JD_TRY(meta.row, HeightRow::Decode(row));
  return meta;
}

}  // namespace jiandu::store
