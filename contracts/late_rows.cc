// The rows of deadlines that were missed, by which auditors find who was late: the department and
// its officer (809 Art. 20, 22, 39(4); ledger/model/late_index.h).
#include <algorithm>

#include "contracts/block_state.h"
#include "contracts/clock.h"
#include "ledger/model/late_index.h"
#include "ledger/model/officer_index.h"

namespace jiandu::contracts {

using ledger::Clock;
using ledger::EntityId;

// The handler the department named for the case, else the heads it had when the clock ended.
std::vector<EntityId> BlockState::ResponsibleFor(const EntityId& id, const Clock& clock) {
  const ledger::EntityBody* body = Body(id);
  const auto handler = body != nullptr
                           ? ledger::ParseEntityId(body->Text("handler/" + clock.department))
                           : Result<EntityId>(Fail(Errc::kNotFound, "body"));
  if (handler) return {*handler};
  return ledger::ListOfficers(*view_, clock.department, ledger::duty::kHead, clock.ended_at,
                              ledger::kResponsibleMax);
}

ledger::TxId BlockState::ReorganisedBy(std::string_view department, ledger::TimeMs at) {
  const ledger::EntityBody* body = Body(ledger::DepartmentEntity(department));
  if (body == nullptr) return {};
  const auto act = std::ranges::find_if(body->acts, [at](const ledger::Act& one) {
    return one.op == "department.reorg" && one.time == at;
  });
  return act != body->acts.end() ? act->txid : ledger::TxId();
}

void BlockState::NoteLate(const EntityId& id, const Clock& clock, const ledger::TxId& txid) {
  for (const Clock& part : LateParts(Calendar(), clock)) {
    Bytes key = ledger::LateRowKey(part, id);
    if (Has(key)) continue;  // noted when it ended; what ends with the block has nothing to add
    const bool is_own = part.department == clock.department;
    const Bytes value =
        ledger::LateRowValue(part, is_own ? txid : ReorganisedBy(part.department, part.ended_at),
                             ResponsibleFor(id, part));
    Put(std::move(key), value);
    Put(ledger::OwnLateRowKey(part, id), value);
  }
}

// Clocks that ended in this block past due without the act they ask for: they fell away or stand
// still. What was satisfied late has been noted when it was. A clock is the same one under the
// department that has it now, whoever had it when the body was stored; what a void step had ended
// runs anew for the block.
void BlockState::FinishLate(const EntityId& id, const Entry& entry) {
  for (const Clock& before : entry.passed_on ? entry.clocks_read : entry.clocks_before) {
    if (!before.Runs()) continue;
    const auto is_it = [&before](const Clock& clock) {
      return clock.code == before.code && (clock.department == before.department ||
                                           clock.held_until.contains(before.department));
    };
    const auto same_run = [&](const Clock& clock) {
      return is_it(clock) && clock.start == before.start;
    };
    auto after = std::ranges::find_if(entry.body->clocks, same_run);
    const bool replaced = after == entry.body->clocks.end();
    if (replaced) after = std::ranges::find_if(entry.body->clocks, is_it);
    if (after == entry.body->clocks.end()) continue;  // the duty went to another case
    // Another run has its place: whoever ended this one may not have told.
    Clock ended = replaced ? before : *after;
    if (replaced) ended.ended_at = Context().time;
    if (ended.Runs() || ended.satisfied) continue;
    const ledger::WorkCalendar& calendar = Calendar();
    const std::int64_t late = LateUnits(calendar, ended, ended.ended_at);
    if (late == 0 || DueOf(calendar, ended).provisional) continue;
    ended.late = late;
    const auto& acts = entry.body->acts;
    NoteLate(id, ended, acts.empty() ? ledger::TxId() : acts.back().txid);
  }
}

}  // namespace jiandu::contracts
