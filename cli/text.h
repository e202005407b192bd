// Text for people: lines of 80 columns, Chinese characters counting two.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"

namespace jiandu::cli {

inline constexpr std::size_t kColumns = 80;

// Text from others: what would command the terminal is written as \uXXXX.
[[nodiscard]] std::string Harmless(std::string_view text);

// Columns a terminal uses for valid UTF-8: two for CJK and full-width characters, else one.
[[nodiscard]] std::size_t DisplayWidth(std::string_view text);
// `text` with spaces up to `width` columns; never cut.
[[nodiscard]] std::string Pad(std::string_view text, std::size_t width);
// The longest beginning of `text` that fits into `width` columns, ending in "..." when cut.
[[nodiscard]] std::string Shorten(std::string_view text, std::size_t width);
// "name" in a column of `indent`, then `text` broken at kColumns and indented alike; ends in \n.
// A single word that would have to be broken stands on a line of its own.
[[nodiscard]] std::string Labelled(std::string_view name, std::string_view text,
                                   std::size_t indent = 14);
// `name` and `text` broken at kColumns, further lines below the text's beginning. Never broken
// within a word: a path or an id is copied whole. No \n at the end.
[[nodiscard]] std::string Hanging(std::string_view name, std::string_view text);
// `text` broken at kColumns; ends in \n.
[[nodiscard]] std::string Wrapped(std::string_view text);
// "2026-11-21 23:07:29" in UTC+8, in which the law counts.
[[nodiscard]] std::string TimeText(std::int64_t ms);
// "64 KiB", "1 MiB"; bytes when it is neither.
[[nodiscard]] std::string SizeText(std::size_t bytes);
// The flag's name; of a batch with the number of calls that raised it: "OVER_DAILY_CAP x120".
[[nodiscard]] std::string FlagText(const Json& flag);
// Any JSON value as lines "path  value", members by name; times as people read them.
[[nodiscard]] std::string JsonLines(const Json& json, std::size_t indent);

}  // namespace jiandu::cli
