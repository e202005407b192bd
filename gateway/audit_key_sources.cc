// What a key signed after it had been compromised (docs/contracts.md 4.1 DP6): SIGNED_WHILE_
// COMPROMISED stands in no transaction, for nobody knew.
//
// From the revocations follow the keys; what a department signed in a month is the history of its
// month.
#include <algorithm>
#include <array>
#include <limits>

#include "base/hex.h"
#include "gateway/audit_sources.h"
#include "ledger/model/event_index.h"
#include "ledger/model/key_record.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::TimeMs;

constexpr std::size_t kStep = 64;

// A key revoked as COMPROMISED, and from when until when what it signed is in doubt.
struct Doubt {
  ledger::KeyId key;
  ledger::DepartmentId department;
  EntityId identity;
  TimeMs from = 0;
  TimeMs until = 0;  // its last ms
};
// Where in the list: the revocation, the month of the department, the place in its history.
struct Place {
  ledger::EventPlace revocation;
  TimeMs month = 0;  // a time in it
  std::uint64_t seq = 0;
};
constexpr std::size_t kPlaceBytes = 16 + 8 + 8;
constexpr TimeMs kNoMonth = std::numeric_limits<TimeMs>::max();  // the revocation is done with

Bytes KeyOf(const Place& place) {
  Bytes key = KeyOfPlace(place.revocation.time, place.revocation.index);
  AppendU64Be(key, static_cast<std::uint64_t>(place.month));
  AppendU64Be(key, place.seq);
  return key;
}
std::optional<Place> PlaceOf(ByteView key) {
  if (key.size() != kPlaceBytes) return std::nullopt;
  return Place{.revocation = {.time = static_cast<TimeMs>(ReadU64Be(key)),
                              .index = ReadU64Be(key.subspan(8))},
               .month = static_cast<TimeMs>(ReadU64Be(key.subspan(16))),
               .seq = ReadU64Be(key.subspan(24))};
}

std::vector<Doubt> DoubtsOf(Gather& gather, const EntityId& identity) {
  std::vector<Doubt> doubts;
  const auto body = FindBody(gather.Snapshot(), identity);
  if (!body) return doubts;
  for (const ledger::KeyId& id : ledger::KeysOf(*body)) {
    const auto record = ledger::FindKeyRecord(gather.State(), id);
    if (!record || record->reason != ledger::RevokeReason::kCompromised) continue;
    doubts.push_back({.key = id,
                      .department = record->department,
                      .identity = identity,
                      .from = record->compromised_since,
                      .until = record->revoked_at});
  }
  return doubts;
}

TimeMs NextMonth(TimeMs time) {
  const std::int32_t month = ledger::MonthOf(time);
  const std::int32_t next = month % 100 == 12 ? month + 89 : month + 1;
  return ledger::StartOfDate(next * 100LL + 1);
}

bool SignedBy(const Act& act, const std::vector<Doubt>& doubts) {
  return std::ranges::any_of(doubts, [&](const Doubt& doubt) {
    return act.stub.time >= doubt.from && act.stub.time <= doubt.until &&
           std::ranges::find(act.signers, doubt.key, &ledger::Signer::key) != act.signers.end();
  });
}

void ShowSigned(Gather& gather, const Detector& detector, const std::vector<Doubt>& doubts,
                const Act& revocation, ledger::LogIndex index) {
  const auto act = ReadAct(gather, index);
  if (!act || act->stub.code != 0 || !SignedBy(*act, doubts)) return;
  if (act->stub.time < gather.Period().from || act->stub.time >= gather.Period().until) return;
  if (!gather.Sight().ShowsEvent(act->stub)) return;
  if (!gather.Department().empty() && !IsAbout(gather, *act)) return;
  Json row = BeginRow(detector);
  AddAct(gather, row, *act);
  Json transactions = act->transactions;
  for (const Json& one : revocation.transactions.Items()) transactions.Push(one);
  row.Set("transactions", std::move(transactions));
  row.Set("identity", ledger::ToHex(doubts.front().identity));
  row.Set("compromised_since", doubts.front().from);
  gather.Push(std::move(row));
}

// One month of the department's history; false when the page is full.
bool FindInMonth(Gather& gather, const Detector& detector, const std::vector<Doubt>& doubts,
                 const Act& revocation, Place place) {
  const EntityId month = ledger::DepartmentMonthEntity(doubts.front().department, place.month);
  while (true) {
    const auto indexes = gather.Snapshot().History(month, place.seq, kStep);
    for (const ledger::LogIndex index : indexes) {
      if (!gather.Look(Gather::kReadLooks)) return false;
      const auto stub = StubAt(gather.Snapshot(), index);
      if (stub && stub->time > doubts.front().until) return true;
      ShowSigned(gather, detector, doubts, revocation, index);
      gather.Pass(KeyOf(place));
      ++place.seq;
    }
    if (indexes.size() < kStep) return true;
  }
}

bool FindOf(Gather& gather, const Detector& detector, const ledger::EventPlace& at,
            const std::optional<Place>& after) {
  const auto act = ReadAct(gather, at.index);
  const auto identity = act ? ledger::ParseEntityId(act->body.TextOr("identity"))
                            : Result<EntityId>(Fail(Errc::kNotFound, "act"));
  if (!identity) return true;
  const auto doubts = DoubtsOf(gather, *identity);
  if (doubts.empty()) return true;
  Place place{.revocation = at, .month = doubts.front().from, .seq = 0};
  if (after && after->revocation == at) {
    place.month = after->month;
    place.seq = after->seq + 1;
  } else {
    const EntityId month = ledger::DepartmentMonthEntity(doubts.front().department, place.month);
    place.seq = PlaceAt(gather.Snapshot(), month, place.month);
  }
  while (place.month <= doubts.front().until) {
    if (!FindInMonth(gather, detector, doubts, *act, place)) return false;
    place = {.revocation = at, .month = NextMonth(place.month), .seq = 0};
  }
  return true;
}

}  // namespace

void FindCompromised(Gather& gather, const Detector& detector) {
  const auto after = PlaceOf(gather.After());
  ledger::EventPlace from = after ? after->revocation : ledger::EventPlace{};
  while (true) {
    const auto places = ledger::ListOps(gather.State(), "identity.revoke", from,
                                        gather.Snapshot().Time() + 1, kStep);
    for (const ledger::EventPlace& at : places) {
      if (!gather.Look(Gather::kReadLooks)) return;
      if (!FindOf(gather, detector, at, after)) return;
      gather.Pass(KeyOf({.revocation = at, .month = kNoMonth, .seq = 0}));
      from = {.time = at.time, .index = at.index + 1};
    }
    if (places.size() < kStep) return;
  }
}

}  // namespace jiandu::gateway
