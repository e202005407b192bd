// Detectors over grants: flags of kind D, which follow from counters that nobody wrote a flag for.
// Which grants to look at the indexes of grants say.
#include <algorithm>

#include "gateway/audit_sources.h"
#include "ledger/model/form.h"
#include "ledger/model/grant_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::EntityKind;
using ledger::TimeMs;
using ledger::UsedGrant;

constexpr std::size_t kStep = 64;
constexpr std::size_t kAccessesMax = 20;  // named in a row
constexpr std::int32_t kFirstMonth = 197'001;
constexpr std::int32_t kLastMonth = 219'912;

Bytes KeyOf(const UsedGrant& used) {
  Bytes key;
  AppendU32Be(key, static_cast<std::uint32_t>(used.month));
  Append(key, used.grant.View());
  return key;
}
std::optional<UsedGrant> UsedOf(ByteView key) {
  if (key.size() != 4 + EntityId::kSize) return std::nullopt;
  return UsedGrant{.month = static_cast<std::int32_t>(ReadU32Be(key)),
                   .grant = *EntityId::From(key.subspan(4))};
}

TimeMs StartOfMonth(std::int32_t month) { return ledger::StartOfDate(month * 100LL + 1); }
TimeMs EndOfMonth(std::int32_t month) {
  const std::int32_t next = month % 100 == 12 ? month + 89 : month + 1;
  return StartOfMonth(next) - 1;
}

// A gap belongs to no day: it is told with the first month of the period that the grant has.
bool IsFirstMonth(Gather& gather, const UsedGrant& used, std::int32_t first) {
  const auto earlier = ledger::ListUsed(gather.State(), first, used.month, nullptr, 1);
  if (earlier.empty() || earlier.front().month == used.month) return true;
  for (std::int32_t month = earlier.front().month; month < used.month;
       month += month % 100 == 12 ? 89 : 1) {
    if (gather.State().Get(ledger::UsedRowKey(month, used.grant))) return false;
  }
  return true;
}

// The reports of accesses of the grant from the time on, a few of them.
void AddAccesses(Gather& gather, Json& row, const EntityId& grant, TimeMs from, TimeMs until) {
  Json transactions = Json::MakeArray();
  std::size_t named = 0;
  bool more = false;
  const std::uint64_t place = PlaceAt(gather.Snapshot(), grant, from);
  const auto history = gather.Snapshot().History(grant, place, kStep);
  for (const ledger::LogIndex index : history) {
    const auto stub = StubAt(gather.Snapshot(), index);
    if (!stub || stub->time > until) break;
    if (!stub->op.starts_with("access.")) continue;
    more = named == kAccessesMax;
    if (more) break;
    transactions.Push(TransactionRef(*stub, index));
    ++named;
  }
  row.Set("transactions", std::move(transactions));
  more = more || history.size() == kStep;
  if (more) row.Set("transactions_left_off", true);
}

void ShowUsed(Gather& gather, const Detector& detector, const UsedGrant& used, std::int32_t first) {
  const auto body = FindBody(gather.Snapshot(), used.grant);
  if (!body || gather.Sight().OfBody(*body) != Sight::kParty) return;
  const bool gap = detector.what == "GAP";
  if (gap && !IsFirstMonth(gather, used, first)) return;
  const TimeMs from = std::max(gather.Period().from, StartOfMonth(used.month));
  const TimeMs until = std::min(gather.Period().until - 1, EndOfMonth(used.month));
  const auto flags =
      FlagsNamed(gather, gather.Snapshot().AccessFlagsOf(used.grant, from, until), detector.what);
  if (flags.empty()) return;
  Json row = BeginRow(detector);
  row.Set("department", flags.front().department).Set("month", std::int64_t{used.month});
  row.Set("consumer", body->Party("consumer")).Set("provider", body->Party("provider"));
  row.Set("values", ValuesToJson(flags));
  Json entities = Json::MakeArray();
  entities.Push(EntityToJson(used.grant));
  if (const EntityId* resource = body->Link("resource")) entities.Push(EntityToJson(*resource));
  row.Set("entities", std::move(entities));
  // Evidence may come after the month it is of.
  AddAccesses(gather, row, used.grant, from, gather.Snapshot().Time());
  gather.Push(std::move(row));
}

