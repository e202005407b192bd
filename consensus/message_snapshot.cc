// The wire form of the messages that carry snapshots of the state (docs/snapshots.md).
#include <utility>

#include "base/snapshot_limits.h"
#include "base/wire.h"
#include "consensus/message_body.h"
#include "consensus/wire_fields.h"

namespace jiandu::consensus {

namespace {

constexpr std::uint64_t kLastPart = static_cast<std::uint64_t>(SnapshotPart::kChunk);

std::uint64_t SizeMaxOf(SnapshotPart part) {
  switch (part) {
    case SnapshotPart::kManifest: return limits::kSnapshotManifestBytesMax;
    case SnapshotPart::kProof: return limits::kSnapshotProofBytesMax;
    case SnapshotPart::kChunk: return limits::kSnapshotChunkBytesMax;
  }
  return 0;
}

void WriteRef(WireWriter& writer, const SnapshotRef& of) {
  WriteHeight(writer, 1, of.height);
  writer.BytesField(2, of.digest.View());
  writer.Varint(3, static_cast<std::uint64_t>(of.part));
  writer.Varint(4, of.chunk);
}

Result<SnapshotRef> ReadRef(WireReader& reader) {
  SnapshotRef of;
  JD_TRY(of.height, ReadHeight(reader, 1));
  JD_TRY(of.digest, reader.Fixed<Hash256::kSize>(2));
  JD_TRY(const std::uint64_t part, ReadUpTo(reader, 3, kLastPart));
  if (part == 0) return Fail(Errc::kInvalid, "snapshot: no part");
  of.part = static_cast<SnapshotPart>(part);
  JD_TRY(const std::uint64_t chunk, ReadUpTo(reader, 4, limits::kSnapshotChunksMax - 1));
  if (chunk != 0 && of.part != SnapshotPart::kChunk) {
    return Fail(Errc::kInvalid, "snapshot: a number for what has none");
  }
  of.chunk = static_cast<std::uint32_t>(chunk);
  return of;
}

}  // namespace

Bytes EncodeBody(const SnapshotsMsg& message) {
  WireWriter writer;
  for (const SnapshotsMsg::Offer& offer : message.offers) {
    writer.Nested(1, [&offer](WireWriter& inner) {
      WriteHeight(inner, 1, offer.height);
      inner.BytesField(2, offer.digest.View());
    });
  }
  return writer.Take();
}

Result<PeerMessage> DecodeSnapshots(ByteView bytes) {
  WireReader reader(bytes);
  SnapshotsMsg message;
  while (reader.NextIs(1)) {
    if (message.offers.size() == kSnapshotOffersMax) {
      return Fail(Errc::kTooLarge, "snapshots: too many");
    }
    JD_TRY(const ByteView inside, reader.Message(1));
    WireReader one(inside);
    SnapshotsMsg::Offer offer;
    JD_TRY(offer.height, ReadHeight(one, 1));
    JD_TRY(offer.digest, one.Fixed<Hash256::kSize>(2));
    JD_CHECK(one.Finish());
    if (!message.offers.empty() && message.offers.back().height >= offer.height) {
      return Fail(Errc::kInvalid, "snapshots: heights do not rise");
    }
    message.offers.push_back(offer);
  }
  JD_CHECK(reader.Finish());
  return message;
}

Bytes EncodeBody(const SnapshotRequest& message) {
  WireWriter writer;
  WriteRef(writer, message.of);
  return writer.Take();
}

Result<PeerMessage> DecodeSnapshotRequest(ByteView bytes) {
  WireReader reader(bytes);
  SnapshotRequest message;
  JD_TRY(message.of, ReadRef(reader));
  JD_CHECK(reader.Finish());
  return message;
}

Bytes EncodeBody(const SnapshotPiece& message) {
  WireWriter writer;
  WriteRef(writer, message.of);
  writer.Varint(5, message.total);
  writer.Varint(6, message.offset);
  writer.BytesField(7, message.bytes);
  return writer.Take();
}

Result<PeerMessage> DecodeSnapshotPiece(ByteView bytes) {
  WireReader reader(bytes);
  SnapshotPiece message;
  JD_TRY(message.of, ReadRef(reader));
  const std::uint64_t size_max = SizeMaxOf(message.of.part);
  JD_TRY(const std::uint64_t total, ReadUpTo(reader, 5, size_max));
  JD_TRY(const std::uint64_t offset, ReadUpTo(reader, 6, size_max));
  JD_TRY(const ByteView content, reader.BytesField(7, limits::kPartBytes));
  JD_CHECK(reader.Finish());
  const bool is_last = offset + content.size() == total;
  const bool is_whole = content.size() == limits::kPartBytes;
  if (offset % limits::kPartBytes != 0 || offset + content.size() > total ||
      (content.empty() != (total == 0)) || (!is_last && !is_whole)) {
    return Fail(Errc::kInvalid, "snapshot: a piece that does not fit");
  }
  message.total = static_cast<std::uint32_t>(total);
  message.offset = static_cast<std::uint32_t>(offset);
  message.bytes = ToBytes(content);
  return message;
}

}  // namespace jiandu::consensus
