// What came, held against what a row expects; and rows in words.
#include <algorithm>
#include <charconv>

#include "cli/scenario.h"
#include "cli/text.h"

namespace jiandu::cli {
namespace {

constexpr ledger::TimeMs kDayMs = 86'400'000;

std::string Show(const Json& json) { return json.IsText() ? json.AsString() : CanonicalJson(json); }
std::string ShowAll(const std::vector<const Json*>& found) {
  std::string text;
  for (const Json* one : found) text += (text.empty() ? "" : ", ") + Show(*one);
  return text.empty() ? "nothing" : text;
}

void Note(ScenarioRow& row, const std::string& name, const std::string& got,
          const std::string& expected, bool holds) {
  row.got.push_back(name + " " + got);
  if (!holds) row.wrong.push_back(name + ": expected " + expected + ", got " + got);
}

// A time in ms on the day "MM-DD".
bool IsOnDay(const Json& json, const Json& wanted) {
  if (!json.IsInteger() || !wanted.IsText() || wanted.AsString().size() != 5) return false;
  const auto day = ReadScenarioTime(wanted.AsString(), 2026);
  return day && json.AsInteger() >= *day && json.AsInteger() < *day + kDayMs;
}

// Everything of `wanted` is in `json`: of an object these members, of an array an element for each.
bool Contains(const Json& json, const Json& wanted) {
  if (wanted.IsObject() && json.IsObject()) {
    return std::ranges::all_of(wanted.Members(), [&json](const Json::Member& one) {
      const Json* member = json.Find(one.name);
      return one.value.IsNull() ? member == nullptr || member->IsNull()
                                : member != nullptr && Contains(*member, one.value);
    });
  }
  if (wanted.IsArray() && json.IsArray()) {
    return std::ranges::all_of(wanted.Items(), [&json](const Json& one) {
      return std::ranges::any_of(json.Items(),
                                 [&one](const Json& item) { return Contains(item, one); });
    });
  }
  return json == wanted || IsOnDay(json, wanted);
}

// For each of the values expected (one, or an array of them) one that was found contains it.
void CompareFinds(const std::string& name, const std::vector<const Json*>& found,
                  const Json& expected, ScenarioRow& row) {
  const Json::Array all = expected.IsArray() ? expected.Items() : Json::Array{expected};
  for (const Json& wanted : all) {
    const bool holds = std::ranges::any_of(
        found, [&wanted](const Json* value) { return Contains(*value, wanted); });
    Note(row, name, holds ? Show(wanted) : ShowAll(found).substr(0, 2000), Show(wanted), holds);
  }
}

// The newest clock of a code (and department, "D04@<code of a department>").
const Json* ClockOf(const Json& answer, std::string_view name) {
  const std::size_t at = name.find('@');
  const Json* found = nullptr;
  for (const Json& clock : answer.ItemsOf("clocks")) {
    if (clock.TextOr("code") != name.substr(0, at)) continue;
    if (at != std::string_view::npos && clock.TextOr("department") != name.substr(at + 1)) continue;
    found = &clock;
  }
  return found;
}

// "MM-DD" of working days, which end at 24:00 of that day; "MM-DD HH:MM" of hours.
Result<void> CompareDue(const Json& expected, const Json& answer, ScenarioRow& row) {
  for (const Json::Member& one : expected.Members()) {
    const Json* clock = ClockOf(answer, one.name);
    const std::string text = Show(one.value);
    JD_TRY(const ledger::TimeMs wanted, ReadScenarioTime(text, 2026));
    const ledger::TimeMs due = clock == nullptr ? 0 : clock->IntegerOr("due");
    const bool day = text.size() == 5;
    const bool holds = clock != nullptr && due == (day ? wanted + kDayMs : wanted);
    const std::string got = clock == nullptr ? "no such clock"
                            : day            ? TimeText(due - 1).substr(5, 5)
                                             : TimeText(due).substr(5, 11);
    Note(row, one.name + " due", got, text, holds);
  }
  return {};
}

void CompareLate(const Json& expected, const Json& answer, ScenarioRow& row) {
  for (const Json::Member& one : expected.Members()) {
    const Json* clock = ClockOf(answer, one.name);
    const std::string got =
        clock == nullptr ? "no such clock" : std::to_string(clock->IntegerOr("late"));
    Note(row, one.name + " LATE", got, Show(one.value), got == Show(one.value));
  }
}

// running, satisfied or ended, by code.
void CompareClocks(const Json& expected, const Json& answer, ScenarioRow& row) {
  for (const Json::Member& one : expected.Members()) {
    const Json* clock = ClockOf(answer, one.name);
    const std::string got = clock == nullptr                     ? "none"
                            : clock->BoolOr("satisfied")         ? "satisfied"
                            : clock->Find("ended_at") != nullptr ? "ended"
                                                                 : "running";
    Note(row, one.name, got, Show(one.value), got == Show(one.value));
  }
}

void CompareDerived(const Json& expected, const Json& answer, ScenarioRow& row) {
  for (const Json& flag : expected.Items()) {
    const bool holds = std::ranges::any_of(answer.ItemsOf("derived"), [&](const Json& one) {
      return one.TextOr("flag") == flag.AsString();
    });
    Note(row, "derived", holds ? flag.AsString() : "not " + flag.AsString(), flag.AsString(),
         holds);
  }
}

}  // namespace

std::vector<const Json*> AtPointer(const Json& json, std::string_view pointer) {
  std::vector<const Json*> found{&json};
  while (!pointer.empty() && !found.empty()) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const std::string_view name = pointer.substr(0, end);
    pointer.remove_prefix(end);
    std::vector<const Json*> next;
    for (const Json* one : found) {
      if (!one->IsArray()) {
        if (const Json* member = one->Find(name)) next.push_back(member);
        continue;
      }
      std::size_t index = 0;
      const auto read = std::from_chars(name.data(), name.data() + name.size(), index);
      if (name == "*") {
        for (const Json& item : one->Items()) next.push_back(&item);
      } else if (read.ec == std::errc() && index < one->Items().size()) {
        next.push_back(&one->Items()[index]);
      }
    }
    found = std::move(next);
  }
  return found;
}

