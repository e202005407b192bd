// Rectification orders by themselves: who orders, who answers, when one has failed.
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Rectification : public ::testing::Test {
 protected:
  void SetUp() override { test.ReachGrant(); }

  Json OrderBody() {
    Json body = Ref("grant", test.grant);
    body.Set("ground", "SAFEGUARD")
        .Set("evidence", Texts({Hash('e')}))
        .Set("term", test.net.Time() + 3 * kDayMs);
    return body;
  }
  Outcome Order(const Json& body, std::string_view who = kDb,
                const std::vector<Signing>& signers = {Head("db-h1")}) {
    const Outcome outcome = test.net.Do("rectification.order", who, signers, body);
    if (outcome.Accepted()) order = outcome.Born(ledger::EntityKind::kRectification);
    return outcome;
  }
  Outcome Report(std::string_view who = kJt, std::string key = "jt-h1") {
    Json body = Ref("rectification", order);
    body.Set("report_digest", Hash('1'));
    return test.net.Do("rectification.report", who, {Head(std::move(key))}, body);
  }
  Outcome Accept(std::string_view who = kDb, std::string key = "db-h1") {
    return test.net.Do("rectification.accept", who, {Head(std::move(key))},
                       Ref("rectification", order));
  }
  Outcome Fail(bool reason = true) {
    Json body = Ref("rectification", order);
    if (reason) body.Set("reason_code", "QUALITY").Set("reason_digest", Hash('2'));
    return test.net.Do("rectification.fail", kDb, {Head("db-h1")}, body);
  }

  TestCase test;
  EntityId order;
};

TEST_F(Rectification, IsOrderedReportedAndAccepted) {
  const Outcome ordered = Order(OrderBody());
  ASSERT_TRUE(ordered.Accepted()) << CodeName(ordered.code);
  EXPECT_EQ(test.net.Status(order), "ORDERED");
  EXPECT_EQ(Accept().code, Code::kBadState);
  EXPECT_EQ(Report().flags, 0U);
  EXPECT_EQ(test.net.Status(order), "REPORTED");
  EXPECT_TRUE(Accept().Accepted());
  EXPECT_EQ(test.net.Status(order), "ACCEPTED");
  EXPECT_EQ(Fail().code, Code::kBadState);
  EXPECT_EQ(Report().code, Code::kBadState);
}

TEST_F(Rectification, TouchesTheOrderAndTheCaseItHangsOn) {
  const Outcome ordered = Order(OrderBody());
  std::map<EntityId, std::uint32_t> touched;
  for (const ledger::Touch& touch : ordered.stub.touched) touched[touch.entity] = touch.roles;
  EXPECT_EQ(touched[order], ledger::touch::kNew);
  EXPECT_NE(touched[test.grant] & ledger::touch::kAct, 0U);
  EXPECT_TRUE(touched.contains(test.resource));
  EXPECT_TRUE(touched.contains(ledger::PairEntity(test.resource, kJt)));
}

TEST_F(Rectification, OnlyTheManagerOrTheSuspenderOrders) {
  EXPECT_EQ(Order(OrderBody(), kGa, {Head("ga-h1")}).code, Code::kRoleDenied);
  EXPECT_EQ(Order(OrderBody(), kJt, {Head("jt-h1")}).code, Code::kRoleDenied);
  EXPECT_EQ(Order(OrderBody(), kDb, {Maker("db-c1")}).code, Code::kHeadSignatureRequired);
  Json suspend = Ref("grant", test.grant);
  suspend.Set("ground", "SAFEGUARD")
      .Set("evidence", Texts({Hash('e')}))
      .Set("review_at", test.net.Time() + 3 * kDayMs);
  ASSERT_TRUE(test.net.Do("grant.suspend", kGa, {Head("ga-h1")}, suspend).Accepted());
  EXPECT_TRUE(Order(OrderBody(), kGa, {Head("ga-h1")}).Accepted());
  // The issuer of this one is the provider, so the manager cannot close it.
  ASSERT_TRUE(Report().Accepted());
  EXPECT_EQ(Accept().code, Code::kRoleDenied);
  EXPECT_TRUE(Accept(kGa, "ga-h1").Accepted());
}

TEST_F(Rectification, LiabilityIsTheManagersWithTwoOfficers) {
  Json body = OrderBody();
  body.Set("ground", "ART_39");
  EXPECT_EQ(Order(body).code, Code::kRoleDenied);
  EXPECT_TRUE(Order(body, kDb, {Maker("db-c1"), Head("db-h1")}).Accepted());
  TestCase fresh;
  test = std::move(fresh);
  test.ReachGrant();
  Json government = OrderBody();
  government.Set("ground", "ART_41");
  EXPECT_EQ(Order(government, kDb, {Maker("db-c1"), Head("db-h1")}).code, Code::kRoleDenied);
}

