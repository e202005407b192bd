// The sparse Merkle tree against trees that others built, when they are at hand: existence proofs
// of celestiaorg/smt from cosmos/ics23, and roots of penumbra-zone/jmt, which hashes otherwise.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/hash.h"
#include "crypto/sparse_merkle.h"
#include "tests/support/vectors.h"

namespace jiandu::crypto {
namespace {

std::filesystem::path VectorsFolder() { return testing::VectorsFolder("smt"); }

Json Read(const std::filesystem::path& name) {
  return testing::ReadVectors(testing::ReadText(VectorsFolder() / name));
}

Bytes BytesOf(const Json& json, std::string_view name) {
  return HexDecode(json.TextOr(name)).value();
}

// The next field of a protobuf message with short lengths: its number, and its content when it has
// a length. ICS23's messages hold what our strict reader refuses: explicit defaults.
struct Field {
  std::uint64_t number = 0;
  ByteView content;
};
std::uint64_t Varint(ByteView& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; !bytes.empty(); shift += 7) {
    const std::uint8_t byte = bytes[0];
    bytes = bytes.subspan(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) break;
  }
  return value;
}
Field Next(ByteView& bytes) {
  const std::uint64_t tag = Varint(bytes);
  Field field{.number = tag >> 3U, .content = {}};
  if ((tag & 7U) == 0) {
    Varint(bytes);
  } else {
    const std::size_t length = Varint(bytes);
    field.content = bytes.first(length);
    bytes = bytes.subspan(length);
  }
  return field;
}

struct Existence {
  Bytes key;
  Bytes value;
  SparseProof proof;
};
// ExistenceProof {1 key, 2 value, 3 leaf, 4 repeated InnerOp {1 hash, 2 prefix, 3 suffix}}: from
// the leaf up; the prefix is 0x01 and a left sibling, the suffix a right one.
Existence Decode(ByteView bytes) {
  Existence existence;
  while (!bytes.empty()) {
    const Field field = Next(bytes);
    if (field.number == 1) existence.key = ToBytes(field.content);
    if (field.number == 2) existence.value = ToBytes(field.content);
    if (field.number != 4) continue;
    ByteView op = field.content;
    Bytes sibling;
    while (!op.empty()) {
      const Field part = Next(op);
      if (part.number == 2) sibling = ToBytes(part.content.subspan(1));
      if (part.number == 3) sibling = ToBytes(part.content);
    }
    existence.proof.siblings.insert(existence.proof.siblings.begin(),
                                    Hash256::From(sibling).value_or(Hash256()));
  }
  return existence;
}

TEST(SparseMerkleVectors, ProofsOfIcs23Hold) {
  if (!std::filesystem::exists(VectorsFolder())) GTEST_SKIP() << "no vectors: " << VectorsFolder();
  for (const char* name : {"ics23-smt-exist_left.json", "ics23-smt-exist_right.json"}) {
    const Json vector = Read(name);
    const Bytes proof = BytesOf(vector, "proof");
    ByteView rest = proof;
    Existence existence = Decode(Next(rest).content);
    ASSERT_EQ(existence.key, BytesOf(vector, "key"));
    ASSERT_EQ(existence.value, BytesOf(vector, "value"));
    const Hash256 root = Hash256::From(BytesOf(vector, "root")).value();
    ASSERT_GT(existence.proof.siblings.size(), 5U);
    EXPECT_TRUE(
        VerifySparseMember(root, existence.key, existence.value, existence.proof).has_value());
    existence.proof.siblings[3].bytes[9] ^= 4;
    EXPECT_FALSE(
        VerifySparseMember(root, existence.key, existence.value, existence.proof).has_value());
  }
}

// Their absence is shown by neighbours; the neighbour's path in our form shows it natively only
// when it stands in the key's way. What the vector states is the neighbour's membership.
TEST(SparseMerkleVectors, TheNeighbourOfAnAbsentKeyHolds) {
  if (!std::filesystem::exists(VectorsFolder())) GTEST_SKIP() << "no vectors: " << VectorsFolder();
  const Json vector = Read("ics23-smt-nonexist_left.json");
  const Bytes proof = BytesOf(vector, "proof");
  ByteView rest = proof;
  ByteView nonexistence = Next(rest).content;  // {1 path, 2 left, 3 right}
  std::size_t neighbours = 0;
  while (!nonexistence.empty()) {
    const Field field = Next(nonexistence);
    if (field.number == 1) {
      EXPECT_TRUE(Equal(field.content, Sha256(BytesOf(vector, "key")).View()));
    }
    if (field.number != 2 && field.number != 3) continue;
    const Existence existence = Decode(field.content);
    const Hash256 root = Hash256::From(BytesOf(vector, "root")).value();
    EXPECT_TRUE(
        VerifySparseMember(root, existence.key, existence.value, existence.proof).has_value());
    ++neighbours;
  }
  EXPECT_EQ(neighbours, 1U);
}

TEST(SparseMerkleVectors, RootsOfJmtHold) {
  if (!std::filesystem::exists(VectorsFolder())) GTEST_SKIP() << "no vectors: " << VectorsFolder();
  const SparseSpec jmt{
      .leaf_prefix = AsBytes("JMT::LeafNode"),
      .node_prefix = AsBytes("JMT::IntrnalNode"),
      .empty = Hash256::From(AsBytes("SPARSE_MERKLE_PLACEHOLDER_HASH__")).value_or(Hash256())};
  std::size_t compared = 0;
  const Json file = Read("jmt-sha2_256_vectors.json");
  for (const Json& vector : file.ItemsOf("vectors")) {
    std::vector<SparseLeaf> leaves;
    for (const Json& row : vector.ItemsOf("data")) {
      leaves.push_back(SparseLeafOf(BytesOf(row, "key"), BytesOf(row, "value")));
    }
    std::ranges::sort(leaves);
    EXPECT_EQ(HexEncode(SparseRoot(leaves, jmt).View()), vector.TextOr("expected_root"));
    ++compared;
  }
  EXPECT_EQ(compared, 3U);
}

}  // namespace
}  // namespace jiandu::crypto
