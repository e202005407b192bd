// Randomness and the wiping of secrets, by libsodium.
#include "crypto/secret.h"

#include <sodium.h>

#include "base/error.h"
#include "crypto/key_file.h"

namespace jiandu::crypto {

void EnsureSodium() {
  static const int kInitialised = sodium_init();
  JD_ASSERT(kInitialised >= 0);
}

void FillRandom(std::span<std::uint8_t> out) {
  EnsureSodium();
  randombytes_buf(out.data(), out.size());
}

void Wipe(std::span<std::uint8_t> memory) { sodium_memzero(memory.data(), memory.size()); }

WipeAtEnd::~WipeAtEnd() { Wipe(memory_); }

}  // namespace jiandu::crypto
