// Deadlines of a sharing case by the published calendar: when they are due, who is late and by how
// much (docs/contracts.md 4.19; the dates are those of the worked scenario).
#include "contracts/clock.h"

#include "contracts/deadlines.h"
#include "contracts/derived_flags.h"
#include "ledger/model/clock_index.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class CaseClocks : public ::testing::Test {
 protected:
  void SubmitOn(std::int32_t date) {
    test.PublishResource();
    test.net.AdvanceTo(date);
    const Outcome outcome = test.SubmitRequest(test.RequestBody());
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  }
  [[nodiscard]] ledger::Clock ClockOf(const EntityId& id, std::string_view code) const {
    const ledger::EntityBody body = test.net.Body(id);
    const ledger::Clock* clock = body.FindClock(code);
    return clock != nullptr ? *clock : ledger::Clock();
  }
  // The last day on which it is in time.
  [[nodiscard]] std::int32_t Due(const EntityId& id, std::string_view code) const {
    const ledger::WorkCalendar calendar = ledger::ReadCalendar(test.net.View());
    return ledger::DateOf(DueOf(calendar, ClockOf(id, code)).at - 1);
  }
  Outcome Return() {
    Json body = Ref("request", test.request);
    body.Set("missing", Texts({"report"}));
    return test.net.Do("request.return", kGa, {Maker("ga-c1")}, body);
  }
  Outcome Resubmit() {
    Json answers = Json::MakeArray();
    answers.Push(Json::MakeObject({{"code", "report"}, {"digest", Hash('1')}}));
    Json body = Ref("request", test.request);
    body.Set("answers", answers);
    return test.net.Do("request.resubmit", kJt, {Maker("jt-c1"), Head("jt-h1")}, body);
  }
  [[nodiscard]] Json Narrower() const {
    Json body = test.DecisionBody();
    body.Set("verdict", "NARROW").Set("reason_code", "SCOPE").Set("reason_digest", Hash('1'));
    body.Set("terms", Json::MakeObject({{"items", Texts({"plate"})}}));
    return body;
  }

  TestCase test;
};

TEST_F(CaseClocks, AnAnswerInTimeIsNotLateAndTheNextClockStarts) {
  SubmitOn(20260324);
  EXPECT_EQ(Due(test.request, "D04"), 20260408);
  test.net.AdvanceTo(20260408, 23);
  const Outcome decided = test.Decide("ga", test.DecisionBody());
  ASSERT_TRUE(decided.Accepted());
  EXPECT_FALSE(decided.Has(Flag::kLate));
  EXPECT_TRUE(ClockOf(test.request, "D04").satisfied);
  EXPECT_EQ(Due(test.request, "D08"), 20260410);
  EXPECT_EQ(ClockOf(test.request, "D08").department, kDb);
  EXPECT_EQ(ClockOf(test.request, "D06").department, kGa);
}

TEST_F(CaseClocks, ALateAnswerIsAcceptedAndFlaggedWithItsWorkingDays) {
  SubmitOn(20260324);
  test.net.AdvanceTo(20260410);
  const Outcome decided = test.Decide("ga", test.DecisionBody());
  ASSERT_TRUE(decided.Accepted());
  EXPECT_TRUE(decided.Has(Flag::kLate));
  EXPECT_EQ(ClockOf(test.request, "D04").late, 2);
}

TEST_F(CaseClocks, TheFirstMomentAfterTheDueDayIsLate) {
  SubmitOn(20260324);
  test.net.AdvanceTo(20260409, 0);
  EXPECT_TRUE(test.Decide("ga", test.DecisionBody()).Has(Flag::kLate));
}

TEST_F(CaseClocks, AReturnStopsTheClockAndTheAnswerStartsItAnew) {
  SubmitOn(20260304);
  test.net.AdvanceTo(20260305);
  ASSERT_TRUE(Return().Accepted());
  EXPECT_FALSE(ClockOf(test.request, "D04").Runs());
  EXPECT_EQ(Due(test.request, "D22"), 20260402);
  test.net.AdvanceTo(20260306);
  ASSERT_TRUE(Resubmit().Accepted());
  EXPECT_TRUE(ClockOf(test.request, "D22").satisfied);
  EXPECT_EQ(Due(test.request, "D04"), 20260320);
}

TEST_F(CaseClocks, AReturnAfterTheDueDayIsFlaggedAndItsLatenessKept) {
  SubmitOn(20260304);
  test.net.AdvanceTo(20260320);
  const Outcome returned = Return();
  ASSERT_TRUE(returned.Accepted());
  EXPECT_TRUE(returned.Has(Flag::kReturnLate));
  ASSERT_TRUE(Resubmit().Accepted());
  const Outcome decided = test.Decide("ga", test.DecisionBody());
  EXPECT_FALSE(decided.Has(Flag::kLate));
  EXPECT_EQ(ClockOf(test.request, "D04").late, 2);
}

TEST_F(CaseClocks, AReturnNobodyAnswersLapses) {
  SubmitOn(20260304);
  ASSERT_TRUE(Return().Accepted());
  test.net.AdvanceTo(20260402);
  test.net.AdvanceTo(20260403);
  EXPECT_EQ(Resubmit().code, Code::kBadState);
  // What lapsed stands in nobody's way.
  EXPECT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
}

TEST_F(CaseClocks, AnOfferLapsesAfterItsLastDay) {
  SubmitOn(20260304);
  test.net.AdvanceTo(20260330);
  ASSERT_TRUE(test.Decide("ga", Narrower()).Accepted());
  EXPECT_EQ(Due(test.request, "D19"), 20260414);
  const Json body = Ref("request", test.request);
  test.net.AdvanceTo(20260415, 0);
  EXPECT_EQ(test.net.Do("request.accept", kJt, {Maker("jt-c1"), Head("jt-h1")}, body).code,
            Code::kBadState);
}

