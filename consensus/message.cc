// The closed set of peer messages: one table of field, name, lane and codec.
#include "consensus/message.h"

#include <algorithm>
#include <array>

#include "base/wire.h"
#include "consensus/message_body.h"

namespace jiandu::consensus {

namespace {

struct Kind {
  const char* name;
  Lane lane;
  std::size_t bytes_max;
  Result<PeerMessage> (*decode)(ByteView);
};

constexpr std::size_t kSmall = limits::kVoteMessageBytesMax - kFrameHeaderBytesMax;
// Votes for many different ids, as only faulty validators send them, take twice the room.
constexpr std::size_t kCertificate = 2 * kSmall;
constexpr std::size_t kLarge = limits::kFrameBytesMax - kFrameHeaderBytesMax;
constexpr std::size_t kBatch = limits::kBatchFrameBytesMax - kFrameHeaderBytesMax;

// In the order of the variant; the field on the wire is the index and one more.
constexpr std::array<Kind, std::variant_size_v<PeerMessage>> kKinds = {{
    {.name = "hello", .lane = Lane::kVotes, .bytes_max = kSmall, .decode = DecodeHello},
    {.name = "vote", .lane = Lane::kVotes, .bytes_max = kSmall, .decode = DecodeVoteMsg},
    {.name = "certificate",
     .lane = Lane::kVotes,
     .bytes_max = kCertificate,
     .decode = DecodeCertificateMsg},
    {.name = "proposal", .lane = Lane::kBlocks, .bytes_max = kLarge, .decode = DecodeProposalMsg},
    {.name = "part", .lane = Lane::kBlocks, .bytes_max = kLarge, .decode = DecodePartMsg},
    {.name = "part-request",
     .lane = Lane::kBlocks,
     .bytes_max = kLarge,
     .decode = DecodePartRequest},
    {.name = "fetch-block", .lane = Lane::kBlocks, .bytes_max = kLarge, .decode = DecodeFetchBlock},
    {.name = "block-request",
     .lane = Lane::kBulk,
     .bytes_max = kLarge,
     .decode = DecodeBlockRequest},
    {.name = "block-piece", .lane = Lane::kBulk, .bytes_max = kLarge, .decode = DecodeBlockPiece},
    {.name = "status", .lane = Lane::kBulk, .bytes_max = kLarge, .decode = DecodeStatus},
    {.name = "transactions", .lane = Lane::kBulk, .bytes_max = kBatch, .decode = DecodeTxBatch},
    {.name = "amnesia-probe",
     .lane = Lane::kVotes,
     .bytes_max = kSmall,
     .decode = DecodeAmnesiaProbe},
    {.name = "amnesia-answer",
     .lane = Lane::kVotes,
     .bytes_max = kSmall,
     .decode = DecodeAmnesiaAnswer},
    {.name = "checkpoint", .lane = Lane::kBulk, .bytes_max = kSmall, .decode = DecodeCheckpoint},
    {.name = "snapshots", .lane = Lane::kBulk, .bytes_max = kSmall, .decode = DecodeSnapshots},
    {.name = "snapshot-request",
     .lane = Lane::kBulk,
     .bytes_max = kSmall,
     .decode = DecodeSnapshotRequest},
    {.name = "snapshot-piece",
     .lane = Lane::kBulk,
     .bytes_max = kLarge,
     .decode = DecodeSnapshotPiece},
}};

// Tag and length of the field around a message or a transaction of at most kBatch bytes.
constexpr std::size_t kFieldBytesMax = 4;
static_assert(kBatch < 1U << 21U);  // a length of three bytes

}  // namespace

Result<PartBitmap> PartBitmap::From(ByteView bytes, std::uint32_t parts) {
  PartBitmap bitmap(parts);
  if (bytes.size() != bitmap.bytes_.size()) {
    return Fail(Errc::kInvalid, "bitmap: wrong length");
  }
  const std::uint32_t used = parts % 8;
  if (used != 0 && (bytes.back() >> used) != 0) {
    return Fail(Errc::kInvalid, "bitmap: a bit beyond the last part");
  }
  bitmap.bytes_ = ToBytes(bytes);
  return bitmap;
}

bool PartBitmap::Has(std::uint32_t index) const {
  return index / 8 < bytes_.size() && ((bytes_[index / 8] >> (index % 8)) & 1U) != 0;
}

void PartBitmap::Add(std::uint32_t index) {
  JD_ASSERT(index / 8 < bytes_.size());
  bytes_[index / 8] = static_cast<std::uint8_t>(bytes_[index / 8] | (1U << (index % 8)));
}

std::vector<BlockPiece> CutBlock(Height height, ByteView block, const Commit& commit) {
  std::vector<BlockPiece> pieces;
  for (std::size_t offset = 0; offset < block.size(); offset += limits::kPartBytes) {
    const std::size_t size = std::min(limits::kPartBytes, block.size() - offset);
    pieces.push_back({.height = height,
                      .total = static_cast<std::uint32_t>(block.size()),
                      .offset = static_cast<std::uint32_t>(offset),
                      .bytes = ToBytes(block.subspan(offset, size)),
                      .commit = std::nullopt});
  }
  if (!pieces.empty()) pieces.back().commit = commit;
  return pieces;
}

std::vector<SnapshotPiece> CutSnapshotPart(const SnapshotRef& of, ByteView bytes) {
  std::vector<SnapshotPiece> pieces;
  for (std::size_t offset = 0; offset < bytes.size(); offset += limits::kPartBytes) {
    const std::size_t size = std::min(limits::kPartBytes, bytes.size() - offset);
    pieces.push_back({.of = of,
                      .total = static_cast<std::uint32_t>(bytes.size()),
                      .offset = static_cast<std::uint32_t>(offset),
                      .bytes = ToBytes(bytes.subspan(offset, size))});
  }
  if (pieces.empty()) pieces.push_back({.of = of, .total = 0, .offset = 0, .bytes = {}});
  return pieces;
}

Lane LaneOf(const PeerMessage& message) { return kKinds[message.index()].lane; }

const char* NameOf(const PeerMessage& message) { return kKinds[message.index()].name; }

Bytes EncodePeerMessage(const PeerMessage& message) {
  const Bytes body = std::visit([](const auto& kind) { return EncodeBody(kind); }, message);
  WireWriter writer;
  writer.Message(static_cast<std::uint32_t>(message.index()) + 1, body);
  JD_ASSERT(writer.Written().size() <= kKinds[message.index()].bytes_max);
  return writer.Take();
}

Result<PeerMessage> DecodePeerMessage(ByteView bytes) {
  WireReader reader(bytes);
  for (std::uint32_t index = 0; index < kKinds.size(); ++index) {
    if (!reader.NextIs(index + 1)) continue;
    const Kind& kind = kKinds[index];
    if (bytes.size() > kind.bytes_max) return Fail(Errc::kTooLarge, "message: too large");
    JD_TRY(const ByteView body, reader.Message(index + 1));
    JD_CHECK(reader.Finish());
    return kind.decode(body);
  }
  return Fail(Errc::kInvalid, "message: of no known kind");
}

bool FitsTxBatch(std::size_t count, std::size_t bytes, std::size_t next) {
  if (count >= kTxBatchCountMax || next > limits::kBatchTxBytesMax) return false;
  return bytes + next + ((count + 2) * kFieldBytesMax) <= kBatch;
}

}  // namespace jiandu::consensus
