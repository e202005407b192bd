// The calendar of working days 工作日: in them the law counts its deadlines (809 Art. 17, 21, 22,
// 26).
//
// A published year names the holidays among its days and the Saturdays and Sundays that are worked
// (调休上班日); a year nobody has published yet counts Monday to Friday, provisionally. Days are
// those of UTC+8. Plain values; pure; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "ledger/model/entity.h"
#include "ledger/model/state_view.h"

namespace jiandu::ledger {

// One year as published (docs/contracts.md 4.2). Dates are yyyymmdd, ascending.
struct CalendarYear {
  std::int32_t year = 0;
  std::int64_t version = 1;
  std::vector<std::int32_t> holidays;
  std::vector<std::int32_t> makeup_workdays;
  std::string notice_no;      // 文号 of the notice it comes from
  std::string notice_digest;  // 64 hex digits
  bool operator==(const CalendarYear&) const = default;

  // Reads the members of calendar.publish, of genesis and of the state alike. Refuses dates that
  // are none, of another year, out of order, or both holiday and make-up.
  [[nodiscard]] static Result<CalendarYear> FromJson(const Json& json);
  [[nodiscard]] Json ToJson() const;
};

// The years this program knows, for a network's genesis: as the General Office of the State Council
// announced them (2026: notice of 2025-11-04).
[[nodiscard]] std::vector<CalendarYear> PublishedCalendars();

class WorkCalendar {
 public:
  void Put(CalendarYear year);  // replaces what was known of the year
  [[nodiscard]] const CalendarYear* Find(std::int32_t year) const;
  [[nodiscard]] bool IsWorkday(std::int32_t date) const;

  struct Due {
    TimeMs at = 0;             // the first ms that is late: 24:00 of the due day
    bool provisional = false;  // some day counted, or the due day, is of an unpublished year
    bool operator==(const Due&) const = default;
  };
  // The n-th working day after the day of `start`, which itself is not counted.
  [[nodiscard]] Due DueAfter(TimeMs start, std::int64_t n) const;
  // Working days after the day of `from`, up to and including the day of `to`; 0 when not later.
  [[nodiscard]] std::int64_t WorkdaysBetween(TimeMs from, TimeMs to) const;
  // The time such that what started before its day and has n working days is past due at `now`:
  // DueAfter(start, n).at <= now exactly when start < the result.
  [[nodiscard]] TimeMs PastDueBefore(TimeMs now, std::int64_t n) const;

 private:
  std::map<std::int32_t, CalendarYear> years_;
};

// `cfg/calendar/<year>` -> the year's canonical JSON.
[[nodiscard]] Bytes CalendarKey(std::int32_t year);
[[nodiscard]] WorkCalendar ReadCalendar(const StateView& view);

}  // namespace jiandu::ledger
