// The compact binary sparse Merkle tree over a map of keys to values: root, proofs that a key has a
// value, and proofs that it has none.
//
// Hashing is that of ICS23's SmtSpec: path = SHA-256(key), bits from the most significant on;
// leaf = SHA-256(0x00 || path || SHA-256(value)), node = SHA-256(0x01 || left || right), an empty
// subtree is 32 zero bytes, and a subtree of exactly one leaf is that leaf. So the root depends on
// the map alone, not on the order of its writes. A key's path ends where it meets an empty subtree
// or a single leaf: the key's own, or another one's, which proves the key's absence as well.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu::crypto {

inline constexpr std::size_t kSparseDepthMax = 256;

struct SparseLeaf {
  Hash256 path;        // SHA-256 of the key
  Hash256 value_hash;  // SHA-256 of the value
  auto operator<=>(const SparseLeaf&) const = default;
};

[[nodiscard]] Hash256 SparseLeafHash(const SparseLeaf& leaf);
[[nodiscard]] Hash256 SparseNodeHash(const Hash256& left, const Hash256& right);
[[nodiscard]] SparseLeaf SparseLeafOf(ByteView key, ByteView value);
// Bit `depth` of the path: false is left.
[[nodiscard]] bool SparseBit(const Hash256& path, std::size_t depth);
// How many first bits two paths share.
[[nodiscard]] std::size_t SparseSharedBits(const Hash256& a, const Hash256& b);

// What is hashed before a leaf and a node, and what stands for an empty subtree.
struct SparseSpec {
  ByteView leaf_prefix;
  ByteView node_prefix;
  Hash256 empty;
};
[[nodiscard]] const SparseSpec& Ics23Spec();  // ours: 0x00, 0x01, zero

// By the definition above, from all leaves. They ascend by path and are distinct. Another spec than
// ours serves to test the recursion against other people's trees.
[[nodiscard]] Hash256 SparseRoot(std::span<const SparseLeaf> leaves,
                                 const SparseSpec& spec = Ics23Spec());

// One key's path. At most kSparseDepthMax siblings.
struct SparseProof {
  std::vector<Hash256> siblings;    // from the root down; zero: an empty subtree
  std::optional<SparseLeaf> other;  // of an absent key: the leaf that stands in its place
  bool operator==(const SparseProof&) const = default;
};
// kInvalid says what does not hold.
[[nodiscard]] Result<void> VerifySparseMember(const Hash256& root, ByteView key, ByteView value,
                                              const SparseProof& proof);
[[nodiscard]] Result<void> VerifySparseAbsent(const Hash256& root, ByteView key,
                                              const SparseProof& proof);

// What is said of one key among many, and where its path ends.
struct SparseClaim {
  Hash256 path;
  std::optional<Hash256> value_hash;  // nothing: the key is absent
  std::size_t depth = 0;              // siblings on its path
  std::optional<SparseLeaf> other;    // as in SparseProof
  bool operator==(const SparseClaim&) const = default;
};
// The paths of many keys at once; what two of them share is given once.
struct SparseMultiproof {
  std::vector<SparseClaim> claims;  // ascending by path, distinct
  std::vector<Hash256> siblings;    // subtrees without a claim, left to right; zero: empty
  bool operator==(const SparseMultiproof&) const = default;
};
[[nodiscard]] Result<void> VerifySparseClaims(const Hash256& root, const SparseMultiproof& proof);
// From the single proofs of one tree: what each claim's path needs. Claims are put in order and
// said once; their depth and other leaf are taken from the proof beside them.
[[nodiscard]] SparseMultiproof MergeSparseProofs(
    std::vector<std::pair<SparseClaim, SparseProof>> proofs);

}  // namespace jiandu::crypto
