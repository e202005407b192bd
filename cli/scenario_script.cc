// Reading a scenario: files of rows, their steps with chains laid out, their templates.
#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "cli/files.h"
#include "cli/scenario.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kFilesMax = 64;
constexpr std::size_t kFileBytesMax = 4 * limits::kMiB;
constexpr std::size_t kTemplatesDeepMax = 8;
constexpr std::size_t kStepsMax = 100'000;
constexpr std::int64_t kMinuteMs = 60'000;

std::optional<std::int64_t> ReadNumber(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// A step of a chain with "%name" and "%{name}" filled in from `with`.
Json Bind(const Json& json, const Json& with) {
  if (json.IsArray()) {
    Json bound = Json::MakeArray();
    for (const Json& item : json.Items()) bound.Push(Bind(item, with));
    return bound;
  }
  if (json.IsObject()) {
    Json bound = Json::MakeObject();
    for (const Json::Member& member : json.Members()) {
      bound.Set(member.name, Bind(member.value, with));
    }
    return bound;
  }
  if (!json.IsText() || !json.AsString().contains('%')) return json;
  std::string text = json.AsString();
  for (const Json::Member& one : with.Members()) {
    if (text == "%" + one.name) return one.value;
    if (!one.value.IsText()) continue;
    const std::string hole = "%{" + one.name + "}";
    for (std::size_t at = text.find(hole); at != std::string::npos; at = text.find(hole, at)) {
      text.replace(at, hole.size(), one.value.AsString());
      at += one.value.AsString().size();
    }
  }
  return text;
}

// A row's steps, chains laid out.
Result<std::vector<Json>> StepsOf(const Json& row, const Json& chains) {
  std::vector<Json> steps;
  for (const Json& step : row.ItemsOf("steps")) {
    const auto name = step.TextOr("play");
    if (name.empty()) {
      steps.push_back(step);
      continue;
    }
    const Json* chain = chains.Find(name);
    const Json* with = step.Find("with");
    if (chain == nullptr || !chain->IsArray() || with == nullptr || !with->IsObject()) {
      return Fail(Errc::kInvalid, "play " + std::string(name) + ": no such chain, or no \"with\"");
    }
    bool first = true;
    for (const Json& one : chain->Items()) {
      Json bound = Bind(one, *with);
      if (first && step.Find("at") != nullptr) bound.Set("at", step.TextOr("at"));
      first = false;
      steps.push_back(std::move(bound));
    }
  }
  return steps;
}

// Members whose form the players rely on: "" when they have it, else the one that has not.
std::string WrongMember(const Json& step) {
  for (const char* name :
       {"is", "has", "finds", "lacks", "count", "due", "late", "clocks", "body"}) {
    const Json* value = step.Find(name);
    if (value != nullptr && !value->IsObject()) return std::string(name) + " is no object";
  }
  for (const char* name : {"flags", "derived", "by"}) {
    const Json* value = step.Find(name);
    if (value == nullptr) continue;
    if (!value->IsArray() || !std::ranges::all_of(value->Items(), &Json::IsText)) {
      return std::string(name) + " is no array of texts";
    }
  }
  return "";
}

Result<void> AddRow(const Json& json, const std::string& file, const Json& chains,
                    ScenarioScript& script) {
  ScenarioRow row;
  row.name = json.TextOr("row");
  const std::string where = file + ", row " + (row.name.empty() ? "without a name" : row.name);
  row.title = json.TextOr("title");
  row.title_zh = json.TextOr("title_zh");
  row.expected = json.TextOr("expected");
  row.clause = json.TextOr("clause");
  if (row.name.empty() || row.title.empty() || row.expected.empty()) {
    return Fail(Errc::kInvalid, where + ": row, title and expected are needed");
  }
  const auto twin = std::ranges::find(script.rows, row.name, &ScenarioRow::name);
  if (twin != script.rows.end()) return Fail(Errc::kInvalid, where + ": stands there twice");
  ledger::TimeMs at = 0;
  std::size_t number = 0;
  const auto steps = StepsOf(json, chains);
  if (!steps) return Fail(Errc::kInvalid, where + ": " + steps.error().detail);
  for (const Json& step : *steps) {
    ++number;
    // A step without a time of its own follows the one before it.
    if (const auto text = step.TextOr("at"); !text.empty()) {
      auto time = ReadScenarioTime(text, 2026);
      if (!time) return Fail(Errc::kInvalid, where + ": " + time.error().detail);
      at = *time;
    }
    const bool act = step.Find("op") != nullptr;
    if (at == 0 || act == (step.Find("see") != nullptr)) {
      return Fail(Errc::kInvalid, where + ", step " + std::to_string(number) +
                                      ": needs a time, and either an op or what to see");
    }
    if (const std::string wrong = WrongMember(step); !wrong.empty()) {
      return Fail(Errc::kInvalid, where + ", step " + std::to_string(number) + ": " + wrong);
    }
    if (script.steps.size() == kStepsMax) {
      return Fail(Errc::kTooLarge,
                  where + ": more than " + std::to_string(kStepsMax) + " steps in all");
    }
    script.steps.push_back({.at = at, .row = script.rows.size(), .json = step});
  }
  script.rows.push_back(std::move(row));
  return {};
}

// Names of templates in a body, at any depth: the document's own, which is bounded.
void AddUses(const Json& json, std::vector<std::string>& names) {
  if (json.IsArray()) {
    for (const Json& item : json.Items()) AddUses(item, names);
  }
  if (!json.IsObject()) return;
  if (json.Find("$use") != nullptr) names.emplace_back(json.TextOr("$use"));
  for (const Json::Member& member : json.Members()) AddUses(member.value, names);
}

// How deep templates lie within one another from `json` on: each exists, and none leads back to
// itself. `within` are those on the way here; what is known is not walked again.
Result<std::size_t> DepthOf(const Json& json, const Json& templates,
                            std::vector<std::string>& within,
                            std::map<std::string, std::size_t>& known) {
  std::vector<std::string> names;
  AddUses(json, names);
  std::size_t deepest = 0;
  for (const std::string& name : names) {
    const Json* one = templates.Find(name);
    if (one == nullptr || !one->IsObject()) return Fail(Errc::kInvalid, "no template " + name);
    std::string path;
    for (const std::string& outer : within) path += outer + " > ";
    if (std::ranges::find(within, name) != within.end()) {
      return Fail(Errc::kInvalid, "template " + name + " uses itself: " + path + name);
    }
    if (!known.contains(name)) {
      within.push_back(name);
      // A way this long has been refused below, or will be above.
      JD_TRY(const std::size_t below, within.size() > kTemplatesDeepMax
                                          ? Result<std::size_t>(kTemplatesDeepMax)
                                          : DepthOf(*one, templates, within, known));
      within.pop_back();
      known[name] = below + 1;
    }
    deepest = std::max(deepest, known[name]);
    if (deepest > kTemplatesDeepMax) {
      return Fail(Errc::kInvalid, "templates within templates, more than " +
                                      std::to_string(kTemplatesDeepMax) + ": " + path + name);
    }
  }
  return deepest;
}

// Said before a node is started, by the row it is in.
Result<void> CheckTemplates(const ScenarioScript& script) {
  std::map<std::string, std::size_t> known;
  for (const Json::Member& one : script.templates.Members()) {
    std::vector<std::string> within = {one.name};
    const auto depth = DepthOf(one.value, script.templates, within, known);
    if (!depth) return FailWith(depth.error(), "template " + one.name);
  }
  for (const ScenarioStep& step : script.steps) {
    std::vector<std::string> within;
    const auto depth = DepthOf(step.json, script.templates, within, known);
    if (!depth) return FailWith(depth.error(), "row " + script.rows[step.row].name);
  }
  return {};
}

}  // namespace

