// What follows from the accesses of days and months: both sides, gaps, bursts, averages; and the
// clocks of a grant that accesses move.
#include "contracts/access_terms.h"
#include "ledger/model/codes.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Derived : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachHolder();
    test.net.AdvanceTo(20260303);
  }
  Outcome Acknowledge(std::string_view member, std::string_view id, char digest = 'b') {
    Json ack = Ref("grant", test.grant);
    ack.Set(member, id).Set("response_digest", Hash(digest));
    return test.net.Do("access.acknowledge", kJt, {System("jt-gw")}, ack);
  }
  void Report(std::string_view acc_id, std::string_view alias = "ga",
              std::string_view result = "OK") {
    Json record = test.LoneRecord(acc_id);
    record.Set("result", result);
    ASSERT_TRUE(test.Report(record, alias).Accepted());
  }
  Json Digest(std::string_view id, int ok, int denied_peak = 0) {
    Json digest = Json::MakeObject(
        {{"from", test.net.Time() - 1000},
         {"to", test.net.Time() - 100},
         {"counts",
          Json::MakeObject({{"ok", ok}, {"not_found", 0}, {"denied", denied_peak}, {"error", 0}})},
         {"rows", ok},
         {"root", Hash('f')},
         {"peak_denied_per_min", denied_peak}});
    Json body = Ref("grant", test.grant);
    return body.Set("batch_id", id).Set("form", "digest").Set("digest", digest);
  }
  Outcome Send(const Json& body) {
    return test.net.Do("access.batch", kGa, {System("ga-gw")}, body);
  }
  [[nodiscard]] DerivedFlag OneSided() const { return test.FlagOf(test.grant, "ONE_SIDED"); }
  void NextDay() { test.net.Advance(kDayMs); }

  LineageCase test;
};

TEST_F(Derived, AReportIsOneSidedUntilTheConsumerSpeaks) {
  Report("a1");
  Report("a2");
  EXPECT_FALSE(test.Shows(test.grant, "ONE_SIDED"));  // it has a day to answer
  NextDay();
  EXPECT_EQ(OneSided().value, 2);
  EXPECT_EQ(OneSided().department, kJt);
  EXPECT_EQ(OneSided().detail, "20260303");
  ASSERT_TRUE(Acknowledge("acc_id", "a1").Accepted());
  EXPECT_EQ(OneSided().value, 1);
  Report("a2", "jt");  // its own report says as much
  EXPECT_FALSE(test.Shows(test.grant, "ONE_SIDED"));
  ASSERT_TRUE(Acknowledge("acc_id", "a2").Accepted());  // and is not counted twice
  Report("a3");
  NextDay();
  EXPECT_EQ(OneSided().value, 1);
}

TEST_F(Derived, WhatWasSaidBeforeTheReportCountsToo) {
  ASSERT_TRUE(Acknowledge("acc_id", "a1").Accepted());
  Report("a2", "jt");
  Report("a1");
  Report("a2");
  NextDay();
  EXPECT_FALSE(test.Shows(test.grant, "ONE_SIDED"));
}

TEST_F(Derived, ABatchIsAcknowledgedAsOne) {
  ASSERT_TRUE(Send(Digest("B1", 7)).Accepted());
  NextDay();
  EXPECT_EQ(OneSided().value, 7);
  ASSERT_TRUE(Acknowledge("batch_id", "B1", 'f').Accepted());
  EXPECT_FALSE(test.Shows(test.grant, "ONE_SIDED"));
}

TEST_F(Derived, WhatOnlyTheConsumerReportsIsTheProvidersSilence) {
  Report("a1", "jt");
  Report("denied", "jt", "DENIED");
  NextDay();
  EXPECT_EQ(OneSided().value, 1);
  EXPECT_EQ(OneSided().department, kGa);
  Report("a1");
  EXPECT_TRUE(OneSided().flag.empty());
}

TEST_F(Derived, ADayOverItsCapCountsWhatTheProviderIsSilentAbout) {
  ASSERT_TRUE(Send(Digest("B1", 100)).Accepted());
  EXPECT_FALSE(test.Shows(test.grant, "DAY_OVER_CAP"));
  Report("a1", "jt");
  Report("a2", "jt");
  EXPECT_FALSE(test.Shows(test.grant, "DAY_OVER_CAP"));
  NextDay();
  const DerivedFlag flag = test.FlagOf(test.grant, "DAY_OVER_CAP");
  EXPECT_EQ(flag.value, 2);
  EXPECT_EQ(flag.department, kJt);
  EXPECT_EQ(flag.detail, "20260303");
}

TEST_F(Derived, ABatchNamedAndNotThereIsAGapUntilItComes) {
  Json second = Digest("B2", 1);
  second.Set("prev_batch_id", "B1");
  ASSERT_TRUE(Send(second).Accepted());
  const DerivedFlag flag = test.FlagOf(test.grant, "GAP");
  EXPECT_EQ(flag.detail, "B1");
  EXPECT_EQ(flag.department, kGa);
  ASSERT_TRUE(Send(Digest("B1", 1)).Accepted());
  EXPECT_FALSE(test.Shows(test.grant, "GAP"));
  Json third = Digest("B3", 1);
  third.Set("prev_batch_id", "B2");
  ASSERT_TRUE(Send(third).Accepted());
  EXPECT_FALSE(test.Shows(test.grant, "GAP"));
}

