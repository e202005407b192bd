// Reading a delegation from the delegate's identity.
#include "contracts/delegation.h"

#include <algorithm>

#include "base/limits.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::IdentityStatus;

// {"by","from","ops","until"}; no object when there is none.
Json DelegationOf(BlockState& state, const ledger::EntityId& identity) {
  const EntityBody* body = state.Body(identity);
  if (body == nullptr || body->Text("delegation").empty()) return {};
  auto parsed = ParseJson(body->Text("delegation"), limits::kTxBytesMax);
  return parsed ? std::move(*parsed) : Json();
}

// It ends with the delegator's own key or duty; zero then.
ledger::EntityId StandingDelegator(BlockState& state, const Json& delegation, std::uint32_t duty) {
  const auto by = ledger::ParseEntityId(delegation.TextOr("by"));
  const EntityBody* delegator = by ? state.Body(*by) : nullptr;
  const bool stands = delegator != nullptr && delegator->status == To(IdentityStatus::kActive) &&
                      (delegator->Number("duties") & static_cast<std::int64_t>(duty)) != 0;
  return stands ? *by : ledger::EntityId();
}

}  // namespace

ledger::EntityId LiveDelegator(BlockState& state, const ledger::EntityId& deputy) {
  const Json delegation = DelegationOf(state, deputy);
  if (!delegation.IsObject() || state.Context().time >= delegation.IntegerOr("until")) return {};
  return StandingDelegator(state, delegation, ledger::duty::kHead | ledger::duty::kLeader);
}

bool IsDeputy(Case& judged, const ledger::KeyRecord& record) {
  return record.department == judged.payload.department &&
         DelegationOf(judged.state, record.identity).IsObject();
}

bool SignsOnBehalf(Case& judged, const ledger::KeyRecord& record, std::uint32_t duty) {
  if (record.department != judged.payload.department) return false;
  const Json delegation = DelegationOf(judged.state, record.identity);
  if (!delegation.IsObject()) return false;
  const auto ops = delegation.ItemsOf("ops");
  const bool listed = std::ranges::any_of(
      ops, [&judged](const Json& op) { return op.IsText() && op.AsString() == judged.op.op; });
  // Like a change of duties it counts from the next height.
  const bool in_time = delegation.IntegerOr("from") < static_cast<std::int64_t>(judged.Height()) &&
                       judged.Time() < delegation.IntegerOr("until");
  if (!listed || !in_time) return false;
  const ledger::EntityId by = StandingDelegator(judged.state, delegation, duty);
  if (by.IsZero()) return false;
  judged.delegator = by;
  judged.on_behalf = judged.state.Body(by)->Text("name");
  return true;
}

}  // namespace jiandu::contracts
