// The words of docs/rules.en.md and docs/rules.zh.md: who signs, which status, which source, in two
// languages. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "contracts/case_table.h"

namespace jiandu::contracts {

enum class Language : std::uint8_t { kEnglish, kChinese };

// Two wordings of the same.
struct Wording {
  std::string_view en;
  std::string_view zh;
  [[nodiscard]] std::string_view In(Language language) const {
    return language == Language::kEnglish ? en : zh;
  }
};

// "C: m+h + PEER", of the engine's row.
[[nodiscard]] std::string SignedBy(const CaseRow& row, Language language);
// Statuses it may start from and the one after, of the engine's row; the one after may be empty.
[[nodiscard]] std::string FromStatuses(const CaseRow& row, Language language);
[[nodiscard]] std::string ToStatus(const CaseRow& row);
// "809 Art. 20" or "条例第20条"; several are parted by "; ".
[[nodiscard]] std::string SourceIn(std::string_view source, Language language);
// What stands in the tables in English only: owners of deadlines, groups of flags.
[[nodiscard]] std::string_view Translated(std::string_view word, Language language);

struct StatusWord {
  std::string_view name;
  std::string_view zh;
};
// Ascending by name.
[[nodiscard]] std::span<const StatusWord> AllStatusWords();

}  // namespace jiandu::contracts
