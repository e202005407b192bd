// RFC 6962 trees. Proofs are checked by the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2,
// which fail on a proof that is too short or too long.
#include "crypto/merkle.h"

#include <algorithm>
#include <bit>

#include "crypto/hash.h"

namespace jiandu::crypto {
namespace {

constexpr std::array<std::uint8_t, 1> kLeafPrefix{0x00};
constexpr std::array<std::uint8_t, 1> kNodePrefix{0x01};

// The largest power of two below `size`; size > 1.
std::size_t SplitPoint(std::size_t size) { return std::bit_floor(size - 1); }

std::unexpected<Error> Refuse(const char* why) {
  return Fail(Errc::kInvalid, std::string("merkle: ") + why);
}

// RFC 6962 section 2.1.1: PATH(index, leaves). At most 64 deep.
void AppendPath(std::span<const Hash256> leaves, std::uint64_t index, std::vector<Hash256>& path) {
  if (leaves.size() <= 1) return;
  const std::size_t split = SplitPoint(leaves.size());
  if (index < split) {
    AppendPath(leaves.first(split), index, path);
    path.push_back(MerkleRoot(leaves.subspan(split)));
  } else {
    AppendPath(leaves.subspan(split), index - split, path);
    path.push_back(MerkleRoot(leaves.first(split)));
  }
}

enum class Known { kYes, kNo };

// RFC 6962 section 2.1.2: SUBPROOF(size1, leaves, known). `known` says that the verifier has the
// root of these leaves already.
void AppendSubproof(std::span<const Hash256> leaves, std::uint64_t size1, Known known,
                    std::vector<Hash256>& proof) {
  if (size1 == leaves.size()) {
    if (known == Known::kNo) proof.push_back(MerkleRoot(leaves));
    return;
  }
  const std::size_t split = SplitPoint(leaves.size());
  if (size1 <= split) {
    AppendSubproof(leaves.first(split), size1, known, proof);
    proof.push_back(MerkleRoot(leaves.subspan(split)));
  } else {
    AppendSubproof(leaves.subspan(split), size1 - split, Known::kNo, proof);
    proof.push_back(MerkleRoot(leaves.first(split)));
  }
}

// Shifts both positions right until the bit of `node` is set.
void SkipToSetBit(std::uint64_t& node, std::uint64_t& last) {
  while (node != 0 && (node & 1U) == 0) {
    node >>= 1U;
    last >>= 1U;
  }
}

// RFC 6962 section 2.1 over a range of which some leaves are known.
class RangeRoot {
 public:
  explicit RangeRoot(std::span<const Hash256> others) : others_(others) {}

  // Of [begin, end), in which all `leaves` lie. At most 64 deep.
  Result<Hash256> Of(std::span<const IndexedLeaf> leaves, std::uint64_t begin, std::uint64_t end) {
    if (leaves.empty()) {
      if (next_ == others_.size()) return Refuse("inclusion proof is too short");
      return others_[next_++];
    }
    if (end - begin == 1) return leaves[0].hash;
    const std::uint64_t split = begin + std::bit_floor(end - begin - 1);
    const auto right = std::ranges::partition_point(
        leaves, [split](const IndexedLeaf& leaf) { return leaf.index < split; });
    const auto count = static_cast<std::size_t>(right - leaves.begin());
    JD_TRY(const Hash256 left_hash, Of(leaves.first(count), begin, split));
    JD_TRY(const Hash256 right_hash, Of(leaves.subspan(count), split, end));
    return MerkleNodeHash(left_hash, right_hash);
  }
  [[nodiscard]] bool UsedAll() const { return next_ == others_.size(); }

