// The index of running clocks: which cases are past due, without reading any case.
//
// A row says since when a clock runs and how many working days it has, never when it is due: a
// calendar published anew moves every due date and no row. Among clocks of equal length the one
// that started first is due first, so what is past due is the beginning of each length's rows.
// Contracts write it with the bodies; it is no leaf of the state tree. Pure; any thread.
#pragma once

#include "ledger/model/body.h"
#include "ledger/model/work_calendar.h"

namespace jiandu::ledger {

// "O" scope unit 1 length 4 time 8 entity 17 code 0 department: the scope is "a", or "d" and the
// department's code; the time is the start of working days, the due time of anything else, whose
// length is 0. The value is the code of the department.
[[nodiscard]] Bytes ClockRowKey(const Clock& clock, const EntityId& entity);
[[nodiscard]] Bytes OwnClockRowKey(const Clock& clock, const EntityId& entity);

// The first moment at which it is late, its extension included; whether it still runs or not.
[[nodiscard]] WorkCalendar::Due DueOf(const WorkCalendar& calendar, const Clock& clock);

struct OverdueClock {
  EntityId entity;
  std::string code;
  DepartmentId department;
  TimeMs start = 0;
  WorkCalendar::Due due;
  std::int64_t late = 0;  // working days (hours of I01) past due, those others took not taken off
  bool operator==(const OverdueClock&) const = default;
};
// Clocks past due at `now`, those due first first, at most `count` of them after `after` (null:
// from the first); of one department, or of all for "". Reads about `count` rows a length in use.
[[nodiscard]] std::vector<OverdueClock> ListOverdue(const StateView& view,
                                                    const WorkCalendar& calendar, TimeMs now,
                                                    std::string_view department, std::size_t count,
                                                    const OverdueClock* after = nullptr);

}  // namespace jiandu::ledger
