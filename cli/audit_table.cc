// See audit_table.h.
#include "cli/audit_table.h"

#include <algorithm>
#include <span>

#include "cli/text.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kDateWidth = 10;
constexpr std::size_t kDetectorWidth = 22;
constexpr std::size_t kDepartmentWidth = 18;  // 统一社会信用代码
constexpr std::size_t kFactWidth = kColumns - kDateWidth - kDetectorWidth - kDepartmentWidth - 6;

std::string Column(std::string_view text, std::size_t width) {
  return Pad(Shorten(text, width), width) + "  ";
}

// The day a row is about: when it ended, was due, or happened.
std::string DayOf(const Json& row) {
  for (const std::string_view name : {"ended", "due", "time"}) {
    if (const std::int64_t ms = row.IntegerOr(name); ms > 0) return TimeText(ms).substr(0, 10);
  }
  const auto transactions = row.ItemsOf("transactions");
  return transactions.empty() ? "-" : TimeText(transactions.back().IntegerOr("time")).substr(0, 10);
}

std::string Days(const Json& row, std::string_view name) {
  const bool hours = row.TextOr("unit") == "hour";
  return std::to_string(row.IntegerOr(name)) + (hours ? " h" : " wd");
}

std::string ValuesText(const Json& row) {
  std::string text;
  for (const Json& value : row.ItemsOf("values")) {
    if (!text.empty()) text += ", ";
    text += std::string(value.TextOr("detail")) + ": " + std::to_string(value.IntegerOr("value"));
  }
  return text;
}

std::string HoldingText(const Json& row) {
  const std::int64_t last = row.IntegerOr("last_use");
  std::string text(row.TextOr("grade"));
  text += last == 0 ? " never used" : " last " + std::to_string(last);
  if (row.BoolOr("dormant")) text += " dormant";
  return text;
}

// What the row says, in the last column.
std::string FactOf(const Json& row) {
  const std::string_view kind = row.TextOr("kind");
  if (!row.ItemsOf("values").empty()) return ValuesText(row);
  if (kind == "late") {
    std::string text = "late " + Days(row, "late");
    if (row.IntegerOr("extension") > 0) text += ", ext " + Days(row, "extension");
    return row.BoolOr("answered", true) ? text : text + ", none";
  }
  if (kind == "overdue") return "over " + Days(row, "late");
  if (kind == "holding") return HoldingText(row);
  if (kind == "element") {
    return std::string(row.TextOr("element_code")) + ": " +
           std::to_string(row.ItemsOf("departments").size()) + " departments";
  }
  std::string text(row.TextOr("op", kind));
  if (const std::int64_t n = row.IntegerOr("count"); n > 0) text += " x" + std::to_string(n);
  return row.BoolOr("attempt") ? text + " (attempt)" : text;
}

// Where to look further: the newest transaction, and the first entity it is about.
std::string RowRefs(const Output& out, const Json& row) {
  std::string text;
  const auto transactions = row.ItemsOf("transactions");
  if (!transactions.empty()) {
    text += "  " + out.Dim("tx " + Harmless(transactions.back().TextOr("txid"))) + "\n";
  }
  const auto entities = row.ItemsOf("entities");
  if (!entities.empty()) {
    text += "  " +
            out.Dim(Harmless(entities.front().TextOr("kind")) + " " +
                    Harmless(entities.front().TextOr("entity"))) +
            "\n";
  }
  return text;
}

std::string RowLine(const Json& row) {
  return Column(DayOf(row), kDateWidth) + Column(Harmless(row.TextOr("detector")), kDetectorWidth) +
         Column(Harmless(row.TextOr("department")), kDepartmentWidth) +
         Shorten(Harmless(FactOf(row)), kFactWidth) + "\n";
}

std::string ScalarText(const Json& value) {
  if (value.IsText()) return Harmless(value.AsString());
  return value.IsNull() ? std::string("-") : CanonicalJson(value);
}

