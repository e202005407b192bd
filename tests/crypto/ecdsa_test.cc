// secp256k1 signatures: RFC 6979 answers, and every second spelling refused.
#include "crypto/ecdsa.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "base/hex.h"
#include "crypto/hash.h"

namespace jiandu::crypto {
namespace {

constexpr std::string_view kOrder =
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
constexpr std::string_view kOne =
    "0000000000000000000000000000000000000000000000000000000000000001";

struct Answer {
  std::string_view seed;
  std::string_view message;
  std::string_view signature;
};

// RFC 6979 with SHA-256 on secp256k1: the values in common use by Bitcoin's libraries.
constexpr auto kAnswers = std::to_array<Answer>({
    {.seed = kOne,
     .message = "Satoshi Nakamoto",
     .signature = "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
                  "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"},
    {.seed = kOne,
     .message = "All those moments will be lost in time, like tears in rain. Time to die...",
     .signature = "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b"
                  "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21"},
    {.seed = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
     .message = "Satoshi Nakamoto",
     .signature = "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0"
                  "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5"},
    {.seed = "f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181",
     .message = "Alan Turing",
     .signature = "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c"
                  "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea"},
});

EcdsaPrivateKey Key(std::string_view seed = kOne) {
  return EcdsaPrivateKey::From(HexDecodeFixed<32>(seed).value()).value();
}

EcdsaPublicKey Public(const EcdsaPrivateKey& key) {
  return EcdsaPublicKey::Parse(key.PublicKey().View()).value();
}

Hash256 Digest(std::string_view message) { return Sha256(AsBytes(message)); }

// a - b, both 32 bytes big-endian, a >= b.
FixedBytes<32> Minus(const FixedBytes<32>& a, ByteView b) {
  FixedBytes<32> out;
  int borrow = 0;
  for (std::size_t i = 32; i > 0; --i) {
    const int difference = int{a.bytes[i - 1]} - int{b[i - 1]} - borrow;
    borrow = difference < 0 ? 1 : 0;
    out.bytes[i - 1] = static_cast<std::uint8_t>(difference + 256 * borrow);
  }
  return out;
}

// The same r with n - s.
EcdsaSignature OtherS(const EcdsaSignature& signature) {
  const auto order = HexDecodeFixed<32>(kOrder).value();
  EcdsaSignature other = signature;
  std::ranges::copy(Minus(order, signature.View().last(32)).bytes, other.bytes.begin() + 32);
  return other;
}

// A DER INTEGER of a 32-byte number.
Bytes DerInteger(ByteView number) {
  while (number.size() > 1 && number[0] == 0) number = number.subspan(1);
  Bytes body;
  if ((number[0] & 0x80U) != 0) body.push_back(0);
  Append(body, number);
  Bytes out{0x02, static_cast<std::uint8_t>(body.size())};
  Append(out, body);
  return out;
}

Bytes Der(const EcdsaSignature& signature) {
  Bytes body = DerInteger(signature.View().first(32));
  Append(body, DerInteger(signature.View().last(32)));
  Bytes out{0x30, static_cast<std::uint8_t>(body.size())};
  Append(out, body);
  return out;
}

TEST(Ecdsa, SignsAsRfc6979) {
  for (const auto& [seed, message, signature] : kAnswers) {
    const EcdsaPrivateKey key = Key(seed);
    const EcdsaSignature signed_now = key.SignDigest(Digest(message));
    EXPECT_EQ(HexEncode(signed_now.View()), signature) << message;
    EXPECT_TRUE(Public(key).VerifyDigest(Digest(message), signed_now));
  }
}

TEST(Ecdsa, PublicKeysAreThoseOfTheCurve) {
  // The generator, and its negative for the key n - 1.
  EXPECT_EQ(HexEncode(Key().PublicKey().View()),
            "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
  EXPECT_EQ(HexEncode(Key("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140")
                          .PublicKey()
                          .View()),
            "0379be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
}

TEST(Ecdsa, SeedsAreBetweenOneAndTheOrder) {
  EXPECT_FALSE(EcdsaPrivateKey::From(EcdsaSeed()).has_value());
  EXPECT_FALSE(EcdsaPrivateKey::From(HexDecodeFixed<32>(kOrder).value()).has_value());
  EcdsaSeed high;
  high.bytes.fill(0xff);
  EXPECT_FALSE(EcdsaPrivateKey::From(high).has_value());
}

TEST(Ecdsa, AChangedBitIsRefused) {
  const EcdsaPrivateKey key = Key();
  const EcdsaPublicKey verifier = Public(key);
  const Hash256 digest = Digest("x");
  const EcdsaSignature signature = key.SignDigest(digest);
  ASSERT_TRUE(verifier.VerifyDigest(digest, signature));
  for (std::size_t bit = 0; bit < 8 * EcdsaSignature::kSize; bit += 7) {
    EcdsaSignature changed = signature;
    changed.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(verifier.VerifyDigest(digest, changed)) << bit;
  }
  for (std::size_t bit = 0; bit < 256; bit += 7) {
    Hash256 changed = digest;
    changed.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(verifier.VerifyDigest(changed, signature)) << bit;
  }
  EXPECT_FALSE(Public(Key("0000000000000000000000000000000000000000000000000000000000000002"))
                   .VerifyDigest(digest, signature));
}

TEST(Ecdsa, AHighSIsRefused) {
  const EcdsaPrivateKey key = Key();
  const Hash256 digest = Digest("high s");
  const EcdsaSignature low = key.SignDigest(digest);
  const EcdsaSignature high = OtherS(low);
  EXPECT_TRUE(Public(key).VerifyDigest(digest, low));
  EXPECT_FALSE(Public(key).VerifyDigest(digest, high));
  EXPECT_EQ(NormaliseSignature(high.View()).value(), low);
}

TEST(Ecdsa, ZeroAndTooLargeHalvesAreRefused) {
  const EcdsaPrivateKey key = Key();
  const EcdsaPublicKey verifier = Public(key);
  const Hash256 digest = Digest("halves");
  const EcdsaSignature good = key.SignDigest(digest);
  const auto order = HexDecodeFixed<32>(kOrder).value();
  for (const std::ptrdiff_t half : {0, 32}) {
    for (const FixedBytes<32>& value : {FixedBytes<32>(), order}) {
      EcdsaSignature changed = good;
      std::ranges::copy(value.bytes, changed.bytes.begin() + half);
      EXPECT_FALSE(verifier.VerifyDigest(digest, changed));
      EXPECT_FALSE(NormaliseSignature(changed.View()).has_value());
      EXPECT_FALSE(NormaliseSignature(Der(changed)).has_value());
    }
  }
}

TEST(EcdsaPublicKey, TakesOneSpellingOnly) {
  constexpr std::string_view kX =
      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
  constexpr std::string_view kY =
      "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";
  const auto parses = [](std::string_view prefix, std::string_view rest) {
    const std::string hex = std::string(prefix) + std::string(rest);
    return EcdsaPublicKey::Parse(HexDecode(hex).value()).has_value();
  };
  const std::string both = std::string(kX) + std::string(kY);
  EXPECT_TRUE(parses("02", kX));
  EXPECT_TRUE(parses("03", kX));
  for (const std::string_view prefix : {"00", "01", "04", "05", "06", "07", "ff"}) {
    EXPECT_FALSE(parses(prefix, kX)) << prefix;
    EXPECT_FALSE(parses(prefix, both)) << prefix;
  }
  EXPECT_FALSE(parses("02", both));
  EXPECT_FALSE(parses("02", kX.substr(2)));
  EXPECT_FALSE(parses("02", std::string(kX) + "00"));
  EXPECT_FALSE(EcdsaPublicKey::Parse({}).has_value());
  // x = 5 is not on the curve; x = p is not a field element.
  EXPECT_FALSE(parses("02", "0000000000000000000000000000000000000000000000000000000000000005"));
  EXPECT_FALSE(parses("02", "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"));
}

TEST(EcdsaPublicKey, AValueNeverParsedVerifiesNothing) {
  const Hash256 digest = Digest("x");
  EXPECT_FALSE(EcdsaPublicKey().VerifyDigest(digest, Key().SignDigest(digest)));
}

TEST(EcdsaPublicKey, KeyIdIsTheHashOfTheBytes) {
  const EcdsaPublicKeyBytes bytes = Key().PublicKey();
  EXPECT_EQ(MakeKeyId(bytes), Sha256(bytes.View()));
}

TEST(NormaliseSignature, TakesRawAndDerHighAndLow) {
  const EcdsaPrivateKey key = Key();
  for (int i = 0; i < 50; ++i) {
    const EcdsaSignature low = key.SignDigest(Digest(std::to_string(i)));
    const EcdsaSignature high = OtherS(low);
    EXPECT_EQ(NormaliseSignature(low.View()).value(), low);
    EXPECT_EQ(NormaliseSignature(high.View()).value(), low);
    EXPECT_EQ(NormaliseSignature(Der(low)).value(), low);
    EXPECT_EQ(NormaliseSignature(Der(high)).value(), low);
  }
}

TEST(NormaliseSignature, RefusesBrokenDer) {
  const Bytes der = Der(Key().SignDigest(Digest("der")));
  const auto accepted = [](const Bytes& bytes) { return NormaliseSignature(bytes).has_value(); };
  ASSERT_TRUE(accepted(der));
  for (std::size_t size = 0; size < der.size(); ++size) {
    if (size == EcdsaSignature::kSize) continue;  // 64 bytes are read as r || s
    EXPECT_FALSE(accepted(Bytes(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(size))));
  }
  Bytes trailing = der;
  trailing.push_back(0);
  EXPECT_FALSE(accepted(trailing));
  Bytes not_sequence = der;
  not_sequence[0] = 0x31;
  EXPECT_FALSE(accepted(not_sequence));
  Bytes not_integer = der;
  not_integer[2] = 0x03;
  EXPECT_FALSE(accepted(not_integer));
  Bytes long_length = der;  // BER: a length of 81 xx where xx would do
  long_length.insert(long_length.begin() + 1, 0x81);
  EXPECT_FALSE(accepted(long_length));
  Bytes padded = der;  // one more leading zero in r than DER allows
  padded.insert(padded.begin() + 4, {0x00, 0x00});
  padded[1] = static_cast<std::uint8_t>(padded[1] + 2);
  padded[3] = static_cast<std::uint8_t>(padded[3] + 2);
  EXPECT_FALSE(accepted(padded));
  const Bytes negative{0x30, 0x06, 0x02, 0x01, 0x80, 0x02, 0x01, 0x01};
  EXPECT_FALSE(accepted(negative));
  const Bytes zero{0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x01};
  EXPECT_FALSE(accepted(zero));
  const Bytes smallest{0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01};
  EXPECT_TRUE(accepted(smallest));
}

TEST(NormaliseSignature, RefusesOtherLengths) {
  for (const std::size_t size : {0U, 1U, 32U, 63U, 65U, 72U, 128U, 1000U}) {
    EXPECT_FALSE(NormaliseSignature(Bytes(size, 0x11)).has_value()) << size;
  }
}

TEST(EcdsaPrivateKey, GeneratedKeysDifferAndSign) {
  const EcdsaPrivateKey a = EcdsaPrivateKey::Generate();
  const EcdsaPrivateKey b = EcdsaPrivateKey::Generate();
  EXPECT_NE(a.Seed(), b.Seed());
  EXPECT_TRUE(Public(a).VerifyDigest(Digest("a"), a.SignDigest(Digest("a"))));
}

TEST(EcdsaPrivateKey, MovingWipesTheSource) {
  EcdsaPrivateKey from = Key();
  const EcdsaPrivateKey to = std::move(from);
  EXPECT_TRUE(from.Seed().IsZero());  // NOLINT(bugprone-use-after-move): that is the claim
  EXPECT_FALSE(to.Seed().IsZero());
  EcdsaPrivateKey assigned = EcdsaPrivateKey::Generate();
  EcdsaPrivateKey second = Key();
  assigned = std::move(second);
  EXPECT_TRUE(second.Seed().IsZero());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(assigned.Seed(), to.Seed());
}

TEST(EcdsaPrivateKey, EveryThreadGivesTheSameSignature) {
  const Hash256 digest = Digest("thread");
  const EcdsaSignature here = Key().SignDigest(digest);
  EcdsaSignature there;
  std::jthread([&there, &digest] { there = Key().SignDigest(digest); }).join();
  EXPECT_EQ(there, here);
}

}  // namespace
}  // namespace jiandu::crypto