TEST_F(Derived, TwentyDeniedInAMinuteAreABurst) {
  test.net.AdvanceTo(20260304);
  Json records = Json::MakeArray();
  for (int i = 0; i < 20; ++i) {
    Json record = test.Record("d" + std::to_string(i));
    record.Set("result", "DENIED").Set("occurred_at", test.net.Time() - (i < 10 ? 100 : 90'000));
    records.Push(record);
  }
  Json body = Ref("grant", test.grant);
  body.Set("batch_id", "B1").Set("form", "full").Set("records", records);
  ASSERT_TRUE(Send(body).Accepted());
  EXPECT_FALSE(test.Shows(test.grant, "DENIED_BURST"));  // ten in each of two minutes
  ASSERT_TRUE(Send(Digest("B2", 1, 19)).Accepted());
  EXPECT_FALSE(test.Shows(test.grant, "DENIED_BURST"));
  ASSERT_TRUE(Send(Digest("B3", 1, 20)).Accepted());
  EXPECT_EQ(test.FlagOf(test.grant, "DENIED_BURST").value, 20);
}

TEST_F(Derived, SingleDeniedCallsOfAMinuteAddUp) {
  const std::int64_t at = test.net.Time() - 1000;
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(test.Shows(test.grant, "DENIED_BURST")) << i;
    Json record = test.LoneRecord("d" + std::to_string(i));
    record.Set("result", "DENIED").Set("occurred_at", at);
    ASSERT_TRUE(test.Report(record).Accepted());
  }
  const DerivedFlag flag = test.FlagOf(test.grant, "DENIED_BURST");
  EXPECT_EQ(flag.value, 20);
  EXPECT_EQ(flag.detail, "20260303");
}

TEST_F(Derived, AMonthAboveTheDeclaredAverageOfItsActiveDays) {
  // 50 a day declared; the grant has been active on 03-02 and 03-03.
  ASSERT_TRUE(Send(Digest("B1", 100)).Accepted());
  EXPECT_FALSE(test.Shows(test.grant, "AVG_OVER"));
  ASSERT_TRUE(Send(Digest("B2", 1)).Accepted());
  const DerivedFlag flag = test.FlagOf(test.grant, "AVG_OVER");
  EXPECT_EQ(flag.value, 51);
  EXPECT_EQ(flag.detail, "202603");
  EXPECT_EQ(flag.department, kJt);
  NextDay();  // three days by now
  EXPECT_FALSE(test.Shows(test.grant, "AVG_OVER"));
}

// The first delivery is the service (809 Art. 22).
class FirstDelivery : public Derived {
 protected:
  [[nodiscard]] bool Owed() const {
    const ledger::EntityBody body = test.net.Body(test.grant);
    const ledger::Clock* clock = body.FindClock("D06");
    return clock != nullptr && clock->Runs();
  }
};

TEST_F(FirstDelivery, OfTheProviderSatisfiesItsDutyToShare) {
  EXPECT_TRUE(Owed());
  Report("a1", "jt");  // the consumer's word does not
  Report("a2", "ga", "NOT_FOUND");
  Report("a3", "ga", "DENIED");
  EXPECT_TRUE(Owed());
  const std::int64_t delivered = test.net.Time();
  Report("a4");
  EXPECT_FALSE(Owed());
  EXPECT_EQ(test.net.Body(test.grant).FindClock("D06")->ended_at, delivered);
  EXPECT_TRUE(test.net.Body(test.grant).FindClock("D06")->satisfied);
}

TEST_F(FirstDelivery, InABatchOfEitherForm) {
  ASSERT_TRUE(Send(Digest("B0", 0)).Accepted());
  EXPECT_TRUE(Owed());
  ASSERT_TRUE(Send(Digest("B1", 1)).Accepted());
  EXPECT_FALSE(Owed());
  LineageCase other;
  other.ReachHolder();
  other.net.Advance(60'000);
  Json records = Json::MakeArray();
  records.Push(other.Record("r1"));
  Json body = Ref("grant", other.grant);
  body.Set("batch_id", "B1").Set("form", "full").Set("records", records);
  ASSERT_EQ(other.net.Do("access.batch", kGa, {System("ga-gw")}, body).flags, 0U);
  EXPECT_FALSE(other.net.Body(other.grant).FindClock("D06")->Runs());
}

TEST_F(FirstDelivery, AfterTwentyWorkingDaysIsLate) {
  test.net.AdvanceTo(20260331);
  EXPECT_EQ(test.Report(test.LoneRecord("a1")).flags, ledger::FlagBit(Flag::kLate));
  EXPECT_EQ(test.Report(test.LoneRecord("a2")).flags, 0U);
}

TEST(LastUse, StartsTheDutyToDispose) {
  LineageCase test;
  test.ReachHolder(Json::MakeObject({{"uses_max", 2}}));
  test.net.AdvanceTo(20260305);
  const auto since = [&test] {
    return ledger::DateOf(test.net.Body(test.grant).FindClock("D14")->start);
  };
  ASSERT_EQ(test.Report(test.LoneRecord("a1")).flags, 0U);
  EXPECT_EQ(since(), 20261231);
  ASSERT_EQ(test.Report(test.LoneRecord("a2")).flags, 0U);
  EXPECT_EQ(since(), 20260305);
  test.net.AdvanceTo(20260306);
  EXPECT_TRUE(test.Report(test.LoneRecord("a3")).Has(Flag::kOverUses));
  EXPECT_EQ(since(), 20260305);
  // The grant has ended by that: its data may be disposed of.
  Json report = Ref("grant", test.grant);
  report.Set("kind", "DELETE").Set("method", "SHRED").Set("evidence_digest", Hash('1'));
  report.Set("witness", ledger::ToHex(test.net.Identity("jt-c2")));
  EXPECT_EQ(test.net.Do("disposal.report", kJt, {Maker("jt-c1"), Head("jt-h1")}, report).flags, 0U);
}

// Clocks of any case.
TEST(DerivedClocks, AGrantNotAcknowledgedIsOverdueOnTheConsumer) {
  LineageCase test;
  test.ReachRequest();
  test.Approve();
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  test.net.AdvanceTo(20260316);
  EXPECT_FALSE(test.Shows(test.grant, "ACK_OVERDUE"));
  test.net.AdvanceTo(20260318);
  const DerivedFlag flag = test.FlagOf(test.grant, "ACK_OVERDUE");
  EXPECT_EQ(flag.department, kJt);
  EXPECT_EQ(flag.value, 2);
  ASSERT_TRUE(test.Acknowledge().Accepted());
  EXPECT_FALSE(test.Shows(test.grant, "ACK_OVERDUE"));
}

TEST(DerivedClocks, AnOverdueAnswerGrowsByTheWorkingDay) {
  LineageCase test;
  test.ReachRequest();
  test.net.AdvanceTo(20260316);
  EXPECT_FALSE(test.Shows(test.request, "OVERDUE"));
  test.net.AdvanceTo(20260317);
  EXPECT_EQ(test.FlagOf(test.request, "OVERDUE").value, 1);
  test.net.AdvanceTo(20260320);
  const DerivedFlag flag = test.FlagOf(test.request, "OVERDUE");
  EXPECT_EQ(flag.value, 4);
  EXPECT_EQ(flag.department, kGa);
  EXPECT_EQ(flag.detail, "D04");
}

TEST(DerivedClocks, InAYearWithoutACalendarTheyAreProvisionalAndNobodyIsLate) {
  LineageCase test;
  test.ReachHolder();
  Json end = Ref("grant", test.grant);
  end.Set("reason", "NOT_NEEDED");
  test.net.AdvanceTo(20261228);
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, end).Accepted());
  const auto d14 = [&test] {
    for (const DerivedFlag& flag : test.FlagsOf(test.grant)) {
      if (flag.detail == "D14") return flag;
    }
    return DerivedFlag();
  };
  EXPECT_EQ(d14().flag, "PROVISIONAL");
  EXPECT_EQ(d14().department, kJt);
  test.net.AdvanceTo(20270301);
  EXPECT_EQ(d14().flag, "PROVISIONAL");
}

