// See cursor.h.
#include "gateway/cursor.h"

#include <algorithm>

#include "base/hex.h"
#include "crypto/hash.h"

namespace jiandu::gateway {
namespace {

constexpr std::uint8_t kPlain = 1;  // without a key
constexpr std::uint8_t kKeyed = 2;
constexpr std::size_t kCursorBytes = 1 + 8 + 8 + CursorScope::kSize;  // before the key
constexpr std::size_t kTextMax = 2 * (kCursorBytes + kCursorKeyBytesMax);

}  // namespace

CursorScope MakeScope(std::string_view list, std::string_view filters,
                      std::string_view department) {
  Bytes tuple;
  for (const std::string_view part : {list, filters, department}) {
    AppendU32Be(tuple, static_cast<std::uint32_t>(part.size()));
    Append(tuple, part);
  }
  const Hash256 hash = crypto::Sha256(tuple);
  return *CursorScope::From(hash.View().first(CursorScope::kSize));
}

std::string EncodeCursor(const Cursor& cursor, const CursorScope& scope) {
  Bytes bytes{cursor.key.empty() ? kPlain : kKeyed};
  AppendU64Be(bytes, cursor.height);
  AppendU64Be(bytes, cursor.position);
  Append(bytes, scope.View());
  Append(bytes, cursor.key);
  return Base64UrlEncode(bytes);
}

Result<Cursor> DecodeCursor(std::string_view text, const CursorScope& scope) {
  if (text.size() > kTextMax) return Fail(Errc::kInvalid, "cursor: too long");
  JD_TRY(const Bytes bytes, Base64Decode(text));
  const std::size_t key = bytes.size() - std::min(bytes.size(), kCursorBytes);
  const bool fits = bytes.size() >= kCursorBytes && key <= kCursorKeyBytesMax &&
                    bytes.front() == (key == 0 ? kPlain : kKeyed);
  if (!fits || Base64UrlEncode(bytes) != text)
    return Fail(Errc::kInvalid, "cursor: not one of ours");
  const ByteView view = bytes;
  if (!Equal(view.subspan(17, CursorScope::kSize), scope.View()))
    return Fail(Errc::kConflict, "cursor: other list");
  return Cursor{.height = ReadU64Be(view.subspan(1)),
                .position = ReadU64Be(view.subspan(9)),
                .key = ToBytes(view.subspan(kCursorBytes))};
}

}  // namespace jiandu::gateway
