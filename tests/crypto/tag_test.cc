// Tags differ in all they are to differ in, and are those that the definition gives.
#include "crypto/tag.h"

#include <gtest/gtest.h>

#include <set>

#include "base/hex.h"
#include "crypto/hash.h"

namespace jiandu::crypto {
namespace {

TagSecret SecretOf(std::uint8_t byte) {
  TagSecret secret;
  secret.bytes.fill(byte);
  return secret;
}
Bytes Resource(std::uint8_t byte) { return Bytes(17, byte); }

TEST(Hkdf, GivesTheVectorsOfRfc5869) {
  const Bytes key(22, 0x0b);
  const Bytes salt = HexDecode("000102030405060708090a0b0c").value();
  const Bytes info = HexDecode("f0f1f2f3f4f5f6f7f8f9").value();
  // A.1 and A.3: the first 32 of 42 bytes.
  EXPECT_EQ(HexEncode(HkdfSha256(key, salt, info).View()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
  EXPECT_EQ(HexEncode(HkdfSha256(key, {}, {}).View()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

TEST(SubjectTag, IsTheFormulaOfTheDesign) {
  Bytes info = Resource(2);
  Append(info, "202603");
  const Hash256 key = HkdfSha256(SecretOf(7).View(), {}, info);
  EXPECT_EQ(SubjectTagKey(SecretOf(7), Resource(2), "202603"), key);
  EXPECT_EQ(TagOf(key, "PERSON", "990101199003070011"),
            HmacSha256(key.View(), AsBytes("PERSON990101199003070011")));
}

TEST(SubjectTag, DiffersByProviderResourceMonthKindAndPerson) {
  const auto tag = [](std::uint8_t secret, std::uint8_t resource, std::string_view month,
                      std::string_view kind, std::string_view id) {
    return TagOf(SubjectTagKey(SecretOf(secret), Resource(resource), month), kind, id);
  };
  const std::set<Hash256> tags = {tag(1, 1, "202603", "PERSON", "a"),
                                  tag(2, 1, "202603", "PERSON", "a"),
                                  tag(1, 2, "202603", "PERSON", "a"),
                                  tag(1, 1, "202604", "PERSON", "a"),
                                  tag(1, 1, "202603", "LEGAL", "a"),
                                  tag(1, 1, "202603", "PERSON", "b"),
                                  TagOf(StaffTagKey(SecretOf(1)), "PERSON", "a")};
  EXPECT_EQ(tags.size(), 7U);
  EXPECT_EQ(tag(1, 1, "202603", "PERSON", "a"), tag(1, 1, "202603", "PERSON", "a"));
}

TEST(TagHalves, TogetherAreTheSecretAndEachAloneIsNot) {
  const TagSecret secret = SecretOf(0x5a);
  const TagSecret random = TagSecret::From(Sha256(AsBytes("half")).View()).value();
  const TagSecret other = JoinTagHalves(secret, random);
  EXPECT_EQ(JoinTagHalves(random, other), secret);
  EXPECT_EQ(JoinTagHalves(other, random), secret);
  EXPECT_NE(other, secret);
  EXPECT_NE(other, random);
  EXPECT_NE(JoinTagHalves(other, JoinTagHalves(secret, SecretOf(1))), secret);
}

}  // namespace
}  // namespace jiandu::crypto
