// The block on the wire and its 64 KiB parts.
#include "consensus/block.h"

#include <algorithm>

#include "base/limits.h"
#include "base/wire.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace jiandu::consensus {

namespace {

ByteView PartAt(ByteView block, std::size_t index) {
  const ByteView rest = block.subspan(index * limits::kPartBytes);
  return rest.first(std::min(rest.size(), limits::kPartBytes));
}

std::vector<Hash256> PartHashes(ByteView block) {
  const std::size_t count = (block.size() + limits::kPartBytes - 1) / limits::kPartBytes;
  std::vector<Hash256> hashes;
  hashes.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    hashes.push_back(crypto::MerkleLeafHash(PartAt(block, i)));
  }
  return hashes;
}

BlockId IdOf(const Hash256& header_hash, std::span<const Hash256> part_hashes) {
  return {.hash = header_hash,
          .parts = static_cast<std::uint32_t>(part_hashes.size()),
          .parts_hash = crypto::MerkleRoot(part_hashes)};
}

Result<std::vector<Bytes>> DecodeTransactions(ByteView data) {
  WireReader reader(data);
  std::vector<Bytes> transactions;
  while (reader.NextIs(1)) {
    if (transactions.size() == limits::kBlockTxMax) {
      return Fail(Errc::kTooLarge, "block: too many transactions");
    }
    JD_TRY(const ByteView transaction, reader.Message(1));
    transactions.push_back(ToBytes(transaction));
  }
  JD_CHECK(reader.Finish());
  return transactions;
}

}  // namespace

Bytes Block::Encode() const {
  WireWriter data;
  for (const Bytes& transaction : transactions) data.Element(1, transaction);
  WireWriter writer;
  writer.Message(1, header.Encode());
  writer.Message(2, data.Written());
  writer.Message(3, {});  // the evidence list, always empty
  writer.Message(4, last_commit.Encode());
  return writer.Take();
}

Result<Block> Block::Decode(ByteView bytes) {
  if (bytes.size() > limits::kBlockBytesMax) return Fail(Errc::kTooLarge, "block: too large");
  WireReader reader(bytes);
  Block block;
  JD_TRY(const ByteView header, reader.Message(1));
  JD_TRY(block.header, Header::Decode(header));
  JD_TRY(const ByteView data, reader.Message(2));
  JD_TRY(block.transactions, DecodeTransactions(data));
  JD_TRY(const ByteView evidence, reader.Message(3));
  JD_TRY(const ByteView last_commit, reader.Message(4));
  JD_TRY(block.last_commit, Commit::Decode(last_commit));
  JD_CHECK(reader.Finish());
  if (!evidence.empty() || block.header.evidence_hash != EvidenceHash()) {
    return Fail(Errc::kInvalid, "block: the evidence list is not empty");
  }
  if (block.header.data_hash != DataHash(block.transactions)) {
    return Fail(Errc::kConflict, "block: data_hash is not that of the transactions");
  }
  if (block.header.last_commit_hash != block.last_commit.Hash()) {
    return Fail(Errc::kConflict, "block: last_commit_hash is not that of the commit");
  }
  // The commit's height and id are not covered by its hash: they are those of the block before,
  // else one header would stand for many serialised blocks.
  if (block.last_commit.height != block.header.height - 1 ||
      block.last_commit.id != block.header.last_block_id) {
    return Fail(Errc::kConflict, "block: the commit is not of the block before");
  }
  return block;
}

Hash256 DataHash(std::span<const Bytes> transactions) {
  std::vector<Hash256> leaves;
  leaves.reserve(transactions.size());
  for (const Bytes& transaction : transactions) {
    leaves.push_back(crypto::MerkleLeafHash(crypto::Sha256(transaction).View()));
  }
  return crypto::MerkleRoot(leaves);
}

PartSet SplitBlock(const Hash256& header_hash, ByteView block) {
  const std::vector<Hash256> hashes = PartHashes(block);
  PartSet set{.id = IdOf(header_hash, hashes), .parts = {}};
  set.parts.reserve(hashes.size());
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    set.parts.push_back({.index = static_cast<std::uint32_t>(i),
                         .bytes = ToBytes(PartAt(block, i)),
                         .proof = crypto::MerkleInclusionProof(hashes, i)});
  }
  return set;
}

Result<void> VerifyPart(const Part& part, const BlockId& id) {
  if (part.index >= id.parts) return Fail(Errc::kInvalid, "part: index past the last part");
  const bool last = part.index + 1 == id.parts;
  if (part.bytes.empty() || part.bytes.size() > limits::kPartBytes ||
      (!last && part.bytes.size() != limits::kPartBytes)) {
    return Fail(Errc::kInvalid, "part: wrong size");
  }
  return crypto::VerifyInclusion(crypto::MerkleLeafHash(part.bytes), part.index, id.parts,
                                 part.proof, id.parts_hash);
}

BlockId MakeBlockId(const Hash256& header_hash, ByteView block) {
  return IdOf(header_hash, PartHashes(block));
}

}  // namespace jiandu::consensus
