// What every transition asks and brings about, in words: the part of docs/rules.en.md and
// docs/rules.zh.md that the engine's rows cannot say.
//
// Constants, one file a group of machines (rule_texts_*.cc). Who signs and from which status stands
// in the engine's rows; codes and flags are held against what the engine answers by every test of
// the contracts (tests/support/contract_fixture.h).
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "ledger/model/code_numbers.h"

namespace jiandu::contracts {

// One row of a machine. An op may have several: one for each number of its transitions.
struct RuleText {
  std::string_view op = {};      // "": nobody sends it, it follows by itself
  std::string_view number = {};  // "RQ1"; where the machine has no numbers, its section
  std::string_view asks = {};    // beyond signers and states; "" nothing
  std::string_view asks_zh = {};
  std::string_view effect = {};
  std::string_view effect_zh = {};
  std::span<const ledger::Code> codes = {};  // its own, in the order in which they are asked
  std::span<const ledger::Flag> flags = {};  // set at commit
  std::string_view derived = {};             // flags computed from it later: "STALE, DISPUTED"
  std::string_view source = {};              // "S0 6.2.1; 809 Art. 20"; "": of this ledger
  std::string_view with = {};                // has a row where the rule set speaks this op too
  std::string_view from = {};                // status before and after, where the engine's row
  std::string_view to = {};                  // does not say it
};

struct RuleMachine {
  std::string_view section;  // of docs/contracts.md
  std::string_view title;
  std::string_view title_zh;
  std::string_view about;  // a sentence
  std::string_view about_zh;
  std::span<const RuleText> rows;
};
// In the order of docs/contracts.md.
[[nodiscard]] std::span<const RuleMachine> AllRuleMachines();

// Codes and flags that any op may answer with; rows do not repeat them.
[[nodiscard]] std::span<const ledger::Code> CommonCodes();
[[nodiscard]] std::span<const ledger::Flag> CommonFlags();
// A row of the op names it, or all ops have it in common.
[[nodiscard]] bool NamesCode(std::string_view op, ledger::Code code);
[[nodiscard]] bool NamesFlag(std::string_view op, ledger::Flag flag);

// The machines (rule_texts_*.cc).
[[nodiscard]] std::span<const RuleText> PendingTexts();
[[nodiscard]] std::span<const RuleText> DepartmentTexts();
[[nodiscard]] std::span<const RuleText> PolicyTexts();
[[nodiscard]] std::span<const RuleText> CatalogueTexts();
[[nodiscard]] std::span<const RuleText> DemandTexts();
[[nodiscard]] std::span<const RuleText> RequestTexts();
[[nodiscard]] std::span<const RuleText> ConsultationTexts();
[[nodiscard]] std::span<const RuleText> GrantTexts();
[[nodiscard]] std::span<const RuleText> ThirdPartyTexts();
[[nodiscard]] std::span<const RuleText> AccessTexts();
[[nodiscard]] std::span<const RuleText> DisposalTexts();
[[nodiscard]] std::span<const RuleText> DerivationTexts();
[[nodiscard]] std::span<const RuleText> CorrectionTexts();
[[nodiscard]] std::span<const RuleText> EmergencyTexts();
[[nodiscard]] std::span<const RuleText> SupervisionTexts();
[[nodiscard]] std::span<const RuleText> DisputeTexts();
[[nodiscard]] std::span<const RuleText> AnchorTexts();

// A list for a row: kOf<kLate, kSelfDealing>.
template <auto... kValues>
inline constexpr std::array kOf{kValues...};

}  // namespace jiandu::contracts
