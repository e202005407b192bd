// Pages of a list: limit, cursor, and the `next` of an answer. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "gateway/call.h"
#include "gateway/cursor.h"

namespace jiandu::gateway {

struct Page {
  std::size_t limit = 0;
  std::optional<std::uint64_t> after;  // position of the last row shown before
  Bytes after_key = {};                // its key, in lists that have no numbers
  CursorScope scope;
  ledger::Height height = 0;  // of the first page
};

// Reads `limit` and `cursor`; everything else in the query is the filter the cursor is bound to.
[[nodiscard]] std::expected<Page, Problem> ReadPage(const Call& call);
// {"items": rows, "next": cursor or null} with a Link field. `last` is the position of the last row
// looked at, nothing when the list has come to its end.
[[nodiscard]] Response PageResponse(const Call& call, const Page& page, Json rows,
                                    std::optional<std::uint64_t> last, Bytes last_key = {});

// The cursor after the last row looked at, and the Link field that leads on with it.
[[nodiscard]] std::string NextCursor(const Page& page, std::uint64_t last, Bytes last_key);
[[nodiscard]] std::string NextLink(const Call& call, std::string_view cursor);

}  // namespace jiandu::gateway
