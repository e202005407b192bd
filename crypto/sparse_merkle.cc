// The compact sparse Merkle tree by its definition, and the checks of its proofs.
#include "crypto/sparse_merkle.h"

#include <algorithm>
#include <bit>

#include "crypto/hash.h"

namespace jiandu::crypto {
namespace {

constexpr std::array<std::uint8_t, 1> kLeafPrefix{0x00};
constexpr std::array<std::uint8_t, 1> kNodePrefix{0x01};

std::unexpected<Error> Refuse(const char* why) {
  return Fail(Errc::kInvalid, std::string("sparse merkle: ") + why);
}

// Where the leaves of the right half begin; all share `depth` bits.
template <typename T>
std::size_t SplitAt(std::span<const T> sorted, std::size_t depth) {
  const auto at = std::ranges::partition_point(
      sorted, [depth](const T& one) { return !SparseBit(one.path, depth); });
  return static_cast<std::size_t>(at - sorted.begin());
}

Hash256 RootBelow(std::span<const SparseLeaf> leaves, std::size_t depth, const SparseSpec& spec) {
  if (leaves.empty()) return spec.empty;
  if (leaves.size() == 1) {
    return Sha256({spec.leaf_prefix, leaves[0].path.View(), leaves[0].value_hash.View()});
  }
  const std::size_t split = SplitAt(leaves, depth);
  const Hash256 left = RootBelow(leaves.first(split), depth + 1, spec);
  const Hash256 right = RootBelow(leaves.subspan(split), depth + 1, spec);
  return Sha256({spec.node_prefix, left.View(), right.View()});
}

// The subtree at which a claim's path ends.
Result<Hash256> EndOf(const SparseClaim& claim) {
  if (claim.value_hash.has_value()) {
    if (claim.other.has_value()) return Refuse("a present key names another leaf");
    return SparseLeafHash({.path = claim.path, .value_hash = *claim.value_hash});
  }
  if (!claim.other.has_value()) return Hash256();
  // Both checks are needed: the key's own leaf would deny itself, and a leaf from elsewhere in the
  // tree would not stand in the key's way.
  if (claim.other->path == claim.path) return Refuse("the key's own leaf is shown as another's");
  if (SparseSharedBits(claim.other->path, claim.path) < claim.depth) {
    return Refuse("the other leaf lies on another path");
  }
  return SparseLeafHash(*claim.other);
}

class ClaimsRoot {
 public:
  explicit ClaimsRoot(std::span<const Hash256> siblings) : siblings_(siblings) {}

  // Of claims that share `depth` bits; at least one.
  Result<Hash256> Below(std::span<const SparseClaim> claims, std::size_t depth) {
    if (claims[0].depth == depth) return SharedEnd(claims);
    if (depth >= kSparseDepthMax) return Refuse("a path without end");
    const std::size_t split = SplitAt(claims, depth);
    JD_TRY(const Hash256 left, Half(claims.first(split), depth + 1));
    JD_TRY(const Hash256 right, Half(claims.subspan(split), depth + 1));
    return SparseNodeHash(left, right);
  }
  [[nodiscard]] bool UsedAll() const { return next_ == siblings_.size(); }

 private:
  Result<Hash256> Half(std::span<const SparseClaim> claims, std::size_t depth) {
    if (!claims.empty()) return Below(claims, depth);
    if (next_ == siblings_.size()) return Refuse("a sibling is missing");
    return siblings_[next_++];
  }
  // Several absent keys may end at one empty subtree or one other leaf.
  static Result<Hash256> SharedEnd(std::span<const SparseClaim> claims) {
    JD_TRY(const Hash256 end, EndOf(claims[0]));
    for (const SparseClaim& claim : claims.subspan(1)) {
      JD_TRY(const Hash256 same, EndOf(claim));
      if (claim.depth != claims[0].depth || same != end) return Refuse("paths end differently");
    }
    return end;
  }

