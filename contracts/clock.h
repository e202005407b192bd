// Clocks of cases: starting, satisfying, ending them; when they are due (docs/contracts.md 4.19).
//
// A clock lies in the body of its case. Lateness is computed when the act comes, named by
// department, and rejects nothing. BlockState keeps the index of running clocks when the block
// ends. Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"
#include "contracts/deadlines.h"
#include "ledger/model/clock_index.h"
#include "ledger/model/work_calendar.h"

namespace jiandu::contracts {

// Starts the clock of the code on the department, or starts it anew; what was late when it was
// stopped stays. The number is that of the body's profile, else of the current one; a profile
// without the code starts nothing.
void StartClock(BlockState& state, ledger::EntityBody& body, std::string_view code,
                std::string_view department, ledger::TimeMs from, Pace pace = Pace::kUsual);
// A deadline set in the case: `late_from` is the first ms that is late.
void StartTerm(ledger::EntityBody& body, std::string_view code, std::string_view department,
               ledger::TimeMs from, ledger::TimeMs late_from);
// The act the running clock asks for has come: ends it, keeps how late it is, and raises LATE.
// Nothing when no such clock runs. Empty department: the first of the code.
void SatisfyClock(Case& judged, ledger::EntityBody& body, std::string_view code,
                  std::string_view department = "");
// The clock stands still until it starts anew; returns how late it is.
std::int64_t StopClock(Case& judged, ledger::EntityBody& body, std::string_view code);
// The running clock has so many working days (hours) more.
void ExtendClock(ledger::EntityBody& body, std::string_view code, std::string_view department,
                 std::int64_t extra);
// The duty fell away.
void EndClock(ledger::EntityBody& body, std::string_view code, ledger::TimeMs time);
void EndAllClocks(ledger::EntityBody& body, ledger::TimeMs time);
// Of a body to be shown: what ended in silence owes nothing from then on (4.6 RQ7c, RQ10; 4.7 CN6),
// and a correction that silence confirmed is not asked for an answer any more (4.13 CR5).
void EndLapsedClocks(BlockState& state, ledger::EntityBody& body, ledger::TimeMs time);
// The duty goes on in another body: of a request in its grant.
void MoveClock(ledger::EntityBody& from, ledger::EntityBody& to, std::string_view code);

[[nodiscard]] const ledger::Clock* RunningClock(const ledger::EntityBody& body,
                                                std::string_view code,
                                                std::string_view department = "");
using ledger::DueOf;
// The clock runs and its due time has passed at `time`.
[[nodiscard]] bool IsOverdue(const ledger::WorkCalendar& calendar, const ledger::Clock& clock,
                             ledger::TimeMs time);
// Working days (hours) past due at `time`, less the days others took; at least 1 when late at all
// and nobody else took any.
[[nodiscard]] std::int64_t LateUnits(const ledger::WorkCalendar& calendar,
                                     const ledger::Clock& clock, ledger::TimeMs time);
// Of a clock that ended, what each department that had it let it become later: those that have
// ended since, each until it passed on, then the one that owed it at the end. Their `late` add up
// to that of the clock; who had it in time only is not among them.
[[nodiscard]] std::vector<ledger::Clock> LateParts(const ledger::WorkCalendar& calendar,
                                                   const ledger::Clock& clock);
// Books the working days from `since` until now to the department that had the ball meanwhile.
void BookWait(Case& judged, ledger::EntityBody& body, std::string_view code,
              std::string_view waited_for, ledger::TimeMs since);

}  // namespace jiandu::contracts
