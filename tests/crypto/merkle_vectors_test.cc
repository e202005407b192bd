// Inclusion and consistency vectors of transparency-dev/merkle, when they are at hand.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/merkle.h"
#include "tests/support/vectors.h"

namespace jiandu::crypto {
namespace {

std::filesystem::path VectorsFolder() { return testing::VectorsFolder("rfc6962"); }

Json ReadCases(const char* name) {
  std::string text = testing::ReadText(VectorsFolder() / name);
  // One index is 2^64 - 1, which our integers leave out; it is handed over as a word.
  constexpr std::string_view kMax = "18446744073709551615";
  for (std::size_t at = text.find(kMax); at != std::string::npos; at = text.find(kMax)) {
    text.replace(at, kMax.size(), "\"max\"");
  }
  return testing::ReadVectors(text);
}

std::uint64_t Number(const Json& vector, std::string_view name) {
  const Json* value = vector.Find(name);
  if (value->IsText()) return ~std::uint64_t{0};
  return static_cast<std::uint64_t>(value->AsInteger());
}

std::optional<Hash256> Hash(std::string_view base64) {
  return Hash256::From(Base64Decode(base64).value());
}

std::optional<std::vector<Hash256>> Proof(const Json& vector) {
  std::vector<Hash256> proof;
  for (const Json& item : vector.ItemsOf("proof")) {
    const std::optional<Hash256> hash = Hash(item.AsString());
    if (!hash.has_value()) return std::nullopt;
    proof.push_back(*hash);
  }
  return proof;
}

// What no Hash256 can hold is refused by its type; one case of equal sizes is "right" in spite of
// roots that are no hashes, and is out of reach here.
TEST(MerkleVectors, Inclusion) {
  if (!std::filesystem::exists(VectorsFolder())) GTEST_SKIP() << "no vectors: " << VectorsFolder();
  const Json cases = ReadCases("inclusion.json");
  int checked = 0;
  for (const Json& vector : cases.Items()) {
    const auto leaf = Hash(vector.TextOr("leafHash"));
    const auto root = Hash(vector.TextOr("root"));
    const auto proof = Proof(vector);
    const bool must_hold = !vector.BoolOr("wantErr");
    if (!leaf.has_value() || !root.has_value() || !proof.has_value()) {
      EXPECT_FALSE(must_hold) << vector.TextOr("file");
      continue;
    }
    EXPECT_EQ(
        VerifyInclusion(*leaf, Number(vector, "leafIdx"), Number(vector, "treeSize"), *proof, *root)
            .has_value(),
        must_hold)
        << vector.TextOr("file");
    ++checked;
  }
  EXPECT_GT(checked, 70);
}

TEST(MerkleVectors, Consistency) {
  if (!std::filesystem::exists(VectorsFolder())) GTEST_SKIP() << "no vectors: " << VectorsFolder();
  const Json cases = ReadCases("consistency.json");
  int checked = 0;
  for (const Json& vector : cases.Items()) {
    const auto root1 = Hash(vector.TextOr("root1"));
    const auto root2 = Hash(vector.TextOr("root2"));
    const auto proof = Proof(vector);
    if (!root1.has_value() || !root2.has_value() || !proof.has_value()) continue;
    EXPECT_EQ(
        VerifyConsistency(Number(vector, "size1"), *root1, Number(vector, "size2"), *root2, *proof)
            .has_value(),
        !vector.BoolOr("wantErr"))
        << vector.TextOr("file");
    ++checked;
  }
  EXPECT_GT(checked, 70);
}

}  // namespace
}  // namespace jiandu::crypto