  std::span<const Hash256> siblings_;
  std::size_t next_ = 0;
};

// What ClaimsRoot will ask for, in its order.
void CollectSiblings(std::span<const std::pair<SparseClaim, SparseProof>> proofs,
                     std::span<const SparseClaim> claims, std::size_t depth,
                     std::vector<Hash256>& siblings) {
  if (claims[0].depth == depth) return;
  const std::size_t split = SplitAt(claims, depth);
  if (split == 0) {
    siblings.push_back(proofs[0].second.siblings[depth]);
  } else {
    CollectSiblings(proofs.first(split), claims.first(split), depth + 1, siblings);
  }
  if (split == claims.size()) {
    siblings.push_back(proofs[0].second.siblings[depth]);
  } else {
    CollectSiblings(proofs.subspan(split), claims.subspan(split), depth + 1, siblings);
  }
}

Result<void> VerifyOne(const Hash256& root, const SparseClaim& claim, const SparseProof& proof) {
  if (proof.siblings.size() > kSparseDepthMax) return Refuse("a path of over 256 siblings");
  JD_TRY(Hash256 hash, EndOf(claim));
  for (std::size_t depth = proof.siblings.size(); depth-- > 0;) {
    const Hash256& sibling = proof.siblings[depth];
    hash = SparseBit(claim.path, depth) ? SparseNodeHash(sibling, hash)
                                        : SparseNodeHash(hash, sibling);
  }
  if (hash != root) return Refuse("the path leads to another root");
  return {};
}

}  // namespace

Hash256 SparseLeafHash(const SparseLeaf& leaf) {
  return Sha256({kLeafPrefix, leaf.path.View(), leaf.value_hash.View()});
}

Hash256 SparseNodeHash(const Hash256& left, const Hash256& right) {
  return Sha256({kNodePrefix, left.View(), right.View()});
}

SparseLeaf SparseLeafOf(ByteView key, ByteView value) {
  return {.path = Sha256(key), .value_hash = Sha256(value)};
}

bool SparseBit(const Hash256& path, std::size_t depth) {
  return ((path.bytes[depth / 8] >> (7U - depth % 8)) & 1U) != 0;
}

std::size_t SparseSharedBits(const Hash256& a, const Hash256& b) {
  for (std::size_t i = 0; i < Hash256::kSize; ++i) {
    const auto differ = static_cast<std::uint8_t>(a.bytes[i] ^ b.bytes[i]);
    if (differ != 0) return 8 * i + static_cast<std::size_t>(std::countl_zero(differ));
  }
  return kSparseDepthMax;
}

const SparseSpec& Ics23Spec() {
  static const SparseSpec kSpec{
      .leaf_prefix = kLeafPrefix, .node_prefix = kNodePrefix, .empty = Hash256()};
  return kSpec;
}

Hash256 SparseRoot(std::span<const SparseLeaf> leaves, const SparseSpec& spec) {
  return RootBelow(leaves, 0, spec);
}

Result<void> VerifySparseMember(const Hash256& root, ByteView key, ByteView value,
                                const SparseProof& proof) {
  const SparseLeaf leaf = SparseLeafOf(key, value);
  return VerifyOne(root,
                   {.path = leaf.path,
                    .value_hash = leaf.value_hash,
                    .depth = proof.siblings.size(),
                    .other = proof.other},
                   proof);
}

Result<void> VerifySparseAbsent(const Hash256& root, ByteView key, const SparseProof& proof) {
  return VerifyOne(root,
                   {.path = Sha256(key),
                    .value_hash = std::nullopt,
                    .depth = proof.siblings.size(),
                    .other = proof.other},
                   proof);
}

Result<void> VerifySparseClaims(const Hash256& root, const SparseMultiproof& proof) {
  const auto& claims = proof.claims;
  if (claims.empty()) return Refuse("no claim");
  for (std::size_t i = 0; i + 1 < claims.size(); ++i) {
    if (!(claims[i].path < claims[i + 1].path)) return Refuse("claims out of order");
  }
  ClaimsRoot computed(proof.siblings);
  JD_TRY(const Hash256 hash, computed.Below(claims, 0));
  if (!computed.UsedAll()) return Refuse("a sibling is left over");
  if (hash != root) return Refuse("the paths lead to another root");
  return {};
}

SparseMultiproof MergeSparseProofs(std::vector<std::pair<SparseClaim, SparseProof>> proofs) {
  std::ranges::sort(proofs, {}, [](const auto& one) { return one.first.path; });
  const auto repeated = std::ranges::unique(
      proofs, {}, [](const auto& one) -> const Hash256& { return one.first.path; });
  proofs.erase(repeated.begin(), repeated.end());
  SparseMultiproof merged;
  merged.claims.reserve(proofs.size());
  for (auto& [claim, proof] : proofs) {
    claim.depth = proof.siblings.size();
    claim.other = proof.other;
    merged.claims.push_back(claim);
  }
  if (!proofs.empty()) CollectSiblings(proofs, merged.claims, 0, merged.siblings);
  return merged;
}

}  // namespace jiandu::crypto
