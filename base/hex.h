// Hex and base64, both ways.
//
// Pure; any thread. Decoders take exactly what their name says and nothing else.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu {

// Lower-case hex.
[[nodiscard]] std::string HexEncode(ByteView bytes);
// Lower-case hex only, even length.
[[nodiscard]] Result<Bytes> HexDecode(std::string_view hex);
// Into as many bytes as half the digits; false when one is no lower-case hex digit.
[[nodiscard]] bool HexDecodeTo(std::string_view hex, std::span<std::uint8_t> bytes);
// Every character is a lower-case hex digit.
[[nodiscard]] bool IsHexText(std::string_view text);
// Lower-case hex of exactly N bytes.
template <std::size_t N>
[[nodiscard]] Result<FixedBytes<N>> HexDecodeFixed(std::string_view hex) {
  FixedBytes<N> fixed;
  if (hex.size() != 2 * N) return Fail(Errc::kInvalid, "hex: wrong length");
  if (!HexDecodeTo(hex, fixed.bytes))
    return Fail(Errc::kInvalid, "hex: not a lower-case hex digit");
  return fixed;
}

// RFC 4648 section 4, with padding.
[[nodiscard]] std::string Base64Encode(ByteView bytes);
// RFC 4648 section 5, without padding.
[[nodiscard]] std::string Base64UrlEncode(ByteView bytes);
// Either alphabet (not mixed), padding optional but right when present, unused bits zero.
[[nodiscard]] Result<Bytes> Base64Decode(std::string_view text);

}  // namespace jiandu