// A row that says in `row` what it is has members of its own: each on a line.
std::string MembersText(const Output& out, const Json& row) {
  constexpr std::size_t kIndent = 4;
  std::string text = out.Bold(Harmless(row.TextOr("row"))) + "\n";
  for (const Json::Member& member : row.Members()) {
    if (member.name == "row" || member.name == "transaction") continue;
    const std::size_t taken = kIndent + member.name.size() + 2;
    text += std::string(kIndent, ' ') + Harmless(member.name) + "  " +
            Shorten(ScalarText(member.value), kColumns - std::min(kColumns - 8, taken)) + "\n";
  }
  const Json* transaction = row.Find("transaction");
  if (transaction == nullptr) return text;
  return text + std::string(kIndent, ' ') + TimeText(transaction->IntegerOr("time")) + "  " +
         Harmless(transaction->TextOr("op")) + "\n" + std::string(kIndent, ' ') +
         Harmless(transaction->TextOr("txid")) + "\n";
}

std::string TableText(const Output& out, std::span<const Json> rows) {
  std::string text = out.Bold(Column("day 日期", kDateWidth) + Column("what 事由", kDetectorWidth) +
                              Column("department 部门", kDepartmentWidth) + "facts 情况") +
                     "\n";
  for (const Json& row : rows) text += RowLine(row) + RowRefs(out, row);
  return text;
}

std::string CompletenessText(const Json& completeness) {
  std::string text = Labelled("complete", completeness.TextOr("statement"));
  text += Labelled("完整性", completeness.TextOr("statement_zh"));
  for (const Json& gap : completeness.ItemsOf("gaps")) text += Labelled("but", gap.AsString());
  for (const Json& gap : completeness.ItemsOf("gaps_zh")) {
    text += Labelled("例外", gap.AsString());
  }
  return text;
}

}  // namespace

std::string AnswerTable(const Output& out, const Json& answer) {
  const std::string name(answer.TextOr("query"));
  std::string text = Labelled(name, answer.TextOr("title"));
  text += Labelled("", answer.TextOr("title_zh"));
  text += Labelled("source 依据", answer.TextOr("source"));
  text += Labelled("height 高度", std::to_string(answer.IntegerOr("height")) + ", " +
                                      TimeText(answer.IntegerOr("time")) + ", profile " +
                                      std::string(answer.TextOr("profile")));
  text += Labelled("app hash", answer.TextOr("app_hash")) + "\n";
  const auto rows = answer.ItemsOf("rows");
  if (rows.empty()) text += "no rows 无记录\n";
  if (!rows.empty() && rows.front().Find("row") == nullptr) text += TableText(out, rows);
  for (const Json& row : rows) {
    if (row.Find("row") != nullptr) text += MembersText(out, row);
  }
  text += "\n";
  if (answer.BoolOr("more")) {
    text += "there are more rows: --limit N or --all (尚有更多记录)\n";
  }
  if (const Json* completeness = answer.Find("completeness")) {
    text += CompletenessText(*completeness);
  }
  return text;
}

std::string QueryTable(const Json& list) {
  constexpr std::size_t kIndent = 8;
  std::string text;
  for (const Json& query : list.ItemsOf("items")) {
    text += Labelled(query.TextOr("name"), query.TextOr("title"), kIndent);
    text += Labelled("", query.TextOr("title_zh"), kIndent);
    std::string needs(query.TextOr("source"));
    for (const Json& parameter : query.ItemsOf("parameters")) {
      const std::string option = "--" + std::string(parameter.TextOr("name"));
      needs += parameter.BoolOr("required") ? ", " + option : ", [" + option + "]";
    }
    if (query.BoolOr("engagement")) needs += ", inside an engagement 须在审计任务内";
    text += Labelled("", needs, kIndent);
  }
  return text;
}

}  // namespace jiandu::cli