void ShowRaised(Gather& gather, const Detector& detector, const EntityId& resource,
                const EntityId& grant) {
  const auto body = FindBody(gather.Snapshot(), grant);
  if (!body || gather.Sight().OfBody(*body) != Sight::kParty) return;
  if (body->status > static_cast<std::uint32_t>(ledger::GrantStatus::kSuspended)) return;
  const auto flags = FlagsNamed(gather, gather.Snapshot().FlagsOf(grant), detector.what);
  const auto held = FindBody(gather.Snapshot(), resource);
  if (flags.empty() || !held) return;
  if (!gather.Cut().Keeps(gather.Cut().BeganBeforeEnd(body->born_at))) return;
  Json row = BeginRow(detector);
  row.Set("department", flags.front().department).Set("grade", held->Text("grade"));
  row.Set("values", ValuesToJson(flags));
  Json entities = Json::MakeArray();
  entities.Push(EntityToJson(grant));
  entities.Push(EntityToJson(resource));
  row.Set("entities", std::move(entities));
  Json transactions = Json::MakeArray();
  const auto raised = std::find_if(held->acts.rbegin(), held->acts.rend(), [](const auto& act) {
    return act.op == "resource.grade" || act.op == "resource.publish";
  });
  const ledger::TxId& txid = raised == held->acts.rend() ? held->born_tx : raised->txid;
  for (const ledger::TxId& one : {txid, body->born_tx}) {
    const auto result = gather.Snapshot().FindTx(one);
    const auto stub = result ? StubAt(gather.Snapshot(), result->index) : std::nullopt;
    if (stub) transactions.Push(TransactionRef(*stub, result->index));
  }
  row.Set("transactions", std::move(transactions));
  gather.Push(std::move(row));
}

// Grants of one resource; false when the page is full.
bool FindRaisedOf(Gather& gather, const Detector& detector, const EntityId& resource,
                  std::optional<EntityId> after) {
  while (true) {
    const auto grants =
        ledger::ListGrantsOf(gather.State(), resource, after ? &*after : nullptr, kStep);
    for (const EntityId& grant : grants) {
      if (!gather.Look(Gather::kGrantLooks)) return false;
      ShowRaised(gather, detector, resource, grant);
      Bytes key = ToBytes(resource.View());
      Append(key, grant.View());
      gather.Pass(key);
      after = grant;
    }
    if (grants.size() < kStep) return true;
  }
}

}  // namespace

void FindUsed(Gather& gather, const Detector& detector) {
  const QueryPeriod& period = gather.Period();
  const std::int32_t first =
      period.first_day == 0 ? kFirstMonth : static_cast<std::int32_t>(period.first_day / 100);
  const std::int32_t last =
      period.last_day == 0 ? kLastMonth : static_cast<std::int32_t>(period.last_day / 100);
  auto after = UsedOf(gather.After());
  if (after && after->month < first) after.reset();  // a made-up cursor
  while (true) {
    const auto rows =
        ledger::ListUsed(gather.State(), first, last, after ? &*after : nullptr, kStep);
    for (const UsedGrant& used : rows) {
      if (!gather.Look(Gather::kGrantLooks)) return;
      ShowUsed(gather, detector, used, first);
      gather.Pass(KeyOf(used));
      after = used;
    }
    if (rows.size() < kStep) return;
  }
}

void FindRaised(Gather& gather, const Detector& detector) {
  std::optional<EntityId> resource;
  if (const ByteView after = gather.After(); after.size() == 2 * EntityId::kSize) {
    resource = EntityId::From(after.first(EntityId::kSize));
    const auto grant = EntityId::From(after.subspan(EntityId::kSize));
    if (!FindRaisedOf(gather, detector, *resource, grant)) return;
  }
  while (true) {
    const auto raised = ledger::ListRaised(gather.State(), resource ? &*resource : nullptr, kStep);
    for (const EntityId& one : raised) {
      if (!gather.Look() || !FindRaisedOf(gather, detector, one, std::nullopt)) return;
      Bytes done = ToBytes(one.View());
      done.resize(2 * EntityId::kSize, 0xff);
      gather.Pass(done);
      resource = one;
    }
    if (raised.size() < kStep) return;
  }
}

}  // namespace jiandu::gateway
