// Writing the tables as Markdown.
#include "contracts/rules_doc.h"

#include <algorithm>
#include <array>
#include <vector>

#include "contracts/deadlines.h"
#include "contracts/profile.h"
#include "contracts/rule_texts.h"
#include "ledger/model/codes.h"

namespace jiandu::contracts {
namespace {

constexpr Wording kHead{
    "# Rules of the ledger\n\n"
    "Generated from the tables of `contracts/` and `ledger/model/`; a test keeps it so. Section "
    "numbers are\n"
    "those of [the contracts](contracts.md), numbers of rows those of the design. 中文："
    "[规则](rules.zh.md).\n\n"
    "**P** (permission) is refused when a rule fails; **F** (fact) is never refused for breaking "
    "a rule, but\n"
    "flagged. What nobody sends is *derived*: it follows by itself and is computed when asked.\n\n"
    "Departments: C consumer, P provider, M manager (of the provider's jurisdiction), A auditor, "
    "G government.\n"
    "Signers: m maker (duty CLERK; of an auditor AUDIT), h head, leader (duty DEPT_LEADER), S a "
    "system, PEER the\n"
    "head of another department, in brackets where the rule can do without. Maker and head are "
    "two persons (809\n"
    "Art. 20); who signs for another op or in another place gets ROLE_DENIED. D01 to D31 and I01 "
    "are\n"
    "[deadlines](#419-deadlines); wd is a working day.\n\n"
    "Sources: S0 is the Hangzhou flow standard, 809 State Council Order 809, 网数 Order 790, 商密 "
    "Order 760;\n"
    "*local*: the law leaves it open; *own*: a rule of this ledger.\n\n"
    "Codes are named in the order in which they are asked; ⚑ are flags, those after *derived* "
    "computed later from\n"
    "the state. Common to all ops and not repeated:\n",
    "# 账本规则\n\n"
    "本文由 `contracts/` 和 `ledger/model/` 中的规则表生成，并由测试保证一致。章节编号与[合约说明]"
    "(contracts.md)\n"
    "相同，行编号为设计编号。English: [rules](rules.en.md).\n\n"
    "**P**为许可类操作，不符合规则的不予受理；**F**为事实类操作，不因违反规则而拒收，仅予标注。"
    "无人发起、自动发生的\n"
    "列为“自动”，查询时推算。\n\n"
    "经办人职责为CLERK（审计机关为AUDIT），负责人指共享工作机构负责人，部门负责人职责为DEPT_"
    "LEADER，"
    "会签指其他\n"
    "部门负责人签署，括号内为非必需。经办人与负责人不得为同一人（条例第20条）；无权签署的以"
    "ROLE_DENIED驳回。\n"
    "D01至D31、I01为[办理期限](#419-办理期限)，按工作日计算。\n\n"
    "依据：流程规范指杭州市《政务数据共享流程规范》，条例指《政务数据共享条例》（国务院令第809号）"
    "，"
    "网数条例指\n"
    "《网络数据安全管理条例》（国务院令第790号），商密条例指《商用密码管理条例》（国务院令第760号）"
    "；"
    "本地规定指法律未作\n"
    "规定、由本网络确定。\n\n"
    "驳回代码按检查顺序列出；⚑为标注，“推算”之后的由状态推算得出。各操作通用、不再重复的有：\n"};

constexpr Wording kColumns{
    "| no. | op | signed by | states | asks | brings about | codes and flags | source |\n"
    "|---|---|---|---|---|---|---|---|\n",
    "| 编号 | 操作 | 签署 | 状态 | 条件 | 效果 | 代码和标注 | 依据 |\n"
    "|---|---|---|---|---|---|---|---|\n"};

std::string_view FlagName(ledger::Flag flag) {
  const auto flags = ledger::AllFlags();
  const auto found =
      std::ranges::find(flags, static_cast<std::uint32_t>(flag), &ledger::FlagInfo::bit);
  return found != flags.end() ? found->name : "?";
}
std::string_view CodeName(Code code) {
  const ledger::CodeInfo* info = ledger::FindCode(static_cast<std::uint32_t>(code));
  return info != nullptr ? info->name : "?";
}

template <typename List, typename Name>
std::string Join(const List& list, Name name) {
  std::string text;
  for (const auto& one : list) {
    if (!text.empty()) text += ", ";
    text += name(one);
  }
  return text;
}

std::string OrDash(std::string_view text) { return std::string(text.empty() ? "-" : text); }

std::string Codes(const RuleText& text, Language language) {
  std::string cell = Join(text.codes, CodeName);
  std::string flags = Join(text.flags, FlagName);
  if (!text.derived.empty()) {
    flags.append(flags.empty() ? "" : "; ").append(Wording{"derived ", "推算 "}.In(language));
    flags += text.derived;
  }
  if (!flags.empty()) cell.append(cell.empty() ? "⚑ " : " ⚑ ").append(flags);
  return OrDash(cell);
}

// Of an op without a case of its own: cosign, vote.
std::string_view SignersOfOp(const ledger::OpInfo& op, Language language) {
  if (language == Language::kEnglish) return op.signers;
  return op.op == "cosign" ? "`await` 所列负责人" : "有表决权的负责人";
}

std::string States(const RuleText& text, const CaseRow* row, Language language) {
  std::string from(text.from);
  std::string to(text.to);
  if (row != nullptr && from.empty()) from = FromStatuses(*row, language);
  if (row != nullptr && to.empty()) to = ToStatus(*row);
  if (to.empty()) return OrDash(from);
  return OrDash(from) + " → " + to;
}

// Empty when the rule set does not speak the op, or the one that makes it possible.
std::string Row(const RuleText& text, Language language) {
  const ledger::OpInfo* op = ledger::FindOp(text.op);
  if (!text.op.empty() && op == nullptr) return {};
  if (!text.with.empty() && ledger::FindOp(text.with) == nullptr) return {};
  const CaseRow* row = text.op.empty() ? nullptr : FindRow(text.op);
  std::string line = "| ";
  line.append(text.number).append(" | ");
  if (text.op.empty()) {
    line.append(Wording{"derived", "自动"}.In(language)).append(" | - | ");
  } else {
    line.append("`").append(op->op).append("` ");
    line.append(op->kind == ledger::OpKind::kFact ? "F | " : "P | ");
    line.append(row != nullptr ? SignedBy(*row, language) : SignersOfOp(*op, language));
    line.append(" | ");
  }
  line.append(States(text, row, language)).append(" | ");
  line.append(OrDash(Wording{text.asks, text.asks_zh}.In(language))).append(" | ");
  line.append(OrDash(Wording{text.effect, text.effect_zh}.In(language))).append(" | ");
  line.append(Codes(text, language)).append(" | ");
  line.append(SourceIn(text.source, language)).append(" |\n");
  return line;
}

std::string MachinesText(Language language) {
  std::string document;
  for (const RuleMachine& machine : AllRuleMachines()) {
    std::string rows;
    for (const RuleText& text : machine.rows) rows += Row(text, language);
    if (rows.empty()) continue;
    document.append("## ").append(machine.section).append(" ");
    document.append(Wording{machine.title, machine.title_zh}.In(language)).append("\n");
    document.append(Wording{machine.about, machine.about_zh}.In(language)).append("\n\n");
    document.append(kColumns.In(language)).append(rows).append("\n");
  }
  return document;
}

std::string NumberOf(const DeadlineRule& rule, Language language) {
  const bool english = language == Language::kEnglish;
  const bool hours = rule.unit == ledger::ClockUnit::kHours;
  const auto count = [&](std::int64_t n) {
    const Wording unit = hours ? Wording{" hours", "小时"} : Wording{" wd", "个工作日"};
    return std::to_string(n).append(unit.In(language));
  };
  if (rule.n == 0) return english ? "as set" : "按所定期限";
  std::string text = count(rule.n);
  if (rule.n_short > 0) {
    const std::string_view what = Translated(rule.short_for, language);
    text.append(english ? ", " : "；");
    text.append(english ? count(rule.n_short).append(" for ").append(what)
                        : std::string(what).append("为").append(count(rule.n_short)));
  }
  if (rule.extra_max > 0) {
    text.append(english ? ", extended by " + count(rule.extra_max) + " at most"
                        : "，可延长不超过" + count(rule.extra_max));
  }
  return text;
}

std::string DeadlinesText(Language language) {
  std::string document{
      Wording{"## 4.19 Deadlines\n"
              "The day of the event is not counted; the due day ends at 24:00 "
              "UTC+8. Lateness is flagged, refuses\n"
              "nothing, and silence approves nothing. Every number is a parameter "
              "of the profile.\n\n"
              "| code | starts | satisfied by | number | on | source |\n"
              "|---|---|---|---|---|---|\n",
              "## 4.19 办理期限\n"
              "起算当日不计入，届满日至24时（东八区）止。逾期仅予标注，不影响受理；"
              "逾期不视为同意。各项期限均为策略参数。\n\n"
              "| 代码 | 起算 | 完成 | 期限 | 承担方 | 依据 |\n"
              "|---|---|---|---|---|---|\n"}
          .In(language)};
  for (const DeadlineRule& rule : AllDeadlines()) {
    document.append("| ").append(rule.code).append(" | ");
    document.append(Wording{rule.starts, rule.starts_zh}.In(language)).append(" | ");
    document.append(Wording{rule.ends, rule.ends_zh}.In(language)).append(" | ");
    document.append(NumberOf(rule, language)).append(" | ");
    document.append(Translated(rule.owner, language)).append(" | ");
    document.append(SourceIn(rule.source, language)).append(" |\n");
  }
  return document + "\n";
}

std::string CodesText(Language language) {
  std::string document{Wording{
      "## 4.20 Codes\n"
      "The first check that fails answers: form (1), signature (2), identity and role (3), "
      "reference (4), state (5),\n"
      "turn (6), rule (7). Steps 1a and 2 keep a transaction out of blocks; the others "
      "commit a rejection.\n\n"
      "| no. | step | code | meaning | what helps | source |\n"
      "|---|---|---|---|---|---|\n",
      "## 4.20 驳回代码\n"
      "依次检查格式（1）、签名（2）、身份和职责（3）、引用（4）、状态（5）、顺序（6）、规则（7），"
      "以首个不符合项答复。\n"
      "1a和2不符合的交易不进入区块；其余驳回记录在账。\n\n"
      "| 编号 | 步骤 | 代码 | 含义 | 处理建议 | 依据 |\n"
      "|---|---|---|---|---|---|\n"}
                           .In(language)};
  for (const ledger::CodeInfo& code : ledger::AllCodes()) {
    std::string source(code.clause);
    if (!code.article.empty()) source.append(source.empty() ? "" : "; ").append(code.article);
    document.append("| ").append(std::to_string(code.number)).append(" | ");
    document.append(code.step).append(" | ").append(code.name).append(" | ");
    document.append(Wording{code.message, code.message_zh}.In(language)).append(" | ");
    document.append(Wording{code.hint, code.hint_zh}.In(language)).append(" | ");
    document.append(SourceIn(source, language)).append(" |\n");
  }
  return document + "\n";
}

std::string FlagsText(Language language) {
  std::string document{
      Wording{"## 4.21 Flags\n"
              "C: set at commit and never changed. D: derived from the state at "
              "the height asked for.\n\n"
              "| kind | group | flag | meaning |\n"
              "|---|---|---|---|\n",
              "## 4.21 标注\n"
              "C类在提交时确定，不再变更；D类按查询高度的状态推算。\n\n"
              "| 类别 | 分组 | 标注 | 含义 |\n"
              "|---|---|---|---|\n"}
          .In(language)};
  for (const auto flags : {ledger::AllFlags(), ledger::DerivedFlags()}) {
    for (const ledger::FlagInfo& flag : flags) {
      document.append(flag.bit == ledger::kNoBit ? "| D | " : "| C | ");
      document.append(Translated(flag.group, language)).append(" | ").append(flag.name);
      document.append(" | ").append(Wording{flag.message, flag.message_zh}.In(language));
      document.append(" |\n");
    }
  }
  return document;
}

std::string StatusesText() {
  std::string document =
      "\n## 状态名称\n\n"
      "| 状态 | 含义 |\n"
      "|---|---|\n";
  for (const StatusWord& word : AllStatusWords()) {
    document.append("| ").append(word.name).append(" | ").append(word.zh).append(" |\n");
  }
  return document;
}

}  // namespace

std::string RulesDocument(Language language) {
  std::string document{kHead.In(language)};
  document += Join(CommonCodes(), CodeName) + " ⚑ " + Join(CommonFlags(), FlagName);
  document += language == Language::kEnglish ? ".\n\n" : "。\n\n";
  document += MachinesText(language) + ProfilesText(language) + DeadlinesText(language);
  document += CodesText(language) + FlagsText(language);
  return language == Language::kEnglish ? document : document + StatusesText();
}

}  // namespace jiandu::contracts
