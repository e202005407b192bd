// SipHash by libsodium.
#include "crypto/table_hash.h"

#include <sodium.h>

#include <array>

#include "crypto/secret.h"

namespace jiandu::crypto {
namespace {

struct ProcessKey {
  std::array<std::uint8_t, crypto_shorthash_KEYBYTES> bytes{};
  ProcessKey() {
    EnsureSodium();
    randombytes_buf(bytes.data(), bytes.size());
  }
};

}  // namespace

std::uint64_t TableHash(ByteView key) {
  static const ProcessKey kKey;
  std::array<std::uint8_t, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), key.data(), key.size(), kKey.bytes.data());
  return ReadU64Be(hash);
}

}  // namespace jiandu::crypto
