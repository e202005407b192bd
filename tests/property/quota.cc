// Uses by day, caps by time.
#include "tests/property/quota.h"

#include <algorithm>

#include "contracts/access_terms.h"
#include "contracts/as_of.h"

namespace jiandu::contracts::property {
namespace {

bool Counts(std::string_view result) { return result == "OK" || result == "NOT_FOUND"; }
std::uint64_t CapOf(const EntityBody& grant) {
  return static_cast<std::uint64_t>(grant.Terms().IntegerOr("daily_cap"));
}
std::uint64_t Over(std::uint64_t counted, std::uint64_t cap) {
  return cap > 0 && counted > cap ? counted - cap : 0;
}

}  // namespace

void QuotaSeen::operator+=(const QuotaSeen& other) {
  days += other.days, over += other.over, acknowledged += other.acknowledged;
  late += other.late, disputed += other.disputed;
}

// The caps of a grant by the time from which they hold. What was announced falls away when another
// change is made, but not when the grant is renewed.
void Quota::Change(const World& world, const Effect& effect) {
  const auto id = ledger::ParseEntityId(effect.payload.body.TextOr("grant"));
  const auto found = id ? grants_.find(*id) : grants_.end();
  if (found == grants_.end()) return;
  OfGrant& grant = found->second;
  const std::string& op = effect.payload.op;
  if (op == "grant.acknowledge") grant.acknowledged = true;
  if (op == "access.acknowledge" &&
      (effect.flags & ledger::FlagBit(ledger::Flag::kDigestMismatch)) != 0) {
    grant.disputed = true;
  }
  if (op != "grant.amend" && op != "grant.change") return;
  // An end at once leaves the terms alone: whatever comes after it is EXPIRED.
  const std::int64_t date = effect.payload.body.IntegerOr("effective_on");
  const std::int64_t from = date > 0 ? ledger::StartOfDate(date) : effect.time;
  const bool ends = op == "grant.change" && effect.payload.body.BoolOr("terminate");
  if (ends && from <= effect.time) return;
  std::erase_if(grant.caps, [&effect](const Cap& cap) { return cap.from > effect.time; });
  if (ends) return;
  if (op == "grant.amend" || from <= effect.time) {
    grant.caps.push_back({effect.time, CapOf(*world.Body(*id))});
    return;
  }
  const Json* terms = effect.payload.body.Find("terms");
  const std::int64_t cap = terms != nullptr ? terms->IntegerOr("daily_cap") : 0;
  grant.caps.push_back({from, cap > 0 ? static_cast<std::uint64_t>(cap) : grant.caps.back().cap});
}

std::uint64_t Quota::Use(OfGrant& grant, std::int64_t time, std::int64_t uses, std::int64_t now) {
  if (uses <= 0) return 0;
  std::uint64_t cap = grant.caps.front().cap;
  for (const Cap& one : grant.caps) {
    if (one.from <= time) cap = one.cap;
  }
  const std::int32_t date = ledger::DateOf(time);
  Day& day = grant.days[date];
  day.counted += static_cast<std::uint64_t>(uses);
  day.caps.insert(cap);
  day.late |= ledger::DateOf(now) > date;
  const std::uint64_t excess =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(uses), Over(day.counted, cap));
  day.excess += excess;
  touched_.emplace(*reported_, date);
  return excess;
}

std::uint64_t Quota::Report(const World& world, const Effect& effect) {
  const Json& body = effect.payload.body;
  const auto id = ledger::ParseEntityId(body.TextOr("grant"));
  const auto found = id ? grants_.find(*id) : grants_.end();
  if (found == grants_.end()) return 0;
  // The provider's side counts, who has its place by now.
  const AsOf now{.height = world.Height(), .time = world.Time()};
  const auto of = BodyAsOf(world.View(), now, *id);
  if (!of || of->Party("provider") != effect.payload.department) return 0;
  OfGrant& grant = found->second;
  reported_ = &found->first;
  const auto one = [&](const Json& record) {
    const bool counts = Counts(record.TextOr("result"));
    return counts ? Use(grant, record.IntegerOr("occurred_at"), 1, effect.time) : 0;
  };
  if (effect.payload.op == "access.record") return one(body);
  std::uint64_t excess = 0;
  if (body.TextOr("form") == "full") {
    for (const Json& record : body.ItemsOf("records")) excess += one(record);
    return excess;
  }
  const Json* digest = body.Find("digest");
  const Json* counts = digest != nullptr ? digest->Find("counts") : nullptr;
  if (counts == nullptr) return 0;
  const std::int64_t calls = std::max<std::int64_t>(counts->IntegerOr("ok"), 0) +
                             std::max<std::int64_t>(counts->IntegerOr("not_found"), 0);
  return Use(grant, digest->IntegerOr("from"), calls, effect.time);
}

// Of a day counted by one cap: max(0, counted - cap), in whatever order the reports came.
void Quota::Compare(const World& world, const EntityId& id, Failures& failures) {
  for (auto at = touched_.lower_bound({id, 0}); at != touched_.end() && at->first == id; ++at) {
    const Day& wanted = grants_[id].days[at->second];
    const auto bytes = world.View().Get(DayKey(id, at->second));
    const DayCounter is = bytes ? DecodeDay(*bytes) : DayCounter();
    const std::string which = ledger::ToHex(id).substr(0, 10) + " " + std::to_string(at->second);
    if (is.counted != wanted.counted) {
      failures.push_back("uses of " + which + ": counted " + std::to_string(is.counted) +
                         ", reported " + std::to_string(wanted.counted));
    }
    const bool one_cap = wanted.caps.size() == 1;
    const std::uint64_t excess =
        one_cap ? Over(wanted.counted, *wanted.caps.begin()) : wanted.excess;
    if (is.excess != excess) {
      failures.push_back("excess of " + which + ": flagged " + std::to_string(is.excess) + " of " +
                         std::to_string(wanted.counted) + ", wanted " + std::to_string(excess));
    }
  }
}

void Quota::Take(const World& world, const std::vector<Effect>& effects, Failures& failures) {
  for (const EntityId& id : world.Changed()) {
    if (ledger::KindOf(id) != EntityKind::kGrant || grants_.contains(id)) continue;
    grants_[id].caps.push_back({0, CapOf(*world.Body(id))});
  }
  touched_.clear();
  std::set<EntityId> reported;
  for (const Effect& effect : effects) {
    const std::string& op = effect.payload.op;
    Change(world, effect);
    if (op != "access.record" && op != "access.batch") continue;
    const bool over = Report(world, effect) > 0;
    const bool flagged = (effect.flags & ledger::FlagBit(ledger::Flag::kOverDailyCap)) != 0;
    if (over != flagged) {
      failures.push_back(op + " at " + std::to_string(effect.height) +
                         (over ? ": above the cap and not flagged" : ": flagged below the cap"));
    }
  }
  for (const auto& [id, date] : touched_) reported.insert(id);
  for (const EntityId& id : reported) Compare(world, id, failures);
}

QuotaSeen Quota::Seen() const {
  QuotaSeen seen;
  for (const auto& [id, grant] : grants_) {
    for (const auto& [date, day] : grant.days) {
      ++seen.days;
      if (day.excess == 0) continue;
      ++seen.over;
      seen.acknowledged += grant.acknowledged ? 1 : 0;
      seen.late += day.late ? 1 : 0;
      seen.disputed += grant.disputed ? 1 : 0;
    }
  }
  return seen;
}

}  // namespace jiandu::contracts::property