 private:
  std::span<const Hash256> others_;
  std::size_t next_ = 0;
};

}  // namespace

Hash256 MerkleLeafHash(ByteView data) { return Sha256({kLeafPrefix, data}); }

Hash256 MerkleNodeHash(const Hash256& left, const Hash256& right) {
  std::array<std::uint8_t, 65> node{};
  node[0] = kNodePrefix[0];
  std::ranges::copy(left.bytes, node.begin() + 1);
  std::ranges::copy(right.bytes, node.begin() + 33);
  return Sha256(node);
}

Hash256 MerkleEmptyRoot() { return Sha256(ByteView()); }

Hash256 MerkleRoot(std::span<const Hash256> leaf_hashes) {
  MerkleFrontier frontier;
  for (const Hash256& leaf_hash : leaf_hashes) frontier.AppendLeafHash(leaf_hash);
  return frontier.Root();
}

Hash256 MerkleRootOfData(std::span<const Bytes> data) {
  MerkleFrontier frontier;
  for (const Bytes& leaf : data) frontier.AppendLeafHash(MerkleLeafHash(leaf));
  return frontier.Root();
}

std::vector<Hash256> MerkleInclusionProof(std::span<const Hash256> leaf_hashes,
                                          std::uint64_t index) {
  JD_ASSERT(index < leaf_hashes.size());
  std::vector<Hash256> path;
  AppendPath(leaf_hashes, index, path);
  return path;
}

std::vector<Hash256> MerkleConsistencyProof(std::span<const Hash256> leaf_hashes,
                                            std::uint64_t size1) {
  JD_ASSERT(size1 >= 1 && size1 <= leaf_hashes.size());
  std::vector<Hash256> proof;
  AppendSubproof(leaf_hashes, size1, Known::kYes, proof);
  return proof;
}

Result<void> VerifyInclusion(const Hash256& leaf_hash, std::uint64_t index, std::uint64_t size,
                             std::span<const Hash256> proof, const Hash256& root) {
  if (index >= size) return Refuse("index is not below the size");
  std::uint64_t node = index;
  std::uint64_t last = size - 1;
  Hash256 hash = leaf_hash;
  for (const Hash256& sibling : proof) {
    if (last == 0) return Refuse("inclusion proof is too long");
    if ((node & 1U) != 0 || node == last) {
      hash = MerkleNodeHash(sibling, hash);
      SkipToSetBit(node, last);
    } else {
      hash = MerkleNodeHash(hash, sibling);
    }
    node >>= 1U;
    last >>= 1U;
  }
  if (last != 0) return Refuse("inclusion proof is too short");
  if (hash != root) return Refuse("inclusion proof does not lead to the root");
  return {};
}

Result<void> VerifyInclusions(std::span<const IndexedLeaf> leaves, std::uint64_t size,
                              std::span<const Hash256> proof, const Hash256& root) {
  if (leaves.empty()) return Refuse("no leaf");
  for (std::size_t i = 0; i + 1 < leaves.size(); ++i) {
    if (leaves[i].index >= leaves[i + 1].index) return Refuse("leaves out of order");
  }
  if (leaves.back().index >= size) return Refuse("index is not below the size");
  RangeRoot computed(proof);
  JD_TRY(const Hash256 hash, computed.Of(leaves, 0, size));
  if (!computed.UsedAll()) return Refuse("inclusion proof is too long");
  if (hash != root) return Refuse("inclusion proof does not lead to the root");
  return {};
}

Result<void> VerifyConsistency(std::uint64_t size1, const Hash256& root1, std::uint64_t size2,
                               const Hash256& root2, std::span<const Hash256> proof) {
  if (size1 == 0) return Refuse("consistency with the empty tree says nothing");
  if (size1 > size2) return Refuse("the older tree is the larger");
  if (size1 == size2) {
    if (!proof.empty()) return Refuse("consistency proof is too long");
    if (root1 != root2) return Refuse("two roots for one size");
    return {};
  }
  // A complete older tree is itself the first node of the path and is left out of the proof.
  const bool complete = std::has_single_bit(size1);
  if (!complete && proof.empty()) return Refuse("consistency proof is too short");
  std::uint64_t node = size1 - 1;
  std::uint64_t last = size2 - 1;
  while ((node & 1U) != 0) {
    node >>= 1U;
    last >>= 1U;
  }
  Hash256 hash1 = complete ? root1 : proof.front();
  Hash256 hash2 = hash1;
  for (const Hash256& sibling : proof.subspan(complete ? 0 : 1)) {
    if (last == 0) return Refuse("consistency proof is too long");
    if ((node & 1U) != 0 || node == last) {
      hash1 = MerkleNodeHash(sibling, hash1);
      hash2 = MerkleNodeHash(sibling, hash2);
      SkipToSetBit(node, last);
    } else {
      hash2 = MerkleNodeHash(hash2, sibling);
    }
    node >>= 1U;
    last >>= 1U;
  }
  if (last != 0) return Refuse("consistency proof is too short");
  if (hash1 != root1) return Refuse("consistency proof does not lead to the older root");
  if (hash2 != root2) return Refuse("consistency proof does not lead to the newer root");
  return {};
}

Result<MerkleFrontier> MerkleFrontier::From(std::uint64_t size, std::vector<Hash256> peaks) {
  if (static_cast<std::size_t>(std::popcount(size)) != peaks.size()) {
    return Refuse("number of peaks does not fit the size");
  }
  MerkleFrontier frontier;
  frontier.size_ = size;
  frontier.peaks_ = std::move(peaks);
  return frontier;
}

void MerkleFrontier::AppendLeafHash(const Hash256& leaf_hash) {
  Hash256 hash = leaf_hash;
  // Each set bit at the low end of the size is a complete subtree as large as the one at hand.
  for (std::uint64_t size = size_; (size & 1U) != 0; size >>= 1U) {
    hash = MerkleNodeHash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(hash);
  ++size_;
}

Hash256 MerkleFrontier::Root() const {
  if (peaks_.empty()) return MerkleEmptyRoot();
  Hash256 root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i > 0; --i) root = MerkleNodeHash(peaks_[i - 1], root);
  return root;
}

}  // namespace jiandu::crypto
