// Wire forms of the log's entries, and the application hash.
#include "ledger/model/stub.h"

#include <limits>

#include "base/limits.h"
#include "base/wire.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace jiandu::ledger {
namespace {

constexpr std::uint32_t kGenesisField = 1;
constexpr std::uint32_t kStubField = 2;
constexpr std::uint32_t kBlockField = 3;

constexpr std::uint32_t kRolesAll =
    touch::kNew | touch::kAct | touch::kSource | touch::kUse | touch::kOut | touch::kRevision;

Result<TimeMs> TakeTime(WireReader& reader, std::uint32_t field) {
  JD_TRY(const TimeMs time, reader.Int64(field));
  if (time < 0) return Fail(Errc::kInvalid, "log entry: negative time");
  return time;
}

Bytes Encode(const GenesisEntry& entry) {
  WireWriter writer;
  writer.Text(1, entry.chain);
  writer.BytesField(2, entry.genesis_hash.View());
  return writer.Take();
}

Bytes Encode(const Stub& stub) {
  WireWriter writer;
  writer.Varint(1, stub.height);
  writer.Int64(2, stub.time);
  writer.Text(3, stub.op);
  writer.BytesField(4, stub.txid.View());
  writer.BytesField(5, stub.env.View());
  writer.Varint(6, stub.code);
  writer.Varint(7, stub.flags);
  for (const Touch& touched : stub.touched) {
    WireWriter one;
    one.BytesField(1, touched.entity.View());
    one.Varint(2, touched.roles);
    one.Varint(3, touched.seq);
    writer.Message(8, one.Written());
  }
  return writer.Take();
}

Bytes Encode(const BlockEntry& entry) {
  WireWriter writer;
  writer.Varint(1, entry.height);
  writer.Int64(2, entry.time);
  writer.BytesField(3, entry.header_hash.View());
  writer.Varint(4, entry.first);
  writer.BytesField(5, entry.state_root.View());
  return writer.Take();
}

Result<LogEntry> DecodeGenesisEntry(ByteView bytes) {
  WireReader reader(bytes);
  GenesisEntry entry;
  JD_TRY(const std::string_view chain, reader.Text(1, limits::kChainIdBytesMax));
  JD_TRY(entry.genesis_hash, reader.Fixed<32>(2));
  JD_CHECK(reader.Finish());
  if (chain.empty()) return Fail(Errc::kInvalid, "genesis entry: no chain");
  entry.chain = chain;
  return entry;
}

Result<Touch> DecodeTouch(ByteView bytes) {
  WireReader reader(bytes);
  Touch touched;
  JD_TRY(touched.entity, reader.Fixed<17>(1));
  JD_TRY(const std::uint64_t roles, reader.Varint(2));
  JD_TRY(touched.seq, reader.Varint(3));
  JD_CHECK(reader.Finish());
  if (roles == 0 || (roles & ~std::uint64_t{kRolesAll}) != 0) {
    return Fail(Errc::kInvalid, "stub: unknown way of touching");
  }
  if (!KindFromByte(touched.entity.bytes[0]).has_value()) {
    return Fail(Errc::kInvalid, "stub: unknown kind of entity");
  }
  touched.roles = static_cast<std::uint32_t>(roles);
  return touched;
}

Result<LogEntry> DecodeStub(ByteView bytes) {
  WireReader reader(bytes);
  Stub stub;
  JD_TRY(stub.height, reader.Varint(1));
  JD_TRY(stub.time, TakeTime(reader, 2));
  JD_TRY(const std::string_view op, reader.Text(3, limits::kOpBytesMax));
  JD_TRY(stub.txid, reader.Fixed<32>(4));
  JD_TRY(stub.env, reader.Fixed<32>(5));
  JD_TRY(const std::uint64_t code, reader.Varint(6));
  JD_TRY(stub.flags, reader.Varint(7));
  while (reader.NextIs(8)) {
    if (stub.touched.size() >= limits::kTouchedEntitiesMax) {
      return Fail(Errc::kTooLarge, "stub: too many entities");
    }
    JD_TRY(const ByteView message, reader.Message(8));
    JD_TRY(const Touch touched, DecodeTouch(message));
    if (!stub.touched.empty() && stub.touched.back().entity >= touched.entity) {
      return Fail(Errc::kInvalid, "stub: entities out of order");
    }
    stub.touched.push_back(touched);
  }
  JD_CHECK(reader.Finish());
  if (op.empty()) return Fail(Errc::kInvalid, "stub: no op");
  if (code > std::numeric_limits<std::uint32_t>::max()) {
    return Fail(Errc::kInvalid, "stub: code out of range");
  }
  stub.op = op;
  stub.code = static_cast<std::uint32_t>(code);
  return stub;
}

Result<LogEntry> DecodeBlockEntry(ByteView bytes) {
  WireReader reader(bytes);
  BlockEntry entry;
  JD_TRY(entry.height, reader.Varint(1));
  JD_TRY(entry.time, TakeTime(reader, 2));
  JD_TRY(entry.header_hash, reader.Fixed<32>(3));
  JD_TRY(entry.first, reader.Varint(4));
  JD_TRY(entry.state_root, reader.Fixed<32>(5));
  JD_CHECK(reader.Finish());
  return entry;
}

}  // namespace

Bytes EncodeEntry(const LogEntry& entry) {
  WireWriter writer;
  if (const auto* genesis = std::get_if<GenesisEntry>(&entry)) {
    writer.Message(kGenesisField, Encode(*genesis));
  } else if (const auto* stub = std::get_if<Stub>(&entry)) {
    writer.Message(kStubField, Encode(*stub));
  } else if (const auto* block = std::get_if<BlockEntry>(&entry)) {
    writer.Message(kBlockField, Encode(*block));
  }
  return writer.Take();
}

Result<LogEntry> DecodeEntry(ByteView bytes) {
  WireReader reader(bytes);
  const std::uint32_t field = reader.NextIs(kGenesisField) ? kGenesisField
                              : reader.NextIs(kStubField)  ? kStubField
                                                           : kBlockField;
  JD_TRY(const ByteView message, reader.Message(field));
  JD_CHECK(reader.Finish());
  if (field == kGenesisField) return DecodeGenesisEntry(message);
  if (field == kStubField) return DecodeStub(message);
  return DecodeBlockEntry(message);
}

Hash256 HistoryLeafHash(LogIndex index, const Hash256& entry_hash) {
  Bytes data = ToBytes(crypto::kTagHistory);
  AppendU64Be(data, index);
  Append(data, entry_hash.View());
  return crypto::MerkleLeafHash(data);
}

Hash256 AppHash(std::uint64_t log_size, const Hash256& log_root, const Hash256& state_root) {
  Bytes size;
  AppendU64Be(size, log_size);
  return crypto::Sha256({AsBytes(crypto::kTagApp), size, log_root.View(), state_root.View()});
}

}  // namespace jiandu::ledger
