// A second model of requests and accesses, kept from the log alone: who approved, in which order,
// and how often a grant was used on a day.
#include <algorithm>

#include "contracts/access_terms.h"
#include "tests/property/invariants.h"

namespace jiandu::contracts::property {
namespace {

bool Counts(std::string_view result) { return result == "OK" || result == "NOT_FOUND"; }

}  // namespace

// The provider's side counts; a call counts on the day on which it happened (4.10.2).
void Invariants::CountAccesses(World& world, Failures& failures) {
  std::set<std::pair<EntityId, std::int32_t>> days;
  for (const Effect& effect : effects_) {
    const Json& body = effect.payload.body;
    const auto grant = ledger::ParseEntityId(body.TextOr("grant"));
    if (!grant) continue;
    if (effect.payload.op.starts_with("grant.")) changed_caps_.insert(*grant);
    const EntityBody* of = world.Body(*grant);
    if (of == nullptr || of->Party("provider") != effect.payload.department) continue;
    const auto add = [&](std::int64_t time, std::int64_t uses) {
      if (uses == 0) return;
      const auto day = std::make_pair(*grant, ledger::DateOf(time));
      uses_[day] += static_cast<std::uint64_t>(uses);
      days.insert(day);
    };
    if (effect.payload.op == "access.record" && Counts(body.TextOr("result"))) {
      add(body.IntegerOr("occurred_at"), 1);
    }
    if (effect.payload.op != "access.batch") continue;
    if (body.TextOr("form") == "full") {
      for (const Json& record : body.ItemsOf("records")) {
        if (Counts(record.TextOr("result"))) add(record.IntegerOr("occurred_at"), 1);
      }
    } else if (const Json* digest = body.Find("digest")) {
      const Json* counts = digest->Find("counts");
      add(digest->IntegerOr("from"), counts->IntegerOr("ok") + counts->IntegerOr("not_found"));
    }
  }
  for (const auto& [grant, date] : days) {
    const auto bytes = world.View().Get(DayKey(grant, date));
    const DayCounter day = bytes ? DecodeDay(*bytes) : DayCounter();
    const std::uint64_t wanted = uses_[{grant, date}];
    const std::string which = ledger::ToHex(grant).substr(0, 10) + " " + std::to_string(date);
    if (day.counted != wanted) {
      failures.push_back("uses of " + which + ": counted " + std::to_string(day.counted) +
                         ", reported " + std::to_string(wanted));
    }
    const auto cap = static_cast<std::uint64_t>(world.Body(grant)->Terms().IntegerOr("daily_cap"));
    if (cap == 0 || changed_caps_.contains(grant)) continue;
    const std::uint64_t excess = wanted > cap ? wanted - cap : 0;
    if (day.excess != excess) {
      failures.push_back("excess of " + which + ": flagged " + std::to_string(day.excess) +
                         ", cap " + std::to_string(cap) + " of " + std::to_string(wanted));
    }
  }
}

}  // namespace jiandu::contracts::property
