// Arithmetic of terms.
#include "contracts/terms.h"

#include <algorithm>
#include <array>

namespace jiandu::contracts {
namespace {

// Bounds: lower is tighter.
constexpr std::array<std::string_view, 7> kBounds = {
    "valid_to",          "daily_cap",     "rate_per_min",   "uses_max",
    "rows_per_call_max", "bytes_per_day", "retention_until"};
constexpr std::array<std::string_view, 2> kLists = {"items", "derive_allowed"};
constexpr std::array<std::string_view, 5> kReplaced = {"mask", "mode", "daily_window",
                                                       "disposal_method", "condition_codes"};

Json Intersection(const Json& terms, const Json& offered, std::string_view name) {
  Json list = Json::MakeArray();
  for (const Json& item : terms.ItemsOf(name)) {
    if (ListHas(offered, name, item.AsString())) list.Push(item);
  }
  return list;
}

}  // namespace

bool ListHas(const Json& object, std::string_view name, std::string_view text) {
  const auto items = object.ItemsOf(name);
  return std::ranges::any_of(items, [text](const Json& item) { return item.AsString() == text; });
}

bool IsSubset(const Json& some, const Json& all, std::string_view name) {
  const auto items = some.ItemsOf(name);
  return std::ranges::all_of(items,
                             [&](const Json& item) { return ListHas(all, name, item.AsString()); });
}

Json RequestedTerms(const Json& request, const Profile& profile) {
  Json items = Json::MakeArray();
  for (const Json& item : request.ItemsOf("items")) items.Push(item.TextOr("item_id"));
  Json terms = Json::MakeObject({{"items", std::move(items)},
                                 {"mode", request.TextOr("delivery_mode")},
                                 {"valid_from", request.IntegerOr("valid_from")},
                                 {"valid_to", request.IntegerOr("valid_to")}});
  Json derive = Json::MakeArray();
  for (const Json& kind : request.ItemsOf("derive_kinds")) derive.Push(kind);
  terms.Set("derive_allowed", std::move(derive));
  // Without a cap of its own the declared average times the profile's factor is the cap.
  const std::int64_t average = request.IntegerOr("daily_avg_declared");
  const std::int64_t cap = request.IntegerOr("daily_cap", average * profile.daily_cap_multiplier);
  if (cap > 0) terms.Set("daily_cap", cap);
  if (const Json* window = request.Find("daily_window")) terms.Set("daily_window", *window);
  return terms;
}

Json Tighten(const Json& terms, const Json& offered) {
  Json tight = terms;
  for (const std::string_view name : kLists) {
    if (offered.Find(name) != nullptr) tight.Set(name, Intersection(terms, offered, name));
  }
  for (const std::string_view name : kBounds) {
    const Json* value = offered.Find(name);
    if (value == nullptr) continue;
    const Json* before = terms.Find(name);
    if (before == nullptr || value->AsInteger() < before->AsInteger()) tight.Set(name, *value);
  }
  if (offered.IntegerOr("valid_from") > terms.IntegerOr("valid_from")) {
    tight.Set("valid_from", offered.IntegerOr("valid_from"));
  }
  for (const std::string_view name : kReplaced) {
    if (const Json* value = offered.Find(name)) tight.Set(name, *value);
  }
  return tight;
}

bool Exceeds(const Json& wanted, const Json& decided) {
  for (const std::string_view name : kLists) {
    if (!IsSubset(wanted, decided, name)) return true;
  }
  for (const std::string_view name : kBounds) {
    const Json* value = wanted.Find(name);
    const Json* bound = decided.Find(name);
    if (value != nullptr && bound != nullptr && value->AsInteger() > bound->AsInteger()) {
      return true;
    }
  }
  if (wanted.Find("valid_from") != nullptr &&
      wanted.IntegerOr("valid_from") < decided.IntegerOr("valid_from")) {
    return true;
  }
  const Json* window = wanted.Find("daily_window");
  const Json* decided_window = decided.Find("daily_window");
  return window != nullptr && decided_window != nullptr && !(*window == *decided_window);
}

}  // namespace jiandu::contracts
