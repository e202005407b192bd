// The header: its bytes and its hash, and the small hashes that stand in it.
#include "consensus/header.h"

#include <array>

#include "base/limits.h"
#include "base/wire.h"
#include "consensus/wire_fields.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace jiandu::consensus {

namespace {

// The range of google.protobuf.Timestamp: years 1 to 9999.
constexpr std::int64_t kSecondsMin = kGoZeroTime.seconds;
constexpr std::int64_t kSecondsMax = 253402300799;
constexpr std::int64_t kNanosMax = 999999999;

Bytes EncodeVersion(const Header& header) {
  WireWriter writer;
  writer.Varint(1, header.version_block);
  writer.Varint(2, header.version_app);
  return writer.Take();
}

Result<void> DecodeVersion(ByteView bytes, Header& header) {
  WireReader reader(bytes);
  JD_TRY(header.version_block, reader.Varint(1));
  JD_TRY(header.version_app, reader.Varint(2));
  if (header.version_block != kBlockProtocol) {
    return Fail(Errc::kInvalid, "header: unknown block protocol");
  }
  return reader.Finish();
}

// CometBFT's cdcEncode: google.protobuf.BytesValue, StringValue, Int64Value.
Bytes Wrapped(ByteView value) {
  WireWriter writer;
  writer.BytesField(1, value);
  return writer.Take();
}

Bytes WrappedHeight(Height height) {
  WireWriter writer;
  WriteHeight(writer, 1, height);
  return writer.Take();
}

Bytes EncodePartSetHeader(const BlockId& id) {
  WireWriter writer;
  writer.Varint(1, id.parts);
  writer.BytesField(2, id.parts_hash.View());
  return writer.Take();
}

}  // namespace

Hash256 Header::Hash() const {
  const std::array<Bytes, 14> fields = {
      EncodeVersion(*this),
      Wrapped(AsBytes(chain_id)),
      WrappedHeight(height),
      EncodeTime(time),
      EncodeBlockId(last_block_id),
      Wrapped(last_commit_hash.View()),
      Wrapped(data_hash.View()),
      Wrapped(validators_hash.View()),
      Wrapped(next_validators_hash.View()),
      Wrapped(consensus_hash.View()),
      Wrapped(app_hash.View()),
      Wrapped(last_results_hash.View()),
      Wrapped(evidence_hash.View()),
      Wrapped(proposer.View()),
  };
  return crypto::MerkleRootOfData(fields);
}

Bytes Header::Encode() const {
  WireWriter writer;
  writer.Message(1, EncodeVersion(*this));
  writer.Text(2, chain_id);
  WriteHeight(writer, 3, height);
  WriteTime(writer, 4, time);
  WriteBlockId(writer, 5, last_block_id);
  writer.BytesField(6, last_commit_hash.View());
  writer.BytesField(7, data_hash.View());
  writer.BytesField(8, validators_hash.View());
  writer.BytesField(9, next_validators_hash.View());
  writer.BytesField(10, consensus_hash.View());
  writer.BytesField(11, app_hash.View());
  writer.BytesField(12, last_results_hash.View());
  writer.BytesField(13, evidence_hash.View());
  writer.BytesField(14, proposer.View());
  return writer.Take();
}

