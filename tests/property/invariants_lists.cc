// Every department that is a party of a case finds it in its lists, from wherever in the life of
// the case it came (docs/contracts.md 4.17).
#include "tests/property/invariants.h"

namespace jiandu::contracts::property {

void OwnLists::Take(const BlockOutcome& outcome) {
  for (const auto* listings : {&outcome.births, &outcome.joined}) {
    for (const BlockOutcome::Listing& listing : *listings) {
      for (const DepartmentId& department : listing.departments) {
        listed_[listing.id].insert(department);
      }
    }
  }
}

void OwnLists::Check(const World& world, std::vector<std::string>& failures) const {
  for (const auto& [id, body] : world.Bodies()) {
    const auto listed = listed_.find(id);
    const std::string who =
        std::string(ledger::KindName(body.kind)) + " " + ledger::ToHex(id).substr(0, 10);
    if (body.born_height == 0) continue;  // of genesis
    if (listed == listed_.end()) {
      failures.push_back(who + ": in no list");
      continue;
    }
    std::set<DepartmentId> parties = {body.department};
    for (const auto& [name, department] : body.parties) parties.insert(department);
    for (const DepartmentId& department : parties) {
      if (!listed->second.contains(department)) {
        failures.push_back(who + ": not in the list of its party " + department);
      }
    }
  }
}

}  // namespace jiandu::contracts::property
