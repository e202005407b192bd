// Runs of digits, and what they may be.
#include "contracts/personal_data.h"

#include <string>

#include "ledger/model/subject_id.h"

namespace jiandu::contracts {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsMobile(std::string_view run) { return run.size() == 11 && run[0] == '1' && run[1] >= '3'; }

// Full-width digits and X (U+FF10 to U+FF19, U+FF38, U+FF58) as ASCII; other bytes stay.
std::string Narrow(std::string_view text) {
  std::string narrow;
  narrow.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + 2 < text.size() && text[i] == '\xef') {
      const auto second = static_cast<unsigned char>(text[i + 1]);
      const auto third = static_cast<unsigned char>(text[i + 2]);
      if (second == 0xbc && third >= 0x90 && third <= 0x99) {
        narrow.push_back(static_cast<char>('0' + (third - 0x90)));
        i += 2;
        continue;
      }
      if ((second == 0xbc && third == 0xb8) || (second == 0xbd && third == 0x98)) {
        narrow.push_back('X');
        i += 2;
        continue;
      }
    }
    narrow.push_back(text[i] == 'x' ? 'X' : text[i]);
  }
  return narrow;
}

enum class Gaps { kBreak, kLookThrough };

// Letters beside the run make it part of a code ("91990100099001205N"), not a number.
bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool HasNumber(std::string_view text, Gaps gaps) {
  for (std::size_t i = 0; i < text.size();) {
    if (!IsDigit(text[i])) {
      ++i;
      continue;
    }
    std::string run;
    std::size_t end = i;
    while (end < text.size()) {
      if (IsDigit(text[end])) {
        run.push_back(text[end++]);
      } else if (gaps == Gaps::kLookThrough && (text[end] == ' ' || text[end] == '-') &&
                 end + 1 < text.size() && (IsDigit(text[end + 1]) || text[end + 1] == 'X')) {
        ++end;
      } else {
        break;
      }
    }
    if (run.size() == 17 && end < text.size() && text[end] == 'X') {
      run.push_back('X');
      ++end;
    }
    const bool in_code = end < text.size() && IsLetter(text[end]);
    if (!in_code && (ledger::IsCitizenNumber18(run) || IsMobile(run) ||
                     (gaps == Gaps::kBreak && ledger::IsCitizenNumber15(run)))) {
      return true;
    }
    i = end > i ? end : i + 1;
  }
  return false;
}

}  // namespace

bool HasPersonalData(std::string_view text) {
  if (text.size() < 11) return false;
  const std::string narrow = Narrow(text);
  return HasNumber(narrow, Gaps::kBreak) || HasNumber(narrow, Gaps::kLookThrough);
}

}  // namespace jiandu::contracts
