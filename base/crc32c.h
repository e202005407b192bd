// CRC-32C (Castagnoli): the checksum of what we write to disk.
//
// Pure; any thread. Finds damage, not forgery: what must not be forged is hashed or signed.
// Reflected polynomial 0x82F63B78, as in RFC 3720 appendix B.4, iSCSI, ext4 and LevelDB.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace jiandu {

// Of the whole sequence; 0 for the empty one.
[[nodiscard]] std::uint32_t Crc32c(ByteView bytes);
// Goes on from `crc` of what came before: Crc32c(a || b) == ExtendCrc32c(Crc32c(a), b).
[[nodiscard]] std::uint32_t ExtendCrc32c(std::uint32_t crc, ByteView bytes);

}  // namespace jiandu
