// The end of an emergency's grants.
#include "contracts/emergency.h"

#include <algorithm>

namespace jiandu::contracts {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::TimeMs;

bool TakeEndOfEmergency(BlockState& state, EntityBody& grant) {
  if (grant.kind != ledger::EntityKind::kGrant) return false;
  const EntityId* link = grant.Link("emergency");
  const EntityBody* emergency = link != nullptr ? state.Body(*link) : nullptr;
  if (emergency == nullptr) return false;
  const TimeMs stored = grant.Number("valid_to");
  const TimeMs end =
      std::min(emergency->Number("end"), grant.Number(kOwnEnd, std::numeric_limits<TimeMs>::max()));
  if (end == stored) return false;
  grant.numbers["valid_to"] = end;
  for (ledger::Clock& clock : grant.clocks) {
    const bool since_end = clock.code == "D14" && clock.Runs() && clock.start == stored - 1;
    if (since_end) clock.start = end - 1;
  }
  return true;
}

}  // namespace jiandu::contracts
