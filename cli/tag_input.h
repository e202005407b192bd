// Rows of identifiers: one a line, or a column of a CSV file (RFC 4180).
//
// Views borrow the text they were read from; nothing is copied but cells with quotes, which are
// wiped. Errors name the line, never what stands in it. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "cli/secret_input.h"

namespace jiandu::cli {

struct TagRow {
  std::size_t line = 0;  // of the input, from 1
  Secret identifier;
  std::vector<std::string> kept;  // cells of the columns to keep
};

inline constexpr std::size_t kTagRowsMax = 200'000;

// One identifier a line; the last line may lack its end. No empty lines.
[[nodiscard]] Result<std::vector<TagRow>> ReadTagLines(std::string_view text);
// The first line names the columns; `column` and each of `kept` must be among them.
[[nodiscard]] Result<std::vector<TagRow>> ReadTagCsv(std::string_view text,
                                                     const std::string& column,
                                                     const std::vector<std::string>& kept);
// A cell as it is written to a CSV file: in quotes when it must be.
[[nodiscard]] std::string CsvCell(const std::string& cell);

}  // namespace jiandu::cli
