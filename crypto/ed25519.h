// Ed25519 (RFC 8032) for validators, cosigners, node links and read keys, by libsodium's rules.
//
// libsodium refuses small-order keys and non-canonical s: a subset of ZIP-215, so CometBFT's light
// client accepts whatever we certify. Pure but Generate; any thread; private keys are wiped.
#pragma once

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu::crypto {

using Ed25519PublicKey = FixedBytes<32>;
using Ed25519Signature = FixedBytes<64>;
using Ed25519Seed = FixedBytes<32>;

[[nodiscard]] bool VerifyEd25519(const Ed25519PublicKey& key, ByteView message,
                                 const Ed25519Signature& signature);

class Ed25519PrivateKey {
 public:
  [[nodiscard]] static Ed25519PrivateKey From(const Ed25519Seed& seed);
  [[nodiscard]] static Ed25519PrivateKey Generate();
  Ed25519PrivateKey(Ed25519PrivateKey&&) noexcept;
  Ed25519PrivateKey& operator=(Ed25519PrivateKey&&) noexcept;
  Ed25519PrivateKey(const Ed25519PrivateKey&) = delete;
  Ed25519PrivateKey& operator=(const Ed25519PrivateKey&) = delete;
  ~Ed25519PrivateKey();

  [[nodiscard]] const Ed25519PublicKey& PublicKey() const { return public_; }
  [[nodiscard]] Ed25519Signature Sign(ByteView message) const;
  [[nodiscard]] Ed25519Seed Seed() const;

 private:
  Ed25519PrivateKey() = default;
  std::array<std::uint8_t, 64> secret_{};  // libsodium: seed || public key
  Ed25519PublicKey public_;
};

}  // namespace jiandu::crypto