// Art. 41 binds the manager, so a government or superior over it orders; Art. 39 the provider.
TEST_F(Rectification, EachArticleHasItsTarget) {
  Json body = OrderBody();
  body.Set("ground", "ART_41");
  EXPECT_EQ(Order(body, kSdb, {Head("sdb-h1")}).code, Code::kRoleDenied);
  ASSERT_TRUE(Order(body, kZf, {Head("zf-h1")}).Accepted());
  EXPECT_EQ(test.net.Body(order).Party("target"), kDb);
  EXPECT_EQ(Order(body, kZf, {Head("zf-h1")}).code, Code::kDuplicate);
  EXPECT_EQ(Report().code, Code::kRoleDenied);
  ASSERT_TRUE(Report(kDb, "db-h1").Accepted());
  ASSERT_TRUE(Accept(kZf, "zf-h1").Accepted());
  // The orders of the others stand beside it.
  body.Set("ground", "ART_39");
  ASSERT_TRUE(Order(body, kDb, {Maker("db-c1"), Head("db-h1")}).Accepted());
  EXPECT_EQ(test.net.Body(order).Party("target"), kGa);
  body.Set("ground", "ART_40");
  ASSERT_TRUE(Order(body, kDb, {Maker("db-c1"), Head("db-h1")}).Accepted());
  EXPECT_EQ(test.net.Body(order).Party("target"), kJt);
  // A government orders on no other ground.
  body.Set("ground", "SAFEGUARD");
  EXPECT_EQ(Order(body, kZf, {Head("zf-h1")}).code, Code::kRoleDenied);
}

TEST_F(Rectification, NeedsATermAGroundAndEvidence) {
  for (const std::string_view member : {"term", "ground", "evidence"}) {
    Json body = OrderBody();
    body.Remove(member);
    EXPECT_EQ(Order(body).code, member == "term" ? Code::kTermRequired : Code::kGroundRequired)
        << member;
  }
  Json past = OrderBody();
  past.Set("term", test.net.Time() - 1);
  EXPECT_EQ(Order(past).code, Code::kTermRequired);
  Json now = OrderBody();
  now.Set("term", test.net.Time());
  EXPECT_EQ(Order(now).code, Code::kTermRequired);
  Json distant = OrderBody();
  distant.Set("term", test.net.Time() + 30 * kDayMs);
  EXPECT_EQ(Order(distant).code, Code::kTermRequired);
}

TEST_F(Rectification, OneStandsOnAGrantAtATime) {
  ASSERT_TRUE(Order(OrderBody()).Accepted());
  EXPECT_EQ(Order(OrderBody()).code, Code::kDuplicate);
  ASSERT_TRUE(Report().Accepted());
  EXPECT_EQ(Order(OrderBody()).code, Code::kDuplicate);
  ASSERT_TRUE(Accept().Accepted());
  EXPECT_TRUE(Order(OrderBody()).Accepted());
}

TEST_F(Rectification, OnlyTheTargetReports) {
  ASSERT_TRUE(Order(OrderBody()).Accepted());
  EXPECT_EQ(Report(kGa, "ga-h1").code, Code::kRoleDenied);
  EXPECT_EQ(Report(kDb, "db-h1").code, Code::kRoleDenied);
  EXPECT_TRUE(Report().Accepted());
}

TEST_F(Rectification, AReportAfterTheTermIsLateAndStillCounts) {
  ASSERT_TRUE(Order(OrderBody()).Accepted());
  test.net.Advance(3 * kDayMs + 1000);
  const Outcome late = Report();
  ASSERT_TRUE(late.Accepted());
  EXPECT_EQ(late.flags, ledger::FlagBit(Flag::kLate));
  EXPECT_TRUE(Accept().Accepted());
}

TEST_F(Rectification, FailsAfterAReportOrInSilenceWithReasons) {
  const std::int64_t term = test.net.Time() + 3 * kDayMs;
  Json body = OrderBody();
  body.Set("term", term);
  ASSERT_TRUE(Order(body).Accepted());
  EXPECT_EQ(Fail().code, Code::kBadState);
  test.net.Advance(term - test.net.Time());
  EXPECT_EQ(Fail().code, Code::kBadState);  // the term itself is in time
  EXPECT_EQ(Fail(false).code, Code::kReasonRequired);
  EXPECT_TRUE(Fail().Accepted());
  EXPECT_EQ(test.net.Status(order), "FAILED");
  ASSERT_TRUE(Order(OrderBody()).Accepted());
  ASSERT_TRUE(Report().Accepted());
  EXPECT_TRUE(Fail().Accepted());
}

// An order that failed unanswered owes no report any more; how late it was stays.
TEST_F(Rectification, AFailedOrderHasNoRunningTerm) {
  ASSERT_TRUE(Order(OrderBody()).Accepted());
  test.net.Advance(10 * kDayMs);
  ASSERT_TRUE(Fail().Accepted());
  const ledger::EntityBody body = test.net.Body(order);
  ASSERT_NE(body.FindClock("D12"), nullptr);
  EXPECT_FALSE(body.FindClock("D12")->Runs());
  EXPECT_FALSE(body.FindClock("D12")->satisfied);
  EXPECT_GT(body.FindClock("D12")->late, 0);
}

}  // namespace
}  // namespace jiandu::contracts::testing
