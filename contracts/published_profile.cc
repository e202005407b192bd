// Checking and writing a version.
#include "contracts/published_profile.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "ledger/model/genesis.h"

namespace jiandu::contracts {
namespace {

bool IsSetting(const Json& entry) {
  const auto known = ledger::ProfileSettings();
  const auto found = std::ranges::find(known, entry.TextOr("name"), &ledger::ProfileSetting::name);
  const std::int64_t value = entry.IntegerOr("value");
  return found != known.end() && value >= found->low && value <= found->high;
}

// "D08", or "D08/short" where the deadline has a second number. What is set in the case itself has
// none.
bool IsDeadline(const Json& entry) {
  constexpr std::string_view kShort = "/short";
  std::string_view code = entry.TextOr("code");
  const bool is_short = code.ends_with(kShort);
  if (is_short) code.remove_suffix(kShort.size());
  const DeadlineRule* rule = FindDeadline(code);
  return rule != nullptr && (is_short ? rule->n_short : rule->n) > 0;
}

template <typename Known>
bool AreKnown(std::span<const Json> entries, std::string_view name, const Known& known) {
  std::set<std::string_view> seen;
  return std::ranges::all_of(entries, [&](const Json& entry) {
    return known(entry) && seen.insert(entry.TextOr(name)).second;
  });
}

bool AreCodes(std::span<const Json> codes) {
  std::set<std::string_view> seen;
  return std::ranges::all_of(codes, [&seen](const Json& code) {
    return ledger::IsDepartmentCode(code.AsString()) && seen.insert(code.AsString()).second;
  });
}

Json ToObject(std::span<const Json> entries, std::string_view name, std::string_view value) {
  Json object = Json::MakeObject();
  for (const Json& entry : entries) object.Set(entry.TextOr(name), entry.IntegerOr(value));
  return object;
}

Json ReadVersions(const BlockState& state) {
  const auto bytes = state.Get(ledger::ConfigKey("profile"));
  auto parsed =
      bytes ? ParseJson(AsText(*bytes), limits::kGenesisBytesMax) : Result<Json>(Json::MakeArray());
  return parsed && parsed->IsArray() ? std::move(*parsed) : Json::MakeArray();
}

}  // namespace

bool IsProfileVersion(const Json& form) {
  return AreKnown(form.ItemsOf("settings"), "name", IsSetting) &&
         AreKnown(form.ItemsOf("deadlines"), "code", IsDeadline) &&
         AreCodes(form.ItemsOf("may_seal"));
}

void PutProfileVersion(BlockState& state, const Json& form) {
  const std::string prefix = std::string(form.TextOr("profile")) + "@";
  const Json before = ReadVersions(state);
  std::int64_t number = 1;
  for (const Json& version : before.Items()) {
    if (version.TextOr("id").starts_with(prefix)) ++number;
  }
  const std::string id = prefix + std::to_string(number);
  const std::int64_t from = form.IntegerOr("effective");
  const Json entry = Json::MakeObject({{"from", from}, {"id", id}});
  // Ascending by height; of two for one height the later decision counts.
  Json versions = Json::MakeArray();
  bool placed = false;
  for (const Json& version : before.Items()) {
    if (!placed && version.IntegerOr("from") > from) {
      versions.Push(entry);
      placed = true;
    }
    versions.Push(version);
  }
  if (!placed) versions.Push(entry);
  state.Put(ledger::ConfigKey("profile"), ToBytes(CanonicalJson(versions)));
  Json stored =
      Json::MakeObject({{"deadlines", ToObject(form.ItemsOf("deadlines"), "code", "n")},
                        {"settings", ToObject(form.ItemsOf("settings"), "name", "value")}});
  if (const Json* sealing = form.Find("may_seal")) stored.Set("may_seal", *sealing);
  state.Put(ledger::ConfigKey("profile/" + id), ToBytes(CanonicalJson(stored)));
}

}  // namespace jiandu::contracts
