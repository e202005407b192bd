// The end of a block: everything changed is encoded once, and the indexes that follow from it are
// written with it: running clocks, officers in charge, grades, uses.
#include "contracts/block_state.h"
#include "contracts/compromise.h"
#include "crypto/hash.h"
#include "ledger/model/clock_index.h"
#include "ledger/model/grant_index.h"
#include "ledger/model/officer_index.h"

namespace jiandu::contracts {

using ledger::EntityId;

namespace {

// A clock of `others` runs that stands in the same rows: these stay as they are.
bool KeepsRow(const ledger::Clock& clock, const std::vector<ledger::Clock>& others) {
  return std::ranges::any_of(others, [&clock](const ledger::Clock& other) {
    return other.Runs() && other.code == clock.code && other.department == clock.department &&
           other.start == clock.start && other.n == clock.n && other.extra == clock.extra &&
           other.unit == clock.unit;
  });
}

}  // namespace

void BlockState::FinishClocks(const EntityId& id, const Entry& entry) {
  for (const ledger::Clock& clock : entry.clocks_before) {
    if (!clock.Runs() || KeepsRow(clock, entry.body->clocks)) continue;
    Delete(ledger::ClockRowKey(clock, id));
    Delete(ledger::OwnClockRowKey(clock, id));
  }
  for (const ledger::Clock& clock : entry.body->clocks) {
    if (!clock.Runs() || KeepsRow(clock, entry.clocks_before)) continue;
    Put(ledger::ClockRowKey(clock, id), ToBytes(clock.department));
    Put(ledger::OwnClockRowKey(clock, id), ToBytes(clock.department));
  }
}

// Who is in office, and who was until when.
void BlockState::FinishOffices(const EntityId& id, const ledger::EntityBody& identity) {
  for (const std::uint32_t duty : ledger::kDutiesInCharge) {
    Bytes row = ledger::OfficeRowKey(identity.department, duty, id);
    const auto since = Get(row);
    const bool in_office = ledger::IsInOffice(identity, duty);
    if (in_office == since.has_value()) continue;
    if (in_office) {
      Put(std::move(row), ledger::OfficeRowValue(context_->time));
      continue;
    }
    Put(ledger::FormerOfficeRowKey(identity.department, duty, context_->time, id), *since);
    Delete(std::move(row));
  }
}

// A resource stands under its grade of today; that it was raised while there may be grants is kept.
void BlockState::FinishGrade(const EntityId& id, const ledger::EntityBody& resource) {
  const int rank = ledger::GradeRank(resource.Text("grade"));
  const bool is_born = !Find(id).listed_before.has_value();  // in this block
  const auto known = is_born ? std::nullopt : Get(ledger::GradeOfKey(id));
  const int before = known && known->size() == 1 ? known->front() : 0;
  if (rank == before) return;
  if (before != 0) Delete(ledger::GradeRowKey(before, id));
  if (before != 0 && rank > before) Put(ledger::RaisedRowKey(id), {});
  Put(ledger::GradeRowKey(rank, id), {});
  Put(ledger::GradeOfKey(id), {static_cast<std::uint8_t>(rank)});
}

// Which grants were used in a month, and when each was last.
void BlockState::FinishUses() {
  for (const auto& [key, day] : days_) {
    const auto& [grant, date] = key;
    if (!day.stored) Put(ledger::UsedRowKey(date / 100, grant), {});
    if (day.now.counted == 0 || (day.stored && day.stored->counted > 0)) continue;
    const auto last = Get(ledger::LastUseKey(grant));
    if (ReadCount(last) >= static_cast<std::uint32_t>(date)) continue;
    Bytes value;
    AppendU32Be(value, static_cast<std::uint32_t>(date));
    Put(ledger::LastUseKey(grant), std::move(value));
  }
  for (const auto& [key, side] : sides_) {
    const auto& [grant, date] = key;
    if (!side.stored) Put(ledger::UsedRowKey(date / 100, grant), {});
  }
}

void BlockState::FinishEntry(const EntityId& id, Entry& entry) {
  if (entry.body_changed) {
    Bytes encoded = entry.body->Encode();
    entry.leaf->body_hash = crypto::Sha256(encoded);
    entry.leaf->status = entry.body->status;
    writes_.Put(ledger::BodyKey(id), std::move(encoded));
    if (entry.clocks_before != entry.body->clocks) {
      FinishClocks(id, entry);
      FinishLate(id, entry);
    }
    if (entry.body->kind == ledger::EntityKind::kResource) FinishGrade(id, *entry.body);
    if (entry.body->kind == ledger::EntityKind::kIdentity) FinishOffices(id, *entry.body);
    const bool has_steps = entry.body->kind == ledger::EntityKind::kRequest ||
                           entry.body->kind == ledger::EntityKind::kCorrection;
    if (has_steps) NoteSigners(*this, id, *entry.body);
  }
  if (entry.leaf_changed || entry.body_changed) {
    writes_.Put(ledger::LeafKey(id), entry.leaf->Encode());
  }
}

ledger::WriteSet BlockState::Finish() {
  // By place: what is read on the way enters new rows, which ends iterators but no reference.
  std::size_t next = 0;
  while (next < entries_.All().size()) {
    auto& [id, entry] = entries_.All()[next];
    FinishEntry(id, entry);
    ++next;
  }
  FinishUses();
  for (const auto& [key, day] : days_) {
    writes_.Put(DayKey(key.first, key.second), EncodeDay(day.now));
  }
  for (const auto& [key, hour] : hours_) {
    writes_.Put(HourKey(key.first, key.second), EncodeHour(hour));
  }
  for (const auto& [key, hour] : denied_) {
    writes_.Put(DeniedKey(key.first, key.second), EncodeHour(hour));
  }
  for (const auto& [key, side] : sides_) {
    writes_.Put(SideKey(key.first, key.second), EncodeSide(side.now));
  }
  for (const auto& [grant, uses] : uses_) {
    if (uses.changed) writes_.Put(UsesKey(grant), EncodeUses(uses.counter));
  }
  return writes_.Take();
}

}  // namespace jiandu::contracts
