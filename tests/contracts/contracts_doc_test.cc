// docs/contracts.md has a row for every op, code and flag, as the tables of the code have them, and
// a section for every reference to it. With JIANDU_PRINT_DOCS=1 the rows are printed for pasting.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <sstream>
#include <string>

#include "contracts/case_table.h"
#include "contracts/deadlines.h"
#include "ledger/model/codes.h"

namespace jiandu::contracts {
namespace {

std::string FileText(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}
std::filesystem::path Root() { return JIANDU_SOURCE_DIR; }
const std::string& Doc() {
  static const std::string kText = FileText(Root() / "docs" / "contracts.md");
  return kText;
}

void ExpectRow(const std::string& row) {
  if (std::getenv("JIANDU_PRINT_DOCS") != nullptr) std::cout << "DOC" << row << '\n';
  EXPECT_TRUE(Doc().contains(row + "\n")) << row;
}

std::string_view SignersOf(Who who) {
  switch (who) {
    case Who::kMaker: return "m";
    case Who::kMakerHead: return "m+h";
    case Who::kHead: return "h";
    case Who::kMakerLeader: return "m + leader";
    case Who::kLeader: return "leader";
    case Who::kSystem: return "S";
    case Who::kMakerOrSystem: return "m or S";
    case Who::kSysadminHead: return "SYSADMIN + h";
    case Who::kSecurity: return "SECURITY m";
    case Who::kSecurityOrSystem: return "SECURITY m or S";
    case Who::kSelf: return "own key, or h";
    case Who::kOfficerHead: return "officer + h";
  }
  return "";
}

std::string SidesOf(std::uint32_t sides) {
  struct Name {
    std::uint32_t bit;
    std::string_view name;
  };
  constexpr Name kNames[] = {{side::kAny, "any"},
                             {side::kProvider, "P"},
                             {side::kConsumer, "C"},
                             {side::kManager, "M"},
                             {side::kIssuer, "issuer"},
                             {side::kTarget, "target"},
                             {side::kOpener, "opener"},
                             {side::kOwner, "owner"},
                             {side::kHolder, "holder"},
                             {side::kFiler, "filer"},
                             {side::kOther, "other side"},
                             {side::kMediator, "mediator"},
                             {side::kContributor, "contributor"},
                             {side::kGateway, "gateway"},
                             {side::kAuditor, "A"},
                             {side::kGovernment, "G"},
                             {side::kSuperior, "superior"},
                             {side::kAnyManager, "a manager"}};
  std::string text;
  for (const Name& name : kNames) {
    if ((sides & name.bit) == 0) continue;
    if (!text.empty()) text += ", ";
    text += name.name;
  }
  return text;
}

// Members are written with an underscore, kinds with a hyphen: "third_party", "third-party".
ledger::EntityKind KindOf(std::string_view subject) {
  std::string name(subject);
  std::ranges::replace(name, '_', '-');
  const auto kind = ledger::KindFromName(name);
  EXPECT_TRUE(kind.has_value()) << subject;
  return kind.value_or(ledger::EntityKind::kNetwork);
}

std::string StatesOf(const CaseRow& row) {
  if (row.subject.empty()) return "new";
  if (row.subject == "case") return "any";              // of several kinds
  if (!row.or_subject.empty()) return "any → GRANTED";  // set by the effect, for either source
  if (row.from == 0 && row.to == 0) return "any";
  const ledger::EntityKind kind = KindOf(row.subject);
  std::string text;
  for (std::uint32_t status = 1; status < 32; ++status) {
    if ((row.from >> status & 1U) == 0) continue;
    if (!text.empty()) text += ", ";
    text += ledger::StatusName(kind, status);
  }
  if (text.empty()) text = "any";
  if (row.to != 0) text.append(" → ").append(ledger::StatusName(kind, row.to));
  return text;
}

TEST(ContractsDoc, HasEveryDeadline) {
  for (const DeadlineRule& rule : AllDeadlines()) {
    const std::string unit = rule.unit == ledger::ClockUnit::kHours ? " hours" : " wd";
    std::string number = rule.n == 0 ? "as set" : std::to_string(rule.n) + unit;
    if (rule.n_short > 0) {
      number += ", " + std::to_string(rule.n_short) + " for " + std::string(rule.short_for);
    }
    if (rule.extra_max > 0)
      number += ", extended by " + std::to_string(rule.extra_max) + " at most";
    std::string row = "| " + std::string(rule.code) + " | ";
    row.append(rule.starts).append(" ").append(rule.starts_zh).append(" | ");
    row.append(rule.ends).append(" ").append(rule.ends_zh).append(" | ").append(number);
    row.append(" | ").append(rule.owner).append(" | ").append(rule.source).append(" |");
    ExpectRow(row);
  }
}

TEST(ContractsDoc, HasEveryCase) {
  for (const ledger::OpInfo& op : ledger::AllOps()) {
    const CaseRow* row = FindRow(op.op);
    if (row == nullptr) {
      EXPECT_TRUE(op.op == "cosign" || op.op == "vote");  // without a case of their own
      continue;
    }
    std::string line = "| `";
    line.append(op.op).append("` | ");
    line += op.kind == ledger::OpKind::kFact ? "F" : "P";
    line.append(" | ").append(SidesOf(row->sides)).append(" | ").append(SignersOf(row->who));
    if (row->head_needed != nullptr) line += ", or m+h";
    line.append(row->peer_needed != nullptr ? " + PEER | " : " | ").append(StatesOf(*row));
    ExpectRow(line + " |");
  }
}

TEST(ContractsDoc, HasEveryCodeWithItsSource) {
  for (const ledger::CodeInfo& code : ledger::AllCodes()) {
    std::string source(code.clause);
    if (!code.article.empty()) source.append(source.empty() ? "" : "; ").append(code.article);
    if (source.starts_with("docs/")) source = "own";
    std::string line = "| ";
    line.append(std::to_string(code.number)).append(" | ").append(code.step).append(" | ");
    line.append(code.name).append(" | ").append(code.message).append(" ").append(code.message_zh);
    ExpectRow(line + " | " + source + " |");
  }
}

TEST(ContractsDoc, HasEveryFlag) {
  for (const auto flags : {ledger::AllFlags(), ledger::DerivedFlags()}) {
    for (const ledger::FlagInfo& flag : flags) {
      std::string line = "| ";
      line += flag.bit == ledger::kNoBit ? "-" : std::to_string(flag.bit);
      line.append(" | ").append(flag.group).append(" | ").append(flag.name).append(" | ");
      line.append(flag.message).append(" ").append(flag.message_zh);
      ExpectRow(line + " |");
    }
  }
}

TEST(ContractsDoc, EveryReferenceToItResolves) {
  const std::regex reference(R"(docs/contracts\.md ([0-9]+\.[0-9]+(\.[0-9]+)?))");
  std::size_t found = 0;
  for (const char* folder : {"contracts", "ledger/model", "tests/contracts", "tests/support"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(Root() / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".cc" && extension != ".h") continue;
      const std::string text = FileText(entry.path());
      for (std::sregex_iterator at(text.begin(), text.end(), reference), end; at != end; ++at) {
        ++found;
        EXPECT_TRUE(Doc().contains("# " + (*at)[1].str() + " "))
            << entry.path() << ' ' << at->str();
      }
    }
  }
  EXPECT_GT(found, 20U);
}

}  // namespace
}  // namespace jiandu::contracts
