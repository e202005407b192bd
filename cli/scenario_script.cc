// Reading a scenario: files of rows, and the names, templates and digests in their bodies.
#include <algorithm>
#include <charconv>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/demo_bodies.h"
#include "cli/files.h"
#include "cli/scenario.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kFilesMax = 64;
constexpr std::size_t kFileBytesMax = 4 * limits::kMiB;
constexpr std::size_t kRepeatMax = 4096;
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
    script.steps.push_back({.at = at, .row = script.rows.size(), .json = step});
  }
  script.rows.push_back(std::move(row));
  return {};
}

// What a reference within bodies stands for.
class Filler {
 public:
  Filler(const Json& templates, const ScenarioNames& names)
      : templates_(templates), names_(names) {}

  Result<Json> Fill(const Json& json) {
    if (json.IsText()) return FillText(json.AsString());
    if (json.IsArray()) return FillArray(json);
    if (!json.IsObject()) return json;
    if (json.Find("$use") != nullptr) return Use(json);
    if (json.Find("$repeat") != nullptr) return Repeat(json);
    if (json.Find("$tree") != nullptr) return Tree(json);
    if (json.Find("$commit") != nullptr) return Commit(json);
    if (json.Find("$height") != nullptr) return HeightAt(json);
    Json filled = Json::MakeObject();
    for (const Json::Member& member : json.Members()) {
      JD_TRY(Json value, Fill(member.value));
      filled.Set(member.name, std::move(value));
    }
    return filled;
  }

