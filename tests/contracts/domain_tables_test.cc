// The codes and flags of the code against the tables of the design, and that each row which holds
// now is raised by the code and asserted by a test. The ledger's tables are in docs/contracts.md
// 3, 4.
#include "tests/support/domain_tables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "ledger/model/codes.h"
#include "ledger/model/op.h"

namespace jiandu::contracts {
namespace {

using ::jiandu::testing::kDomainCodes;
using ::jiandu::testing::kDomainFlags;

// "Art. 21, 27(3)" and "809 Art. 21, 27(3)", "6.3.3" and "S0 6.3.3" are the same source.
std::string Short(std::string_view source) {
  for (const std::string_view mark : {"S0 ", "809 "}) {
    if (source.starts_with(mark)) source.remove_prefix(mark.size());
  }
  return std::string(source);
}

std::set<std::string> Sources(std::string_view cell) {
  std::set<std::string> sources;
  while (!cell.empty() && cell != "-") {
    const std::size_t end = cell.find("; ");
    sources.insert(Short(cell.substr(0, end)));
    cell.remove_prefix(end == std::string_view::npos ? cell.size() : end + 2);
  }
  return sources;
}

// RES_NOT_PUBLISHED -> kResNotPublished.
std::string NameInCpp(std::string_view name) {
  std::string out = "k";
  bool first = true;
  for (const char c : name) {
    if (c == '_') {
      first = true;
      continue;
    }
    out.push_back(first ? c : static_cast<char>(c - 'A' + 'a'));
    first = false;
  }
  return out;
}

// All sources below a folder of the repository, as one text.
std::string TextOf(std::initializer_list<const char*> folders) {
  std::ostringstream text;
  for (const char* folder : folders) {
    const std::filesystem::path root = std::filesystem::path(JIANDU_SOURCE_DIR) / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".cc" || entry.path().stem() == "domain_tables_test")
        continue;
      text << std::ifstream(entry.path()).rdbuf() << '\n';
    }
  }
  return text.str();
}

bool Names(const std::string& text, std::string_view kind, std::string_view name) {
  const std::string cpp = std::string(kind) + "::" + NameInCpp(name);
  for (std::size_t at = text.find(cpp); at != std::string::npos; at = text.find(cpp, at + 1)) {
    const std::size_t end = at + cpp.size();
    if (end == text.size() || std::isalnum(static_cast<unsigned char>(text[end])) == 0) return true;
  }
  return text.contains('"' + std::string(name) + '"');
}

TEST(DomainTables, CodesAreThoseOfTheDesignRowByRow) {
  const auto codes = ledger::AllCodes();
  ASSERT_EQ(codes.size(), kDomainCodes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const ledger::CodeInfo& code = codes[i];
    const auto& row = kDomainCodes[i];
    EXPECT_EQ(code.name, row.name);
    EXPECT_EQ(code.step, row.step) << row.name;
    EXPECT_EQ(code.message_zh, std::string(row.message_zh) + "。") << row.name;
    std::set<std::string> sources = Sources(row.clause);
    if (sources.empty()) sources = {"docs/contracts.md 4.20"};
    std::set<std::string> given = Sources(code.clause);
    given.merge(Sources(code.article));
    EXPECT_EQ(given, sources) << row.name;
  }
}

TEST(DomainTables, EveryCodeHasASourceAndAHintInBothLanguages) {
  for (const ledger::CodeInfo& code : ledger::AllCodes()) {
    EXPECT_FALSE(code.clause.empty() && code.article.empty()) << code.name;
    EXPECT_FALSE(code.message.empty() || code.message_zh.empty()) << code.name;
    EXPECT_FALSE(code.hint.empty() || code.hint_zh.empty()) << code.name;
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    EXPECT_TRUE(std::ranges::all_of(code.hint, is_ascii)) << code.name;
    EXPECT_FALSE(std::ranges::all_of(code.hint_zh, is_ascii)) << code.name;
  }
}

TEST(DomainTables, FlagsAreThoseOfTheDesign) {
  std::set<std::pair<std::string_view, std::string_view>> set_at_commit;
  std::set<std::pair<std::string_view, std::string_view>> derived;
  for (const auto& row : kDomainFlags) {
    (row.kind == 'C' ? set_at_commit : derived).emplace(row.name, row.group);
  }
  std::set<std::pair<std::string_view, std::string_view>> flags;
  for (const ledger::FlagInfo& flag : ledger::AllFlags()) {
    flags.emplace(flag.name, flag.group);
    EXPECT_FALSE(flag.message.empty() || flag.message_zh.empty()) << flag.name;
  }
  EXPECT_EQ(flags, set_at_commit);
  flags.clear();
  for (const ledger::FlagInfo& flag : ledger::DerivedFlags()) {
    flags.emplace(flag.name, flag.group);
    EXPECT_FALSE(flag.message.empty() || flag.message_zh.empty()) << flag.name;
  }
  EXPECT_EQ(flags, derived);
}

// What waits names an op that the ruleset does not have; when the op comes the row must be built.
TEST(DomainTables, WhatWaitsWaitsForAnOpThatIsNotThere) {
  for (const auto& row : kDomainCodes) {
    EXPECT_TRUE(row.later.empty() || ledger::FindOp(row.later) == nullptr) << row.name;
  }
  for (const auto& row : kDomainFlags) {
    EXPECT_TRUE(row.later.empty() || ledger::FindOp(row.later) == nullptr) << row.name;
  }
}

TEST(DomainTables, WhatHoldsNowIsRaisedAndTested) {
  const std::string code = TextOf({"contracts", "node", "gateway"});
  const std::string tests = TextOf({"tests/contracts", "tests/node", "tests/gateway", "tests/sdk"});
  ASSERT_GT(code.size(), 100'000U);
  ASSERT_GT(tests.size(), 100'000U);
  for (const auto& row : kDomainCodes) {
    if (!row.later.empty()) continue;
    EXPECT_TRUE(Names(code, "Code", row.name)) << row.name << " is never raised";
    EXPECT_TRUE(Names(tests, "Code", row.name)) << row.name << " is in no test";
  }
  for (const auto& row : kDomainFlags) {
    if (!row.later.empty() || row.kind != 'C') continue;
    EXPECT_TRUE(Names(code, "Flag", row.name)) << row.name << " is never raised";
    EXPECT_TRUE(Names(tests, "Flag", row.name)) << row.name << " is in no test";
  }
  EXPECT_FALSE(Names(code, "Code", "NO_SUCH_CODE"));
}

}  // namespace
}  // namespace jiandu::contracts
