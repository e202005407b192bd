// Tags by HMAC, halves by exclusive or.
#include "crypto/tag.h"

#include "crypto/hash.h"
#include "crypto/secret.h"

namespace jiandu::crypto {

TagSecret SubjectTagKey(const TagSecret& secret, ByteView resource, std::string_view month) {
  Bytes info = ToBytes(resource);
  Append(info, month);
  return HkdfSha256(secret.View(), {}, info);
}

TagSecret StaffTagKey(const TagSecret& secret) {
  return HkdfSha256(secret.View(), {}, AsBytes(kTagStaff));
}

Hash256 TagOf(const TagSecret& key, std::string_view kind, std::string_view identifier) {
  Bytes message;
  message.reserve(kind.size() + identifier.size());  // grows in place: nothing is left behind
  Append(message, kind);
  Append(message, identifier);
  const WipeAtEnd wipe(message);
  return HmacSha256(key.View(), message);
}

TagSecret JoinTagHalves(const TagSecret& one, const TagSecret& other) {
  TagSecret joined;
  for (std::size_t i = 0; i < TagSecret::kSize; ++i) {
    joined.bytes[i] = static_cast<std::uint8_t>(one.bytes[i] ^ other.bytes[i]);
  }
  return joined;
}

}  // namespace jiandu::crypto
