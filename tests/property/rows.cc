// Rows that tell of events.
#include "tests/property/rows.h"

#include <algorithm>

#include "base/hex.h"
#include "ledger/model/clock_index.h"
#include "ledger/model/event_index.h"
#include "ledger/model/grant_index.h"
#include "ledger/model/late_index.h"
#include "ledger/model/subject_index.h"

namespace jiandu::contracts::property {
namespace {

std::set<Bytes> Under(const World& world, const Bytes& prefix) {
  std::set<Bytes> keys;
  world.View().Scan(prefix, {}, [&keys](ByteView key, ByteView) {
    keys.insert(ToBytes(key));
    return true;
  });
  return keys;
}

void Compare(const std::set<Bytes>& wanted, const std::set<Bytes>& is, const std::string& what,
             Rows::Failures& failures) {
  for (const Bytes& key : wanted) {
    if (!is.contains(key)) failures.push_back(what + ": no row " + HexEncode(key).substr(0, 80));
  }
  for (const Bytes& key : is) {
    if (!wanted.contains(key)) {
      failures.push_back(what + ": a row of nothing " + HexEncode(key).substr(0, 80));
    }
  }
}

void AddTags(std::set<Bytes>& rows, const Json* tags, const ledger::TxId& txid,
             std::string_view acc_id) {
  if (tags == nullptr || !tags->IsArray()) return;
  for (const Json& tag : tags->Items()) {
    const auto bytes = HexDecodeFixed<32>(tag.IsText() ? tag.AsString() : "");
    if (bytes) rows.insert(ledger::SubjectKey(*bytes, txid, acc_id));
  }
}

bool HasCalendar(const std::vector<Effect>& effects) {
  return std::ranges::any_of(
      effects, [](const Effect& effect) { return effect.payload.op == "calendar.publish"; });
}

// How late a clock was in the run that ended at `time`.
std::int64_t LateAt(const ledger::WorkCalendar& calendar, const ledger::Clock& clock,
                    std::int64_t time) {
  const auto due = ledger::DueOf(calendar, clock);
  if (due.provisional || time < due.at) return 0;
  if (clock.unit == ledger::ClockUnit::kHours) return 1;
  std::int64_t late = std::max<std::int64_t>(calendar.WorkdaysBetween(due.at - 1, time), 1);
  for (const auto& [department, days] : clock.waits) late -= days;
  return late;
}

}  // namespace

void Rows::TakeRecord(const World& world, const Effect& effect, const Json& record,
                      const EntityId* grant) {
  AddTags(subjects_, record.Find("subject_tags"), effect.txid, "");
  const EntityBody* of = grant != nullptr ? world.Body(*grant) : nullptr;
  if (of == nullptr || record.Find("seal") == nullptr) return;
  // Whoever has the data seals.
  if (of->Party("provider") != effect.payload.department) return;
  const std::string id(record.TextOr("acc_id"));
  sealed_[{*grant, id}] = {
      ledger::SealedKey(*of->Link("resource"), record.IntegerOr("occurred_at"), *grant, id),
      effect.txid};
}

void Rows::TakeAccess(const World& world, const Effect& effect) {
  const Json& body = effect.payload.body;
  const auto grant = ledger::ParseEntityId(body.TextOr("grant"));
  const EntityId* under = grant ? &*grant : nullptr;
  if (effect.payload.op == "access.record") return TakeRecord(world, effect, body, under);
  if (body.TextOr("form") == "full") {
    for (const Json& record : body.ItemsOf("records")) TakeRecord(world, effect, record, under);
    return;
  }
  const Json* digest = body.Find("digest");
  const EntityBody* of = grant ? world.Body(*grant) : nullptr;
  if (digest == nullptr || of == nullptr) return;
  if (of->Party("provider") != effect.payload.department) return;
  subjects_.insert(
      ledger::DigestBatchKey(*grant, digest->IntegerOr("from"), body.TextOr("batch_id")));
}

// What opens its seal leads to the access; what does not leaves it sealed.
void Rows::TakeOpened(const Effect& effect) {
  const bool fits = (effect.flags & ledger::FlagBit(ledger::Flag::kDigestMismatch)) == 0;
  const Json& body = effect.payload.body;
  const auto grant = ledger::ParseEntityId(body.TextOr("grant"));
  const std::string id(body.TextOr("acc_id"));
  const auto found = grant && fits ? sealed_.find({*grant, id}) : sealed_.end();
  const Json* opened = body.Find("opened");
  if (found == sealed_.end() || opened == nullptr) return;
  AddTags(subjects_, opened->Find("subject_tags"), found->second.txid, id);
  sealed_.erase(found);
}

// A leaf that is what was demanded is found by its tags, as an access reported singly.
void Rows::TakeLeaf(const Effect& effect) {
  const Json* record = effect.payload.body.Find("record");
  const bool fits = (effect.flags & ledger::FlagBit(ledger::Flag::kDigestMismatch)) == 0;
  if (record != nullptr && fits) {
    AddTags(subjects_, record->Find("subject_tags"), effect.txid, "");
  }
}

// What ended late in this block has both of its rows, whatever becomes of the clock later.
void Rows::TakeLate(const World& world, const BlockOutcome& outcome, Failures& failures) {
  const ledger::WorkCalendar calendar = ledger::ReadCalendar(world.View());
  const std::int64_t time = world.Blocks().back().context.time;
  for (const EntityId& id : world.Changed()) {
    const auto before = world.Before().find(id);
    for (const ledger::Clock& clock : world.Body(id)->clocks) {
      if (clock.ended_at != time) continue;
      // Of one that began with its case nobody can be late.
      if (before == world.Before().end()) continue;
      // The hours of an incident end with the report to the authority, whenever it is told here.
      const bool hours = clock.unit == ledger::ClockUnit::kHours && clock.satisfied;
      if ((hours ? clock.late : LateAt(calendar, clock, time)) <= 0) continue;
      late_.insert(ledger::LateRowKey(clock, id));
      late_.insert(ledger::OwnLateRowKey(clock, id));
    }
  }
  for (const auto& [key, value] : outcome.writes.Writes()) {
    if (key.empty() || key[0] != 'N') continue;
    if (!value) failures.push_back("late: a row is gone " + HexEncode(key).substr(0, 80));
  }
}

void Rows::TakeGrades(const World& world) {
  for (const EntityId& id : world.Changed()) {
    const auto before = world.Before().find(id);
    if (before == world.Before().end() || before->second.kind != EntityKind::kResource) continue;
    const int was = ledger::GradeRank(before->second.Text("grade"));
    if (was > 0 && ledger::GradeRank(world.Body(id)->Text("grade")) > was) {
      raised_.insert(ledger::RaisedRowKey(id));
    }
  }
}

void Rows::Take(const World& world, const std::vector<Effect>& effects, const BlockOutcome& outcome,
                Failures& failures) {
  for (const Effect& effect : effects) {
    const std::string& op = effect.payload.op;
    if (ledger::HasOpEvents(op)) {
      ops_.insert(ledger::OpEventKey(op, {.time = effect.time, .index = effect.index}));
    }
    if (op == "access.record" || op == "access.batch") TakeAccess(world, effect);
    if (op == "access.disclose") TakeOpened(effect);
    if (op == "access.leaf_produced") TakeLeaf(effect);
  }
  // Lateness is that of the calendar known when the clock ended.
  if (!HasCalendar(effects)) TakeLate(world, outcome, failures);
  TakeGrades(world);
}

void Rows::Check(const World& world, Failures& failures) const {
  Compare(ops_, Under(world, {'W'}), "ops", failures);
  Compare(raised_, Under(world, {'G', 'u'}), "raised grades", failures);
  std::set<Bytes> subjects = subjects_;
  for (const auto& [access, sealed] : sealed_) subjects.insert(sealed.row);
  std::set<Bytes> found = Under(world, {'S'});
  std::erase_if(found, [](const Bytes& key) { return key[1] == 'l'; });  // demands for leaves
  Compare(subjects, found, "subjects", failures);
  // A clock that ended and began anew in one block has a row and no trace: only one way here.
  const std::set<Bytes> late = Under(world, {'N'});
  for (const Bytes& key : late_) {
    if (!late.contains(key)) failures.push_back("late: no row " + HexEncode(key).substr(0, 80));
  }
  const auto scope = [&late](std::uint8_t which) {
    return std::ranges::count_if(late, [which](const Bytes& key) { return key[1] == which; });
  };
  if (scope('a') != scope('d')) failures.emplace_back("late: rows of all and of each differ");
}

}  // namespace jiandu::contracts::property
