// The deadlines of the law and of the profile as a table, row by row as docs/contracts.md 4.19 has
// them.
//
// Every number is a parameter of the profile; the table holds the defaults. Constants.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ledger/model/body.h"

namespace jiandu::contracts {

struct DeadlineRule {
  std::string_view code;       // "D04"
  std::string_view starts;     // what starts it
  std::string_view ends;       // what satisfies it
  std::string_view starts_zh;  // 起算
  std::string_view ends_zh;    // 完成
  std::int64_t n = 0;          // 0: as set in the case
  ledger::ClockUnit unit = ledger::ClockUnit::kWorkingDays;
  std::int64_t extra_max = 0;       // by extensions, once
  std::string_view owner;           // "P", "M": for people
  std::string_view source;          // "809 Art. 21"; "local" where the law has no number
  std::int64_t n_short = 0;         // where a code has two numbers: the shorter one,
  std::string_view short_for = {};  // and for what it is
};
enum class Pace : std::uint8_t { kUsual, kShort };

// Ascending by code.
[[nodiscard]] std::span<const DeadlineRule> AllDeadlines();
[[nodiscard]] const DeadlineRule* FindDeadline(std::string_view code);

}  // namespace jiandu::contracts
