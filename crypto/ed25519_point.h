// Whether bytes are an Ed25519 public key at all. Pure; any thread.
#pragma once

#include "crypto/ed25519.h"

namespace jiandu::crypto {

// A point of the curve in its one form, of the subgroup of prime order and not its identity. A key
// of small order verifies a signature that nobody made; with a part of small order, two verifiers
// may differ.
[[nodiscard]] bool IsEd25519Point(const Ed25519PublicKey& key);

}  // namespace jiandu::crypto
