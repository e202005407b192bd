// SHA-256, HMAC-SHA-256 and the domain tags under which Jiandu hashes.
//
// Pure; any thread. OpenSSL's low-level calls are used on purpose: implicit EVP fetches serialise
// threads on a lock, and libsodium's SHA-256 has no hardware path.
#pragma once

#include <initializer_list>
#include <string_view>

#include "base/bytes.h"

namespace jiandu::crypto {

// Tags that keep hashes of different meaning apart. Each ends in one zero byte, which is hashed.
inline constexpr std::string_view kTagTx{"JIANDU-TX-1\0", 12};
inline constexpr std::string_view kTagApp{"JIANDU-APP-1\0", 13};
inline constexpr std::string_view kTagId{"JIANDU-ID-1\0", 12};
inline constexpr std::string_view kTagNatural{"JIANDU-NAT-1\0", 13};
inline constexpr std::string_view kTagHistory{"JIANDU-HIST-1\0", 14};
inline constexpr std::string_view kTagCommit{"JIANDU-COMMIT-1\0", 16};
inline constexpr std::string_view kTagReadAuth{"JIANDU-READ-1\0", 14};
inline constexpr std::string_view kTagKeyProof{"JIANDU-KEYPROOF-1\0", 18};
inline constexpr std::string_view kTagSecretId{"JIANDU-SECRETID-1\0", 18};
inline constexpr std::string_view kTagStaff{"JIANDU-STAFF-1\0", 15};

[[nodiscard]] Hash256 Sha256(ByteView bytes);
// Of the concatenation.
[[nodiscard]] Hash256 Sha256(std::initializer_list<ByteView> pieces);
[[nodiscard]] Hash256 HmacSha256(ByteView key, ByteView message);
// RFC 5869 with an output of 32 bytes.
[[nodiscard]] Hash256 HkdfSha256(ByteView key, ByteView salt, ByteView info);

// Incremental hashing. Calls follow: Update* Finish.
class Sha256Stream {
 public:
  Sha256Stream();
  void Update(ByteView bytes);
  [[nodiscard]] Hash256 Finish();

 private:
  alignas(8) std::array<std::uint8_t, 128> context_{};  // a SHA256_CTX
};

}  // namespace jiandu::crypto
