// Rows that follow from what stands: grades, grants, uses by month, elements.
#include <algorithm>

#include "contracts/access_terms.h"
#include "contracts/catalogue_index.h"
#include "ledger/model/element_index.h"
#include "ledger/model/grant_index.h"
#include "tests/property/rows.h"

namespace jiandu::contracts::property {
namespace {

using Failures = Rows::Failures;
constexpr std::size_t kAll = 1'000'000;

std::string Short(const EntityId& id) { return ledger::ToHex(id).substr(0, 10); }

void CheckGrades(const World& world, Failures& failures) {
  constexpr int kRanks = 6;
  for (int rank = 0; rank <= kRanks; ++rank) {
    std::set<EntityId> wanted;
    for (const auto& [id, body] : world.Bodies()) {
      const bool resource = body.kind == EntityKind::kResource;
      if (resource && rank > 0 && ledger::GradeRank(body.Text("grade")) == rank) wanted.insert(id);
    }
    const auto listed = ledger::ListOfGrade(world.View(), rank, nullptr, kAll);
    if (std::set<EntityId>(listed.begin(), listed.end()) != wanted) {
      failures.push_back("resources of grade " + std::to_string(rank) + ": listed " +
                         std::to_string(listed.size()) + " of " + std::to_string(wanted.size()));
    }
  }
}

void CheckGrants(const World& world, Failures& failures) {
  std::map<EntityId, std::set<EntityId>> wanted;
  for (const auto& [id, body] : world.Bodies()) {
    const EntityId* resource = body.kind == EntityKind::kGrant ? body.Link("resource") : nullptr;
    if (resource != nullptr) wanted[*resource].insert(id);
  }
  for (const auto& [id, body] : world.Bodies()) {
    if (body.kind != EntityKind::kResource) continue;
    const auto listed = ledger::ListGrantsOf(world.View(), id, nullptr, kAll);
    if (std::set<EntityId>(listed.begin(), listed.end()) != wanted[id]) {
      failures.push_back("grants on " + Short(id) + ": listed " + std::to_string(listed.size()) +
                         " of " + std::to_string(wanted[id].size()));
    }
  }
}

// Days of a grant's counters, and whether something counted on them.
std::map<std::int32_t, bool> DaysOf(const World& world, const EntityId& grant) {
  std::map<std::int32_t, bool> days;
  const auto scan = [&](Bytes prefix, bool counts) {
    prefix.resize(prefix.size() - 4);  // without its date
    world.View().Scan(prefix, {}, [&](ByteView key, ByteView value) {
      const auto date = static_cast<std::int32_t>(ReadU32Be(key.subspan(prefix.size())));
      days[date] |= counts && DecodeDay(value).counted > 0;
      return true;
    });
  };
  scan(DayKey(grant, 0), true);
  scan(SideKey(grant, 0), false);
  return days;
}

void CheckUses(const World& world, Failures& failures) {
  std::set<std::pair<std::int32_t, EntityId>> months;
  for (const auto& [id, body] : world.Bodies()) {
    if (body.kind != EntityKind::kGrant) continue;
    std::int32_t last = 0;
    for (const auto& [date, counts] : DaysOf(world, id)) {
      months.emplace(date / 100, id);
      if (counts) last = std::max(last, date);
    }
    if (ledger::LastUseOf(world.View(), id) != last) {
      failures.push_back("last use of " + Short(id) + " is " + std::to_string(last));
    }
  }
  std::set<std::pair<std::int32_t, EntityId>> listed;
  for (const ledger::UsedGrant& used : ledger::ListUsed(world.View(), 0, 999'999, nullptr, kAll)) {
    listed.emplace(used.month, used.grant);
  }
  if (listed != months) {
    failures.push_back("grants by month: listed " + std::to_string(listed.size()) + " of " +
                       std::to_string(months.size()));
  }
}

// What is published, or suspended for a time, offers its elements; what is retired no more.
bool IsInCatalogue(const EntityBody& body) {
  if (body.kind != EntityKind::kResource) return false;
  const std::string_view status = ledger::StatusName(body.kind, body.status);
  return status == "PUBLISHED" || status == "SUSPENDED";
}

void CheckElements(const World& world, Failures& failures) {
  std::map<std::pair<std::string, std::string>, std::set<EntityId>> wanted;
  for (const auto& [id, body] : world.Bodies()) {
    if (!IsInCatalogue(body)) continue;
    const Json form = body.Form();
    for (const Json& item : form.ItemsOf("items")) {
      wanted[{std::string(item.TextOr("subject_kind")), std::string(item.TextOr("element_code"))}]
          .insert(id);
    }
  }
  for (const ledger::OfferedElement& one : ledger::ListElements(world.View(), {}, kAll)) {
    const std::set<EntityId> listed(one.resources.begin(), one.resources.end());
    const std::set<EntityId> all = wanted[{one.subject_kind, one.element}];
    wanted.erase({one.subject_kind, one.element});
    // Of an element no more are remembered than the list is long.
    const bool cut = all.size() > kOffersMax && listed.size() == kOffersMax;
    const bool fits = cut ? std::ranges::includes(all, listed) : listed == all;
    if (!fits || listed.size() != one.resources.size()) {
      failures.push_back("offers of " + one.element + ": listed " + std::to_string(listed.size()) +
                         " of " + std::to_string(all.size()));
    }
  }
  for (const auto& [element, resources] : wanted) {
    if (!resources.empty()) failures.push_back("offers of " + element.second + " are not listed");
  }
}

}  // namespace

void CheckStandingRows(const World& world, Failures& failures) {
  CheckGrades(world, failures);
  CheckGrants(world, failures);
  CheckUses(world, failures);
  CheckElements(world, failures);
}

}  // namespace jiandu::contracts::property
