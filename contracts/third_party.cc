// The consent beside its grant.
#include "contracts/third_party.h"

#include <algorithm>

#include "contracts/engine.h"
#include "contracts/lineage.h"
#include "contracts/parts.h"
#include "contracts/terms.h"

namespace jiandu::contracts {
namespace {

// Not "c": the consumer's accesses lie there, under names the consumer chooses.
Bytes ConsentKey(const ledger::EntityId& grant, std::string_view recipient) {
  return MarkedKey(grant, "P", AsBytes(recipient));
}

std::string_view ProviderOf(BlockState& state, const ledger::EntityId& resource) {
  const ledger::EntityBody* body = state.Body(resource);
  return body != nullptr ? body->Party("provider") : std::string_view();
}

// Items of the input that stand unchanged in what was made; of unknown items each may.
std::vector<std::string> SurvivorsOf(const Derivation& derivation, std::size_t input) {
  std::vector<std::string> items;
  for (const DerivedItem& item : derivation.items) {
    if (!item.unchanged && item.out_item != kAnyItem) continue;
    for (const auto& [place, name] : item.from) {
      if (place == input) items.push_back(name);
    }
  }
  return items;
}

}  // namespace

void SetConsent(BlockState& state, const ledger::EntityId& grant, std::string_view recipient,
                const ledger::EntityId& consent) {
  state.Put(ConsentKey(grant, recipient), ToBytes(consent.View()));
}

bool HasConsent(BlockState& state, const ledger::EntityId& grant, std::string_view recipient,
                std::span<const std::string> items, ledger::TimeMs time) {
  const auto bytes = state.Get(ConsentKey(grant, recipient));
  const auto id = bytes ? ledger::EntityId::From(*bytes) : std::nullopt;
  const ledger::EntityBody* consent = id ? state.Body(*id) : nullptr;
  const ledger::EntityBody* under = state.Body(grant);
  if (consent == nullptr || under == nullptr || consent->kind != ledger::EntityKind::kThirdParty ||
      consent->status != To(ledger::ThirdPartyStatus::kConsented) ||
      consent->Number("valid_to") <= time ||
      EffectiveStatus(state, grant, *under, time) != To(ledger::GrantStatus::kActive)) {
    return false;
  }
  const Json form = consent->Form();
  return std::ranges::all_of(
      items, [&form](const std::string& item) { return ListHas(form, "items", item); });
}

bool HasConsentsFor(BlockState& state, const ledger::EntityId& derived, ledger::TimeMs time) {
  const std::optional<Derivation> made = FindDerivation(state, derived);
  if (!made) return false;
  const bool all_open = std::ranges::all_of(made->inputs, [&state](const DerivationInput& input) {
    const ledger::EntityBody* resource = state.Body(input.resource);
    return resource != nullptr && resource->Text("share_class") == "UNCONDITIONAL";
  });
  if (all_open) return true;
  for (std::size_t i = 0; i < made->inputs.size(); ++i) {
    const DerivationInput& input = made->inputs[i];
    const std::vector<std::string> items = SurvivorsOf(*made, i);
    if (items.empty() || ProviderOf(state, input.resource) == ProviderOf(state, derived)) continue;
    if (!HasConsent(state, input.grant, ledger::ToHex(derived), items, time)) return false;
  }
  return true;
}

}  // namespace jiandu::contracts
