// By libsodium.
#include "crypto/ed25519_point.h"

#include <sodium.h>

#include "crypto/secret.h"

namespace jiandu::crypto {

bool IsEd25519Point(const Ed25519PublicKey& key) {
  EnsureSodium();
  return crypto_core_ed25519_is_valid_point(key.Data()) == 1;
}

}  // namespace jiandu::crypto
