// The sparse Merkle tree against its definition and against proofs that lie.
#include "crypto/sparse_merkle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

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

// The two checks of a claim of absence, each met by a claim that hashes to the root without it.
TEST(SparseMerkle, AClaimOfAbsenceIsNeitherTheKeysOwnLeafNorOfAnotherPath) {
  const Map map = Numbers(64);
  const Hash256 root = SparseRoot(LeavesOf(map));
  for (const auto& [key, value] : map) {
    // As a member's claim, but called absent, with its own leaf in its place.
    SparseMultiproof own = ClaimsOf(map, {key});
    ASSERT_TRUE(VerifySparseClaims(root, own).has_value());
    own.claims[0].value_hash.reset();
    own.claims[0].other = SparseLeafOf(AsBytes(key), AsBytes(value));
    EXPECT_FALSE(VerifySparseClaims(root, own).has_value());
  }
  // A tree of one leaf under a path of siblings: the leaf of another path hashes to the root too.
  const SparseLeaf leaf = SparseLeafOf(AsBytes("key 1"), AsBytes("1"));
  SparseMultiproof forged;
  SparseClaim claim{.path = leaf.path, .value_hash = std::nullopt, .depth = 1, .other = leaf};
  claim.path.bytes[0] ^= 0x80;
  const Hash256 sibling = Sha256(AsBytes("sibling"));
  const bool right = SparseBit(claim.path, 0);
  const Hash256 end = SparseLeafHash(leaf);
  forged.claims.push_back(claim);
  forged.siblings.push_back(sibling);
  const Hash256 made = right ? SparseNodeHash(sibling, end) : SparseNodeHash(end, sibling);
  EXPECT_FALSE(VerifySparseClaims(made, forged).has_value());
}

// audit.md 1b: present keys are denied in every way there is at random; none is believed.
TEST(SparseMerkle, NoForgedAbsenceIsBelieved) {
  constexpr std::size_t kTries = 100'000;
  std::mt19937 random(5201);
  const Map map = Numbers(1000);
  const Hash256 root = SparseRoot(LeavesOf(map));
  std::vector<std::string> keys;
  std::vector<SparseProof> proofs;
  for (const auto& [key, value] : map) {
    keys.push_back(key);
    proofs.push_back(ProofOf(map, key));
  }
  for (std::size_t tried = 0; tried < kTries; ++tried) {
    const std::size_t at = random() % keys.size();
    const std::size_t from = random() % keys.size();
    SparseProof forged = proofs[random() % 2 == 0 ? at : from];
    if (random() % 2 == 0) forged.siblings.resize(random() % (forged.siblings.size() + 3));
    if (random() % 4 != 0) {
      SparseLeaf other = SparseLeafOf(AsBytes(keys[from]), AsBytes(map.at(keys[from])));
      if (random() % 2 == 0) other.path = Sha256(AsBytes(keys[at]));
      if (random() % 4 == 0) other.path.bytes[31] ^= 1;
      forged.other = other;
    }
    if (!forged.siblings.empty() && random() % 4 == 0) {
      forged.siblings[random() % forged.siblings.size()].bytes[random() % 32] ^= 1;
    }
    ASSERT_FALSE(VerifySparseAbsent(root, AsBytes(keys[at]), forged).has_value()) << tried;
    const SparseClaim claim{.path = Sha256(AsBytes(keys[at])),
                            .value_hash = std::nullopt,
                            .depth = forged.siblings.size(),
                            .other = forged.other};
    const SparseMultiproof several{.claims = {claim}, .siblings = forged.siblings};
    ASSERT_FALSE(VerifySparseClaims(root, several).has_value()) << tried;
  }
}

// Known answers of penumbra-zone/jmt (sha2 vectors), which hashes with other prefixes; its keys and
// values are hashed as ours are.
TEST(SparseMerkle, RootsOfJmt) {
  const SparseSpec jmt{
      .leaf_prefix = AsBytes("JMT::LeafNode"),
      .node_prefix = AsBytes("JMT::IntrnalNode"),
      .empty = Hash256::From(AsBytes("SPARSE_MERKLE_PLACEHOLDER_HASH__")).value_or(Hash256())};
  const auto root = [&jmt](const Map& map) {
    return HexEncode(SparseRoot(LeavesOf(map), jmt).View());
  };
  EXPECT_EQ(root({{"hello", "world"}}),
            "6b97115f56e533f2fd443f7e76e4d1ff94d34e6b2e233f2dbdf5cfd1ec39a30c");
  EXPECT_EQ(root({{"hello", "world"}, {"goodbye", "world"}}),
            "e1e1e220d4b4a9611a9a09dbcee964b4a6c3a40f6f4dee265ad45cf64568790b");
}

// A proof of celestiaorg/smt, as cosmos/ics23 publishes it (smt/exist_left.json): siblings from the
// root down.
TEST(SparseMerkle, AProofOfIcs23) {
  const Bytes root =
      HexDecode("432d73b49019d8df5c7e38fd93288d0240a62a3c010e7217a4a74f5885c391d5").value();
  SparseProof proof;
  for (const char* sibling : {"69ca519f1f2528c971a930cdd00b65c41762e8510ce3d4a998d4ad8ccf598984",
                              "2cab93bf9b91d25010972968d69b47ca9dfd5b4cea0c71310e0adced33acb19d",
                              "fe97c3211b6a7eb3d859e754b373e89897a54f74244f0a84defc1df2a203dfd8",
                              "bb4f607cb62f20e673fdfad3e40a8b596db50dc7c34e65aba74eec37f791e886",
                              "08f6f1e45958b4780e1e0f7791315d44355eba4e519e2fb25c3dc48627a59a45",
                              "97058f1bf50e2b47ad129fdaf2dfd53f88f81467dad54dabfcf0fbe8330c4e4c",
                              "480983a2541b5527e1b5607e32f0597b12204d4973b5d9b498d1ff2a2350352b",
                              "3112ffea611a3ef030f5ed8dafb8bcaf8e33bec16fff9027b1a0c718136de2d3",
                              "6732b1eaa2cf07fbc94599aecc2df057d8efb0ccd775d86b6ea176bfaad367ad",
                              "bc79ee59a60c4f08cc0216a5f64d39f871cd730b6983079429e91d9bcd57d470"}) {
    proof.siblings.push_back(Hash256::From(HexDecode(sibling).value()).value());
  }
  const auto holds = [&](std::string_view value) {
    return VerifySparseMember(Hash256::From(root).value(), AsBytes("DEhz0a5v5P6ae6QL7mdE"),
                              AsBytes(value), proof)
        .has_value();
  };
  EXPECT_TRUE(holds("value_for_DEhz0a5v5P6ae6QL7mdE"));
  EXPECT_FALSE(holds("value_for_DEhz0a5v5P6ae6QL7mdF"));
}

}  // namespace
}  // namespace jiandu::crypto
