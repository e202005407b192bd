// Hashes for tables whose keys strangers choose.
//
// SipHash-2-4 under a key that each process draws anew: nobody outside can choose keys that fall
// into one place. Never stored, sent or compared between nodes, and no order may depend on it. Any
// thread.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace jiandu::crypto {

[[nodiscard]] std::uint64_t TableHash(ByteView key);

}  // namespace jiandu::crypto
