// ECDSA on secp256k1 by libsecp256k1.
#include "crypto/ecdsa.h"

#include <secp256k1.h>

#include <bit>

#include "crypto/hash.h"
#include "crypto/key_file.h"
#include "crypto/secret.h"

namespace jiandu::crypto {
namespace {

static_assert(sizeof(secp256k1_pubkey) == 64, "the header reserves 64 bytes");

struct DestroyContext {
  void operator()(secp256k1_context* context) const { secp256k1_context_destroy(context); }
};
using ContextPtr = std::unique_ptr<secp256k1_context, DestroyContext>;

ContextPtr MakeSigningContext() {
  ContextPtr context(secp256k1_context_create(SECP256K1_CONTEXT_NONE));
  FixedBytes<32> blind;
  const WipeAtEnd wipe(blind.bytes);
  FillRandom(blind.bytes);
  JD_ASSERT(secp256k1_context_randomize(context.get(), blind.Data()) == 1);
  return context;
}

// Work with secret numbers is blinded against side channels. A context is not for two threads, so
// each thread has its own; the results do not depend on the blinding.
const secp256k1_context* SigningContext() {
  thread_local const ContextPtr kContext = MakeSigningContext();
  return kContext.get();
}

// Zero is no valid r or s, although both parsers take it.
bool HasZeroHalf(const EcdsaSignature& signature) {
  const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
  return std::ranges::all_of(signature.View().first(32), is_zero) ||
         std::ranges::all_of(signature.View().last(32), is_zero);
}

}  // namespace

KeyId MakeKeyId(const EcdsaPublicKeyBytes& key) { return Sha256(key.View()); }

Result<EcdsaPublicKey> EcdsaPublicKey::Parse(ByteView bytes33) {
  const std::optional<EcdsaPublicKeyBytes> bytes = EcdsaPublicKeyBytes::From(bytes33);
  // The library also takes 65 bytes and the hybrid forms 06 and 07: one key has one spelling here.
  if (!bytes.has_value() || (bytes->bytes[0] != 0x02 && bytes->bytes[0] != 0x03)) {
    return Fail(Errc::kInvalid, "ecdsa: a key is 33 bytes and begins with 02 or 03");
  }
  secp256k1_pubkey parsed;
  if (secp256k1_ec_pubkey_parse(secp256k1_context_static, &parsed, bytes->Data(),
                                EcdsaPublicKeyBytes::kSize) != 1) {
    return Fail(Errc::kInvalid, "ecdsa: not a point on the curve");
  }
  EcdsaPublicKey key;
  key.bytes_ = *bytes;
  key.parsed_ = std::bit_cast<std::array<std::uint8_t, 64>>(parsed);
  return key;
}

bool EcdsaPublicKey::VerifyDigest(const Hash256& digest, const EcdsaSignature& signature) const {
  if (bytes_.IsZero()) return false;  // a value that was never parsed
  secp256k1_ecdsa_signature parsed;
  if (secp256k1_ecdsa_signature_parse_compact(secp256k1_context_static, &parsed,
                                              signature.Data()) != 1) {
    return false;
  }
  const auto key = std::bit_cast<secp256k1_pubkey>(parsed_);
  // Refuses a high s, and zero for r or s.
  return secp256k1_ecdsa_verify(secp256k1_context_static, &parsed, digest.Data(), &key) == 1;
}

Result<EcdsaPrivateKey> EcdsaPrivateKey::From(const EcdsaSeed& seed) {
  if (secp256k1_ec_seckey_verify(secp256k1_context_static, seed.Data()) != 1) {
    return Fail(Errc::kInvalid, "ecdsa: seed is zero or not below the group order");
  }
  EcdsaPrivateKey key;
  key.seed_ = seed;
  return key;
}

EcdsaPrivateKey EcdsaPrivateKey::Generate() {
  EcdsaPrivateKey key;
  // A draw fails with a probability of 2^-128.
  do {
    FillRandom(key.seed_.bytes);
  } while (secp256k1_ec_seckey_verify(secp256k1_context_static, key.seed_.Data()) != 1);
  return key;
}

EcdsaPrivateKey::EcdsaPrivateKey(EcdsaPrivateKey&& other) noexcept : seed_(other.seed_) {
  Wipe(other.seed_.bytes);
}

EcdsaPrivateKey& EcdsaPrivateKey::operator=(EcdsaPrivateKey&& other) noexcept {
  if (this != &other) {
    seed_ = other.seed_;
    Wipe(other.seed_.bytes);
  }
  return *this;
}

EcdsaPrivateKey::~EcdsaPrivateKey() { Wipe(seed_.bytes); }

EcdsaPublicKeyBytes EcdsaPrivateKey::PublicKey() const {
  secp256k1_pubkey key;
  JD_ASSERT(secp256k1_ec_pubkey_create(SigningContext(), &key, seed_.Data()) == 1);
  EcdsaPublicKeyBytes bytes;
  std::size_t size = EcdsaPublicKeyBytes::kSize;
  secp256k1_ec_pubkey_serialize(secp256k1_context_static, bytes.Data(), &size, &key,
                                SECP256K1_EC_COMPRESSED);
  JD_ASSERT(size == EcdsaPublicKeyBytes::kSize);
  return bytes;
}

EcdsaSignature EcdsaPrivateKey::SignDigest(const Hash256& digest) const {
  secp256k1_ecdsa_signature signature;
  // The default nonce function is RFC 6979; the result has a low s.
  JD_ASSERT(secp256k1_ecdsa_sign(SigningContext(), &signature, digest.Data(), seed_.Data(), nullptr,
                                 nullptr) == 1);
  EcdsaSignature bytes;
  secp256k1_ecdsa_signature_serialize_compact(secp256k1_context_static, bytes.Data(), &signature);
  return bytes;
}

Result<EcdsaSignature> NormaliseSignature(ByteView signature) {
  // The library ends the process on a null pointer, which an empty view may hold.
  if (signature.empty()) return Fail(Errc::kInvalid, "ecdsa: empty signature");
  secp256k1_ecdsa_signature parsed;
  const bool raw = signature.size() == EcdsaSignature::kSize;
  const int read = raw ? secp256k1_ecdsa_signature_parse_compact(secp256k1_context_static, &parsed,
                                                                 signature.data())
                       : secp256k1_ecdsa_signature_parse_der(secp256k1_context_static, &parsed,
                                                             signature.data(), signature.size());
  if (read != 1) return Fail(Errc::kInvalid, "ecdsa: neither 64 bytes r || s nor DER");
  secp256k1_ecdsa_signature_normalize(secp256k1_context_static, &parsed, &parsed);
  EcdsaSignature normal;
  secp256k1_ecdsa_signature_serialize_compact(secp256k1_context_static, normal.Data(), &parsed);
  if (HasZeroHalf(normal)) return Fail(Errc::kInvalid, "ecdsa: r or s is zero or too large");
  return normal;
}

}  // namespace jiandu::crypto
