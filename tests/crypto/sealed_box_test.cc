// A sealed box opens for each keeper alone, and for nobody when a bit of it was changed.
#include "crypto/sealed_box.h"

#include <gtest/gtest.h>

#include "crypto/key_file.h"

namespace jiandu::crypto {
namespace {

constexpr std::string_view kContext = "commitment and keys";
constexpr std::string_view kMessage = "what is hidden 密封";

class Boxes : public ::testing::Test {
 protected:
  KeyMaterial auditor = GenerateKey(KeySuite::kX25519, "seal:auditor");
  KeyMaterial keeper = GenerateKey(KeySuite::kX25519, "seal:keeper");
  std::vector<BoxPublicKey> keys = {BoxPublicKeyOf(auditor.seed), BoxPublicKeyOf(keeper.seed)};
  SealedBox box = SealFor(keys, AsBytes(kContext), AsBytes(kMessage)).value();

  [[nodiscard]] static Errc CodeOf(const Result<Bytes>& opened) {
    return opened ? Errc::kInternal : opened.error().code;
  }
};

TEST_F(Boxes, OpenForEachKeeperAlone) {
  EXPECT_EQ(box.sealed.size(), kMessage.size() + 16);
  EXPECT_EQ(AsText(OpenSealed(box, 0, auditor.seed, AsBytes(kContext)).value()), kMessage);
  EXPECT_EQ(AsText(OpenSealed(box, 1, keeper.seed, AsBytes(kContext)).value()), kMessage);
}

TEST_F(Boxes, OpenForNobodyElse) {
  const KeyMaterial other = GenerateKey(KeySuite::kX25519, "seal:other");
  EXPECT_EQ(CodeOf(OpenSealed(box, 0, other.seed, AsBytes(kContext))), Errc::kUnauthenticated);
  EXPECT_EQ(CodeOf(OpenSealed(box, 0, keeper.seed, AsBytes(kContext))), Errc::kUnauthenticated);
  EXPECT_EQ(CodeOf(OpenSealed(box, 2, keeper.seed, AsBytes(kContext))), Errc::kInvalid);
}

TEST_F(Boxes, OpenOnlyUnchanged) {
  for (std::size_t i = 0; i < box.sealed.size(); ++i) {
    SealedBox changed = box;
    changed.sealed[i] ^= 1U;
    EXPECT_EQ(CodeOf(OpenSealed(changed, 0, auditor.seed, AsBytes(kContext))),
              Errc::kUnauthenticated);
  }
  for (std::size_t i = 0; i < kBoxedKeyBytes; ++i) {
    SealedBox changed = box;
    changed.keys[0][i] ^= 1U;
    EXPECT_FALSE(OpenSealed(changed, 0, auditor.seed, AsBytes(kContext)).has_value());
  }
  SealedBox changed = box;
  changed.nonce.bytes[0] ^= 1U;
  EXPECT_FALSE(OpenSealed(changed, 0, auditor.seed, AsBytes(kContext)).has_value());
  EXPECT_FALSE(OpenSealed(box, 0, auditor.seed, AsBytes("another")).has_value());
  changed = box;
  changed.sealed.resize(15);
  EXPECT_EQ(CodeOf(OpenSealed(changed, 0, auditor.seed, AsBytes(kContext))), Errc::kInvalid);
}

TEST_F(Boxes, TwoOfOneMessageHaveNothingInCommon) {
  const SealedBox again = SealFor(keys, AsBytes(kContext), AsBytes(kMessage)).value();
  EXPECT_NE(again.sealed, box.sealed);
  EXPECT_NE(again.nonce, box.nonce);
  EXPECT_NE(again.keys[0], box.keys[0]);
}

TEST_F(Boxes, AKeyThatIsNoneIsRefused) {
  const std::vector<BoxPublicKey> zero = {BoxPublicKey{}};
  const auto sealed = SealFor(zero, AsBytes(kContext), AsBytes(kMessage));
  ASSERT_FALSE(sealed.has_value());
  EXPECT_EQ(sealed.error().code, Errc::kInvalid);
}

}  // namespace
}  // namespace jiandu::crypto
