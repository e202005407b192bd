// Fills the form of an op with values that fit the state more often than not: the forms are data,
// so one function serves all ops; what is particular to an op stands in hints.h.
#pragma once

#include "tests/property/dice.h"
#include "tests/property/world.h"

namespace jiandu::contracts::property {

class Filler {
 public:
  Filler(World& world, Dice& dice) : world_(world), dice_(dice) {}

  // All members of the form; `draft.subject` is what the case member names.
  void Fill(Draft& draft);
  // One member anew, whatever it was.
  [[nodiscard]] Json Value(const ledger::Field& field, const Draft& draft);

  // The resource a draft is about: named, or that of its subject. Null: none.
  [[nodiscard]] const EntityBody* ResourceOf(const Draft& draft) const;
  [[nodiscard]] EntityId LinkOf(const EntityId& from, EntityKind kind) const;
  [[nodiscard]] std::vector<std::string> ItemsOf(const EntityBody* resource) const;
  [[nodiscard]] Json SomeItems(const EntityBody* resource);
  [[nodiscard]] std::string Hash() { return std::string(64, "0123456789abcdef"[dice_.Below(16)]); }
  [[nodiscard]] std::int64_t DateIn(std::int64_t days) const {
    return ledger::DateOf(world_.Time() + days * kDayMs);
  }
  [[nodiscard]] std::string Department() { return dice_.Of(world_.Departments()); }
  // Any of the kind, later ones likelier; zero: there is none.
  [[nodiscard]] EntityId Any(EntityKind kind);

 private:
  void FillForm(const ledger::Form& form, const Draft& draft, Json& into);
  [[nodiscard]] Json Single(const ledger::Field& field, const Draft& draft);
  [[nodiscard]] Json Entity(const ledger::Field& field, const Draft& draft);
  [[nodiscard]] Json Id(const ledger::Field& field, const Draft& draft);
  [[nodiscard]] Json Integer(const ledger::Field& field, const Draft& draft);
  [[nodiscard]] Json PartyOrAny(const ledger::Field& field, const Draft& draft);
  [[nodiscard]] Json Moment(const ledger::Field& field);
  [[nodiscard]] Json Day(const ledger::Field& field);

  World& world_;
  Dice& dice_;
};

}  // namespace jiandu::contracts::property
