// Counting by the calendar of the ledger.
#include "contracts/clock.h"

#include <algorithm>

#include "ledger/model/clock_index.h"

namespace jiandu::contracts {

using ledger::Clock;
using ledger::ClockUnit;
using ledger::EntityBody;
using ledger::TimeMs;
using ledger::WorkCalendar;

namespace {

constexpr TimeMs kHourMs = 3'600'000;

Clock* Find(EntityBody& body, std::string_view code, std::string_view department) {
  const Clock* found = body.FindClock(code, department);
  return found != nullptr ? &body.clocks[static_cast<std::size_t>(found - body.clocks.data())]
                          : nullptr;
}

// A place for the clock: the one it had before, or a new one. The oldest that ended in time makes
// room, else the oldest that ended. No case has as many running: a clock is one of a code and a
// department, and forms name eight departments at most.
Clock& Place(EntityBody& body, std::string_view code, std::string_view department) {
  if (Clock* known = Find(body, code, department)) return *known;
  if (body.clocks.size() >= EntityBody::kClocksMax) {
    auto room =
        std::ranges::find_if(body.clocks, [](const Clock& c) { return !c.Runs() && c.late == 0; });
    if (room == body.clocks.end()) {
      room = std::ranges::find_if(body.clocks, [](const Clock& c) { return !c.Runs(); });
    }
    body.clocks.erase(room != body.clocks.end() ? room : body.clocks.begin());
  }
  return body.clocks.emplace_back();
}

// Of this run alone: what a run before was late has its own row.
void NoteLate(const Case& judged, const EntityBody& body, Clock clock, std::int64_t late) {
  const auto id = judged.state.IdOf(body);
  if (!id) return;  // born with this transaction: no clock of it was late before
  clock.late = late;
  judged.state.NoteLate(*id, clock, judged.txid);
}

void Satisfy(Case& judged, const EntityBody& body, Clock& clock) {
  const WorkCalendar& calendar = judged.state.Calendar();
  clock.ended_at = judged.Time();
  clock.satisfied = true;
  // By a provisional calendar nobody is late; the clock is kept, so lateness can be derived later.
  if (DueOf(calendar, clock).provisional) return;
  const std::int64_t late = LateUnits(calendar, clock, judged.Time());
  clock.late += late;
  if (late == 0) return;
  judged.Raise(ledger::Flag::kLate);
  NoteLate(judged, body, clock, late);
}

}  // namespace

void StartClock(BlockState& state, EntityBody& body, std::string_view code,
                std::string_view department, TimeMs from, Pace pace) {
  const DeadlineRule* rule = FindDeadline(code);
  JD_ASSERT(rule != nullptr);
  const std::int64_t n = state.ProfileNamed(body.Text("profile")).NumberOf(*rule, pace);
  if (n == 0) return;
  Clock& place = Place(body, code, department);
  const std::int64_t late_before = place.satisfied ? 0 : place.late;
  place = Clock{.code = std::string(code),
                .department = std::string(department),
                .start = from,
                .n = n,
                .unit = rule->unit,
                .late = late_before};
}

void StartTerm(EntityBody& body, std::string_view code, std::string_view department, TimeMs from,
               TimeMs late_from) {
  Place(body, code, department) = Clock{.code = std::string(code),
                                        .department = std::string(department),
                                        .start = from,
                                        .n = late_from,
                                        .unit = ClockUnit::kUntil};
}

void SatisfyClock(Case& judged, EntityBody& body, std::string_view code,
                  std::string_view department) {
  // Several run where departments that each owed it have become one: the act is for all of them.
  for (Clock& clock : body.clocks) {
    const bool is_it = clock.code == code && (department.empty() || clock.department == department);
    if (is_it && clock.Runs()) Satisfy(judged, body, clock);
  }
}

std::int64_t StopClock(Case& judged, EntityBody& body, std::string_view code) {
  Clock* clock = Find(body, code, {});
  if (clock == nullptr || !clock->Runs()) return 0;
  const std::int64_t late = LateUnits(judged.state.Calendar(), *clock, judged.Time());
  clock->late += late;
  clock->ended_at = judged.Time();
  // It may start anew in the same block: then nobody else sees that it stood still.
  if (late > 0 && !DueOf(judged.state.Calendar(), *clock).provisional) {
    NoteLate(judged, body, *clock, late);
  }
  return late;
}

void ExtendClock(EntityBody& body, std::string_view code, std::string_view department,
                 std::int64_t extra) {
  Clock* clock = Find(body, code, department);
  if (clock != nullptr && clock->Runs()) clock->extra += extra;
}

void EndClock(EntityBody& body, std::string_view code, TimeMs time) {
  for (Clock& clock : body.clocks) {
    if (clock.code == code && clock.Runs()) clock.ended_at = time;
  }
}

void EndAllClocks(EntityBody& body, TimeMs time) {
  for (Clock& clock : body.clocks) {
    if (clock.Runs()) clock.ended_at = time;
  }
}

void MoveClock(EntityBody& from, EntityBody& to, std::string_view code) {
  const auto found = std::ranges::find(from.clocks, code, &Clock::code);
  if (found == from.clocks.end() || !found->Runs()) return;
  to.clocks.push_back(std::move(*found));
  from.clocks.erase(found);
}

const Clock* RunningClock(const EntityBody& body, std::string_view code,
                          std::string_view department) {
  const Clock* clock = body.FindClock(code, department);
  return clock != nullptr && clock->Runs() ? clock : nullptr;
}

bool IsOverdue(const WorkCalendar& calendar, const Clock& clock, TimeMs time) {
  return clock.Runs() && DueOf(calendar, clock).at <= time;
}

std::int64_t LateUnits(const WorkCalendar& calendar, const Clock& clock, TimeMs time) {
  const TimeMs due = DueOf(calendar, clock).at;
  if (time < due) return 0;
  if (clock.unit == ClockUnit::kHours) return (time - due) / kHourMs + 1;
  // The due day is the day before `due`. A Saturday after a Friday is late by law, and counts one.
  std::int64_t late = std::max<std::int64_t>(calendar.WorkdaysBetween(due - 1, time), 1);
  for (const auto& [department, days] : clock.waits) late -= days;
  return std::max<std::int64_t>(late, 0);
}

std::vector<Clock> LateParts(const WorkCalendar& calendar, const Clock& clock) {
  std::vector<std::pair<TimeMs, ledger::DepartmentId>> holders;  // in turn
  holders.reserve(clock.held_until.size());
  for (const auto& [department, until] : clock.held_until) holders.emplace_back(until, department);
  std::ranges::sort(holders);
  std::vector<Clock> parts;
  std::int64_t counted = 0;
  Clock part = clock;
  part.held_until.clear();
  for (const auto& [until, department] : holders) {
    part.department = department;
    part.ended_at = std::min(until, clock.ended_at);
    part.satisfied = false;
    part.late = std::min(LateUnits(calendar, clock, part.ended_at), clock.late) - counted;
    if (part.late > 0) {
      counted += part.late;
      parts.push_back(part);
    }
    part.held_until.emplace(department, until);
  }
  if (clock.late > counted) {
    parts.push_back(clock);
    parts.back().late -= counted;
  }
  return parts;
}

void BookWait(Case& judged, EntityBody& body, std::string_view code, std::string_view waited_for,
              TimeMs since) {
  Clock* clock = Find(body, code, {});
  if (clock == nullptr || !clock->Runs()) return;
  // A day waits for a department if the ball passed to it on an earlier day and it had not acted
  // before that day (4.6).
  const std::int64_t days = judged.state.Calendar().WorkdaysBetween(since, judged.Time());
  if (days > 0) clock->waits[std::string(waited_for)] += days;
}

}  // namespace jiandu::contracts
