// secp256k1 ECDSA over SHA-256: the signatures of officers and systems.
//
// Keys are 33 bytes and begin with 02 or 03 (hybrid forms are refused). Signatures are 64 bytes
// r || s with low s; verification refuses any other. Pure; any thread, except that a private key
// belongs to one thread. SignDigest is deterministic (RFC 6979).
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu::crypto {

using EcdsaPublicKeyBytes = FixedBytes<33>;
using EcdsaSignature = FixedBytes<64>;
using EcdsaSeed = FixedBytes<32>;
using KeyId = FixedBytes<32>;  // SHA-256 of the 33 key bytes

[[nodiscard]] KeyId MakeKeyId(const EcdsaPublicKeyBytes& key);

// A parsed public key. Parsing costs 5 us, so parsed keys are kept; the value is immutable.
class EcdsaPublicKey {
 public:
  [[nodiscard]] static Result<EcdsaPublicKey> Parse(ByteView bytes33);
  // True when `signature` (low s) is by this key over the SHA-256 digest.
  [[nodiscard]] bool VerifyDigest(const Hash256& digest, const EcdsaSignature& signature) const;
  [[nodiscard]] const EcdsaPublicKeyBytes& Bytes33() const { return bytes_; }

 private:
  EcdsaPublicKeyBytes bytes_;
  alignas(8) std::array<std::uint8_t, 64> parsed_{};  // a secp256k1_pubkey
};

// A private key, wiped when it goes.
class EcdsaPrivateKey {
 public:
  [[nodiscard]] static Result<EcdsaPrivateKey> From(const EcdsaSeed& seed);
  // From the operating system's randomness.
  [[nodiscard]] static EcdsaPrivateKey Generate();
  EcdsaPrivateKey(EcdsaPrivateKey&&) noexcept;
  EcdsaPrivateKey& operator=(EcdsaPrivateKey&&) noexcept;
  EcdsaPrivateKey(const EcdsaPrivateKey&) = delete;
  EcdsaPrivateKey& operator=(const EcdsaPrivateKey&) = delete;
  ~EcdsaPrivateKey();

  [[nodiscard]] EcdsaPublicKeyBytes PublicKey() const;
  [[nodiscard]] EcdsaSignature SignDigest(const Hash256& digest) const;
  [[nodiscard]] const EcdsaSeed& Seed() const { return seed_; }

 private:
  EcdsaPrivateKey() = default;
  EcdsaSeed seed_;
};

// Raw r || s or DER, high or low s, to the stored form. For the HTTP edge only. 64 bytes are always
// read as raw; a DER form so short comes once in 2^40 signatures.
[[nodiscard]] Result<EcdsaSignature> NormaliseSignature(ByteView signature);

}  // namespace jiandu::crypto
