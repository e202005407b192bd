// Detectors over the indexes of deadlines: ended late, past due, and the duties of holders that
// follow from a correction (D23), which no case keeps.
#include <algorithm>

#include "gateway/audit_sources.h"
#include "ledger/model/event_index.h"
#include "ledger/model/late_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::EntityKind;
using ledger::OverdueClock;

constexpr std::size_t kStep = 128;
constexpr std::size_t kKeyBytesMin = 8 + 8 + EntityId::kSize;

bool Keeps(Gather& gather, const EntityId& entity, std::string_view department, Keep keep) {
  if (keep == Keep::kAll) return true;
  if (keep == Keep::kLeafDemands) return ledger::KindOf(entity) == EntityKind::kLeafDemand;
  const auto body = FindBody(gather.Snapshot(), entity);
  if (!body) return false;
  if (keep == Keep::kReturnFlow) {
    if (body->kind == EntityKind::kRequest) return body->Text("kind") == "RETURN_FLOW";
    const EntityId* link = body->Link("request");
    const auto request = link != nullptr ? FindBody(gather.Snapshot(), *link) : std::nullopt;
    return request && request->Text("kind") == "RETURN_FLOW";
  }
  return keep == Keep::kOnManager && body->Party("manager") == department;
}

Json Entities(std::initializer_list<const EntityId*> ids) {
  Json json = Json::MakeArray();
  for (const EntityId* id : ids) json.Push(EntityToJson(*id));
  return json;
}

void ShowLate(Gather& gather, const Detector& detector, const ledger::LateClock& late) {
  if (!Keeps(gather, late.entity, late.clock.department, detector.keep)) return;
  Json row = BeginRow(detector);
  AddClock(gather, row, late.entity, late.clock);
  row.Set("late", late.clock.late).Set("ended", late.clock.ended_at);
  row.Set("answered", late.clock.satisfied);
  const auto act = ReadAct(gather, late.txid);
  if (act) {
    AddAct(gather, row, *act);
    // Why it came late, in the words of who was.
    if (const Json* reason = act->body.Find("late_reason_code")) row.Set("late_reason", *reason);
  } else {
    row.Set("transactions", Json::MakeArray());
  }
  row.Set("entities", Entities({&late.entity}));
  gather.Push(std::move(row));
}

// The act with which the clock began; else that of the case's birth.
Json BegunBy(Gather& gather, const ledger::EntityBody& body, ledger::TimeMs start) {
  const auto found = std::ranges::find(body.acts, start, &ledger::Act::time);
  const ledger::TxId& txid = found != body.acts.end() ? found->txid : body.born_tx;
  Json transactions = Json::MakeArray();
  const auto result = gather.Snapshot().FindTx(txid);
  const auto stub = result ? StubAt(gather.Snapshot(), result->index) : std::nullopt;
  if (stub) transactions.Push(TransactionRef(*stub, result->index));
  return transactions;
}

void ShowOverdue(Gather& gather, const Detector& detector, const OverdueClock& overdue) {
  if (!detector.what.empty() && overdue.code != detector.what) return;
  if (!Keeps(gather, overdue.entity, overdue.department, detector.keep)) return;
  const auto body = FindBody(gather.Snapshot(), overdue.entity);
  if (!body) return;
  const ledger::Clock* clock = OverdueOf(*body, overdue, gather.Calendar(), gather.Snapshot());
  if (clock == nullptr) return;
  // Days others took are none of its own; by a calendar not yet published nobody is late (4.2).
  const std::int64_t late = gather.Snapshot().TimesOf(*clock, gather.Snapshot().Time()).late;
  if (late <= 0 || (overdue.due.provisional && !detector.what.empty())) return;
  // An engagement ends: what fell due after it is none of its business.
  if (!gather.Cut().Keeps(gather.Cut().BeganBeforeEnd(overdue.due.at))) return;
  Json row = BeginRow(detector);
  row.Set("detector", overdue.code);
  AddClock(gather, row, overdue.entity, *clock);
  row.Set("late", late);
  row.Set("entities", Entities({&overdue.entity}));
  row.Set("transactions", BegunBy(gather, *body, clock->start));
  gather.Push(std::move(row));
}

}  // namespace

const ledger::Clock* OverdueOf(const ledger::EntityBody& body, const OverdueClock& row,
                               const ledger::WorkCalendar& calendar,
                               const LedgerSnapshot& snapshot) {
  const ledger::Clock* clock = body.FindClock(row.code, row.department);
  if (clock == nullptr) {
    const auto passed_on = std::ranges::find_if(body.clocks, [&](const ledger::Clock& one) {
      return one.code == row.code && ledger::DueOf(calendar, one).at == row.due.at;
    });
    if (passed_on != body.clocks.end()) clock = &*passed_on;
  }
  const bool owed =
      clock != nullptr && clock->Runs() && ledger::DueOf(calendar, *clock).at <= snapshot.Time();
  return owed ? clock : nullptr;
}

