// Hashes of tables: keys that share most of their bytes spread all the same.
#include "crypto/table_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace jiandu::crypto {
namespace {

TEST(TableHash, IsTheSameForTheSameKey) {
  const Bytes key = {1, 2, 3};
  EXPECT_EQ(TableHash(key), TableHash(Bytes(key)));
  EXPECT_NE(TableHash(key), TableHash(Bytes{1, 2, 4}));
}

// Ids with the same first bytes, as a sender can choose them, and record names of one length.
TEST(TableHash, SpreadsKeysThatSomebodyChose) {
  constexpr std::size_t kKeys = 20'000;
  constexpr std::size_t kPlaces = 65'536;
  std::array<std::uint8_t, kPlaces> low{};
  std::array<std::uint8_t, kPlaces> high{};
  Bytes id(17, 7);
  for (std::size_t i = 0; i < kKeys; ++i) {
    id[15] = static_cast<std::uint8_t>(i >> 8U);
    id[16] = static_cast<std::uint8_t>(i);
    const std::uint64_t hash = TableHash(id);
    ++low[hash % kPlaces];
    ++high[hash >> 48U];
  }
  // 0.3 keys a place: ten in one are a matter of 1 in 10^8.
  EXPECT_LT(std::ranges::max(low), 10);
  EXPECT_LT(std::ranges::max(high), 10);
}

}  // namespace
}  // namespace jiandu::crypto
