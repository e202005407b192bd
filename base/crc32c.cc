// CRC-32C by eight tables, eight bytes a step; no hardware path, so every machine runs the same
// code.
#include "base/crc32c.h"

#include <array>

namespace jiandu {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78U;
constexpr std::size_t kSlices = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

constexpr Tables MakeTables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? kPolynomial : 0U);
    tables[0][byte] = crc;
  }
  for (std::size_t slice = 1; slice < kSlices; ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[slice - 1][byte];
      tables[slice][byte] = (before >> 8U) ^ tables[0][before & 0xFFU];
    }
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

// The four bytes at `at`, least significant first: a reflected CRC eats them in this order.
std::uint32_t ReadU32Le(ByteView bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) | static_cast<std::uint32_t>(bytes[at + 1]) << 8U |
         static_cast<std::uint32_t>(bytes[at + 2]) << 16U |
         static_cast<std::uint32_t>(bytes[at + 3]) << 24U;
}

}  // namespace

std::uint32_t ExtendCrc32c(std::uint32_t crc, ByteView bytes) {
  crc = ~crc;
  std::size_t at = 0;
  for (; at + kSlices <= bytes.size(); at += kSlices) {
    const std::uint32_t low = ReadU32Le(bytes, at) ^ crc;
    const std::uint32_t high = ReadU32Le(bytes, at + 4);
    crc = kTables[7][low & 0xFFU] ^ kTables[6][(low >> 8U) & 0xFFU] ^
          kTables[5][(low >> 16U) & 0xFFU] ^ kTables[4][low >> 24U] ^ kTables[3][high & 0xFFU] ^
          kTables[2][(high >> 8U) & 0xFFU] ^ kTables[1][(high >> 16U) & 0xFFU] ^
          kTables[0][high >> 24U];
  }
  for (; at < bytes.size(); ++at) crc = (crc >> 8U) ^ kTables[0][(crc ^ bytes[at]) & 0xFFU];
  return ~crc;
}

std::uint32_t Crc32c(ByteView bytes) { return ExtendCrc32c(0, bytes); }

}  // namespace jiandu
