// A derived resource is at least as strict as what it was made from, unless the row of the
// derivation permits less: else it is flagged, and only then (docs/contracts.md 4.12; GB/T 43697
// Annex I).
#include <algorithm>

#include "ledger/model/grant_index.h"
#include "tests/property/invariants.h"

namespace jiandu::contracts::property {
namespace {

constexpr int kUnclear = -1;

// As the resource stood before the block; unclear when the block changed it meanwhile.
int RankOf(const World& world, std::string_view hex) {
  const auto id = ledger::ParseEntityId(hex);
  const EntityBody* body = id ? world.Body(*id) : nullptr;
  if (body == nullptr) return 0;
  const int rank = ledger::GradeRank(body->Text("grade"));
  const auto before = world.Before().find(*id);
  const bool same =
      before == world.Before().end() || ledger::GradeRank(before->second.Text("grade")) == rank;
  return same ? rank : kUnclear;
}

bool Permits(const Json& row) {
  const std::string_view kind = row.TextOr("kind");
  return (kind == "AGGREGATE" || kind == "MASK") && !row.TextOr("assessment_digest").empty();
}

}  // namespace

std::size_t CheckLevels(const World& world, const std::vector<Effect>& effects,
                        Invariants::Failures& failures) {
  std::size_t looser = 0;
  for (const Effect& effect : effects) {
    if (effect.payload.op != "derivation.record") continue;
    const Json& row = effect.payload.body;
    const std::string_view claimed = row.TextOr("grade_claimed");
    const int own =
        claimed.empty() ? RankOf(world, row.TextOr("resource")) : ledger::GradeRank(claimed);
    bool clear = own != kUnclear;
    int highest = 0;
    for (const Json& input : row.ItemsOf("inputs")) {
      const int rank = RankOf(world, input.TextOr("resource"));
      clear = clear && rank != kUnclear;
      highest = std::max(highest, rank);
    }
    if (!clear) continue;
    const bool below = highest > own;
    const bool wanted = below && !Permits(row);
    const bool is = (effect.flags & ledger::FlagBit(ledger::Flag::kGradeBelowInput)) != 0;
    looser += below ? 1 : 0;
    if (is != wanted) {
      failures.push_back("derivation at " + std::to_string(effect.height) +
                         (wanted ? ": looser than its sources and not flagged"
                                 : ": flagged, though strict enough or permitted"));
    }
  }
  return looser;
}

}  // namespace jiandu::contracts::property
