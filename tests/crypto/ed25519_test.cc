// Ed25519 against RFC 8032, and what libsodium refuses that ZIP-215 would take.
#include "crypto/ed25519.h"

#include <gtest/gtest.h>

#include <array>

#include "base/hex.h"
#include "crypto/ed25519_point.h"

namespace jiandu::crypto {
namespace {

struct Answer {
  std::string_view seed;
  std::string_view key;
  std::string_view message;
  std::string_view signature;
};

// RFC 8032 section 7.1, tests 1 to 3.
constexpr auto kAnswers = std::to_array<Answer>(
    {{.seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      .key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      .message = "",
      .signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33ba"
                   "cc61e39701cf9b"
                   "4"
                   "6bd25bf5f0595bbe24655141438e7a100b"},
     {.seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      .key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      .message = "72",
      .signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996"
                   "e458f3613d0f11"
                   "d"
                   "8c387b2eaeb4302aeeb00d291612bb0c00"},
     {.seed = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      .key = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      .message = "af82",
      .signature = "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f29"
                   "0ae67f760984dc"
                   "6"
                   "594a7c15e9716ed28dc027beceea1ec40a"}});

// The order of the base point, little-endian.
constexpr std::string_view kOrder =
    "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

Ed25519PrivateKey Key() {
  return Ed25519PrivateKey::From(HexDecodeFixed<32>(kAnswers[0].seed).value());
}

TEST(Ed25519, GivesTheAnswersOfRfc8032) {
  for (const auto& [seed, key, message, signature] : kAnswers) {
    const auto pair = Ed25519PrivateKey::From(HexDecodeFixed<32>(seed).value());
    const Bytes bytes = HexDecode(message).value();
    EXPECT_EQ(HexEncode(pair.PublicKey().View()), key);
    EXPECT_EQ(HexEncode(pair.Sign(bytes).View()), signature);
    EXPECT_EQ(HexEncode(pair.Seed().View()), seed);
    EXPECT_TRUE(VerifyEd25519(HexDecodeFixed<32>(key).value(), bytes,
                              HexDecodeFixed<64>(signature).value()));
  }
}

TEST(Ed25519, AChangedBitIsRefused) {
  const Ed25519PrivateKey key = Key();
  const Bytes message = ToBytes("message");
  const Ed25519Signature signature = key.Sign(message);
  ASSERT_TRUE(VerifyEd25519(key.PublicKey(), message, signature));
  for (std::size_t bit = 0; bit < 512; bit += 11) {
    Ed25519Signature changed = signature;
    changed.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(VerifyEd25519(key.PublicKey(), message, changed)) << bit;
  }
  for (std::size_t bit = 0; bit < 256; bit += 11) {
    Ed25519PublicKey changed = key.PublicKey();
    changed.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(VerifyEd25519(changed, message, signature)) << bit;
  }
  EXPECT_FALSE(VerifyEd25519(key.PublicKey(), AsBytes("messagE"), signature));
  EXPECT_FALSE(VerifyEd25519(key.PublicKey(), AsBytes("messag"), signature));
  EXPECT_FALSE(VerifyEd25519(key.PublicKey(), {}, signature));
}

TEST(Ed25519, AnSNotBelowTheOrderIsRefused) {
  const Ed25519PrivateKey key = Key();
  const Bytes message = ToBytes("malleable");
  Ed25519Signature signature = key.Sign(message);
  ASSERT_TRUE(VerifyEd25519(key.PublicKey(), message, signature));
  const Bytes order = HexDecode(kOrder).value();
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    const unsigned sum = signature.bytes[32 + i] + order[i] + carry;
    signature.bytes[32 + i] = static_cast<std::uint8_t>(sum);
    carry = sum >> 8U;
  }
  ASSERT_EQ(carry, 0U);
  EXPECT_FALSE(VerifyEd25519(key.PublicKey(), message, signature));
}

TEST(Ed25519, SmallOrderKeysAreRefused) {
  // With the neutral point as key, R = B and s = 1 fulfil s B = R + h A for every message.
  Ed25519Signature forged;
  forged.bytes.fill(0x66);
  forged.bytes[0] = 0x58;
  std::fill(forged.bytes.begin() + 32, forged.bytes.end(), std::uint8_t{0});
  forged.bytes[32] = 1;
  // All points of order 1, 2, 4 and 8, with the encodings that are not canonical.
  for (const std::string_view key :
       {"0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"}) {
    for (int i = 0; i < 16; ++i) {  // h A is neutral for one message in eight
      EXPECT_FALSE(VerifyEd25519(HexDecodeFixed<32>(key).value(),
                                 AsBytes("anything " + std::to_string(i)), forged))
          << key;
    }
  }
}

TEST(IsEd25519Point, TakesPointsOfPrimeOrderInTheirOneForm) {
  for (int i = 0; i < 16; ++i) {
    EXPECT_TRUE(IsEd25519Point(Ed25519PrivateKey::Generate().PublicKey()));
  }
  EXPECT_TRUE(IsEd25519Point(Key().PublicKey()));
  for (const char* bad :
       {"0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",  // neutral
        "0100000000000000000000000000000000000000000000000000000000000080",  // and another sign
        "0200000000000000000000000000000000000000000000000000000000000000",  // on no curve
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  // of order 8
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // of order 2
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // 1, not below p
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    EXPECT_FALSE(IsEd25519Point(HexDecodeFixed<32>(bad).value())) << bad;
  }
}

TEST(Ed25519PrivateKey, GeneratedKeysDifferAndSign) {
  const auto a = Ed25519PrivateKey::Generate();
  const auto b = Ed25519PrivateKey::Generate();
  EXPECT_NE(a.PublicKey(), b.PublicKey());
  EXPECT_TRUE(VerifyEd25519(a.PublicKey(), AsBytes("m"), a.Sign(AsBytes("m"))));
  EXPECT_FALSE(VerifyEd25519(b.PublicKey(), AsBytes("m"), a.Sign(AsBytes("m"))));
  EXPECT_EQ(Ed25519PrivateKey::From(a.Seed()).PublicKey(), a.PublicKey());
}

TEST(Ed25519PrivateKey, MovingWipesTheSource) {
  Ed25519PrivateKey from = Key();
  Ed25519PrivateKey to = std::move(from);
  EXPECT_TRUE(from.Seed().IsZero());  // NOLINT(bugprone-use-after-move): that is the claim
  EXPECT_EQ(HexEncode(to.Seed().View()), kAnswers[0].seed);
  Ed25519PrivateKey other = Ed25519PrivateKey::Generate();
  other = std::move(to);
  EXPECT_TRUE(to.Seed().IsZero());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(HexEncode(other.PublicKey().View()), kAnswers[0].key);
}

}  // namespace
}  // namespace jiandu::crypto