// 4.6 RQ7c: the duty to share ends with the offer, though no transaction says so.
TEST_F(CaseClocks, WhatLapsedOwesNothing) {
  SubmitOn(20260304);
  test.net.AdvanceTo(20260330);
  ASSERT_TRUE(test.Decide("ga", Narrower()).Accepted());
  const auto at = [this](std::int32_t date) {
    return AsOf{.height = test.net.Height(), .time = ledger::StartOfDate(date)};
  };
  const auto shown = [&](std::int32_t date, std::string_view code) {
    return *BodyAsOf(test.net.View(), at(date), test.request)->FindClock(code);
  };
  EXPECT_TRUE(shown(20260414, "D06").Runs());
  for (const std::string_view code : {"D06", "D19"}) {
    EXPECT_EQ(shown(20260520, code).ended_at, ledger::StartOfDate(20260415)) << code;
    EXPECT_FALSE(shown(20260520, code).satisfied) << code;
  }
  for (const DerivedFlag& flag : DerivedFlagsOf(test.net.View(), at(20260520), test.request)) {
    EXPECT_NE(flag.flag, "OVERDUE") << flag.detail;
  }
}

// 4.6: the days the case waited for others are theirs and leave the provider's lateness.
TEST_F(CaseClocks, WaitingForTheManagerAndTheConsumerIsNotTheProvidersLateness) {
  SubmitOn(20260304);
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());  // D06 due 04-01
  EXPECT_EQ(Due(test.request, "D06"), 20260401);
  test.net.AdvanceTo(20260309);  // three days with M: 05, 06, 09
  const Outcome manager = test.Decide("db", test.DecisionBody());
  ASSERT_TRUE(manager.Accepted());
  EXPECT_TRUE(manager.Has(Flag::kLate));
  test.net.AdvanceTo(20260310);  // one day more until it opens
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  EXPECT_EQ(Due(test.grant, "D09a"), 20260324);
  test.net.AdvanceTo(20260312);  // two with C
  ASSERT_TRUE(test.Acknowledge().Accepted());
  const ledger::Clock running = ClockOf(test.grant, "D06");
  EXPECT_EQ(running.waits.at(std::string(kDb)), 4);
  EXPECT_EQ(running.waits.at(std::string(kJt)), 2);
  test.net.AdvanceTo(20260413);  // seven days past due: 02, 03, 07, 08, 09, 10, 13
  const Outcome ready =
      test.net.Do("grant.service_ready", kGa, {System("ga-gw")}, Ref("grant", test.grant));
  ASSERT_TRUE(ready.Accepted()) << CodeName(ready.code);
  EXPECT_TRUE(ready.Has(Flag::kLate));
  EXPECT_EQ(ClockOf(test.grant, "D06").late, 1);
}

TEST_F(CaseClocks, AnEndedGrantOwesTheDisposal) {
  test.ReachGrant();
  EXPECT_EQ(ClockOf(test.grant, "D17").start, ledger::StartOfDate(20260401) - 1);
  EXPECT_EQ(Due(test.grant, "D17"), 20260429);
  test.net.AdvanceTo(20260430);
  Json body = Ref("grant", test.grant);
  body.Set("reason", "PURPOSE_DONE");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, body).Accepted());
  EXPECT_EQ(Due(test.grant, "D14"), 20260518);
}

TEST_F(CaseClocks, TheIndexKnowsWhatIsPastDueAndForgetsWhatIsDone) {
  SubmitOn(20260324);
  const auto overdue = [this](std::string_view department) {
    return ledger::ListOverdue(test.net.View(), ledger::ReadCalendar(test.net.View()),
                               test.net.Time(), department, 100);
  };
  test.net.AdvanceTo(20260408, 23);
  EXPECT_TRUE(overdue(kGa).empty());
  test.net.AdvanceTo(20260409, 0);
  ASSERT_EQ(overdue(kGa).size(), 1U);
  EXPECT_EQ(overdue(kGa)[0].entity, test.request);
  EXPECT_EQ(overdue(kGa)[0].code, "D04");
  EXPECT_TRUE(overdue(kDb).empty());
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  EXPECT_TRUE(overdue(kGa).empty());
}

TEST(Deadlines, AreInOrderAndSayWhatTheyCount) {
  const auto rules = AllDeadlines();
  EXPECT_TRUE(std::ranges::is_sorted(rules, {}, &DeadlineRule::code));
  for (const DeadlineRule& rule : rules) {
    EXPECT_FALSE(rule.starts.empty() || rule.ends.empty() || rule.owner.empty()) << rule.code;
    EXPECT_FALSE(rule.starts_zh.empty() || rule.ends_zh.empty() || rule.source.empty())
        << rule.code;
    EXPECT_EQ(rule.n_short > 0, !rule.short_for.empty()) << rule.code;
  }
}

TEST(Deadlines, TheHangzhouDraftKnowsNoAnswerDeadlines) {
  const Profile& hangzhou = *FindProfile("hangzhou");
  const Profile& combined = *FindProfile("combined");
  for (const std::string_view code : {"D03", "D04"}) {
    EXPECT_EQ(hangzhou.NumberOf(*FindDeadline(code)), 0);
    EXPECT_GT(combined.NumberOf(*FindDeadline(code)), 0);
  }
  EXPECT_EQ(combined.NumberOf(*FindDeadline("D08")), 2);
  EXPECT_EQ(combined.NumberOf(*FindDeadline("D08"), Pace::kShort), 1);
}

}  // namespace
}  // namespace jiandu::contracts::testing
