// The end of an emergency and of its grants.
#include "contracts/emergency.h"

#include "contracts/clock.h"

namespace jiandu::contracts {

using ledger::EntityBody;
using ledger::EntityId;

ledger::TimeMs EndOfEmergency(BlockState& state, const EntityId& emergency) {
  const EntityBody* body = state.Body(emergency);
  return body != nullptr ? body->Number("end") : 0;
}

ledger::TimeMs ValidToOf(BlockState& state, const EntityBody& grant) {
  const EntityId* emergency = grant.Link("emergency");
  return emergency != nullptr ? EndOfEmergency(state, *emergency) : grant.Number("valid_to");
}

void AlignDisposal(Case& judged, const EntityId& grant) {
  const EntityBody* body = judged.state.Body(grant);
  if (body == nullptr || body->Link("emergency") == nullptr) return;
  // Terminated, relinquished: D14 has run since then.
  if (body->status > To(ledger::GrantStatus::kSuspended)) return;
  const ledger::TimeMs end = ValidToOf(judged.state, *body);
  const std::string consumer(body->Party("consumer"));
  StartClock(judged.state, judged.state.Edit(grant), "D14", consumer, end - 1);
}

}  // namespace jiandu::contracts
