#include "crypto/sealed_box.h"

#include <sodium.h>

#include "crypto/key_file.h"
#include "crypto/secret.h"

namespace jiandu::crypto {
namespace {

using MessageKey = FixedBytes<crypto_aead_xchacha20poly1305_ietf_KEYBYTES>;

static_assert(BoxPublicKey::kSize == crypto_box_PUBLICKEYBYTES);
static_assert(BoxNonce::kSize == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kBoxedKeyBytes == MessageKey::kSize + crypto_box_SEALBYTES);

constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

}  // namespace

BoxPublicKey BoxPublicKeyOf(const FixedBytes<32>& secret) {
  EnsureSodium();
  BoxPublicKey key;
  crypto_scalarmult_base(key.Data(), secret.Data());
  return key;
}

Result<SealedBox> SealFor(std::span<const BoxPublicKey> keepers, ByteView context,
                          ByteView message) {
  EnsureSodium();
  SealedBox box;
  MessageKey key;
  const WipeAtEnd wipe(key.bytes);
  FillRandom(key.bytes);
  FillRandom(box.nonce.bytes);
  box.sealed.resize(message.size() + kTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(box.sealed.data(), nullptr, message.data(),
                                             message.size(), context.data(), context.size(),
                                             nullptr, box.nonce.Data(), key.Data());
  for (const BoxPublicKey& keeper : keepers) {
    Bytes& boxed = box.keys.emplace_back(kBoxedKeyBytes);
    if (crypto_box_seal(boxed.data(), key.Data(), MessageKey::kSize, keeper.Data()) != 0) {
      return Fail(Errc::kInvalid, "a public key that no secret belongs to");
    }
  }
  return box;
}

Result<Bytes> OpenSealed(const SealedBox& box, std::size_t place, const FixedBytes<32>& secret,
                         ByteView context) {
  EnsureSodium();
  if (place >= box.keys.size() || box.keys[place].size() != kBoxedKeyBytes ||
      box.sealed.size() < kTagBytes) {
    return Fail(Errc::kInvalid, "sealed box: too short");
  }
  MessageKey key;
  const WipeAtEnd wipe(key.bytes);
  const BoxPublicKey own = BoxPublicKeyOf(secret);
  if (crypto_box_seal_open(key.Data(), box.keys[place].data(), kBoxedKeyBytes, own.Data(),
                           secret.Data()) != 0) {
    return Fail(Errc::kUnauthenticated, "sealed box: it is for another key, or was changed");
  }
  Bytes message(box.sealed.size() - kTagBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          message.data(), nullptr, nullptr, box.sealed.data(), box.sealed.size(), context.data(),
          context.size(), box.nonce.Data(), key.Data()) != 0) {
    return Fail(Errc::kUnauthenticated, "sealed box: it was changed");
  }
  return message;
}

}  // namespace jiandu::crypto