 private:
  Result<Json> FillArray(const Json& json) {
    Json filled = Json::MakeArray();
    for (const Json& item : json.Items()) {
      JD_TRY(Json value, Fill(item));
      filled.Push(std::move(value));
    }
    return filled;
  }
  Result<Json> FillText(const std::string& text) {
    const bool refers =
        text.size() > 1 && std::string_view("$@#~").contains(text.front()) && text[1] != '{';
    if (!refers) return FillHoles(text);
    // "#case ${i}", "~04-09 10:${i}": what is referred to is put together first.
    if (!text.contains("${")) return Reference(text);
    JD_TRY(const Json whole, FillHoles(text));
    return Reference(whole.AsString());
  }
  Result<Json> FillHoles(const std::string& text) {
    std::string filled;
    std::size_t from = 0;
    while (true) {
      const std::size_t begin = text.find("${", from);
      const std::size_t end = begin == std::string::npos ? begin : text.find('}', begin);
      if (end == std::string::npos) return Json(filled + text.substr(from));
      std::string name = text.substr(begin + 2, end - begin - 2);
      if (!std::string_view("@#~").contains(name.empty() ? ' ' : name.front())) {
        name.insert(0, "$");
      }
      JD_TRY(const Json value, Reference(name));
      filled += text.substr(from, begin - from);
      filled += value.IsText() ? value.AsString() : CanonicalJson(value);
      from = end + 1;
    }
  }
  Result<Json> Reference(const std::string& text) {
    const std::string_view name = std::string_view(text).substr(1);
    switch (text.front()) {
      case '#': return Json(demo::DigestOf(name));
      case '~': {
        JD_TRY(const ledger::TimeMs time, ReadScenarioTime(name, names_.year));
        return Json(time);
      }
      case '@': return Member(name);
      default: return Saved(name);
    }
  }
  Result<Json> Member(std::string_view name) {
    if (const auto found = names_.departments.find(name); found != names_.departments.end()) {
      return Json(found->second);
    }
    const auto found = names_.identities.find(name);
    if (found != names_.identities.end()) return Json(found->second);
    return Fail(Errc::kInvalid, "@" + std::string(name) + ": neither department nor identity");
  }
  Result<Json> Saved(std::string_view text) {
    if (text == "i") return Json(index_);
    const std::size_t dot = text.rfind('.');
    const std::string_view name = text.substr(0, dot);
    const std::string_view part = dot == std::string_view::npos ? "" : text.substr(dot + 1);
    if (const auto seen = names_.seen.find(text); seen != names_.seen.end()) return seen->second;
    const auto found = names_.acts.find(name);
    if (found == names_.acts.end()) {
      return Fail(Errc::kInvalid, "$" + std::string(text) + ": nothing was saved under this name");
    }
    const Outcome& act = found->second;
    if (part == "txid") return Json(act.txid);
    if (part == "digest") return Json(act.digest);
    if (part == "height") return Json(act.height);
    for (const Json& born : act.reply.ItemsOf("born")) {
      if (part.empty() || born.TextOr("kind") == part) return Json(born.TextOr("id"));
    }
    return Fail(Errc::kInvalid, "$" + std::string(text) + ": that act brought forth no such thing");
  }
  Result<Json> Use(const Json& json) {
    const std::string name(json.TextOr("$use"));
    const Json* base = templates_.Find(name);
    if (base == nullptr || !base->IsObject() || ++depth_ > 8) {
      return Fail(Errc::kInvalid, "no template " + name);
    }
    Json merged = *base;
    for (const Json::Member& member : json.Members()) {
      if (member.name == "$use") continue;
      if (member.value.IsNull()) {
        merged.Remove(member.name);
      } else {
        merged.Set(member.name, member.value);
      }
    }
    auto filled = Fill(merged);
    --depth_;
    return filled;
  }
  Result<Json> Repeat(const Json& json) {
    const std::int64_t n = json.IntegerOr("$repeat");
    const Json* item = json.Find("item");
    if (n < 0 || n > static_cast<std::int64_t>(kRepeatMax) || item == nullptr) {
      return Fail(Errc::kInvalid, "$repeat: a number up to 4096, and an item");
    }
    const std::int64_t from = json.IntegerOr("from");
    Json filled = Json::MakeArray();
    for (index_ = from; index_ < from + n; ++index_) {
      JD_TRY(Json value, Fill(*item));
      filled.Push(std::move(value));
    }
    return filled;
  }
  Result<Json> Tree(const Json& json) {
    const std::int64_t size = json.IntegerOr("size");
    const std::int64_t index = json.IntegerOr("index");
    if (size < 1 || size > static_cast<std::int64_t>(kRepeatMax) || index < 0 || index >= size) {
      return Fail(Errc::kInvalid, "$tree: a size up to 4096 and an index below it");
    }
    // One leaf may be a record, as contracts hash it: its canonical JSON.
    std::string shown;
    if (const Json* record = json.Find("record"); record != nullptr) {
      JD_TRY(const Json filled, Fill(*record));
      shown = CanonicalJson(filled);
    }
    std::vector<Hash256> leaves;
    for (std::int64_t i = 0; i < size; ++i) {
      const std::string leaf = i == index && !shown.empty()
                                   ? shown
                                   : std::string(json.TextOr("label")) + " " + std::to_string(i);
      leaves.push_back(crypto::MerkleLeafHash(AsBytes(leaf)));
    }
    const std::string_view part = json.TextOr("$tree");
    const auto n = static_cast<std::uint64_t>(index);
    if (part == "root") return Json(HexEncode(crypto::MerkleRoot(leaves).View()));
    if (part == "leaf") return Json(HexEncode(leaves[n].View()));
    Json path = Json::MakeArray();
    for (const Hash256& hash : crypto::MerkleInclusionProof(leaves, n)) {
      path.Push(HexEncode(hash.View()));
    }
    return path;
  }
  Result<Json> Commit(const Json& json) {
    Bytes bytes = ToBytes(AsBytes(crypto::kTagCommit));
    for (const Json& part : json.ItemsOf("$commit")) {
      JD_TRY(const Json filled, Fill(part));
      if (!filled.IsText()) return Fail(Errc::kInvalid, "$commit: texts only");
      const std::string& text = filled.AsString();
      const auto hex = HexDecode(text);
      Append(bytes, hex && text.size() == 64 ? ByteView(*hex) : AsBytes(text));
    }
    return Json(HexEncode(crypto::Sha256(bytes).View()));
  }

  Result<Json> HeightAt(const Json& json) {
    JD_TRY(const ledger::TimeMs time, ReadScenarioTime(json.TextOr("$height"), names_.year));
    if (!names_.height_at) return Fail(Errc::kInvalid, "$height: only while a network runs");
    return Json(names_.height_at(time));
  }

  const Json& templates_;
  const ScenarioNames& names_;
  std::int64_t index_ = 0;
  int depth_ = 0;
};

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
  std::ranges::stable_sort(script.steps, {}, &ScenarioStep::at);
  return script;
}

Result<Json> FillIn(const Json& json, const Json& templates, const ScenarioNames& names) {
  return Filler(templates, names).Fill(json);
}

}  // namespace jiandu::cli
