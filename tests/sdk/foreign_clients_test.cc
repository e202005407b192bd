// Envelopes made with off-the-shelf Python (cryptography) and Node are accepted, in every signature
// form the HTTP edge promises to take.

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

#include "base/hex.h"
#include "ledger/model/transaction.h"

namespace jiandu::sdk {
namespace {

constexpr const char* kSeedA = "00000000000000000000000000000000000000000000000000000000000000a1";
constexpr const char* kSeedB = "00000000000000000000000000000000000000000000000000000000000000b2";
constexpr const char* kPayload =
    R"({"at":1795249800000,"body":{"reason":"营运监管"},"chain":"t-1","department":"119901000990010292",)"
    R"("exp":1795336200000,"nonce":"09af63c1d27e5b84","op":"request.decline",)"
    R"("signers":[{"key":"","role":"MAKER"},{"key":"","role":"HEAD"}]})";

// Standard output of a command, or nothing when it cannot run.
std::optional<std::string> OutputOf(const std::string& command) {
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string out;
  std::array<char, 4096> chunk{};
  while (const std::size_t n = fread(chunk.data(), 1, chunk.size(), pipe))
    out.append(chunk.data(), n);
  return pclose(pipe) == 0 ? std::optional(out) : std::nullopt;
}

crypto::EcdsaPublicKeyBytes PublicKeyOf(const char* seed) {
  return crypto::EcdsaPrivateKey::From(*HexDecodeFixed<32>(seed))->PublicKey();
}

void ExpectAccepted(const std::string& envelope) {
  const auto stored = ledger::StoredFromDsse(envelope);
  ASSERT_TRUE(stored.has_value()) << stored.error().detail << "\n" << envelope;
  const auto transaction = ledger::DecodeStored(*stored);
  ASSERT_TRUE(transaction.has_value()) << transaction.error().detail;
  ASSERT_EQ(transaction->signatures.size(), 2U);
  for (const auto& signature : transaction->signatures) {
    bool verified = false;
    for (const char* seed : {kSeedA, kSeedB}) {
      const auto key = crypto::EcdsaPublicKey::Parse(PublicKeyOf(seed).View());
      if (crypto::MakeKeyId(PublicKeyOf(seed)) == signature.key) {
        verified = key->VerifyDigest(transaction->digest, signature.signature);
      }
    }
    EXPECT_TRUE(verified);
  }
  EXPECT_EQ(transaction->payload.body.TextOr("reason"), "营运监管");
}

class ForeignClient : public testing::TestWithParam<const char*> {
 protected:
  static void TryClient(const std::string& interpreter, const std::string& probe,
                        const std::string& script) {
    ASSERT_TRUE(OutputOf(interpreter + " " + probe).has_value())
        << interpreter << " cannot run here; ./dev test installs what this test needs";
    // Several runs: python-cryptography draws a fresh nonce each time, so s falls high and low.
    for (int i = 0; i < 6; ++i) {
      std::string command = interpreter;
      for (const std::string_view piece :
           {std::string_view(" " JIANDU_SOURCE_DIR "/tests/clients/"), std::string_view(script),
            std::string_view(" "), std::string_view(kSeedA), std::string_view(","),
            std::string_view(kSeedB), std::string_view(" '"), std::string_view(kPayload),
            std::string_view("' "), std::string_view(GetParam())}) {
        command += piece;
      }
      const auto envelope = OutputOf(command);
      ASSERT_TRUE(envelope.has_value());
      ExpectAccepted(*envelope);
    }
  }
};

TEST_P(ForeignClient, PythonCryptographyIsAccepted) {
  TryClient("/usr/bin/python3", "-c 'import cryptography'", "sign.py");
}

TEST_P(ForeignClient, NodeCryptoIsAccepted) { TryClient("node", "--version", "sign.mjs"); }

INSTANTIATE_TEST_SUITE_P(Forms, ForeignClient, testing::Values("der", "raw", "urlsafe"));

}  // namespace
}  // namespace jiandu::sdk
