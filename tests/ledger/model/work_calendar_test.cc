// Working days against the vectors of the design (docs/contracts.md 4.2), and the index that lists
// what is past due by them.
#include "ledger/model/work_calendar.h"

#include <gtest/gtest.h>

#include <random>

#include "ledger/model/clock_index.h"
#include "ledger/model/form.h"
#include "tests/support/contract_world.h"

namespace jiandu::ledger {
namespace {

using contracts::testing::MemoryView;
constexpr TimeMs kHour = 3'600'000;
constexpr TimeMs kDay = 24 * kHour;

WorkCalendar Published() {
  WorkCalendar calendar;
  calendar.Put(PublishedCalendars().front());
  return calendar;
}

std::int32_t DueDate(const WorkCalendar& calendar, std::int32_t from, std::int64_t n) {
  return DateOf(calendar.DueAfter(StartOfDate(from) + 10 * kHour, n).at - 1);
}

TEST(WorkCalendar, CountsAsThePublishedYearDoes) {
  struct Vector {
    std::int64_t n;
    std::int32_t from;
    std::int32_t due;
  };
  const WorkCalendar calendar = Published();
  for (const Vector& vector : {Vector{10, 20260209, 20260228}, Vector{1, 20260213, 20260214},
                               Vector{1, 20260214, 20260224}, Vector{20, 20260227, 20260326},
                               Vector{10, 20260324, 20260408}, Vector{1, 20260403, 20260407},
                               Vector{10, 20260420, 20260507}, Vector{1, 20260430, 20260506},
                               Vector{10, 20260918, 20261009}}) {
    EXPECT_EQ(DueDate(calendar, vector.from, vector.n), vector.due) << vector.from;
    EXPECT_FALSE(calendar.DueAfter(StartOfDate(vector.from), vector.n).provisional);
  }
  CalendarYear changed = PublishedCalendars().front();
  changed.holidays.insert(std::ranges::upper_bound(changed.holidays, 20260522), 20260522);
  WorkCalendar again = calendar;
  again.Put(changed);
  EXPECT_EQ(DueDate(again, 20260514, 10), 20260529);
  EXPECT_EQ(DueDate(calendar, 20260514, 10), 20260528);
}

TEST(WorkCalendar, AYearNobodyPublishedCountsMondayToFridayProvisionally) {
  const WorkCalendar calendar = Published();
  EXPECT_TRUE(calendar.DueAfter(StartOfDate(20261231), 1).provisional);
  EXPECT_EQ(DueDate(calendar, 20261231, 1), 20270101);
  EXPECT_FALSE(calendar.DueAfter(StartOfDate(20261230), 1).provisional);
}

TEST(WorkCalendar, TheDayEndsAtMidnightInChina) {
  const WorkCalendar calendar = Published();
  const TimeMs late = StartOfDate(20260303) - 1;  // 23:59:59.999 of Monday
  EXPECT_EQ(DateOf(calendar.DueAfter(late, 1).at - 1), 20260303);
  EXPECT_EQ(DateOf(calendar.DueAfter(late + 1, 1).at - 1), 20260304);
  EXPECT_EQ(calendar.WorkdaysBetween(StartOfDate(20260327), StartOfDate(20260330)), 1);
  EXPECT_EQ(calendar.WorkdaysBetween(StartOfDate(20260330), StartOfDate(20260327)), 0);
}

TEST(WorkCalendar, PastDueBeforeIsTheInverseOfDueAfter) {
  const WorkCalendar calendar = Published();
  for (TimeMs now = StartOfDate(20260120); now < StartOfDate(20261110); now += 31 * kHour) {
    for (const std::int64_t n : {1, 2, 10, 20}) {
      const TimeMs bound = calendar.PastDueBefore(now, n);
      for (TimeMs start = bound - 2 * kDay; start <= bound + 2 * kDay; start += 7 * kHour) {
        EXPECT_EQ(calendar.DueAfter(start, n).at <= now, start < bound);
      }
    }
  }
}

TEST(WorkCalendar, RefusesDaysThatAreNone) {
  const auto read = [](std::string_view text) {
    const auto json = ParseJson(text, 4096);
    return json.has_value() && CalendarYear::FromJson(*json).has_value();
  };
  EXPECT_TRUE(read(R"({"year":2026,"holidays":[20260101],"makeup_workdays":[]})"));
  EXPECT_FALSE(read(R"({"year":2026,"holidays":[20260230]})"));
  EXPECT_FALSE(read(R"({"year":2026,"holidays":[20270101]})"));
  EXPECT_FALSE(read(R"({"year":2026,"holidays":[20260102,20260101]})"));
  EXPECT_FALSE(read(R"({"year":2026,"holidays":[20260101],"makeup_workdays":[20260101]})"));
  EXPECT_FALSE(read(R"({"year":1})"));
}

// Every running clock, in the index and counted by hand, agree whatever the lengths, however small
// the pages.
TEST(ClockIndex, ListsExactlyWhatIsPastDueInTheOrderOfTheDueTime) {
  std::mt19937 random(7);
  const auto below = [&random](std::uint32_t n) { return random() % n; };
  const WorkCalendar calendar = Published();
  MemoryView view;
  WriteSet writes;
  const TimeMs now = StartOfDate(20260601) + 9 * kHour;
  std::size_t expected = 0;
  std::size_t expected_own = 0;
  for (std::uint16_t i = 0; i < 600; ++i) {
    Clock clock{.code = "D04",
                .department = below(3) == 0 ? "one" : "two",
                .start = StartOfDate(20260301) + static_cast<TimeMs>(below(100)) * kDay,
                .n = static_cast<std::int64_t>(below(4)) * 5 + 1,
                .unit = static_cast<ClockUnit>(below(3) + 1)};
    if (clock.unit == ClockUnit::kUntil) clock.n = clock.start + kDay;
    const EntityId id = BornId(EntityKind::kRequest, TxId(), i);
    writes.Put(ClockRowKey(clock, id), ToBytes(clock.department));
    writes.Put(OwnClockRowKey(clock, id), ToBytes(clock.department));
    TimeMs due = clock.n;
    if (clock.unit == ClockUnit::kHours) due = clock.start + clock.n * kHour;
    if (clock.unit == ClockUnit::kWorkingDays) due = calendar.DueAfter(clock.start, clock.n).at;
    if (due > now) continue;
    ++expected;
    if (clock.department == "one") ++expected_own;
  }
  view.Apply(writes);
  const auto all = ListOverdue(view, calendar, now, "", 1000);
  EXPECT_EQ(all.size(), expected);
  EXPECT_EQ(ListOverdue(view, calendar, now, "one", 1000).size(), expected_own);
  std::vector<OverdueClock> paged;
  while (true) {
    const auto page =
        ListOverdue(view, calendar, now, "", 7, paged.empty() ? nullptr : &paged.back());
    if (page.empty()) break;
    EXPECT_TRUE(paged.empty() || paged.back().due.at <= page.front().due.at);
    paged.insert(paged.end(), page.begin(), page.end());
  }
  EXPECT_EQ(paged, all);
}

// A correction passed on is owed by the provider and the source, by the same deadline.
TEST(ClockIndex, ListsEveryDepartmentThatOwesTheSameOfOneCase) {
  const WorkCalendar calendar = Published();
  const TimeMs now = StartOfDate(20260601);
  const EntityId id = BornId(EntityKind::kCorrection, TxId(), 1);
  MemoryView view;
  WriteSet writes;
  for (const char* const department : {"one", "two"}) {
    const Clock clock{
        .code = "D07", .department = department, .start = StartOfDate(20260302), .n = 10};
    writes.Put(ClockRowKey(clock, id), ToBytes(clock.department));
    writes.Put(OwnClockRowKey(clock, id), ToBytes(clock.department));
  }
  view.Apply(writes);
  const auto all = ListOverdue(view, calendar, now, "", 10);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].code, "D07");
  EXPECT_EQ(all[0].department, "one");
  EXPECT_EQ(all[1].department, "two");
  const auto next = ListOverdue(view, calendar, now, "", 10, &all[0]);
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].department, "two");
}

}  // namespace
}  // namespace jiandu::ledger
