// Hex and base64: table driven, no locale, no allocation beyond the result.
#include "base/hex.h"

#include <array>
#include <cstdint>

namespace jiandu {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64UrlDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 0xff;

using DigitTable = std::array<std::uint8_t, 256>;

constexpr DigitTable MakeTable(std::string_view digits) {
  DigitTable table{};
  table.fill(kNoDigit);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    table[static_cast<std::uint8_t>(digits[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr DigitTable kHexTable = MakeTable(kHexDigits);
constexpr DigitTable kBase64Table = MakeTable(kBase64Digits);
constexpr DigitTable kBase64UrlTable = MakeTable(kBase64UrlDigits);

std::uint8_t Digit(const DigitTable& table, char c) { return table[static_cast<std::uint8_t>(c)]; }

enum class Padding { kWritten, kOmitted };

std::string EncodeBase64(ByteView bytes, std::string_view digits, Padding padding) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    group = (group << 8U) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out.push_back(digits[(group >> bits) & 0x3fU]);
    }
  }
  if (bits > 0) out.push_back(digits[(group << (6 - bits)) & 0x3fU]);
  if (padding == Padding::kWritten) {
    while (out.size() % 4 != 0) out.push_back('=');
  }
  return out;
}

// The digits without their padding, which is either absent or fills the last group of four.
Result<std::string_view> StripPadding(std::string_view text) {
  std::string_view digits = text;
  while (digits.ends_with('=') && text.size() - digits.size() < 2) digits.remove_suffix(1);
  if (digits.size() != text.size() && text.size() % 4 != 0) {
    return Fail(Errc::kInvalid, "base64: wrong padding");
  }
  if (digits.size() % 4 == 1) return Fail(Errc::kInvalid, "base64: wrong length");
  return digits;
}

}  // namespace

std::string HexEncode(ByteView bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    out.push_back(kHexDigits[byte >> 4U]);
    out.push_back(kHexDigits[byte & 0x0fU]);
  }
  return out;
}

bool HexDecodeTo(std::string_view hex, std::span<std::uint8_t> bytes) {
  if (hex.size() != 2 * bytes.size()) return false;
  // One look at all digits in the end: kNoDigit has a bit that no digit has.
  unsigned seen = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned high = Digit(kHexTable, hex[2 * i]);
    const unsigned low = Digit(kHexTable, hex[2 * i + 1]);
    seen |= high | low;
    bytes[i] = static_cast<std::uint8_t>((high << 4U) | low);
  }
  return seen < 16;
}

bool IsHexText(std::string_view text) {
  unsigned seen = 0;
  for (const char c : text) seen |= Digit(kHexTable, c);
  return seen < 16;
}

Result<Bytes> HexDecode(std::string_view hex) {
  if (hex.size() % 2 != 0) return Fail(Errc::kInvalid, "hex: odd length");
  Bytes out(hex.size() / 2);
  if (!HexDecodeTo(hex, out)) return Fail(Errc::kInvalid, "hex: not a lower-case hex digit");
  return out;
}

std::string Base64Encode(ByteView bytes) {
  return EncodeBase64(bytes, kBase64Digits, Padding::kWritten);
}

std::string Base64UrlEncode(ByteView bytes) {
  return EncodeBase64(bytes, kBase64UrlDigits, Padding::kOmitted);
}

Result<Bytes> Base64Decode(std::string_view text) {
  JD_TRY(const std::string_view digits, StripPadding(text));
  // Two searches, each of the whole text at once: find_first_of asks anew for every character.
  const bool url = digits.contains('-') || digits.contains('_');
  const DigitTable& table = url ? kBase64UrlTable : kBase64Table;
  Bytes out;
  out.reserve(digits.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : digits) {
    const std::uint8_t digit = Digit(table, c);
    if (digit == kNoDigit) return Fail(Errc::kInvalid, "base64: not a digit of one alphabet");
    group = (group << 6U) | digit;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::uint8_t>(group >> bits));
    }
  }
  if ((group & ((1U << bits) - 1)) != 0) {
    return Fail(Errc::kInvalid, "base64: unused bits are not zero");
  }
  return out;
}

}  // namespace jiandu
