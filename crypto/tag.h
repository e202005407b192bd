// Keyed tags: on the ledger a person, an account or a vehicle is seen only as one
// (docs/contracts.md 4.10).
//
//   subject tag = HMAC(HKDF(K, resource || yyyymm), kind || identifier)
//   staff tag   = HMAC(HKDF(K, "JIANDU-STAFF-1\0"), kind || value)
//
// K is the provider's of one year (of staff tags: the consumer's), `resource` the 17 bytes of its
// id, the month six digits; HKDF of RFC 5869 with an empty salt and 32 bytes out. Kinds are such
// that none begins another, so kind and identifier need nothing between them. A plain hash would
// protect nothing: a city has too few numbers. K is escrowed in two halves, auditor's and
// manager's: one is random, both together (exclusive or) are K. Pure; any thread.
#pragma once

#include <string_view>

#include "base/bytes.h"

namespace jiandu::crypto {

using TagSecret = FixedBytes<32>;

// The key of a resource and month. Callers wipe it.
[[nodiscard]] TagSecret SubjectTagKey(const TagSecret& secret, ByteView resource,
                                      std::string_view month);
[[nodiscard]] TagSecret StaffTagKey(const TagSecret& secret);
// `key` is one of the two above; the identifier is normalised already.
[[nodiscard]] Hash256 TagOf(const TagSecret& key, std::string_view kind,
                            std::string_view identifier);

// Both halves give the secret; the secret and one half, taken at random, give the other.
[[nodiscard]] TagSecret JoinTagHalves(const TagSecret& one, const TagSecret& other);

}  // namespace jiandu::crypto
