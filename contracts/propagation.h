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

// Open corrections of a resource.
void MarkDispute(BlockState& state, const ledger::EntityId& resource,
                 const ledger::EntityId& correction);
void UnmarkDispute(BlockState& state, const ledger::EntityId& resource,
                   const ledger::EntityId& correction);
[[nodiscard]] std::vector<ledger::EntityId> DisputesOf(const ledger::StateView& view,
                                                       const ledger::EntityId& resource);

}  // namespace jiandu::contracts
