// SHA-256 by OpenSSL's low-level calls, and HMAC over it.
//
// The calls are deprecated in OpenSSL 3 in favour of EVP, whose implicit fetches take a lock that
// holds two threads to 1.3 times the rate of one and cost four times as much per 65-byte node. The
// deprecation is silenced here and nowhere else.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hash.h"

#include <openssl/sha.h>

#include <cstring>
#include <new>

#include "crypto/secret.h"

namespace jiandu::crypto {
namespace {

constexpr std::size_t kHmacBlockBytes = 64;  // RFC 2104: B of SHA-256

// The context inside the bytes that the header reserves for it.
SHA256_CTX* Context(std::array<std::uint8_t, 128>& bytes) {
  static_assert(sizeof(SHA256_CTX) <= sizeof(bytes) && alignof(SHA256_CTX) <= 8);
  return std::launder(reinterpret_cast<SHA256_CTX*>(bytes.data()));
}

}  // namespace

Hash256 Sha256(ByteView bytes) {
  Hash256 hash;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(hash.Data(), &context);
  return hash;
}

Hash256 Sha256(std::initializer_list<ByteView> pieces) {
  Hash256 hash;
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const ByteView piece : pieces) SHA256_Update(&context, piece.data(), piece.size());
  SHA256_Final(hash.Data(), &context);
  return hash;
}

Hash256 HmacSha256(ByteView key, ByteView message) {
  std::array<std::uint8_t, kHmacBlockBytes> pad{};
  const WipeAtEnd wipe(pad);
  if (key.size() > pad.size()) {
    std::ranges::copy(Sha256(key).View(), pad.begin());
  } else {
    std::ranges::copy(key, pad.begin());
  }
  for (std::uint8_t& byte : pad) byte ^= 0x36U;
  const Hash256 inner = Sha256({pad, message});
  for (std::uint8_t& byte : pad) byte ^= 0x36U ^ 0x5cU;
  return Sha256({pad, inner.View()});
}

Hash256 HkdfSha256(ByteView key, ByteView salt, ByteView info) {
  Hash256 extracted = HmacSha256(salt, key);
  const WipeAtEnd wipe(extracted.bytes);
  Bytes message = ToBytes(info);
  message.push_back(1);  // the first block is all there is
  return HmacSha256(extracted.View(), message);
}

Sha256Stream::Sha256Stream() { SHA256_Init(new (context_.data()) SHA256_CTX); }

void Sha256Stream::Update(ByteView bytes) {
  SHA256_Update(Context(context_), bytes.data(), bytes.size());
}

Hash256 Sha256Stream::Finish() {
  Hash256 hash;
  SHA256_Final(hash.Data(), Context(context_));
  return hash;
}

}  // namespace jiandu::crypto
