// Merkle trees of RFC 6962 section 2.1: roots, inclusion and consistency proofs, frontier.
//
// Leaf hash = SHA-256(0x00 || data), node = SHA-256(0x01 || left || right), empty tree =
// SHA-256(""). The log, entity histories, block parts, header fields and validator sets all use
// this one tree. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu::crypto {

[[nodiscard]] Hash256 MerkleLeafHash(ByteView data);
[[nodiscard]] Hash256 MerkleNodeHash(const Hash256& left, const Hash256& right);
[[nodiscard]] Hash256 MerkleEmptyRoot();

// Root of a list of leaf hashes.
[[nodiscard]] Hash256 MerkleRoot(std::span<const Hash256> leaf_hashes);
// Root of a list of leaf data, as CometBFT's HashFromByteSlices.
[[nodiscard]] Hash256 MerkleRootOfData(std::span<const Bytes> data);

// Sibling hashes from leaf `index` up to the root of the whole list. Precondition: index < size.
[[nodiscard]] std::vector<Hash256> MerkleInclusionProof(std::span<const Hash256> leaf_hashes,
                                                        std::uint64_t index);
// RFC 6962 section 2.1.1. A proof of the wrong length fails.
[[nodiscard]] Result<void> VerifyInclusion(const Hash256& leaf_hash, std::uint64_t index,
                                           std::uint64_t size, std::span<const Hash256> proof,
                                           const Hash256& root);
// Several leaves of one tree at once; what their paths share is given once. `proof`: roots of the
// largest subtrees without any of the leaves, from left to right. Leaves ascend by index, distinct.
struct IndexedLeaf {
  std::uint64_t index = 0;
  Hash256 hash;
};
[[nodiscard]] Result<void> VerifyInclusions(std::span<const IndexedLeaf> leaves, std::uint64_t size,
                                            std::span<const Hash256> proof, const Hash256& root);
// The hashes by which the tree of the first `size1` leaves is seen to be the beginning of the
// whole. Precondition: 1 <= size1 <= size.
[[nodiscard]] std::vector<Hash256> MerkleConsistencyProof(std::span<const Hash256> leaf_hashes,
                                                          std::uint64_t size1);
// RFC 6962 section 2.1.2. size1 = 0 is an error.
[[nodiscard]] Result<void> VerifyConsistency(std::uint64_t size1, const Hash256& root1,
                                             std::uint64_t size2, const Hash256& root2,
                                             std::span<const Hash256> proof);

// The right edge of a growing tree: one root per complete subtree, largest first.
class MerkleFrontier {
 public:
  MerkleFrontier() = default;
  // From stored peaks; fails when their number does not fit the size.
  [[nodiscard]] static Result<MerkleFrontier> From(std::uint64_t size, std::vector<Hash256> peaks);

  void AppendLeafHash(const Hash256& leaf_hash);
  [[nodiscard]] std::uint64_t Size() const { return size_; }
  [[nodiscard]] Hash256 Root() const;
  [[nodiscard]] const std::vector<Hash256>& Peaks() const { return peaks_; }

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash256> peaks_;
};

}  // namespace jiandu::crypto
