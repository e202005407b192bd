// Counting working days, a day at a time: the longest deadline of the law has twenty.
#include "ledger/model/work_calendar.h"

#include <algorithm>

#include "base/limits.h"
#include "ledger/model/form.h"

namespace jiandu::ledger {
namespace {

constexpr TimeMs kDayMs = 86'400'000;
constexpr TimeMs kZoneMs = 8 * 3'600'000;  // UTC+8
constexpr std::size_t kDatesMax = 366;
constexpr std::int64_t kDaysMax = 4000;  // of one count: more than any deadline, whatever it asks

TimeMs StartOfDay(TimeMs time) { return StartOfDate(DateOf(time)); }

// 1970-01-01 was a Thursday.
bool IsWeekend(std::int32_t date) {
  const std::int64_t days = (StartOfDate(date) + kZoneMs) / kDayMs;
  const std::int64_t weekday = (days % 7 + 10) % 7;  // 0: Monday
  return weekday >= 5;
}

bool Has(const std::vector<std::int32_t>& dates, std::int32_t date) {
  return std::ranges::binary_search(dates, date);
}

Result<std::vector<std::int32_t>> ReadDates(const Json& json, std::string_view name,
                                            std::int32_t year) {
  std::vector<std::int32_t> dates;
  const auto items = json.ItemsOf(name);
  if (items.size() > kDatesMax) return Fail(Errc::kTooLarge, "calendar: more days than a year has");
  for (const Json& item : items) {
    const std::int64_t date = item.IsInteger() ? item.AsInteger() : 0;
    const bool fits = IsDate(date) && date / 10000 == year &&
                      (dates.empty() || dates.back() < static_cast<std::int32_t>(date));
    if (!fits) {
      return Fail(Errc::kInvalid,
                  "calendar: /" + std::string(name) + ": days of the year as yyyymmdd, ascending");
    }
    dates.push_back(static_cast<std::int32_t>(date));
  }
  return dates;
}

Json ToList(const std::vector<std::int32_t>& dates) {
  Json list = Json::MakeArray();
  for (const std::int32_t date : dates) list.Push(date);
  return list;
}

}  // namespace

Result<CalendarYear> CalendarYear::FromJson(const Json& json) {
  CalendarYear year;
  const std::int64_t number = json.IntegerOr("year");
  if (number < 1970 || number > 2199) return Fail(Errc::kInvalid, "calendar: /year: 1970 to 2199");
  year.year = static_cast<std::int32_t>(number);
  year.version = json.IntegerOr("version", 1);
  JD_TRY(year.holidays, ReadDates(json, "holidays", year.year));
  JD_TRY(year.makeup_workdays, ReadDates(json, "makeup_workdays", year.year));
  for (const std::int32_t date : year.makeup_workdays) {
    if (Has(year.holidays, date)) {
      return Fail(Errc::kInvalid,
                  "calendar: " + std::to_string(date) + " is both a holiday and a make-up workday");
    }
  }
  year.notice_no = json.TextOr("notice_no");
  year.notice_digest = json.TextOr("notice_digest");
  return year;
}

Json CalendarYear::ToJson() const {
  Json json = Json::MakeObject();
  json.Set("holidays", ToList(holidays)).Set("makeup_workdays", ToList(makeup_workdays));
  json.Set("notice_digest", notice_digest).Set("notice_no", notice_no);
  json.Set("version", version).Set("year", year);
  return json;
}

std::vector<CalendarYear> PublishedCalendars() {
  CalendarYear year{.year = 2026,
                    .version = 1,
                    .holidays = {},
                    .makeup_workdays = {20260104, 20260214, 20260228, 20260509, 20260920, 20261010},
                    .notice_no = "国务院办公厅关于2026年部分节假日安排的通知",
                    .notice_digest = {}};
  constexpr std::pair<std::int32_t, std::int32_t> kHolidays[] = {
      {20260101, 20260103}, {20260215, 20260223}, {20260404, 20260406}, {20260501, 20260505},
      {20260619, 20260621}, {20260925, 20260927}, {20261001, 20261007}};
  for (const auto& [first, last] : kHolidays) {
    for (std::int32_t date = first; date <= last; ++date) year.holidays.push_back(date);
  }
  return {std::move(year)};
}

void WorkCalendar::Put(CalendarYear year) { years_.insert_or_assign(year.year, std::move(year)); }

const CalendarYear* WorkCalendar::Find(std::int32_t year) const {
  const auto found = years_.find(year);
  return found != years_.end() ? &found->second : nullptr;
}

bool WorkCalendar::IsWorkday(std::int32_t date) const {
  if (const CalendarYear* year = Find(date / 10000)) {
    if (Has(year->holidays, date)) return false;
    if (Has(year->makeup_workdays, date)) return true;
  }
  return !IsWeekend(date);
}

WorkCalendar::Due WorkCalendar::DueAfter(TimeMs start, std::int64_t n) const {
  TimeMs day = StartOfDay(start);
  bool provisional = false;
  std::int64_t left = n;
  for (std::int64_t passed = 0; left > 0 && passed < kDaysMax; ++passed) {
    day += kDayMs;
    const std::int32_t date = DateOf(day);
    if (Find(date / 10000) == nullptr) provisional = true;
    if (IsWorkday(date)) --left;
  }
  return {.at = day + kDayMs, .provisional = provisional};
}

std::int64_t WorkCalendar::WorkdaysBetween(TimeMs from, TimeMs to) const {
  const TimeMs last = StartOfDay(to);
  std::int64_t count = 0;
  for (TimeMs day = StartOfDay(from) + kDayMs; day <= last; day += kDayMs) {
    if (IsWorkday(DateOf(day))) ++count;
  }
  return count;
}

TimeMs WorkCalendar::PastDueBefore(TimeMs now, std::int64_t n) const {
  // Yesterday is the last day that may have been a due day; n working days back from its end.
  TimeMs day = StartOfDay(now);
  std::int64_t left = n;
  for (std::int64_t passed = 0; left > 0 && passed < kDaysMax; ++passed) {
    day -= kDayMs;
    if (IsWorkday(DateOf(day))) --left;
  }
  // What started on the day before the first of these working days, or earlier, is past due.
  return n == 0 ? StartOfDay(now) : day;
}

Bytes CalendarKey(std::int32_t year) { return ConfigKey("calendar/" + std::to_string(year)); }

WorkCalendar ReadCalendar(const StateView& view) {
  WorkCalendar calendar;
  view.Scan(ConfigKey("calendar/"), {}, [&calendar](ByteView, ByteView value) {
    const auto json = ParseJson(AsText(value), limits::kTxBytesMax);
    auto year = json ? CalendarYear::FromJson(*json)
                     : Result<CalendarYear>(Fail(Errc::kCorrupt, "calendar"));
    if (year) calendar.Put(std::move(*year));
    return true;
  });
  return calendar;
}

}  // namespace jiandu::ledger
