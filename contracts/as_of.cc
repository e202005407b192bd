// The body as a block at that height would see it.
#include "contracts/as_of.h"

#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/grant_terms.h"

namespace jiandu::contracts {

std::optional<ledger::EntityBody> BodyAsOf(const ledger::StateView& view, const AsOf& at,
                                           const ledger::EntityId& id) {
  const BlockContext context{.chain = {}, .height = at.height, .time = at.time, .log_size = 0};
  BlockState state(view, context);
  const ledger::EntityBody* found = state.Body(id);
  if (found == nullptr) return std::nullopt;
  // A change announced for a day that has come.
  if (found->kind == ledger::EntityKind::kGrant) {
    SettleTerms(state, id, at.time);
    found = state.Body(id);
  }
  ledger::EntityBody body = *found;
  const std::uint32_t status = EffectiveStatus(state, id, body, at.time);
  EndLapsedClocks(state, body, at.time);
  body.status = status;
  return body;
}

}  // namespace jiandu::contracts
