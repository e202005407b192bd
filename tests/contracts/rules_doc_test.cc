// docs/rules.en.md and docs/rules.zh.md say what the tables say, and the texts in them name what
// the design names. JIANDU_UPDATE_DOCS=1 writes the documents anew.
#include "contracts/rules_doc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "contracts/deadlines.h"
#include "contracts/rule_texts.h"
#include "ledger/model/codes.h"
#include "tests/support/domain_rows.h"

namespace jiandu::contracts {
namespace {

using ::jiandu::testing::kDomainRows;

void ExpectCommitted(const std::string& name, Language language) {
  const std::string path = std::string(JIANDU_SOURCE_DIR) + "/docs/" + name;
  if (std::getenv("JIANDU_UPDATE_DOCS") != nullptr) std::ofstream(path) << RulesDocument(language);
  std::ifstream file(path);
  const std::string committed((std::istreambuf_iterator<char>(file)), {});
  EXPECT_TRUE(committed == RulesDocument(language))
      << name << " is stale: run the test with JIANDU_UPDATE_DOCS=1";
}

std::vector<std::string_view> Words(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    const std::size_t end = list.find_first_of(", ");
    if (end != 0) words.push_back(list.substr(0, end));
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return words;
}

std::vector<RuleText> AllTexts() {
  std::vector<RuleText> texts;
  for (const RuleMachine& machine : AllRuleMachines()) {
    texts.insert(texts.end(), machine.rows.begin(), machine.rows.end());
  }
  return texts;
}

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

TEST(RulesDocument, IsTheCommittedOne) {
  ExpectCommitted("rules.en.md", Language::kEnglish);
  ExpectCommitted("rules.zh.md", Language::kChinese);
}

TEST(RulesDocument, HasEveryOpTheRuleSetSpeaks) {
  const std::string english = RulesDocument(Language::kEnglish);
  const std::string chinese = RulesDocument(Language::kChinese);
  std::set<std::string_view> known;
  for (const RuleText& text : AllTexts()) known.insert(text.op);
  for (const ledger::OpInfo& op : ledger::AllOps()) {
    EXPECT_TRUE(known.contains(op.op)) << op.op << " has no row in rule_texts";
    const std::string cell = "| `" + std::string(op.op) + "` ";
    EXPECT_TRUE(english.contains(cell)) << op.op;
    EXPECT_TRUE(chinese.contains(cell)) << op.op;
  }
  // What the engine says of it has words in both languages.
  EXPECT_FALSE(english.contains(": ?")) << "a signer without words: rules_words.cc";
  EXPECT_FALSE(chinese.contains("：?")) << "a signer without words: rules_words.cc";
}

TEST(RulesDocument, HasNoOpTheRuleSetDoesNotSpeak) {
  const std::string english = RulesDocument(Language::kEnglish);
  for (const RuleText& text : AllTexts()) {
    const bool spoken = ledger::FindOp(text.op) != nullptr;
    EXPECT_EQ(spoken, english.contains("| `" + std::string(text.op) + "` ")) << text.op;
  }
}

TEST(RulesDocument, OneHundredAndThirtyThreeOpsHaveTexts) {
  std::set<std::string_view> ops;
  for (const RuleText& text : AllTexts()) {
    if (!text.op.empty()) ops.insert(text.op);
  }
  EXPECT_EQ(ops.size(), 133U);
}

TEST(RulesDocument, TextsStandInBothLanguages) {
  for (const RuleText& text : AllTexts()) {
    EXPECT_FALSE(text.number.empty()) << text.op;
    EXPECT_FALSE(text.effect.empty()) << text.number << ' ' << text.op;
    EXPECT_EQ(text.asks.empty(), text.asks_zh.empty()) << text.number << ' ' << text.op;
    EXPECT_EQ(text.effect.empty(), text.effect_zh.empty()) << text.number << ' ' << text.op;
    EXPECT_TRUE(IsAscii(text.asks) && IsAscii(text.effect)) << text.number << ' ' << text.op;
    EXPECT_TRUE(text.asks_zh.empty() || !IsAscii(text.asks_zh)) << text.number;
    EXPECT_FALSE(IsAscii(text.effect_zh)) << text.number << ' ' << text.op;
    for (const std::string_view cell : {text.asks, text.asks_zh, text.effect, text.effect_zh}) {
      EXPECT_EQ(cell.find_first_of("|\n"), std::string_view::npos) << text.number;
    }
    // A transition nobody sends hangs on an op that can bring it about.
    EXPECT_FALSE(text.op.empty() && text.with.empty()) << text.number;
  }
}

TEST(RulesDocument, NamesDeadlinesAndStatusesThatExist) {
  std::set<std::string_view> statuses;
  for (const StatusWord& word : AllStatusWords()) statuses.insert(word.name);
  for (const RuleText& text : AllTexts()) {
    for (const std::string_view word : {text.from, text.to}) {
      for (const std::string_view status : Words(word)) {
        EXPECT_TRUE(status == "-" || statuses.contains(status)) << text.number << ' ' << status;
      }
    }
    for (const std::string_view cell : {text.asks, text.effect, text.asks_zh, text.effect_zh}) {
      for (std::size_t at = cell.find('D'); at != std::string_view::npos;
           at = cell.find('D', at + 1)) {
        if (at + 2 >= cell.size() || std::isdigit(static_cast<unsigned char>(cell[at + 1])) == 0)
          continue;
        const bool longer = at + 3 < cell.size() && std::islower(cell[at + 3]) != 0;
        const std::string_view code = cell.substr(at, longer ? 4 : 3);
        EXPECT_NE(FindDeadline(code), nullptr) << text.number << ' ' << code;
      }
    }
  }
}

TEST(RulesDocument, EveryStatusHasAChineseWord) {
  std::set<std::string_view> words;
  for (const StatusWord& word : AllStatusWords()) words.insert(word.name);
  std::set<std::string_view> names;
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    const auto kind = ledger::KindFromByte(static_cast<std::uint8_t>(byte));
    if (!kind) continue;
    for (std::uint32_t status = 1; ledger::StatusName(*kind, status) != "?"; ++status) {
      names.insert(ledger::StatusName(*kind, status));
    }
  }
  EXPECT_EQ(words, names);
  EXPECT_TRUE(std::ranges::is_sorted(AllStatusWords(), {}, &StatusWord::name));
}

TEST(RulesDocument, NamesCodesAndFlagsThatExist) {
  for (const RuleText& text : AllTexts()) {
    for (const Code code : text.codes) {
      EXPECT_NE(ledger::FindCode(static_cast<std::uint32_t>(code)), nullptr) << text.number;
    }
    for (const std::string_view name : Words(text.derived)) {
      const auto derived = ledger::DerivedFlags();
      EXPECT_NE(std::ranges::find(derived, name, &ledger::FlagInfo::name), derived.end())
          << text.number << ' ' << name;
    }
  }
}

TEST(RulesDocument, AnOpAnswersWithItsOwnCodesAndWithThoseOfAll) {
  EXPECT_TRUE(NamesCode("request.submit", Code::kSelfRequest));
  EXPECT_FALSE(NamesCode("request.submit", Code::kReturnTwice));
  EXPECT_TRUE(NamesCode("request.submit", Code::kUnknownRef));
  EXPECT_TRUE(NamesFlag("decision.submit", ledger::Flag::kLate));
  EXPECT_FALSE(NamesFlag("request.submit", ledger::Flag::kLate));
  EXPECT_TRUE(NamesFlag("request.submit", ledger::Flag::kClockSkew));
}

// What the rows of a number name together.
struct Named {
  std::set<std::string_view> codes;
  std::set<std::string_view> flags;
};
std::map<std::string_view, Named> NamedByNumber() {
  std::map<std::string_view, Named> all;
  for (const RuleText& text : AllTexts()) {
    Named& named = all[text.number];
    for (const Code code : text.codes) {
      named.codes.insert(ledger::FindCode(static_cast<std::uint32_t>(code))->name);
    }
    for (const ledger::Flag flag : text.flags) {
      named.flags.insert(ledger::AllFlags()[static_cast<std::size_t>(flag)].name);
    }
    for (const std::string_view name : Words(text.derived)) named.flags.insert(name);
  }
  return all;
}

TEST(RulesDocument, NamesEveryCodeAndFlagOfTheDesign) {
  const auto all = NamedByNumber();
  for (const auto& row : kDomainRows) {
    const auto found = all.find(row.number);
    ASSERT_NE(found, all.end()) << row.number << " has no text";
    for (const std::string_view code : Words(row.codes)) {
      EXPECT_TRUE(found->second.codes.contains(code)) << row.number << ' ' << code;
    }
    for (const std::string_view flag : Words(row.flags)) {
      EXPECT_TRUE(found->second.flags.contains(flag)) << row.number << ' ' << flag;
    }
  }
}

// Codes of step 7 stand in the order of the design's row; what it does not name may stand anywhere.
TEST(RulesDocument, CodesStandInTheOrderOfTheDesign) {
  std::map<std::string_view, std::vector<std::string_view>> orders;
  for (const auto& row : kDomainRows) orders[row.number] = Words(row.codes);
  for (const RuleText& text : AllTexts()) {
    const auto& order = orders[text.number];
    std::size_t last = 0;
    for (const Code code : text.codes) {
      const ledger::CodeInfo& info = *ledger::FindCode(static_cast<std::uint32_t>(code));
      if (info.step != "7") continue;
      const auto place =
          static_cast<std::size_t>(std::ranges::find(order, info.name) - order.begin());
      if (place == order.size()) continue;
      EXPECT_GE(place, last) << text.number << ' ' << text.op << ' ' << info.name;
      last = place;
    }
  }
}

}  // namespace
}  // namespace jiandu::contracts
