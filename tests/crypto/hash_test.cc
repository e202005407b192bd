// SHA-256 and HMAC against NIST and RFC 4231.
#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <array>

#include "base/hex.h"

namespace jiandu::crypto {
namespace {

struct Answer {
  std::string_view input;
  std::string_view digest;
};

// FIPS 180-2 appendix B, and the empty message.
constexpr auto kSha256Answers = std::to_array<Answer>(
    {{.input = "", .digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
     {.input = "abc", .digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
     {.input = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      .digest = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}});

std::string Hex(const Hash256& hash) { return HexEncode(hash.View()); }

TEST(Sha256, GivesTheAnswersOfFips180) {
  for (const auto& [input, digest] : kSha256Answers) {
    EXPECT_EQ(Hex(Sha256(AsBytes(input))), digest) << input;
  }
  EXPECT_EQ(Hex(Sha256(Bytes(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesAndStreamHashTheConcatenation) {
  const Bytes message(1000, 0x5a);
  const Hash256 whole = Sha256(message);
  for (const std::size_t cut : {0U, 1U, 63U, 64U, 65U, 999U, 1000U}) {
    const ByteView head = ByteView(message).first(cut);
    const ByteView tail = ByteView(message).subspan(cut);
    EXPECT_EQ(Sha256({head, {}, tail}), whole) << cut;
    Sha256Stream stream;
    stream.Update(head);
    stream.Update({});
    stream.Update(tail);
    EXPECT_EQ(stream.Finish(), whole) << cut;
  }
  EXPECT_EQ(Sha256Stream().Finish(), Sha256(ByteView()));
}

TEST(Sha256, AStreamCanBeCopiedMidway) {
  Sha256Stream stream;
  stream.Update(AsBytes("ab"));
  Sha256Stream copy = stream;
  stream.Update(AsBytes("c"));
  copy.Update(AsBytes("d"));
  EXPECT_EQ(stream.Finish(), Sha256(AsBytes("abc")));
  EXPECT_EQ(copy.Finish(), Sha256(AsBytes("abd")));
}

TEST(HmacSha256, GivesTheAnswersOfRfc4231) {
  const auto hmac = [](const Bytes& key, std::string_view message) {
    return Hex(HmacSha256(key, AsBytes(message)));
  };
  EXPECT_EQ(hmac(Bytes(20, 0x0b), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac(ToBytes("Jefe"), "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac(Bytes(20, 0xaa), std::string(50, '\xdd')),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  // Keys longer than a block are hashed first.
  EXPECT_EQ(hmac(Bytes(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hmac(Bytes(131, 0xaa),
                 "This is a test using a larger than block-size key and a larger than block-size "
                 "data. The key needs to be hashed before being used by the HMAC algorithm."),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(HmacSha256, KeysOf64And65BytesAreToldApart) {
  const Bytes longer(65, 1);
  EXPECT_EQ(HmacSha256(longer, {}), HmacSha256(Sha256(longer).View(), {}));
  const Bytes block(64, 1);
  EXPECT_NE(HmacSha256(block, {}), HmacSha256(Sha256(block).View(), {}));
}

TEST(Tags, EndInOneZeroByteAndDiffer) {
  const auto tags = std::to_array<std::string_view>(
      {kTagTx, kTagApp, kTagId, kTagNatural, kTagHistory, kTagCommit, kTagReadAuth, kTagKeyProof});
  for (const std::string_view a : tags) {
    EXPECT_TRUE(a.starts_with("JIANDU-"));
    EXPECT_EQ(a.find('\0'), a.size() - 1) << a;
    for (const std::string_view b : tags) EXPECT_TRUE(a.data() == b.data() || a != b);
  }
}

}  // namespace
}  // namespace jiandu::crypto
