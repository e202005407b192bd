// The wire form of each peer message.
#include "consensus/message_body.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/wire.h"
#include "consensus/vote_codec.h"
#include "consensus/wire_fields.h"

namespace jiandu::consensus {

namespace {

// A proof of the largest part set: log2(kPartsMax), rounded up.
constexpr std::size_t kProofHashesMax = 8;
static_assert(limits::kPartsMax <= 1U << kProofHashesMax);

struct HeightAndId {
  Height height;
  BlockId id;
};

void WriteHeightAndId(WireWriter& writer, Height height, const BlockId& id) {
  WriteHeight(writer, 1, height);
  WriteBlockId(writer, 2, id);
}

Result<HeightAndId> ReadHeightAndId(WireReader& reader) {
  JD_TRY(const Height height, ReadHeight(reader, 1));
  JD_TRY(const BlockId id, ReadBlockId(reader, 2));
  return HeightAndId{.height = height, .id = id};
}

Bytes EncodePart(const Part& part) {
  WireWriter writer;
  writer.Varint(1, part.index);
  writer.BytesField(2, part.bytes);
  for (const Hash256& hash : part.proof) writer.Element(3, hash.View());
  return writer.Take();
}

Result<Part> DecodePart(ByteView bytes, const BlockId& id) {
  WireReader reader(bytes);
  Part part;
  JD_TRY(const std::uint64_t index, ReadUpTo(reader, 1, id.parts - 1));
  part.index = static_cast<std::uint32_t>(index);
  JD_TRY(const ByteView content, reader.BytesField(2, limits::kPartBytes));
  const bool last = part.index + 1 == id.parts;
  if (content.empty() || (!last && content.size() != limits::kPartBytes)) {
    return Fail(Errc::kInvalid, "part: wrong size");
  }
  while (reader.NextIs(3)) {
    if (part.proof.size() == kProofHashesMax) return Fail(Errc::kTooLarge, "part: long proof");
    JD_TRY(const Hash256 hash, reader.Fixed<Hash256::kSize>(3));
    part.proof.push_back(hash);
  }
  JD_CHECK(reader.Finish());
  part.bytes = ToBytes(content);
  return part;
}

// Every piece but the last is full, and the commit stands on the last alone.
Result<void> CheckPiece(const BlockPiece& piece, std::size_t size) {
  if (piece.total == 0 || piece.offset >= piece.total || piece.offset % limits::kPartBytes != 0) {
    return Fail(Errc::kInvalid, "block piece: offset");
  }
  if (size != std::min<std::size_t>(limits::kPartBytes, piece.total - piece.offset)) {
    return Fail(Errc::kInvalid, "block piece: wrong size");
  }
  if (piece.commit.has_value() != (piece.offset + size == piece.total)) {
    return Fail(Errc::kInvalid, "block piece: the commit belongs on the last one");
  }
  if (piece.commit.has_value() && piece.commit->height != piece.height) {
    return Fail(Errc::kInvalid, "block piece: commit of another height");
  }
  return {};
}

}  // namespace

Bytes EncodeBody(const Hello& message) {
  WireWriter writer;
  writer.Varint(1, message.version);
  writer.Text(2, message.chain_id);
  writer.BytesField(3, message.genesis_hash.View());
  writer.BytesField(4, message.node_key_id.View());
  if (message.validator.has_value()) writer.BytesField(5, message.validator->View());
  return writer.Take();
}

Result<PeerMessage> DecodeHello(ByteView bytes) {
  WireReader reader(bytes);
  Hello message;
  JD_TRY(const std::uint64_t version,
         ReadUpTo(reader, 1, std::numeric_limits<std::uint32_t>::max()));
  if (version == 0) return Fail(Errc::kInvalid, "hello: no version");
  message.version = static_cast<std::uint32_t>(version);
  JD_TRY(message.chain_id, reader.Text(2, limits::kChainIdBytesMax));
  if (message.chain_id.empty()) return Fail(Errc::kInvalid, "hello: no chain id");
  JD_TRY(message.genesis_hash, reader.Fixed<Hash256::kSize>(3));
  JD_TRY(message.node_key_id, reader.Fixed<Hash256::kSize>(4));
  JD_TRY(message.validator, reader.OptionalFixed<Address::kSize>(5));
  JD_CHECK(reader.Finish());
  return message;
}

Bytes EncodeBody(const VoteMsg& message) { return EncodeVote(message.vote); }

Result<PeerMessage> DecodeVoteMsg(ByteView bytes) {
  JD_TRY(const Vote vote, DecodeVote(bytes));
  return VoteMsg{.vote = vote};
}

Bytes EncodeBody(const CertificateMsg& message) { return EncodeCertificate(message.certificate); }

Result<PeerMessage> DecodeCertificateMsg(ByteView bytes) {
  JD_TRY(Certificate certificate, DecodeCertificate(bytes));
  return CertificateMsg{.certificate = std::move(certificate)};
}

Bytes EncodeBody(const ProposalMsg& message) { return EncodeProposal(message.proposal); }

Result<PeerMessage> DecodeProposalMsg(ByteView bytes) {
  JD_TRY(Proposal proposal, DecodeProposal(bytes));
  return ProposalMsg{.proposal = std::move(proposal)};
}

Bytes EncodeBody(const PartMsg& message) {
  WireWriter writer;
  WriteHeightAndId(writer, message.height, message.id);
  writer.Message(3, EncodePart(message.part));
  return writer.Take();
}

Result<PeerMessage> DecodePartMsg(ByteView bytes) {
  WireReader reader(bytes);
  JD_TRY(const HeightAndId place, ReadHeightAndId(reader));
  JD_TRY(const ByteView part_bytes, reader.Message(3));
  JD_CHECK(reader.Finish());
  JD_TRY(Part part, DecodePart(part_bytes, place.id));
  return PartMsg{.height = place.height, .id = place.id, .part = std::move(part)};
}

Bytes EncodeBody(const PartRequest& message) {
  WireWriter writer;
  WriteHeightAndId(writer, message.height, message.id);
  writer.BytesField(3, message.have.AsStored());
  return writer.Take();
}

Result<PeerMessage> DecodePartRequest(ByteView bytes) {
  WireReader reader(bytes);
  JD_TRY(const HeightAndId place, ReadHeightAndId(reader));
  JD_TRY(const ByteView have, reader.BytesField(3, (limits::kPartsMax + 7) / 8));
  JD_CHECK(reader.Finish());
  JD_TRY(PartBitmap bitmap, PartBitmap::From(have, place.id.parts));
  return PartRequest{.height = place.height, .id = place.id, .have = std::move(bitmap)};
}

Bytes EncodeBody(const FetchBlockMsg& message) {
  WireWriter writer;
  WriteHeightAndId(writer, message.height, message.id);
  return writer.Take();
}

Result<PeerMessage> DecodeFetchBlock(ByteView bytes) {
  WireReader reader(bytes);
  JD_TRY(const HeightAndId place, ReadHeightAndId(reader));
  JD_CHECK(reader.Finish());
  return FetchBlockMsg{.height = place.height, .id = place.id};
}

Bytes EncodeBody(const BlockRequest& message) {
  WireWriter writer;
  WriteHeight(writer, 1, message.from);
  writer.Varint(2, message.count);
  writer.Varint(3, message.bytes_max);
  return writer.Take();
}

Result<PeerMessage> DecodeBlockRequest(ByteView bytes) {
  WireReader reader(bytes);
  BlockRequest message;
  JD_TRY(message.from, ReadHeight(reader, 1));
  JD_TRY(const std::uint64_t count, ReadUpTo(reader, 2, kBlockRequestCountMax));
  JD_TRY(message.bytes_max, ReadUpTo(reader, 3, limits::kSyncWindowBytesMax));
  JD_CHECK(reader.Finish());
  if (count == 0 || message.bytes_max == 0) {
    return Fail(Errc::kInvalid, "block request: asks for nothing");
  }
  message.count = static_cast<std::uint32_t>(count);
  return message;
}

Bytes EncodeBody(const BlockPiece& message) {
  WireWriter writer;
  WriteHeight(writer, 1, message.height);
  writer.Varint(2, message.total);
  writer.Varint(3, message.offset);
  writer.BytesField(4, message.bytes);
  if (message.commit.has_value()) writer.Message(5, message.commit->Encode());
  return writer.Take();
}

Result<PeerMessage> DecodeBlockPiece(ByteView bytes) {
  WireReader reader(bytes);
  BlockPiece message;
  JD_TRY(message.height, ReadHeight(reader, 1));
  JD_TRY(const std::uint64_t total, ReadUpTo(reader, 2, limits::kBlockBytesMax));
  JD_TRY(const std::uint64_t offset, ReadUpTo(reader, 3, limits::kBlockBytesMax));
  message.total = static_cast<std::uint32_t>(total);
  message.offset = static_cast<std::uint32_t>(offset);
  JD_TRY(const ByteView content, reader.BytesField(4, limits::kPartBytes));
  if (reader.NextIs(5)) {
    JD_TRY(const ByteView commit, reader.Message(5));
    JD_TRY(message.commit, Commit::Decode(commit));
  }
  JD_CHECK(reader.Finish());
  JD_CHECK(CheckPiece(message, content.size()));
  message.bytes = ToBytes(content);
  return message;
}

Bytes EncodeBody(const StatusMsg& message) {
  WireWriter writer;
  WriteHeight(writer, 1, message.base);
  WriteHeight(writer, 2, message.height);
  if (message.height > 0) writer.BytesField(3, message.block_hash.View());
  return writer.Take();
}

Result<PeerMessage> DecodeStatus(ByteView bytes) {
  WireReader reader(bytes);
  StatusMsg message;
  JD_TRY(message.base, ReadHeightOrZero(reader, 1));
  JD_TRY(message.height, ReadHeightOrZero(reader, 2));
  if (message.base > message.height + 1 || (message.base == 0) != (message.height == 0)) {
    return Fail(Errc::kInvalid, "status: base and height do not fit");
  }
  if (message.height > 0) {
    JD_TRY(message.block_hash, reader.Fixed<Hash256::kSize>(3));
  }
  JD_CHECK(reader.Finish());
  return message;
}

Bytes EncodeBody(const TxBatch& message) {
  WireWriter writer;
  for (const Bytes& transaction : message.transactions) writer.Element(1, transaction);
  return writer.Take();
}

Result<PeerMessage> DecodeTxBatch(ByteView bytes) {
  WireReader reader(bytes);
  TxBatch message;
  while (reader.NextIs(1)) {
    if (message.transactions.size() == kTxBatchCountMax) {
      return Fail(Errc::kTooLarge, "transactions: too many");
    }
    JD_TRY(const ByteView transaction, reader.BytesField(1, limits::kBatchTxBytesMax));
    message.transactions.push_back(ToBytes(transaction));
  }
  JD_CHECK(reader.Finish());
  if (message.transactions.empty()) return Fail(Errc::kInvalid, "transactions: none");
  return message;
}

Bytes EncodeBody(const AmnesiaProbe& message) {
  WireWriter writer;
  WriteHeight(writer, 1, message.height);
  writer.BytesField(2, message.validator.View());
  return writer.Take();
}

Result<PeerMessage> DecodeAmnesiaProbe(ByteView bytes) {
  WireReader reader(bytes);
  AmnesiaProbe message;
  JD_TRY(message.height, ReadHeight(reader, 1));
  JD_TRY(message.validator, reader.Fixed<Address::kSize>(2));
  JD_CHECK(reader.Finish());
  return message;
}

Bytes EncodeBody(const AmnesiaAnswer& message) {
  WireWriter writer;
  WriteHeight(writer, 1, message.height);
  writer.BytesField(2, message.validator.View());
  if (message.highest.has_value()) {
    if (const auto* vote = std::get_if<Vote>(&*message.highest)) {
      writer.Message(3, EncodeVote(*vote));
    } else {
      writer.Message(4, EncodeProposal(std::get<Proposal>(*message.highest)));
    }
  }
  return writer.Take();
}

Result<PeerMessage> DecodeAmnesiaAnswer(ByteView bytes) {
  WireReader reader(bytes);
  AmnesiaAnswer message;
  JD_TRY(message.height, ReadHeight(reader, 1));
  JD_TRY(message.validator, reader.Fixed<Address::kSize>(2));
  if (reader.NextIs(3)) {
    JD_TRY(const ByteView vote, reader.Message(3));
    JD_TRY(message.highest, DecodeVote(vote));
  } else if (reader.NextIs(4)) {
    JD_TRY(const ByteView held, reader.Message(4));
    JD_TRY(Proposal proposal, DecodeProposal(held));
    if (proposal.polka) return Fail(Errc::kInvalid, "amnesia answer: a proposal with its polka");
    message.highest = std::move(proposal);
  }
  if (message.highest && SignerOf(*message.highest) != message.validator) {
    return Fail(Errc::kInvalid, "amnesia answer: signed by another validator");
  }
  JD_CHECK(reader.Finish());
  return message;
}

Bytes EncodeBody(const CheckpointMsg& message) {
  WireWriter writer;
  writer.Varint(1, message.size);
  writer.BytesField(2, message.root.View());
  for (const CheckpointMsg::Signature& one : message.signatures) {
    WireWriter signature;
    signature.BytesField(1, one.key.View());
    signature.Varint(2, one.time_s);
    signature.BytesField(3, one.signature.View());
    writer.Message(3, signature.Written());
  }
  return writer.Take();
}

Result<PeerMessage> DecodeCheckpoint(ByteView bytes) {
  WireReader reader(bytes);
  CheckpointMsg message;
  JD_TRY(message.size, reader.Varint(1));
  if (message.size == 0) return Fail(Errc::kInvalid, "checkpoint: of an empty log");
  JD_TRY(message.root, reader.Fixed<Hash256::kSize>(2));
  while (reader.NextIs(3)) {
    if (message.signatures.size() == kCheckpointSignaturesMax) {
      return Fail(Errc::kTooLarge, "checkpoint: too many signatures");
    }
    JD_TRY(const ByteView inside, reader.Message(3));
    WireReader one(inside);
    CheckpointMsg::Signature signature;
    JD_TRY(signature.key, one.Fixed<32>(1));
    // No reader of cosignatures takes a later time (c2sp.org/tlog-cosignature).
    JD_TRY(signature.time_s, ReadUpTo(one, 2, std::numeric_limits<std::int64_t>::max()));
    JD_TRY(signature.signature, one.Fixed<64>(3));
    JD_CHECK(one.Finish());
    message.signatures.push_back(signature);
  }
  JD_CHECK(reader.Finish());
  if (message.signatures.empty()) return Fail(Errc::kInvalid, "checkpoint: nobody signed it");
  return message;
}

}  // namespace jiandu::consensus