Result<void> Compare(const Json& step, const Json& answer, ScenarioRow& row) {
  const std::string says(step.TextOr("says"));
  const auto name = [&](const std::string& pointer) { return says.empty() ? pointer : says; };
  for (const Json::Member& one : step.Find("is") ? step.Find("is")->Members() : Json::Object()) {
    const auto found = AtPointer(answer, one.name);
    const bool holds = one.value.IsNull() ? found.empty() || found[0]->IsNull()
                                          : found.size() == 1 && *found[0] == one.value;
    Note(row, name(one.name), ShowAll(found), Show(one.value), holds);
  }
  for (const Json::Member& one : step.Find("has") ? step.Find("has")->Members() : Json::Object()) {
    const auto found = AtPointer(answer, one.name);
    const bool holds =
        std::ranges::any_of(found, [&](const Json* value) { return *value == one.value; });
    Note(row, name(one.name), holds ? Show(one.value) : ShowAll(found),
         Show(one.value) + " among them", holds);
  }
  for (const Json::Member& one :
       step.Find("finds") ? step.Find("finds")->Members() : Json::Object()) {
    CompareFinds(name(one.name), AtPointer(answer, one.name), one.value, row);
  }
  for (const Json::Member& one :
       step.Find("lacks") ? step.Find("lacks")->Members() : Json::Object()) {
    const auto found = AtPointer(answer, one.name);
    const bool holds =
        std::ranges::none_of(found, [&](const Json* value) { return *value == one.value; });
    Note(row, name(one.name), holds ? "without " + Show(one.value) : ShowAll(found),
         "no " + Show(one.value), holds);
  }
  for (const Json::Member& one :
       step.Find("count") ? step.Find("count")->Members() : Json::Object()) {
    const auto n = static_cast<std::int64_t>(AtPointer(answer, one.name).size());
    Note(row, name(one.name), std::to_string(n) + " of them", Show(one.value),
         Json(n) == one.value);
  }
  if (const Json* due = step.Find("due")) JD_CHECK(CompareDue(*due, answer, row));
  if (const Json* late = step.Find("late")) CompareLate(*late, answer, row);
  if (const Json* clocks = step.Find("clocks")) CompareClocks(*clocks, answer, row);
  if (const Json* derived = step.Find("derived")) CompareDerived(*derived, answer, row);
  return {};
}

std::string ScenarioRowText(const Output& out, const ScenarioRow& row) {
  std::string got;
  for (const std::string& one : row.got) got += (got.empty() ? "" : "; ") + one;
  std::string text = (row.Holds() ? out.Good("ok    ") : out.Bad("FAILED")) + "  " +
                     out.Bold(row.name) + "  " + Shorten(row.title, 62) + "\n";
  if (!row.title_zh.empty())
    text += "              " + out.Dim(Shorten(row.title_zh, kColumns - 14)) + "\n";
  text += Labelled("  expected", row.expected);
  text += Labelled("  got", row.steps == 0 ? "not played: an earlier step failed" : got);
  if (!row.clause.empty()) text += Labelled("  source", row.clause);
  for (const std::string& one : row.wrong) text += Labelled("  WRONG", one);
  return text;
}

Json ScenarioRowJson(const ScenarioRow& row) {
  Json got = Json::MakeArray();
  for (const std::string& one : row.got) got.Push(one);
  Json wrong = Json::MakeArray();
  for (const std::string& one : row.wrong) wrong.Push(one);
  return Json::MakeObject({{"row", row.name},
                           {"title", row.title},
                           {"expected", row.expected},
                           {"got", std::move(got)},
                           {"wrong", std::move(wrong)},
                           {"clause", row.clause},
                           {"ok", row.Holds()}});
}

}  // namespace jiandu::cli
