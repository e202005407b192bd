// Code points outside of ASCII, controls, and what JSON escapes, as \uXXXX.
#include "sdk/cpp/ascii_json.h"

#include "base/hex.h"
#include "base/wire.h"

namespace jiandu::sdk {
namespace {

void AppendUnit(std::string& out, std::uint32_t unit) {
  const std::array<std::uint8_t, 2> bytes = {static_cast<std::uint8_t>(unit >> 8U),
                                             static_cast<std::uint8_t>(unit)};
  out += "\\u" + HexEncode(bytes);
}

void AppendPoint(std::string& out, std::uint32_t point) {
  constexpr std::uint32_t kBasic = 0x10000;
  if (point < kBasic) return AppendUnit(out, point);
  AppendUnit(out, 0xd800U + ((point - kBasic) >> 10U));
  AppendUnit(out, 0xdc00U + ((point - kBasic) & 0x3ffU));
}

}  // namespace

std::string AsciiJson(std::string_view text) {
  constexpr std::uint32_t kReplacement = 0xfffd;
  std::string out = "\"";
  const bool is_utf8 = IsUtf8(AsBytes(text));
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[at]);
    if (first < 0x80) {
      const bool is_plain = first >= 0x20 && first != 0x7f && first != '"' && first != '\\';
      if (is_plain) {
        out += text[at];
      } else {
        AppendUnit(out, first);
      }
      ++at;
    } else if (!is_utf8) {
      AppendUnit(out, kReplacement);
      ++at;
    } else {
      const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
      std::uint32_t point = first & (0xffU >> (size + 1));
      for (std::size_t i = 1; i < size; ++i) {
        point = point << 6U | (static_cast<std::uint8_t>(text[at + i]) & 0x3fU);
      }
      AppendPoint(out, point);
      at += size;
    }
  }
  return out + '"';
}

}  // namespace jiandu::sdk
