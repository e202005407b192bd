// The scope of an engagement: departments and resources.
#include "contracts/engagement.h"

#include <algorithm>

#include "contracts/engine.h"
#include "contracts/terms.h"

namespace jiandu::contracts {

using ledger::EntityBody;
using ledger::EntityId;

const EntityBody* OpenEngagement(Case& judged) {
  const EntityId id = judged.Named("engagement");
  const EntityBody* body = id.IsZero() ? nullptr : judged.state.Body(id);
  if (body == nullptr || body->kind != ledger::EntityKind::kEngagement ||
      body->Party("owner") != judged.payload.department) {
    return nullptr;
  }
  const std::uint32_t status = EffectiveStatus(judged.state, id, *body, judged.Time());
  return status == To(ledger::EngagementStatus::kOpen) ? body : nullptr;
}

bool CoversResource(Case& judged, const Json& scope, const EntityId& id) {
  if (ListHas(scope, "resources", ledger::ToHex(id))) return true;
  const EntityBody* resource = judged.state.Body(id);
  return resource != nullptr && ListHas(scope, "departments", resource->Party("provider"));
}

bool CoversEntity(Case& judged, const Json& scope, const EntityId& id) {
  if (CoversResource(judged, scope, id)) return true;
  const EntityBody* body = judged.state.Body(id);
  if (body == nullptr) return false;
  const EntityId* resource = body->Link("resource");
  if (resource != nullptr && CoversResource(judged, scope, *resource)) return true;
  return ListHas(scope, "departments", body->department) ||
         std::ranges::any_of(body->parties, [&scope](const auto& party) {
           return ListHas(scope, "departments", party.second);
         });
}

}  // namespace jiandu::contracts
