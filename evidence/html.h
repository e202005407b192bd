// HTML as the evidence pack writes it: static, without scripts or anything from elsewhere.
//
// Whatever comes from a ledger goes through Text or Value: markup becomes text, and characters that
// cannot be seen or that turn the direction of writing (Unicode TR 36, 2.10.4) are spelt out.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jiandu::evidence {

// UTF-8 in; bytes that are none become U+FFFD.
[[nodiscard]] std::string Text(std::string_view text);
// Text in a box of its own, whose direction does not reach its neighbours.
[[nodiscard]] std::string Value(std::string_view text);
// Digests and ids: narrow letters, may break anywhere.
[[nodiscard]] std::string Code(std::string_view text);
// Names of ours and codes of departments: in one line.
[[nodiscard]] std::string Short(std::string_view text);
// A date and a time of day below it: narrow, and never broken.
[[nodiscard]] std::string Moment(std::string_view date_and_time);
// The same in Chinese and English; both are ours, and trusted.
[[nodiscard]] std::string Both(std::string_view zh, std::string_view en);
// The same of what sentences were made with the ledger's words.
[[nodiscard]] std::string BothText(std::string_view zh, std::string_view en);

[[nodiscard]] std::string Heading(std::string_view id, std::string_view zh, std::string_view en);
[[nodiscard]] std::string Paragraph(std::string_view html);
// A note in small print.
[[nodiscard]] std::string Note(std::string_view zh, std::string_view en);

// Rows of a table; cells are HTML already.
class Table {
 public:
  explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}
  // `style`: a class of the row, or empty.
  void Row(const std::vector<std::string>& cells, std::string_view style = "");
  [[nodiscard]] bool IsEmpty() const { return rows_.empty(); }
  // The table, or the word that there is nothing.
  [[nodiscard]] std::string Html() const;

 private:
  std::vector<std::string> heads_;
  std::string rows_;
};

// Names beside values, without heads.
class Facts {
 public:
  void Add(std::string_view zh, std::string_view en, std::string_view html);
  [[nodiscard]] std::string Html() const;

 private:
  std::string rows_;
};

}  // namespace jiandu::evidence
