// Ed25519 by libsodium.
#include "crypto/ed25519.h"

#include <sodium.h>

#include "crypto/key_file.h"
#include "crypto/secret.h"

namespace jiandu::crypto {

bool VerifyEd25519(const Ed25519PublicKey& key, ByteView message,
                   const Ed25519Signature& signature) {
  EnsureSodium();
  return crypto_sign_verify_detached(signature.Data(), message.data(), message.size(),
                                     key.Data()) == 0;
}

Ed25519PrivateKey Ed25519PrivateKey::From(const Ed25519Seed& seed) {
  EnsureSodium();
  static_assert(sizeof(secret_) == crypto_sign_SECRETKEYBYTES);
  Ed25519PrivateKey key;
  JD_ASSERT(crypto_sign_seed_keypair(key.public_.Data(), key.secret_.data(), seed.Data()) == 0);
  return key;
}

Ed25519PrivateKey Ed25519PrivateKey::Generate() {
  Ed25519Seed seed;
  const WipeAtEnd wipe(seed.bytes);
  FillRandom(seed.bytes);
  return From(seed);
}

Ed25519PrivateKey::Ed25519PrivateKey(Ed25519PrivateKey&& other) noexcept
    : secret_(other.secret_), public_(other.public_) {
  Wipe(other.secret_);
}

Ed25519PrivateKey& Ed25519PrivateKey::operator=(Ed25519PrivateKey&& other) noexcept {
  if (this != &other) {
    secret_ = other.secret_;
    public_ = other.public_;
    Wipe(other.secret_);
  }
  return *this;
}

Ed25519PrivateKey::~Ed25519PrivateKey() { Wipe(secret_); }

Ed25519Signature Ed25519PrivateKey::Sign(ByteView message) const {
  EnsureSodium();
  Ed25519Signature signature;
  JD_ASSERT(crypto_sign_detached(signature.Data(), nullptr, message.data(), message.size(),
                                 secret_.data()) == 0);
  return signature;
}

Ed25519Seed Ed25519PrivateKey::Seed() const {
  Ed25519Seed seed;
  std::ranges::copy(ByteView(secret_).first(Ed25519Seed::kSize), seed.bytes.begin());
  return seed;
}

}  // namespace jiandu::crypto
