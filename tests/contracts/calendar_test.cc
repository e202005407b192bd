// The calendar published anew (AT46, row T51 of the worked scenario).
#include "contracts/clock.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Json Calendar2026() { return ledger::PublishedCalendars().front().ToJson(); }

// 2026 with one holiday more, by a notice of its own.
Json WithHoliday(std::int32_t date) {
  Json year = Calendar2026();
  year.Remove("version");
  Json holidays = Json::MakeArray();
  bool placed = false;
  const Json before = Calendar2026();
  for (const Json& day : before.ItemsOf("holidays")) {
    if (!placed && day.AsInteger() > date) {
      holidays.Push(date);
      placed = true;
    }
    holidays.Push(day);
  }
  year.Set("holidays", std::move(holidays));
  year.Set("notice_no", "临政办〔2026〕7号").Set("notice_digest", Hash('1'));
  return year;
}

Outcome Publish(TestNet& net, const Json& body) {
  return net.Do("calendar.publish", kDb, {Maker("db-c1"), Head("db-h1")}, body);
}

TEST(Calendars, AreRepublishedWithANoticeAndNeverForDaysThatAreGone) {
  TestNet net;
  net.AdvanceTo(20260513);
  Json body = WithHoliday(20260522);
  Json unnamed = body;
  unnamed.Remove("notice_no");
  EXPECT_EQ(Publish(net, unnamed).code, Code::kNoticeRequired);
  EXPECT_EQ(Publish(net, WithHoliday(20260512)).code, Code::kCalendarPast);
  const Outcome done = Publish(net, body);
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  const ledger::WorkCalendar calendar = ledger::ReadCalendar(net.View());
  ASSERT_NE(calendar.Find(2026), nullptr);
  EXPECT_EQ(calendar.Find(2026)->version, 2);
  const auto due = [&calendar](std::int32_t from, std::int64_t n) {
    return ledger::DateOf(calendar.DueAfter(ledger::StartOfDate(from), n).at - 1);
  };
  // The vectors of 2.9: the one of the new holiday, and those before it as they were.
  EXPECT_EQ(due(20260514, 10), 20260529);
  EXPECT_EQ(due(20260209, 10), 20260228);
  EXPECT_EQ(due(20260213, 1), 20260214);
  EXPECT_EQ(due(20260324, 10), 20260408);
  EXPECT_EQ(due(20260430, 1), 20260506);
  EXPECT_EQ(due(20260918, 10), 20261009);
}

TEST(Calendars, BelongToManagersAndAreWellFormed) {
  TestNet net;
  const Json body = WithHoliday(20260522);
  EXPECT_EQ(net.Do("calendar.publish", kGa, {Maker("ga-c1"), Head("ga-h1")}, body).code,
            Code::kRoleDenied);
  EXPECT_EQ(net.Do("calendar.publish", kDb, {Maker("db-c1")}, body).code,
            Code::kHeadSignatureRequired);
  Json silent = body;
  silent.Remove("makeup_workdays");
  EXPECT_EQ(Publish(net, silent).code, Code::kFieldRequired);
  Json wrong = body;
  Json days = Json::MakeArray();
  days.Push(20270101);
  wrong.Set("holidays", days);
  EXPECT_EQ(Publish(net, wrong).code, Code::kFieldInvalid);
}

// Due dates that still run are counted anew; what was late stays late.
TEST(Calendars, MoveWhatStillRunsAndCancelNoLateness) {
  TestCase test;
  test.PublishResource();
  test.net.AdvanceTo(20260514);
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  const auto due = [&test] {
    const ledger::EntityBody body = test.net.Body(test.request);
    return ledger::DateOf(DueOf(ledger::ReadCalendar(test.net.View()), *body.FindClock("D04")).at -
                          1);
  };
  EXPECT_EQ(due(), 20260528);
  ASSERT_TRUE(Publish(test.net, WithHoliday(20260522)).Accepted());
  EXPECT_EQ(due(), 20260529);
  test.net.AdvanceTo(20260601);
  const Outcome decided = test.Decide("ga", test.DecisionBody());
  EXPECT_TRUE(decided.Has(Flag::kLate));
  const std::int64_t late = test.net.Body(test.request).FindClock("D04")->late;
  EXPECT_EQ(late, 1);
  ASSERT_TRUE(Publish(test.net, WithHoliday(20260603)).code == Code::kCalendarPast);
  EXPECT_EQ(test.net.Body(test.request).FindClock("D04")->late, late);
}

// A year nobody has published is provisional, and comes at any time of it.
TEST(Calendars, ANewYearIsPublishedEvenLate) {
  TestNet net;
  net.AdvanceTo(20270105);
  Json body = Json::MakeObject({{"year", 2027},
                                {"holidays", Json::MakeArray()},
                                {"makeup_workdays", Json::MakeArray()},
                                {"notice_no", "国办发明电〔2026〕9号"},
                                {"notice_digest", Hash('2')}});
  Json days = Json::MakeArray();
  days.Push(20270101);
  body.Set("holidays", days);
  const Outcome done = Publish(net, body);
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  EXPECT_EQ(ledger::ReadCalendar(net.View()).Find(2027)->version, 1);
}

}  // namespace
}  // namespace jiandu::contracts::testing
