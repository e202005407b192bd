// What was made from corrected data is not clean before its owner has answered (4.12, 4.13).
#include <algorithm>

#include "contracts/lineage.h"
#include "tests/property/invariants.h"

namespace jiandu::contracts::property {
namespace {

bool IsCorrectedBy(const EntityBody& correction, std::int64_t version) {
  const std::string status = NameOf(correction.kind, correction.status);
  const std::string_view verdict = correction.Text("verdict");
  const bool wrong = verdict == "FIXED" || verdict == "PARTLY";
  return (status == "RESOLVED" || status == "CONFIRMED") && wrong && version > 0;
}

}  // namespace

void CheckLineage(const World& world, Invariants::Failures& failures) {
  const BlockContext context = world.NextContext();
  BlockState state(world.View(), context);
  std::set<EntityId> made;
  for (const auto& [id, body] : world.Bodies()) {
    const EntityId* out = body.kind == EntityKind::kDerivation ? body.Link("resource") : nullptr;
    if (out != nullptr) made.insert(*out);
  }
  for (const auto& [id, correction] : world.Bodies()) {
    if (correction.kind != EntityKind::kCorrection) continue;
    const std::int64_t version = correction.Number("new_version");
    const EntityId* wrong = correction.Link("resource");
    if (wrong == nullptr || !IsCorrectedBy(correction, version)) continue;
    const Json form = correction.Form();
    for (const EntityId& out : made) {
      const auto derivation = FindDerivation(state, out);
      if (!derivation || AnswerOf(state, id, out)) continue;
      const std::set<std::string> stale = StaleItems(state, out);
      for (const DerivedItem& item : derivation->items) {
        const bool reached = std::ranges::any_of(item.from, [&](const auto& from) {
          if (from.first >= derivation->inputs.size()) return false;
          const DerivationInput& input = derivation->inputs[from.first];
          const auto items = form.ItemsOf("item_ids");
          const bool named = std::ranges::any_of(
              items, [&from](const Json& one) { return one.AsString() == from.second; });
          return input.resource == *wrong && input.version < version && named;
        });
        if (reached && !stale.contains(item.out_item)) {
          failures.push_back("clean, though its source was corrected: " +
                             ledger::ToHex(out).substr(0, 10) + " " + item.out_item);
        }
      }
    }
  }
}

}  // namespace jiandu::contracts::property
