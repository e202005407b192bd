// The sparse Merkle tree against its definition and against proofs that lie.
#include "crypto/sparse_merkle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/hex.h"
#include "crypto/hash.h"

namespace jiandu::crypto {
namespace {

using Map = std::map<std::string, std::string>;

std::vector<SparseLeaf> LeavesOf(const Map& map) {
  std::vector<SparseLeaf> leaves;
  leaves.reserve(map.size());
  for (const auto& [key, value] : map) leaves.push_back(SparseLeafOf(AsBytes(key), AsBytes(value)));
  std::ranges::sort(leaves);
  return leaves;
}

Map Numbers(std::size_t count) {
  Map map;
  for (std::size_t i = 0; i < count; ++i) map["key " + std::to_string(i)] = std::to_string(i);
  return map;
}

// The path of a key by the definition alone.
SparseProof ProofOf(const Map& map, std::string_view key) {
  SparseProof proof;
  std::vector<SparseLeaf> below = LeavesOf(map);
  const Hash256 path = Sha256(AsBytes(key));
  for (std::size_t depth = 0; below.size() > 1; ++depth) {
    const auto right = std::ranges::partition(
        below, [depth](const SparseLeaf& leaf) { return !SparseBit(leaf.path, depth); });
    std::vector<SparseLeaf> zeros(below.begin(), right.begin());
    std::vector<SparseLeaf> ones(right.begin(), right.end());
    std::ranges::sort(zeros);
    std::ranges::sort(ones);
    const bool bit = SparseBit(path, depth);
    // The root of a part at this depth: its leaves share the bits above, so a tree of them alone
    // would go deeper; its root is found by hashing below.
    const std::vector<SparseLeaf>& other = bit ? zeros : ones;
    proof.siblings.push_back([&] {
      const auto root = [](auto&& self, std::span<const SparseLeaf> part,
                           std::size_t at) -> Hash256 {
        if (part.empty()) return {};
        if (part.size() == 1) return SparseLeafHash(part[0]);
        std::size_t split = 0;
        while (split < part.size() && !SparseBit(part[split].path, at)) ++split;
        return SparseNodeHash(self(self, part.first(split), at + 1),
                              self(self, part.subspan(split), at + 1));
      };
      return root(root, other, depth + 1);
    }());
    below = bit ? ones : zeros;
  }
  if (below.size() == 1 && below[0].path != path) proof.other = below[0];
  return proof;
}

TEST(SparseMerkle, GivesZeroForNothingAndTheLeafForOne) {
  EXPECT_TRUE(SparseRoot({}).IsZero());
  const SparseLeaf leaf = SparseLeafOf(AsBytes("hello"), AsBytes("world"));
  EXPECT_EQ(SparseRoot(std::vector{leaf}), SparseLeafHash(leaf));
}

TEST(SparseMerkle, ProvesMembersAndAbsentKeys) {
  for (const std::size_t count : {0U, 1U, 2U, 3U, 16U, 200U}) {
    const Map map = Numbers(count);
    const Hash256 root = SparseRoot(LeavesOf(map));
    for (const auto& [key, value] : map) {
      const SparseProof proof = ProofOf(map, key);
      EXPECT_TRUE(VerifySparseMember(root, AsBytes(key), AsBytes(value), proof).has_value());
      EXPECT_FALSE(VerifySparseMember(root, AsBytes(key), AsBytes("other"), proof).has_value());
      EXPECT_FALSE(VerifySparseAbsent(root, AsBytes(key), proof).has_value());
    }
    for (std::size_t i = 0; i < 50; ++i) {
      const std::string absent = "absent " + std::to_string(i);
      const SparseProof proof = ProofOf(map, absent);
      EXPECT_TRUE(VerifySparseAbsent(root, AsBytes(absent), proof).has_value());
      EXPECT_FALSE(VerifySparseMember(root, AsBytes(absent), AsBytes("x"), proof).has_value());
    }
  }
}

// zk-kit#417: without the check of inequality a key's own leaf "proves" its absence.
TEST(SparseMerkle, RefusesTheKeysOwnLeafAsAnother) {
  const Map map = Numbers(40);
  const Hash256 root = SparseRoot(LeavesOf(map));
  for (const auto& [key, value] : map) {
    SparseProof proof = ProofOf(map, key);
    proof.other = SparseLeafOf(AsBytes(key), AsBytes(value));
    const auto verdict = VerifySparseAbsent(root, AsBytes(key), proof);
    ASSERT_FALSE(verdict.has_value());
    EXPECT_EQ(verdict.error().detail, "sparse merkle: the key's own leaf is shown as another's");
  }
}

// A key that is present is denied by the path of a leaf which shares fewer bits: hashed along the
// other leaf's bits it would lead to the root, along the key's it cannot; the check says so before.
TEST(SparseMerkle, RefusesALeafFromAnotherPath) {
  const Map map = Numbers(40);
  const Hash256 root = SparseRoot(LeavesOf(map));
  std::size_t tried = 0;
  for (const auto& [key, value] : map) {
    for (const auto& [other, content] : map) {
      if (other == key) continue;
      SparseProof proof = ProofOf(map, other);
      proof.other = SparseLeafOf(AsBytes(other), AsBytes(content));
      const auto verdict = VerifySparseAbsent(root, AsBytes(key), proof);
      ASSERT_FALSE(verdict.has_value());
      EXPECT_EQ(verdict.error().detail, "sparse merkle: the other leaf lies on another path");
      ++tried;
    }
  }
  EXPECT_EQ(tried, 40U * 39U);
}

TEST(SparseMerkle, RefusesAnyChangedPart) {
  const Map map = Numbers(64);
  const Hash256 root = SparseRoot(LeavesOf(map));
  const SparseProof proof = ProofOf(map, "key 7");
  for (std::size_t i = 0; i < proof.siblings.size(); ++i) {
    for (std::size_t byte = 0; byte < 32; ++byte) {
      SparseProof bad = proof;
      bad.siblings[i].bytes[byte] ^= 1;
      EXPECT_FALSE(VerifySparseMember(root, AsBytes("key 7"), AsBytes("7"), bad).has_value());
    }
    SparseProof shorter = proof;
    shorter.siblings.erase(shorter.siblings.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(VerifySparseMember(root, AsBytes("key 7"), AsBytes("7"), shorter).has_value());
  }
  SparseProof longer = proof;
  longer.siblings.resize(257);
  EXPECT_FALSE(VerifySparseMember(root, AsBytes("key 7"), AsBytes("7"), longer).has_value());
}

SparseMultiproof ClaimsOf(const Map& map, const std::vector<std::string>& keys) {
  std::vector<std::pair<SparseClaim, SparseProof>> proofs;
  for (const std::string& key : keys) {
    SparseClaim claim;
    claim.path = Sha256(AsBytes(key));
    if (map.contains(key)) claim.value_hash = Sha256(AsBytes(map.at(key)));
    proofs.emplace_back(claim, ProofOf(map, key));
  }
  return MergeSparseProofs(std::move(proofs));
}

TEST(SparseMerkle, ProvesManyKeysAtOnce) {
  const Map map = Numbers(100);
  const Hash256 root = SparseRoot(LeavesOf(map));
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < 30; ++i) keys.push_back("key " + std::to_string(3 * i));
  for (std::size_t i = 0; i < 200; ++i) keys.push_back("absent " + std::to_string(i));
  keys.push_back(keys.front());  // said once
  const SparseMultiproof good = ClaimsOf(map, keys);
  ASSERT_EQ(good.claims.size(), keys.size() - 1);
  ASSERT_TRUE(VerifySparseClaims(root, good).has_value());
  for (std::size_t i = 0; i < good.claims.size(); ++i) {
    SparseMultiproof bad = good;
    SparseClaim& claim = bad.claims[i];
    if (claim.value_hash.has_value()) {
      claim.value_hash.reset();
    } else {
      claim.value_hash = Sha256(AsBytes("x"));
    }
    EXPECT_FALSE(VerifySparseClaims(root, bad).has_value());
    bad = good;
    bad.claims[i].depth += 1;
    EXPECT_FALSE(VerifySparseClaims(root, bad).has_value());
  }
  for (std::size_t i = 0; i < good.siblings.size(); ++i) {
    SparseMultiproof bad = good;
    bad.siblings[i].bytes[0] ^= 1;
    EXPECT_FALSE(VerifySparseClaims(root, bad).has_value());
    bad.siblings.erase(bad.siblings.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(VerifySparseClaims(root, bad).has_value());
  }
  SparseMultiproof more = good;
  more.siblings.emplace_back();
  EXPECT_FALSE(VerifySparseClaims(root, more).has_value());
  more = good;
  std::ranges::reverse(more.claims);
  EXPECT_FALSE(VerifySparseClaims(root, more).has_value());
  EXPECT_FALSE(VerifySparseClaims(root, {}).has_value());
}

}  // namespace
}  // namespace jiandu::crypto
