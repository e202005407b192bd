// Where the next page of a list begins, as an opaque text bound to the list and its filter.
//
// A cursor says nothing its holder could not read in the page before; what it shows is decided anew
// on every request. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "ledger/model/types.h"

namespace jiandu::gateway {

// What a cursor is bound to: the list, its filters in a fixed order and the reader's department.
// Eight bytes of SHA-256 over them.
using CursorScope = FixedBytes<8>;
[[nodiscard]] CursorScope MakeScope(std::string_view list, std::string_view filters,
                                    std::string_view department);

struct Cursor {
  ledger::Height height = 0;   // of the state the first page showed; a later page is never older
  std::uint64_t position = 0;  // birth index or place in a history of the last row shown
  Bytes key = {};              // of the last row shown, in lists that have no numbers; at most
                               // kCursorKeyBytesMax
};
inline constexpr std::size_t kCursorKeyBytesMax = 128;

[[nodiscard]] std::string EncodeCursor(const Cursor& cursor, const CursorScope& scope);
// kInvalid: not a cursor; kConflict: one of another list or filter.
[[nodiscard]] Result<Cursor> DecodeCursor(std::string_view text, const CursorScope& scope);

}  // namespace jiandu::gateway
