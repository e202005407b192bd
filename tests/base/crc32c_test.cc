// CRC-32C against the published values, and against itself bit by bit.
#include "base/crc32c.h"

#include <gtest/gtest.h>

namespace jiandu {
namespace {

Bytes Counting(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return bytes;
}

// The definition, one bit at a time.
std::uint32_t Slow(ByteView bytes) {
  std::uint32_t crc = ~0U;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
  }
  return ~crc;
}

TEST(Crc32c, GivesTheValuesOfRfc3720AppendixB4) {
  EXPECT_EQ(Crc32c(Bytes(32, 0)), 0x8A9136AAU);
  EXPECT_EQ(Crc32c(Bytes(32, 0xFF)), 0x62A8AB43U);
  const Bytes up = Counting(32);
  EXPECT_EQ(Crc32c(up), 0x46DD794EU);
  EXPECT_EQ(Crc32c(Bytes(up.rbegin(), up.rend())), 0x113FDB5CU);
  EXPECT_EQ(Crc32c(AsBytes("123456789")), 0xE3069283U);
  EXPECT_EQ(Crc32c({}), 0U);
}

TEST(Crc32c, EqualsTheDefinitionAtEveryLengthAroundTheStep) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const Bytes bytes = Counting(size);
    EXPECT_EQ(Crc32c(bytes), Slow(bytes)) << size;
  }
}

TEST(Crc32c, GoesOnFromAnyCut) {
  const Bytes bytes = Counting(100);
  const ByteView view = bytes;
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    EXPECT_EQ(ExtendCrc32c(Crc32c(view.first(cut)), view.subspan(cut)), Crc32c(view)) << cut;
  }
}

TEST(Crc32c, NoticesEverySingleBitAndEveryLostByte) {
  Bytes bytes = Counting(64);
  const std::uint32_t crc = Crc32c(bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_NE(Crc32c(bytes), crc) << bit;
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << (bit % 8)));
  }
  bytes.pop_back();
  EXPECT_NE(Crc32c(bytes), crc);
}

}  // namespace
}  // namespace jiandu