Bytes KeyOfOverdue(const OverdueClock& row) {
  Bytes key;
  AppendU64Be(key, static_cast<std::uint64_t>(row.due.at));
  AppendU64Be(key, static_cast<std::uint64_t>(row.start));
  Append(key, row.entity.View());
  Append(key, AsBytes(row.code));
  key.push_back(0);
  Append(key, AsBytes(row.department));
  return key;
}

std::optional<OverdueClock> OverdueOfKey(ByteView key) {
  if (key.size() <= kKeyBytesMin) return std::nullopt;
  OverdueClock row;
  row.due.at = static_cast<ledger::TimeMs>(ReadU64Be(key));
  row.start = static_cast<ledger::TimeMs>(ReadU64Be(key.subspan(8)));
  row.entity = *EntityId::From(key.subspan(16, EntityId::kSize));
  const std::string name = ToText(key.subspan(kKeyBytesMin));
  const std::size_t end = std::min(name.find('\0'), name.size());
  row.code = name.substr(0, end);
  row.department = name.substr(std::min(end + 1, name.size()));
  return row;
}

void FindLate(Gather& gather, const Detector& detector) {
  Bytes after = ToBytes(gather.After());
  // A place begins with its time; a made-up cursor leads nowhere before the period.
  const bool is_in_period =
      after.size() > 8 && static_cast<ledger::TimeMs>(ReadU64Be(after)) >= gather.Period().from;
  if (!is_in_period) after.clear();
  while (true) {
    const auto rows = ledger::ListLate(gather.State(), gather.Department(), detector.what,
                                       gather.Period().from, gather.Period().until, kStep, after);
    for (const ledger::LateClock& late : rows) {
      if (!gather.Look(Gather::kReadLooks)) return;
      ShowLate(gather, detector, late);
      gather.Pass(late.place);
      after = late.place;
    }
    if (rows.size() < kStep) return;
  }
}

void FindOverdue(Gather& gather, const Detector& detector) {
  auto after = OverdueOfKey(gather.After());
  while (true) {
    const auto rows =
        ledger::ListOverdue(gather.State(), gather.Calendar(), gather.Snapshot().Time(),
                            gather.Department(), kStep, after ? &*after : nullptr);
    for (const OverdueClock& overdue : rows) {
      if (!gather.Look()) return;
      ShowOverdue(gather, detector, overdue);
      gather.Pass(KeyOfOverdue(overdue));
    }
    if (rows.size() < kStep) return;
    after = rows.back();
  }
}

std::vector<LedgerSnapshot::DerivedFlag> FlagsNamed(Gather& gather,
                                                    std::vector<LedgerSnapshot::DerivedFlag> flags,
                                                    std::string_view name) {
  std::erase_if(flags, [&](const LedgerSnapshot::DerivedFlag& flag) {
    return flag.flag != name || !gather.IsAsked(flag.department);
  });
  return flags;
}

Json ValuesToJson(const std::vector<LedgerSnapshot::DerivedFlag>& flags) {
  Json values = Json::MakeArray();
  for (const LedgerSnapshot::DerivedFlag& flag : flags) {
    Json value = Json::MakeObject({{"department", flag.department}, {"value", flag.value}});
    value.Set("subject", ledger::ToHex(flag.subject));
    if (!flag.detail.empty()) value.Set("detail", flag.detail);
    values.Push(std::move(value));
  }
  return values;
}

void FindTasks(Gather& gather, const Detector& detector) {
  ledger::EventPlace from;
  if (const ByteView after = gather.After(); after.size() == 16) {
    from = {.time = static_cast<ledger::TimeMs>(ReadU64Be(after)),
            .index = ReadU64Be(after.subspan(8)) + 1};
  }
  while (true) {
    const auto places = ledger::ListOps(gather.State(), "correction.resolve", from,
                                        gather.Snapshot().Time() + 1, kStep);
    for (const ledger::EventPlace& place : places) {
      if (!gather.Look(Gather::kGrantLooks)) return;
      gather.Pass(KeyOfPlace(place.time, place.index));
      from = {.time = place.time, .index = place.index + 1};
      const auto act = ReadAct(gather, place.index);
      const auto correction = act ? ledger::ParseEntityId(act->body.TextOr("correction"))
                                  : Result<EntityId>(Fail(Errc::kNotFound, "act"));
      if (!correction) continue;
      auto flags = FlagsNamed(gather, gather.Snapshot().FlagsOf(*correction), "OVERDUE");
      std::erase_if(flags, [](const auto& flag) { return flag.detail != "D23"; });
      if (flags.empty()) continue;
      if (!gather.Cut().Keeps(gather.Cut().BeganBeforeEnd(place.time))) continue;
      Json row = BeginRow(detector);
      row.Set("code", "D23").Set("department", flags.front().department);
      row.Set("values", ValuesToJson(flags)).Set("entities", Entities({&*correction}));
      row.Set("transactions", act->transactions);
      gather.Push(std::move(row));
    }
    if (places.size() < kStep) return;
  }
}

}  // namespace jiandu::gateway