Result<Header> Header::Decode(ByteView bytes) {
  WireReader reader(bytes);
  Header header;
  JD_TRY(const ByteView version, reader.Message(1));
  JD_CHECK(DecodeVersion(version, header));
  JD_TRY(header.chain_id, reader.Text(2, limits::kChainIdBytesMax));
  if (header.chain_id.empty()) return Fail(Errc::kInvalid, "header: no chain id");
  JD_TRY(header.height, ReadHeight(reader, 3));
  JD_TRY(header.time, ReadTime(reader, 4));
  JD_TRY(const std::optional<BlockId> last, ReadBlockIdOrNil(reader, 5));
  header.last_block_id = last.value_or(BlockId{});
  if (last.has_value() != (header.height > 1)) {
    return Fail(Errc::kInvalid, "header: only the first block has no block before it");
  }
  JD_TRY(header.last_commit_hash, reader.Fixed<Hash256::kSize>(6));
  JD_TRY(header.data_hash, reader.Fixed<Hash256::kSize>(7));
  JD_TRY(header.validators_hash, reader.Fixed<Hash256::kSize>(8));
  JD_TRY(header.next_validators_hash, reader.Fixed<Hash256::kSize>(9));
  JD_TRY(header.consensus_hash, reader.Fixed<Hash256::kSize>(10));
  JD_TRY(header.app_hash, reader.Fixed<Hash256::kSize>(11));
  JD_TRY(header.last_results_hash, reader.Fixed<Hash256::kSize>(12));
  JD_TRY(header.evidence_hash, reader.Fixed<Hash256::kSize>(13));
  JD_TRY(header.proposer, reader.Fixed<Address::kSize>(14));
  JD_CHECK(reader.Finish());
  return header;
}

Hash256 ConsensusHash(std::uint64_t max_bytes) {
  WireWriter writer;
  writer.Varint(1, max_bytes);
  writer.Int64(2, -1);  // max_gas: no such limit
  return crypto::Sha256(writer.Written());
}

Hash256 ResultsHash(std::span<const std::uint32_t> codes) {
  std::vector<Bytes> results;
  results.reserve(codes.size());
  for (const std::uint32_t code : codes) {
    WireWriter writer;
    writer.Varint(1, code);
    results.push_back(writer.Take());
  }
  return crypto::MerkleRootOfData(results);
}

Hash256 EvidenceHash() { return crypto::MerkleEmptyRoot(); }

Bytes EncodeBlockId(const BlockId& id) {
  WireWriter writer;
  const bool zero = id == BlockId{};
  writer.BytesField(1, zero ? ByteView{} : id.hash.View());
  writer.Message(2, zero ? Bytes{} : EncodePartSetHeader(id));
  return writer.Take();
}

Result<BlockId> DecodeBlockId(ByteView bytes) {
  WireReader reader(bytes);
  BlockId id;
  JD_TRY(const std::optional<Hash256> hash, reader.OptionalFixed<Hash256::kSize>(1));
  JD_TRY(const ByteView parts, reader.Message(2));
  JD_CHECK(reader.Finish());
  if (!hash.has_value()) {
    if (!parts.empty()) return Fail(Errc::kInvalid, "block id: parts without a hash");
    return id;
  }
  id.hash = *hash;
  WireReader parts_reader(parts);
  JD_TRY(const std::uint64_t count, ReadUpTo(parts_reader, 1, limits::kPartsMax));
  if (count == 0) return Fail(Errc::kInvalid, "block id: neither zero nor complete");
  id.parts = static_cast<std::uint32_t>(count);
  JD_TRY(id.parts_hash, parts_reader.Fixed<Hash256::kSize>(2));
  JD_CHECK(parts_reader.Finish());
  return id;
}

Bytes EncodeTime(const Time& time) {
  WireWriter writer;
  writer.Int64(1, time.seconds);
  writer.Int64(2, time.nanos);
  return writer.Take();
}

Result<Time> DecodeTime(ByteView bytes) {
  WireReader reader(bytes);
  JD_TRY(const std::int64_t seconds, reader.Int64(1));
  JD_TRY(const std::int64_t nanos, reader.Int64(2));
  JD_CHECK(reader.Finish());
  if (seconds < kSecondsMin || seconds > kSecondsMax || nanos < 0 || nanos > kNanosMax) {
    return Fail(Errc::kInvalid, "time: out of range");
  }
  return Time{.seconds = seconds, .nanos = static_cast<std::int32_t>(nanos)};
}

}  // namespace jiandu::consensus
