// Sealed private keys: argon2id over a passphrase, then secretbox (XSalsa20-Poly1305).
//
// Bytes only; whoever reads or writes the file is in node/ or cli/. The sealed form is canonical
// JSON, so that a person can see which key it is without opening it:
//   {"kdf":"argon2id13","mem_kib":..,"nonce":hex,"ops":..,"public":hex,"purpose":"..","salt":hex,
//    "sealed":hex,"suite":"secp256k1"|"ed25519"|"hmac-sha256"|"x25519","v":1}
// The box holds the seed and the SHA-256 of the canonical JSON of all other members, so the label
// cannot be changed unnoticed. The seed is wiped when KeyMaterial goes.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu::crypto {

// A secret of HMAC-SHA-256 has no public key: SHA-256 over "JIANDU-SECRETID-1\0" and the secret
// stands there, by which it is told from others.
enum class KeySuite { kSecp256k1, kEd25519, kHmacSha256, kX25519 };
// What a key is for: "officer", "system", "consensus", "node", "cosign", "log", "read"; of secrets
// for tags, see crypto/tag.h; of keepers of seals, crypto/sealed_box.h.
struct KeyMaterial {
  KeySuite suite = KeySuite::kEd25519;
  std::string purpose;
  Bytes public_key;
  FixedBytes<32> seed;

  KeyMaterial() = default;
  KeyMaterial(KeyMaterial&&) noexcept = default;
  KeyMaterial& operator=(KeyMaterial&&) noexcept = default;
  KeyMaterial(const KeyMaterial&) = delete;
  KeyMaterial& operator=(const KeyMaterial&) = delete;
  ~KeyMaterial();  // wipes the seed
};

// How hard the passphrase is made to guess. kInteractive is for tests and demonstrations.
enum class SealCost { kInteractive, kModerate };

[[nodiscard]] KeyMaterial GenerateKey(KeySuite suite, std::string purpose);
// A secret that came about elsewhere, say one half of another.
[[nodiscard]] KeyMaterial SecretMaterial(const FixedBytes<32>& secret, std::string purpose);
[[nodiscard]] std::string SealKey(const KeyMaterial& key, std::string_view passphrase,
                                  SealCost cost);
// kUnauthenticated for a wrong passphrase or a changed file.
[[nodiscard]] Result<KeyMaterial> OpenKey(std::string_view sealed, std::string_view passphrase);
// The public part, without the passphrase: not authenticated, for listings.
struct KeyLabel {
  KeySuite suite;
  std::string purpose;
  Bytes public_key;
  std::int64_t mem_kib = 0;  // what OpenKey takes meanwhile
};
[[nodiscard]] Result<KeyLabel> ReadKeyLabel(std::string_view sealed);

// Random bytes of the operating system: nonces, salts, tokens.
void FillRandom(std::span<std::uint8_t> out);
// Overwrites memory in a way the compiler keeps.
void Wipe(std::span<std::uint8_t> memory);

}  // namespace jiandu::crypto
