// RFC 6962 trees against Certificate Transparency's reference tree and against the definition.
#include "crypto/merkle.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>

#include "base/hex.h"
#include "crypto/hash.h"

namespace jiandu::crypto {
namespace {

Hash256 Hash(std::string_view hex) { return HexDecodeFixed<32>(hex).value(); }

// The eight leaves of Certificate Transparency's reference tests, and the roots of the first n.
std::vector<Bytes> ReferenceLeaves() {
  std::vector<Bytes> leaves;
  for (const std::string_view hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                     "606162636465666768696a6b6c6d6e6f"}) {
    leaves.push_back(HexDecode(hex).value());
  }
  return leaves;
}
constexpr auto kReferenceRoots = std::to_array<std::string_view>(
    {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
     "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
     "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
     "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
     "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
     "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
     "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"});

std::vector<Hash256> Leaves(std::size_t count) {
  std::vector<Hash256> leaves;
  leaves.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(MerkleLeafHash(AsBytes("leaf " + std::to_string(i))));
  }
  return leaves;
}

// MTH of RFC 6962 section 2.1, word for word.
Hash256 Definition(std::span<const Hash256> leaves) {
  if (leaves.empty()) return Sha256(ByteView());
  if (leaves.size() == 1) return leaves[0];
  const std::size_t split = std::bit_floor(leaves.size() - 1);
  return MerkleNodeHash(Definition(leaves.first(split)), Definition(leaves.subspan(split)));
}

// CometBFT crypto/merkle/rfc6962_test.go: empty tree, empty leaf, leaf "L123456".
TEST(Merkle, GivesTheHashesOfRfc6962) {
  EXPECT_EQ(MerkleEmptyRoot(),
            Hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  EXPECT_EQ(MerkleLeafHash({}),
            Hash("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"));
  EXPECT_EQ(MerkleLeafHash(AsBytes("L123456")),
            Hash("395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"));
}

TEST(Merkle, LeavesAndNodesAreKeptApart) {
  const Hash256 left = MerkleLeafHash(AsBytes("a"));
  const Hash256 right = MerkleLeafHash(AsBytes("b"));
  Bytes both = ToBytes(left.View());
  Append(both, right.View());
  EXPECT_NE(MerkleLeafHash(both), MerkleNodeHash(left, right));
  EXPECT_NE(MerkleNodeHash(left, right), MerkleNodeHash(right, left));
  EXPECT_EQ(MerkleNodeHash(left, right), Sha256({Bytes{0x01}, both}));
}

TEST(Merkle, GivesTheRootsOfTheReferenceTree) {
  const std::vector<Bytes> leaves = ReferenceLeaves();
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    EXPECT_EQ(MerkleRootOfData(std::span(leaves).first(size)), Hash(kReferenceRoots[size - 1]));
  }
  EXPECT_EQ(MerkleRootOfData({}), MerkleEmptyRoot());
}

TEST(Merkle, RootIsTheDefinitionAtEverySize) {
  const std::vector<Hash256> leaves = Leaves(130);
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    EXPECT_EQ(MerkleRoot(std::span(leaves).first(size)), Definition(std::span(leaves).first(size)));
  }
}

TEST(MerkleInclusion, EveryLeafOfEveryTreeIsProved) {
  const std::vector<Hash256> all = Leaves(40);
  for (std::size_t size = 1; size <= all.size(); ++size) {
    const auto leaves = std::span(all).first(size);
    const Hash256 root = MerkleRoot(leaves);
    for (std::uint64_t index = 0; index < size; ++index) {
      const std::vector<Hash256> proof = MerkleInclusionProof(leaves, index);
      ASSERT_TRUE(VerifyInclusion(leaves[index], index, size, proof, root).has_value());
    }
  }
}

TEST(MerkleInclusion, WhatIsChangedIsRefused) {
  for (const std::size_t size : {1U, 2U, 3U, 5U, 7U, 8U, 13U}) {
    const std::vector<Hash256> leaves = Leaves(size);
    const Hash256 root = MerkleRoot(leaves);
    for (std::uint64_t index = 0; index < size; ++index) {
      const std::vector<Hash256> proof = MerkleInclusionProof(leaves, index);
      const auto holds = [&](std::uint64_t at, std::uint64_t of, std::span<const Hash256> path) {
        return VerifyInclusion(leaves[index], at, of, path, root).has_value();
      };
      for (std::uint64_t other = 0; other <= size; ++other) {
        EXPECT_EQ(holds(other, size, proof), other == index);
      }
      EXPECT_FALSE(holds(~std::uint64_t{0}, size, proof));
      EXPECT_FALSE(holds(index, 0, proof));
      std::vector<Hash256> longer = proof;
      longer.push_back(root);
      EXPECT_FALSE(holds(index, size, longer));
      for (std::size_t i = 0; i < proof.size(); ++i) {
        std::vector<Hash256> flipped = proof;
        flipped[i].bytes[31] ^= 1U;
        EXPECT_FALSE(holds(index, size, flipped));
        std::vector<Hash256> shorter = proof;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(holds(index, size, shorter));
      }
      Hash256 wrong_root = root;
      wrong_root.bytes[0] ^= 0x80U;
      EXPECT_FALSE(VerifyInclusion(leaves[index], index, size, proof, wrong_root).has_value());
    }
  }
}

