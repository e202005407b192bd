// How a correction reaches those who hold the data (docs/contracts.md 4.13, CR6; 809 Art. 25, 29).
//
// Nobody is written to: that a holder owes an answer (D23) follows from the correction, the grants
// and the lineage. Direct holders owe it from the answer to the correction on, the next level from
// the answer of the level above. Pure; the thread of the block.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "contracts/lineage.h"
#include "ledger/model/work_calendar.h"

namespace jiandu::contracts {

// Tasks of one correction that are listed at most.
inline constexpr std::size_t kTasksMax = 1024;

// A correction was answered with a new version, which its items have.
void NoteCorrected(BlockState& state, const ledger::EntityId& correction,
                   const ledger::EntityBody& body);
[[nodiscard]] bool IsCorrected(const ledger::EntityBody& correction);

// When the duty of this grant's or derived resource's holder began; 0: there is none yet.
[[nodiscard]] ledger::TimeMs TaskStart(BlockState& state, const ledger::EntityId& correction,
                                       const ledger::EntityId& held);
// The duty as a deadline.
[[nodiscard]] ledger::Clock TaskClock(BlockState& state, std::string_view department,
                                      ledger::TimeMs start);

struct CorrectionTask {
  ledger::EntityId held;  // grant, or derived resource
  ledger::DepartmentId department;
  ledger::TimeMs start = 0;
  ledger::WorkCalendar::Due due;
  std::optional<CorrectionAnswer> answer;
};
// All of a correction, level by level, as of the state the block began with; with bounds.
[[nodiscard]] std::vector<CorrectionTask> TasksOf(BlockState& state,
                                                  const ledger::EntityId& correction);

// An unanswered correction is owed an answer and marks its items: but a doubt of a department that
// never had the data, about an entry that was never published, is on record alone (809 Art. 26
// speaks of data that is used).
[[nodiscard]] bool HasEffect(const ledger::EntityBody& correction);

// Open corrections of a resource. Each department has a place of its own in the list, those that
// never used the data a smaller one: whatever a department files, the doubts of the others stay.
inline constexpr std::size_t kDisputesOfUser = 64;
inline constexpr std::size_t kDisputesOfStranger = 16;
// What File of tables/correction.cc keeps of the filer: lists go by it, also when the department
// has passed to another.
void NoteFiler(ledger::EntityBody& correction, std::string_view filer, bool is_user,
               bool has_effect);
void MarkDispute(BlockState& state, const ledger::EntityId& resource,
                 const ledger::EntityId& correction, const ledger::EntityBody& body);
void UnmarkDispute(BlockState& state, const ledger::EntityId& resource,
                   const ledger::EntityId& correction, const ledger::EntityBody& body);
[[nodiscard]] std::vector<ledger::EntityId> DisputesOf(const ledger::StateView& view,
                                                       const ledger::EntityId& resource);

}  // namespace jiandu::contracts
