// Stable codes of rejections and flags, with their source in the law and words in two languages.
//
// A code stands in stubs and in last_results_hash: a number once given never changes or moves.
// Source: docs/contracts.md 4.20 and 4.21, which the tables in codes.cc and flags.cc follow row by
// row.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace jiandu::ledger {

struct CodeInfo {
  std::uint32_t number;   // 1 to 999; 0 is "accepted"
  std::string_view name;  // "APPROVAL_ORDER"
  std::string_view step;  // "1a" ... "7": which check answers (4.20)
  std::string_view message;
  std::string_view message_zh;
  // Where the rule is written: one of the two is never empty. A rule of this ledger's own names the
  // section of docs/contracts.md.
  std::string_view clause;   // of the flow standard S0 or another standard
  std::string_view article;  // of Order 809 or another law
  std::string_view hint;     // the op or action that helps
  std::string_view hint_zh;
};
[[nodiscard]] std::span<const CodeInfo> AllCodes();
[[nodiscard]] const CodeInfo* FindCode(std::uint32_t number);
[[nodiscard]] const CodeInfo* FindCode(std::string_view name);

struct FlagInfo {
  std::uint32_t bit;       // 0 to 63: place in the stub's bit set
  std::string_view name;   // "OVER_DAILY_CAP"
  std::string_view group;  // "access", "decision", ...
  std::string_view message;
  std::string_view message_zh;
};
inline constexpr std::uint32_t kNoBit = 0xffffffff;
// Flags of kind C (set at commit), in the order of their bits.
[[nodiscard]] std::span<const FlagInfo> AllFlags();
// Flags of kind D, computed when somebody asks: their bit is kNoBit.
[[nodiscard]] std::span<const FlagInfo> DerivedFlags();
[[nodiscard]] const FlagInfo* FindFlag(std::string_view name);

}  // namespace jiandu::ledger
