// Whether bytes are UTF-8, as table 3-7 of the Unicode standard has it.
#include <cstring>

#include "base/wire.h"

namespace jiandu {
namespace {

bool IsTail(std::uint8_t byte) { return (byte & 0xc0U) == 0x80U; }

// The length of the character at the front of `bytes`, or 0 when it is not one.
std::size_t CharacterSize(ByteView bytes) {
  const std::uint8_t lead = bytes[0];
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;  // a tail byte, or the overlong forms C0 and C1
  if (lead < 0xe0) return bytes.size() >= 2 && IsTail(bytes[1]) ? 2 : 0;
  if (lead < 0xf0) {
    if (bytes.size() < 3 || !IsTail(bytes[1]) || !IsTail(bytes[2])) return 0;
    if (lead == 0xe0 && bytes[1] < 0xa0) return 0;   // overlong
    if (lead == 0xed && bytes[1] >= 0xa0) return 0;  // surrogates
    return 3;
  }
  if (lead > 0xf4) return 0;
  if (bytes.size() < 4 || !IsTail(bytes[1]) || !IsTail(bytes[2]) || !IsTail(bytes[3])) return 0;
  if (lead == 0xf0 && bytes[1] < 0x90) return 0;   // overlong
  if (lead == 0xf4 && bytes[1] >= 0x90) return 0;  // past U+10FFFF
  return 4;
}

}  // namespace

bool IsUtf8(ByteView bytes) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  while (!bytes.empty()) {
    // Most text is ASCII: eight bytes at a time.
    if (bytes.size() >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data(), 8);
      if ((word & kHighBits) == 0) {
        bytes = bytes.subspan(8);
        continue;
      }
    }
    const std::size_t size = CharacterSize(bytes);
    if (size == 0) return false;
    bytes = bytes.subspan(size);
  }
  return true;
}

}  // namespace jiandu
