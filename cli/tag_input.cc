// A strict reader: cells, lines, columns by name.
#include "cli/tag_input.h"

#include <algorithm>

#include "contracts/personal_data.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kColumnsMax = 256;

std::unexpected<Error> LineError(std::size_t line, const std::string& what) {
  return Fail(Errc::kInvalid, "line " + std::to_string(line) + ": " + what);
}

// What came from elsewhere often begins with a byte-order mark.
std::string_view WithoutMark(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text;
}

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool AtEnd() const { return at_ == text_.size(); }
  [[nodiscard]] std::size_t Line() const { return line_; }
  // The cells of the next record.
  Result<std::vector<Secret>> Next() {
    std::vector<Secret> cells;
    while (true) {
      if (cells.size() == kColumnsMax) return LineError(line_, "too many columns");
      JD_TRY(Secret cell, Cell());
      cells.push_back(std::move(cell));
      if (AtEnd()) return cells;
      const char c = text_[at_++];
      if (c == ',') continue;
      if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
      ++line_;
      return cells;
    }
  }

 private:
  Result<Secret> Cell() {
    if (AtEnd() || text_[at_] != '"') {
      const std::size_t end = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
      if (end < text_.size() && text_[end] == '"') {
        return LineError(line_, "a quote inside a cell that does not begin with one");
      }
      Secret cell{std::string(text_.substr(at_, end - at_))};
      at_ = end;
      return cell;
    }
    return Quoted();
  }
  Result<Secret> Quoted() {
    const std::size_t end_max = text_.size();
    std::string cell;
    cell.reserve(std::min<std::size_t>(end_max - at_, 4096));
    for (++at_; at_ < end_max; ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        if (at_ == end_max || text_[at_] != '"') {
          if (at_ < end_max && text_.find_first_of(",\r\n", at_) != at_) {
            return LineError(line_, "something stands behind a closing quote");
          }
          return Secret(std::move(cell));
        }
      }
      if (cell.size() == 4096) return LineError(line_, "a cell of more than 4,096 bytes");
      if (text_[at_] == '\n') ++line_;
      cell.push_back(text_[at_]);
    }
    return LineError(line_, "a quote is not closed");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

Result<std::size_t> PlaceOf(const std::vector<Secret>& header, const std::string& name) {
  const auto at = std::ranges::find(header, name, &Secret::Text);
  if (at == header.end()) return LineError(1, "there is no column \"" + name + "\"");
  return static_cast<std::size_t>(at - header.begin());
}

}  // namespace

Result<std::vector<TagRow>> ReadTagLines(std::string_view text) {
  text = WithoutMark(text);
  std::vector<TagRow> rows;
  std::size_t line = 0;
  while (!text.empty()) {
    ++line;
    if (rows.size() == kTagRowsMax) return LineError(line, "more rows than one run takes");
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view one = text.substr(0, end);
    if (one.ends_with('\r')) one.remove_suffix(1);
    if (one.empty()) return LineError(line, "it is empty");
    rows.push_back({.line = line, .identifier = Secret(std::string(one)), .kept = {}});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return rows;
}

Result<std::vector<TagRow>> ReadTagCsv(std::string_view text, const std::string& column,
                                       const std::vector<std::string>& kept) {
  CsvReader reader(WithoutMark(text));
  if (reader.AtEnd()) return LineError(1, "there is no line with the names of the columns");
  JD_TRY(const std::vector<Secret> header, reader.Next());
  JD_TRY(const std::size_t identifier, PlaceOf(header, column));
  std::vector<std::size_t> places;
  for (const std::string& name : kept) {
    JD_TRY(const std::size_t place, PlaceOf(header, name));
    if (place == identifier) return LineError(1, "the column of identifiers is not kept");
    places.push_back(place);
  }
  std::vector<TagRow> rows;
  while (!reader.AtEnd()) {
    const std::size_t line = reader.Line();
    if (rows.size() == kTagRowsMax) return LineError(line, "more rows than one run takes");
    JD_TRY(std::vector<Secret> cells, reader.Next());
    if (cells.size() != header.size()) {
      return LineError(line, "not as many cells as the first line has columns");
    }
    TagRow row{.line = line, .identifier = std::move(cells[identifier]), .kept = {}};
    for (const std::size_t place : places) {
      const std::string& cell = cells[place].Text();
      if (cell == row.identifier.Text() || contracts::HasPersonalData(cell)) {
        return LineError(line, "column \"" + header[place].Text() +
                                   "\" holds what may be personal data; keep others only");
      }
      row.kept.push_back(cell);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string CsvCell(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

}  // namespace jiandu::cli
