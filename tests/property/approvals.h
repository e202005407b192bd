// A second model of who may have what: kept from the log of accepted acts alone, by the chains of
// docs/contracts.md 4.2 and the rules of 4.6 to 4.8, without asking the contracts.
#pragma once

#include "tests/property/effect.h"

namespace jiandu::contracts::property {

class Approvals {
 public:
  void Take(World& world, const Effect& effect, std::vector<std::string>& failures);

 private:
  // A request on its way through its chain.
  struct Case {
    std::string chain;  // "PM", "P", "M"
    bool unconditional = false;
    std::size_t step = 0;
    bool offered = false;
    bool approved = false;
    bool ended = false;
    bool used = false;
    std::vector<ledger::KeyId> keys;  // that signed its steps
  };
  using Failures = std::vector<std::string>;

  void Born(World& world, const Effect& effect);
  void Step(World& world, const Effect& effect, Case& one, const EntityBody& body,
            Failures& failures);
  void Answered(Case& one);
  void Granted(World& world, const Effect& effect, Case& one, const EntityBody& body,
               Failures& failures);
  void Agreed(World& world, const Effect& effect, Failures& failures);
  void Rights(World& world, const Effect& effect, Failures& failures);
  // Steps that a compromised key signed are void or wait (4.1 DP6): another matter.
  [[nodiscard]] static bool IsTainted(const World& world, const Case& one);
  [[nodiscard]] static std::set<DepartmentId> Signatories(const World& world, const Effect& effect);

  std::map<EntityId, Case> cases_;
  std::map<EntityId, std::set<DepartmentId>> agreed_;  // consultations, by whom
  std::map<DepartmentId, ledger::Height> suspended_;   // consumer rights off since
  bool reorganised_ = false;
};

}  // namespace jiandu::contracts::property
