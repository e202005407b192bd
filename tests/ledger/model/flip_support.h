// One value has one encoding: whatever else a decoder takes must encode to the very same bytes.
#pragma once

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace jiandu::ledger {

// For types with a static Decode and a member Encode. Truncated, extended and flipped bytes are
// either refused or another value in its own canonical form.
template <typename T>
void ExpectCanonical(const Bytes& bytes) {
  ASSERT_TRUE(T::Decode(bytes).has_value());
  const auto check = [](const Bytes& changed) {
    const auto read = T::Decode(changed);
    if (!read.has_value()) return;
    EXPECT_EQ(read->Encode(), changed);
  };
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    check(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
  }
  for (const std::uint8_t extra : Bytes{0x00, 0x08, 0x0a, 0x7a}) {
    Bytes longer = bytes;
    longer.push_back(extra);
    EXPECT_FALSE(T::Decode(longer).has_value());
  }
  Bytes twice = bytes;
  Append(twice, bytes);
  check(twice);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes flipped = bytes;
      flipped[i] = static_cast<std::uint8_t>(flipped[i] ^ (1U << bit));
      check(flipped);
    }
  }
}

}  // namespace jiandu::ledger
