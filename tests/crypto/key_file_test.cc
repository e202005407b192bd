// Sealed keys open with their passphrase only, unchanged only, and at a bounded price only.
#include "crypto/key_file.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "base/json.h"
#include "base/limits.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"

namespace jiandu::crypto {
namespace {

constexpr std::string_view kPassphrase = "竹简 and a long enough phrase";

// A file made by libsodium's calls alone, at the lowest cost, from the seed 07 07 .. 07.
constexpr std::string_view kKnownFile =
    R"({"kdf":"argon2id13",)"
    R"("mem_kib":8,)"
    R"("nonce":"020202020202020202020202020202020202020202020202",)"
    R"("ops":1,)"
    R"("public":"ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c",)"
    R"("purpose":"node",)"
    R"("salt":"01010101010101010101010101010101",)"
    R"("sealed":"d91d39d08cea095c0419138bbd3fce35505fe4cb0418f5e5943c6d8227fc240670ba4dea030871fcddda69b2a36576ca1d4f0b6e84e21b375e434d86f41d41453d9af4986c1418ac6708efab9c32505c",)"
    R"("suite":"ed25519",)"
    R"("v":1})";

Errc CodeOf(const Result<KeyMaterial>& result) {
  return result.has_value() ? Errc::kInternal : result.error().code;
}

// Sealed once: argon2id is slow on purpose.
const std::string& Sealed() {
  static const std::string kSealed =
      SealKey(GenerateKey(KeySuite::kSecp256k1, "officer"), kPassphrase, SealCost::kInteractive);
  return kSealed;
}

Json SealedJson() { return ParseJson(Sealed(), limits::kKeyFileBytesMax).value(); }

TEST(KeyFile, OpensWithItsPassphrase) {
  for (const KeySuite suite :
       {KeySuite::kSecp256k1, KeySuite::kEd25519, KeySuite::kHmacSha256, KeySuite::kX25519}) {
    const KeyMaterial key = GenerateKey(suite, "consensus");
    const std::string sealed = SealKey(key, kPassphrase, SealCost::kInteractive);
    const KeyMaterial opened = OpenKey(sealed, kPassphrase).value();
    EXPECT_EQ(opened.suite, suite);
    EXPECT_EQ(opened.purpose, "consensus");
    EXPECT_EQ(opened.public_key, key.public_key);
    EXPECT_EQ(opened.seed, key.seed);
    EXPECT_EQ(CodeOf(OpenKey(sealed, "")), Errc::kUnauthenticated);
    EXPECT_EQ(CodeOf(OpenKey(sealed, "竹简 and a long enough phrasf")), Errc::kUnauthenticated);
  }
}

TEST(KeyFile, AKnownFileOpensForEver) {
  const KeyMaterial key = OpenKey(kKnownFile, "fuzz").value();
  EXPECT_EQ(key.suite, KeySuite::kEd25519);
  EXPECT_EQ(key.purpose, "node");
  EXPECT_EQ(key.seed.bytes,
            HexDecodeFixed<32>("0707070707070707070707070707070707070707070707070707070707070707")
                .value()
                .bytes);
  EXPECT_EQ(CodeOf(OpenKey(kKnownFile, "fuz")), Errc::kUnauthenticated);
}

TEST(KeyFile, GeneratedPublicKeysBelongToTheirSeeds) {
  const KeyMaterial ecdsa = GenerateKey(KeySuite::kSecp256k1, "system");
  EXPECT_EQ(ecdsa.public_key,
            ToBytes(EcdsaPrivateKey::From(ecdsa.seed).value().PublicKey().View()));
  const KeyMaterial ed25519 = GenerateKey(KeySuite::kEd25519, "node");
  EXPECT_EQ(ed25519.public_key, ToBytes(Ed25519PrivateKey::From(ed25519.seed).PublicKey().View()));
}

TEST(KeyFile, TheLabelIsReadWithoutThePassphrase) {
  const KeyLabel label = ReadKeyLabel(Sealed()).value();
  EXPECT_EQ(label.suite, KeySuite::kSecp256k1);
  EXPECT_EQ(label.purpose, "officer");
  EXPECT_EQ(HexEncode(label.public_key), SealedJson().TextOr("public"));
  EXPECT_EQ(label.mem_kib, SealedJson().IntegerOr("mem_kib"));
}

TEST(KeyFile, IsCanonicalJsonWithoutTheSeed) {
  EXPECT_TRUE(ParseCanonicalJson(Sealed(), limits::kKeyFileBytesMax).has_value());
  const KeyMaterial key = OpenKey(Sealed(), kPassphrase).value();
  EXPECT_FALSE(Sealed().contains(HexEncode(key.seed.View())));
}

TEST(KeyFile, SealingTwiceGivesOtherSaltsAndNonces) {
  const KeyMaterial key = OpenKey(Sealed(), kPassphrase).value();
  const std::string text = SealKey(key, kPassphrase, SealCost::kInteractive);
  const Json again = ParseJson(text, limits::kKeyFileBytesMax).value();
  for (const std::string_view name : {"salt", "nonce", "sealed"}) {
    EXPECT_NE(again.TextOr(name), SealedJson().TextOr(name)) << name;
  }
}

TEST(KeyFile, AChangedMemberIsNoticed) {
  const auto opened_with = [](std::string_view name, Json value) {
    return CodeOf(OpenKey(CanonicalJson(SealedJson().Set(name, std::move(value))), kPassphrase));
  };
  const auto flipped = [](std::string_view name) {
    std::string hex(SealedJson().TextOr(name));
    hex.back() = hex.back() == '0' ? '1' : '0';
    return Json(hex);
  };
  EXPECT_EQ(opened_with("purpose", "system"), Errc::kUnauthenticated);
  EXPECT_EQ(opened_with("public", flipped("public")), Errc::kUnauthenticated);
  EXPECT_EQ(opened_with("salt", flipped("salt")), Errc::kUnauthenticated);
  EXPECT_EQ(opened_with("nonce", flipped("nonce")), Errc::kUnauthenticated);
  EXPECT_EQ(opened_with("sealed", flipped("sealed")), Errc::kUnauthenticated);
  EXPECT_EQ(opened_with("ops", 3), Errc::kUnauthenticated);
  EXPECT_EQ(opened_with("mem_kib", 32768), Errc::kUnauthenticated);
  // The other suite has keys of another length.
  EXPECT_EQ(opened_with("suite", "ed25519"), Errc::kInvalid);
}

TEST(KeyFile, HostileCostsAreRefusedBeforeTheyArePaid) {
  const auto code_with = [](std::string_view name, std::int64_t value) {
    return CodeOf(OpenKey(CanonicalJson(SealedJson().Set(name, value)), kPassphrase));
  };
  for (const std::int64_t mem_kib :
       {std::int64_t{-1}, std::int64_t{0}, std::int64_t{7}, limits::kKeyFileMemKibMax + 1,
        std::int64_t{104857600}, limits::kJsonIntegerMax}) {
    EXPECT_EQ(code_with("mem_kib", mem_kib), Errc::kInvalid) << mem_kib;
  }
  for (const std::int64_t ops :
       {std::int64_t{-1}, std::int64_t{0}, limits::kKeyFileOpsMax + 1, limits::kJsonIntegerMax}) {
    EXPECT_EQ(code_with("ops", ops), Errc::kInvalid) << ops;
  }
}

TEST(KeyFile, OtherFormsAreRefused) {
  const auto label_with = [](std::string_view name, Json value) {
    return ReadKeyLabel(CanonicalJson(SealedJson().Set(name, std::move(value)))).has_value();
  };
  EXPECT_TRUE(label_with("v", 1));
  EXPECT_FALSE(label_with("v", 2));
  EXPECT_FALSE(label_with("kdf", "argon2i13"));
  EXPECT_FALSE(label_with("suite", "sm2"));
  EXPECT_FALSE(label_with("extra", 1));
  EXPECT_FALSE(label_with("salt", "00"));
  EXPECT_FALSE(label_with("nonce", Json()));
  EXPECT_FALSE(label_with("sealed", ""));
  EXPECT_FALSE(label_with("public", ""));
  EXPECT_FALSE(label_with("purpose", std::string(limits::kIdBytesMax + 1, 'x')));
  const Json whole = SealedJson();
  for (const Json::Member& member : whole.Members()) {
    Json json = whole;
    json.Remove(member.name);
    EXPECT_FALSE(ReadKeyLabel(CanonicalJson(json)).has_value()) << member.name;
  }
  EXPECT_FALSE(ReadKeyLabel(" " + Sealed()).has_value());
  EXPECT_FALSE(ReadKeyLabel(Sealed() + "\n").has_value());
  EXPECT_FALSE(ReadKeyLabel("").has_value());
  EXPECT_FALSE(ReadKeyLabel(std::string(limits::kKeyFileBytesMax + 1, ' ')).has_value());
  for (std::size_t size = 0; size < Sealed().size(); ++size) {
    ASSERT_FALSE(ReadKeyLabel(Sealed().substr(0, size)).has_value()) << size;
  }
}

TEST(Wipe, OverwritesWithZero) {
  Bytes secret{1, 2, 3};
  Wipe(secret);
  EXPECT_EQ(secret, Bytes({0, 0, 0}));
}

TEST(FillRandom, Differs) {
  FixedBytes<32> a;
  FixedBytes<32> b;
  FillRandom(a.bytes);
  FillRandom(b.bytes);
  EXPECT_NE(a, b);
  EXPECT_FALSE(a.IsZero());
}

}  // namespace
}  // namespace jiandu::crypto
