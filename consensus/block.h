// A block on the wire: CometBFT's Block{1 header, 2 data, 3 evidence, 4 last_commit} and its parts.
//
// Consensus orders opaque byte strings: it never looks inside a transaction. Pure; any thread.
#pragma once

#include <span>
#include <vector>

#include "base/error.h"
#include "consensus/commit.h"
#include "consensus/header.h"

namespace jiandu::consensus {

struct Block {
  Header header;
  std::vector<Bytes> transactions;
  Commit last_commit;  // empty at height 1
  auto operator<=>(const Block&) const = default;

  [[nodiscard]] Bytes Encode() const;
  // At most limits::kBlockBytesMax bytes and kBlockTxMax transactions; evidence must be empty;
  // data_hash, last_commit_hash and evidence_hash must fit, and the commit is of the block before.
  [[nodiscard]] static Result<Block> Decode(ByteView bytes);
};

// Tree over SHA-256(transaction).
[[nodiscard]] Hash256 DataHash(std::span<const Bytes> transactions);

// 64 KiB of a serialised block, with the proof that it is the index-th part of parts_hash.
struct Part {
  std::uint32_t index = 0;
  Bytes bytes;
  std::vector<Hash256> proof;
  auto operator<=>(const Part&) const = default;
};
struct PartSet {
  BlockId id;  // hash stays zero: SplitBlock fills it from the header
  std::vector<Part> parts;
};
[[nodiscard]] PartSet SplitBlock(const Hash256& header_hash, ByteView block);
[[nodiscard]] Result<void> VerifyPart(const Part& part, const BlockId& id);
[[nodiscard]] BlockId MakeBlockId(const Hash256& header_hash, ByteView block);

}  // namespace jiandu::consensus
