// A second model of the flags that follow from the log without standing in it: what a compromised
// key signed, and accesses that were to be denied (docs/contracts.md 4.21; 809 Art. 27, 35).
//
// Owned by the invariants of one walk.
#pragma once

#include "contracts/event_flags.h"
#include "tests/property/effect.h"

namespace jiandu::contracts::property {

class Events {
 public:
  using Failures = std::vector<std::string>;

  // The effects of a block, in order, after it was applied.
  void Take(const World& world, const std::vector<Effect>& effects);
  // Every transaction of the walk has the flags that the log gives it, and no other.
  void Check(const World& world, Failures& failures) const;

 private:
  // From when until when; 0: it has not ended.
  struct Span {
    std::int64_t from = 0;
    std::int64_t until = 0;
    [[nodiscard]] bool Holds(std::int64_t time) const {
      return time >= from && (until == 0 || time < until);
    }
  };
  using Wanted = std::map<std::string, std::int64_t>;  // flag and whom it is about, and its value

  void TakeRevocation(const World& world, const Effect& effect);
  void TakeStops(const World& world, const Effect& effect);
  void TakeCore(const World& world);
  [[nodiscard]] Wanted WantedOf(const World& world, const ledger::Stub& stub,
                                const ledger::Payload& payload) const;
  [[nodiscard]] std::int64_t LetIn(std::string_view consumer, const EntityId& resource,
                                   const Json& body) const;
  [[nodiscard]] bool Denies(std::string_view consumer, const EntityId& resource,
                            std::int64_t time) const;

  std::map<ledger::KeyId, std::int64_t> compromised_;  // since
  std::map<DepartmentId, std::vector<Span>, std::less<>> rights_off_;
  std::map<EntityId, std::vector<Span>> core_;
  std::map<EntityId, std::vector<Span>> incidents_;
  bool reorganised_ = false;  // then consumers are others than those the log names
};

}  // namespace jiandu::contracts::property