TEST(DerivedClocks, OfWhatIsNotThereNothingFollows) {
  const LineageCase test;
  EXPECT_TRUE(test.FlagsOf(ledger::BornId(ledger::EntityKind::kGrant, ledger::TxId(), 1)).empty());
}

// Each name is one of the table of derived flags.
TEST_F(Derived, NamesAreThoseOfTheTable) {
  Json second = Digest("B2", 300, 30);
  second.Set("prev_batch_id", "B1");
  ASSERT_TRUE(Send(second).Accepted());
  test.net.AdvanceTo(20260501);
  const auto flags = test.FlagsOf(test.grant);
  EXPECT_GE(flags.size(), 6U);
  for (const DerivedFlag& flag : flags) {
    const auto known = ledger::DerivedFlags();
    EXPECT_NE(std::ranges::find(known, flag.flag, &ledger::FlagInfo::name), known.end())
        << flag.flag;
  }
}

TEST(HourCounterForm, KeepsTheMinutesThatHaveCalls) {
  HourCounter hour{};
  EXPECT_TRUE(EncodeHour(hour).empty());
  EXPECT_EQ(DecodeHour({}), hour);
  hour[0] = 1;
  hour[59] = 70'000;
  EXPECT_EQ(EncodeHour(hour).size(), 10U);
  EXPECT_EQ(DecodeHour(EncodeHour(hour)), hour);
  hour.fill(std::numeric_limits<std::uint32_t>::max());
  EXPECT_EQ(DecodeHour(EncodeHour(hour)), hour);
}

}  // namespace
}  // namespace jiandu::contracts::testing