TEST(MerkleConsistency, EveryBeginningIsProved) {
  const std::vector<Hash256> all = Leaves(40);
  for (std::size_t size2 = 1; size2 <= all.size(); ++size2) {
    const auto leaves = std::span(all).first(size2);
    const Hash256 root2 = MerkleRoot(leaves);
    for (std::uint64_t size1 = 1; size1 <= size2; ++size1) {
      const Hash256 root1 = MerkleRoot(leaves.first(size1));
      const std::vector<Hash256> proof = MerkleConsistencyProof(leaves, size1);
      ASSERT_TRUE(VerifyConsistency(size1, root1, size2, root2, proof).has_value());
    }
  }
}

TEST(MerkleConsistency, WhatIsChangedIsRefused) {
  const std::vector<Hash256> all = Leaves(13);
  for (std::size_t size2 = 1; size2 <= all.size(); ++size2) {
    const auto leaves = std::span(all).first(size2);
    const Hash256 root2 = MerkleRoot(leaves);
    for (std::uint64_t size1 = 1; size1 <= size2; ++size1) {
      const Hash256 root1 = MerkleRoot(leaves.first(size1));
      const std::vector<Hash256> proof = MerkleConsistencyProof(leaves, size1);
      const Hash256 wrong = MerkleLeafHash(AsBytes("wrong"));
      EXPECT_FALSE(VerifyConsistency(size1, wrong, size2, root2, proof).has_value());
      EXPECT_FALSE(VerifyConsistency(size1, root1, size2, wrong, proof).has_value());
      EXPECT_FALSE(VerifyConsistency(0, MerkleEmptyRoot(), size2, root2, {}).has_value());
      EXPECT_FALSE(VerifyConsistency(size2 + 1, root1, size2, root2, proof).has_value());
      std::vector<Hash256> longer = proof;
      longer.push_back(wrong);
      EXPECT_FALSE(VerifyConsistency(size1, root1, size2, root2, longer).has_value());
      for (std::size_t i = 0; i < proof.size(); ++i) {
        std::vector<Hash256> flipped = proof;
        flipped[i].bytes[7] ^= 1U;
        EXPECT_FALSE(VerifyConsistency(size1, root1, size2, root2, flipped).has_value());
        std::vector<Hash256> shorter = proof;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(VerifyConsistency(size1, root1, size2, root2, shorter).has_value());
      }
    }
  }
}

TEST(MerkleFrontier, GrowsAsTheTreeDoes) {
  const std::vector<Hash256> leaves = Leaves(70);
  MerkleFrontier frontier;
  EXPECT_EQ(frontier.Root(), MerkleEmptyRoot());
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    frontier.AppendLeafHash(leaves[size - 1]);
    EXPECT_EQ(frontier.Size(), size);
    EXPECT_EQ(frontier.Peaks().size(), static_cast<std::size_t>(std::popcount(size)));
    EXPECT_EQ(frontier.Root(), Definition(std::span(leaves).first(size)));
    // Stored and read back, it goes on as before.
    frontier = MerkleFrontier::From(frontier.Size(), frontier.Peaks()).value();
  }
}

TEST(MerkleFrontier, PeaksMustFitTheSize) {
  const std::vector<Hash256> two = Leaves(2);
  EXPECT_TRUE(MerkleFrontier::From(3, two).has_value());
  EXPECT_TRUE(MerkleFrontier::From(0, {}).has_value());
  EXPECT_FALSE(MerkleFrontier::From(4, two).has_value());
  EXPECT_FALSE(MerkleFrontier::From(7, two).has_value());
  EXPECT_FALSE(MerkleFrontier::From(0, two).has_value());
  EXPECT_FALSE(MerkleFrontier::From(1, {}).has_value());
}

}  // namespace
}  // namespace jiandu::crypto
