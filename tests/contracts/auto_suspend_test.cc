// Suspension by the contract itself, where the profile says so (docs/contracts.md 4.8, 4.10.2).
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Json Beyond(const TestCase& test, std::string_view id, std::string_view result = "OK") {
  Json record = test.LoneRecord(id);
  record.Set("items_mask", "0f").Set("result", result);
  return record;
}

TEST(AutoSuspend, IsOffUnlessTheProfileSaysSo) {
  TestCase test;
  test.ReachGrant();
  for (const char* id : {"a", "b", "c"}) {
    EXPECT_TRUE(test.Report(Beyond(test, id)).Has(Flag::kItemNotGranted));
  }
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
}

TEST(AutoSuspend, AfterSoManyCallsForItemsNotGranted) {
  TestCase test("combined", Json::MakeObject({{"auto_suspend_items", 2}}));
  test.ReachGrant();
  EXPECT_TRUE(test.Report(Beyond(test, "a")).Accepted());
  // An attempt, and what the consumer says, do not count.
  EXPECT_TRUE(test.Report(Beyond(test, "b", "DENIED")).Accepted());
  EXPECT_TRUE(test.Report(Beyond(test, "c"), "jt").Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
  const std::int64_t suspended = test.net.Time();
  ASSERT_TRUE(test.Report(Beyond(test, "d")).Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "SUSPENDED");
  const ledger::EntityBody grant = test.net.Body(test.grant);
  EXPECT_EQ(grant.Text("ground"), "AUTO");
  EXPECT_EQ(grant.acts.back().note, "AUTO");
  EXPECT_EQ(grant.FindClock("D12")->start, suspended);
  test.net.Advance(kHourMs);
  EXPECT_TRUE(test.Report(test.LoneRecord("e")).Has(Flag::kWhileSuspended));
  // The provider or the manager resumes it when the cause is removed; the count begins anew.
  Json resume = Ref("grant", test.grant);
  EXPECT_EQ(test.net.Do("grant.resume", kGa, {Head("ga-h1")}, resume).code, Code::kRectifyOpen);
  resume.Set("cause_removed", true);
  EXPECT_EQ(test.net.Do("grant.resume", kJt, {Head("jt-h1")}, resume).code, Code::kRoleDenied);
  ASSERT_TRUE(test.net.Do("grant.resume", kGa, {Head("ga-h1")}, resume).Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
  ASSERT_TRUE(test.Report(Beyond(test, "f")).Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
}

TEST(AutoSuspend, OnTheThirdOfTenDaysOverTheCap) {
  TestCase test("combined", Json::MakeObject({{"auto_suspend_cap_days", 3}}));
  test.ReachRequest();
  test.Approve();
  Json body = test.OpenBody();
  body.Set("daily_cap", 1);
  ASSERT_TRUE(test.Open(body).Accepted());
  ASSERT_TRUE(test.Acknowledge().Accepted());
  const auto exceed_on = [&test](std::int32_t date) {
    test.net.AdvanceTo(date);
    const std::string id = std::to_string(date);
    EXPECT_TRUE(test.Report(test.LoneRecord(id + "a")).Accepted());
    EXPECT_TRUE(test.Report(test.LoneRecord(id + "b")).Has(Flag::kOverDailyCap));
    return test.net.Status(test.grant);
  };
  EXPECT_EQ(exceed_on(20260303), "ACTIVE");
  EXPECT_EQ(exceed_on(20260310), "ACTIVE");
  EXPECT_EQ(exceed_on(20260313), "ACTIVE");  // 03-03 is the eleventh day before
  EXPECT_EQ(exceed_on(20260315), "SUSPENDED");
}

TEST(AutoSuspend, CountsTheCallsOfABatch) {
  TestCase test("combined", Json::MakeObject({{"auto_suspend_items", 2}}));
  test.ReachGrant();
  Json records = Json::MakeArray();
  for (const char* id : {"a", "b"}) {
    Json record = test.Record(id);
    record.Set("items_mask", "0f");
    records.Push(record);
  }
  Json body = Ref("grant", test.grant);
  body.Set("batch_id", "B-1").Set("form", "full").Set("records", records);
  const Outcome outcome = test.net.Do("access.batch", kGa, {System("ga-gw")}, body);
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  EXPECT_EQ(test.net.Status(test.grant), "SUSPENDED");
}

}  // namespace
}  // namespace jiandu::contracts::testing
