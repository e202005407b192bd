// Who may lift what was suspended (docs/contracts.md 4.3, 4.8, 4.15): whoever suspended it, the
// department that has its place in the case since, or the manager.
//
// A suspended body names the suspender in its text "suspended_by", which no reorganisation changes;
// parties pass on (contracts/succession.h). Pure.
#pragma once

#include "contracts/succession.h"

namespace jiandu::contracts {

[[nodiscard]] inline bool MayLift(const ledger::EntityBody& body, std::string_view who) {
  const std::string_view suspender = body.Text("suspended_by");
  if (who == body.Party("manager")) return true;
  if (suspender.empty()) return false;  // nobody did
  if (who == suspender) return true;
  for (const std::string_view party : {"provider", "opener", "issuer"}) {
    if (body.Party(FormerParty(party)) == suspender && body.Party(party) == who) return true;
  }
  return false;
}

}  // namespace jiandu::contracts
