// What one side seals so that each of several keepers opens it alone, without a secret in common:
// libsodium's sealed boxes (X25519, XSalsa20-Poly1305).
//
// The message is encrypted once under a key of its own (XChaCha20-Poly1305, `context` bound to it);
// that key lies in one sealed box for each keeper. Who sealed it is not told: that is for the
// ledger to say, which has the digest. Pure but for randomness; any thread.
#pragma once

#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu::crypto {

using BoxPublicKey = FixedBytes<32>;  // X25519
using BoxNonce = FixedBytes<24>;

[[nodiscard]] BoxPublicKey BoxPublicKeyOf(const FixedBytes<32>& secret);

struct SealedBox {
  BoxNonce nonce;
  Bytes sealed;             // 16 bytes more than the message
  std::vector<Bytes> keys;  // one for each keeper, in the order they were named; 80 bytes each
};
inline constexpr std::size_t kBoxedKeyBytes = 80;

// kInvalid for a public key that no secret belongs to.
[[nodiscard]] Result<SealedBox> SealFor(std::span<const BoxPublicKey> keepers, ByteView context,
                                        ByteView message);
// By the keeper whose key is `box.keys[place]`. kUnauthenticated when it is another's, or when box
// or context were changed. The caller wipes what it gets.
[[nodiscard]] Result<Bytes> OpenSealed(const SealedBox& box, std::size_t place,
                                       const FixedBytes<32>& secret, ByteView context);

}  // namespace jiandu::crypto
