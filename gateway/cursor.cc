// See cursor.h.
#include "gateway/cursor.h"

#include "base/hex.h"
#include "crypto/hash.h"

namespace jiandu::gateway {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kCursorBytes = 1 + 8 + 8 + CursorScope::kSize;

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
  Bytes bytes{kFormat};
  AppendU64Be(bytes, cursor.height);
  AppendU64Be(bytes, cursor.position);
  Append(bytes, scope.View());
  return Base64UrlEncode(bytes);
}

Result<Cursor> DecodeCursor(std::string_view text, const CursorScope& scope) {
  if (text.size() > 2 * kCursorBytes) return Fail(Errc::kInvalid, "cursor: too long");
  JD_TRY(const Bytes bytes, Base64Decode(text));
  if (bytes.size() != kCursorBytes || bytes.front() != kFormat || Base64UrlEncode(bytes) != text) {
    return Fail(Errc::kInvalid, "cursor: not one of ours");
  }
  const ByteView view = bytes;
  if (!Equal(view.subspan(17), scope.View())) return Fail(Errc::kConflict, "cursor: other list");
  return Cursor{.height = ReadU64Be(view.subspan(1)), .position = ReadU64Be(view.subspan(9))};
}

}  // namespace jiandu::gateway