Result<ledger::TimeMs> ReadScenarioTime(std::string_view text, std::int32_t year) {
  const bool shape = (text.size() == 5 || text.size() == 11) && text[2] == '-' &&
                     (text.size() == 5 || (text[5] == ' ' && text[8] == ':'));
  const auto month = shape ? ReadNumber(text.substr(0, 2)) : std::nullopt;
  const auto day = shape ? ReadNumber(text.substr(3, 2)) : std::nullopt;
  const bool with_hour = text.size() == 11;
  const auto hour = shape ? ReadNumber(with_hour ? text.substr(6, 2) : "0") : std::nullopt;
  const auto minute = shape ? ReadNumber(with_hour ? text.substr(9, 2) : "0") : std::nullopt;
  const std::int64_t date = year * 10000 + month.value_or(0) * 100 + day.value_or(0);
  if (!month || !day || !hour || !minute || !ledger::IsDate(date) || *hour > 23 || *minute > 59) {
    return Fail(Errc::kInvalid, std::string(text) + ": a time is MM-DD or MM-DD HH:MM");
  }
  return ledger::StartOfDate(static_cast<std::int32_t>(date)) + (*hour * 60 + *minute) * kMinuteMs;
}

Result<ScenarioScript> ReadScenario(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "scenario", error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (error || files.empty() || files.size() > kFilesMax) {
    return Fail(Errc::kNotFound, (folder / "scenario").string() + " holds no rows");
  }
  std::ranges::sort(files);
  ScenarioScript script;
  Json chains = Json::MakeObject();
  for (const auto& file : files) {
    JD_TRY(const std::string text, ReadFile(file, kFileBytesMax));
    auto json = ParseJson(text, kFileBytesMax);
    const std::string name = file.filename().string();
    if (!json) return Fail(Errc::kInvalid, name + ": " + json.error().detail);
    if (const Json* templates = json->Find("templates"); templates && templates->IsObject()) {
      for (const Json::Member& one : templates->Members()) {
        script.templates.Set(one.name, one.value);
      }
    }
    if (const Json* more = json->Find("chains"); more != nullptr && more->IsObject()) {
      for (const Json::Member& one : more->Members()) chains.Set(one.name, one.value);
    }
    for (const Json& row : json->ItemsOf("rows")) JD_CHECK(AddRow(row, name, chains, script));
  }
  JD_CHECK(CheckTemplates(script));
  std::ranges::stable_sort(script.steps, {}, &ScenarioStep::at);
  return script;
}

}  // namespace jiandu::cli
