// What a random body needs beyond its form to be worth judging: members that must fit each other or
// the state. Each hint leaves a chance to be wrong.
#pragma once

#include <functional>

#include "tests/property/fill.h"

namespace jiandu::contracts::property {

// What hints work with.
struct Kit {
  World& world;
  Dice& dice;
  Filler& filler;
  bool busy = false;  // many accesses of few grants, around their caps
  int serial = 0;     // of ids made up: accesses, batches, catalogue codes

  [[nodiscard]] std::string NextId(std::string_view prefix) {
    return std::string(prefix) + std::to_string(++serial);
  }
  [[nodiscard]] const EntityBody* Named(const Draft& draft, std::string_view member) const {
    const auto id = ledger::ParseEntityId(draft.body.TextOr(member));
    return id ? world.Body(*id) : nullptr;
  }
  // Somebody of the department with one of the duties (0: a system), in force if there is one;
  // empty: nobody.
  [[nodiscard]] std::string Officer(std::string_view department, std::uint32_t duties);
};

using Hint = void (*)(Kit&, Draft&);
// Null: the form alone is enough.
[[nodiscard]] Hint HintFor(std::string_view op);

// By area; null when the op is of another one.
[[nodiscard]] Hint CatalogueHint(std::string_view op);
[[nodiscard]] Hint RequestHint(std::string_view op);
[[nodiscard]] Hint GrantHint(std::string_view op);
[[nodiscard]] Hint AccessHint(std::string_view op);
[[nodiscard]] Hint NetworkHint(std::string_view op);
[[nodiscard]] Hint SupervisionHint(std::string_view op);

[[nodiscard]] inline Json Departments(std::initializer_list<std::string_view> codes) {
  Json list = Json::MakeArray();
  for (const std::string_view code : codes) {
    if (!code.empty()) list.Push(code);
  }
  return list;
}
template <std::size_t n>
[[nodiscard]] Hint FindHint(const std::pair<std::string_view, Hint> (&table)[n],
                            std::string_view op) {
  for (const auto& [name, hint] : table) {
    if (name == op) return hint;
  }
  return nullptr;
}

}  // namespace jiandu::contracts::property
