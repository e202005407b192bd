// The step GOV: what the government's decision of a dispute does to a request and to a grant.
#include "tests/support/dispute_case.h"

namespace jiandu::contracts::testing {
namespace {

TEST(GovernmentStep, ARefusedRequestBecomesApprovedWithItsTerms) {
  TestDispute test;
  test.ReachFailed();
  Json body = test.DecideBody();
  EXPECT_EQ(test.DecideDispute(body).code, Code::kFieldRequired);
  body.Set("terms", TestDispute::Terms());
  EXPECT_EQ(test.net.Do("dispute.decide", kDb, {Head("db-h1")}, body).code, Code::kRoleDenied);
  test.net.AdvanceTo(20260305);
  const Outcome decided = test.DecideDispute(body);
  ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  EXPECT_EQ(decided.flags, 0U);
  EXPECT_EQ(test.net.Status(test.dispute), "DECIDED");
  const ledger::EntityBody request = test.net.Body(test.request);
  EXPECT_EQ(test.net.Status(test.request), "APPROVED");
  EXPECT_EQ(request.Text("step"), "GOV");
  EXPECT_EQ(request.acts.back().op, "dispute.decide");
  EXPECT_EQ(DueDay(test.net, test.request, "D16"), 20260309);
  EXPECT_EQ(ClockOn(test.net, test.request, "D16").department, kDb);
  EXPECT_EQ(ClockOn(test.net, test.request, "D06").department, kGa);
  // It is opened within what was decided.
  Json open = test.OpenBody();
  EXPECT_EQ(test.Open(open).code, Code::kTermsExceedDecision);
  open.Set("valid_to", 20261130);
  const Outcome opened = test.Open(open);
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  EXPECT_EQ(test.net.Body(test.grant).Terms().ItemsOf("items").size(), 2U);
  EXPECT_EQ(test.Open(open).code, Code::kSourceConsumed);
  // It is decided once.
  body.Set("grant", ledger::ToHex(test.grant));
  EXPECT_EQ(test.DecideDispute(body).code, Code::kBadState);
  EXPECT_EQ(test.File(test.request).code, Code::kDuplicate);
}

TEST(GovernmentStep, AReopenedRequestIsAnOpenCaseOfItsResource) {
  TestDispute test;
  test.ReachFailed();
  const auto retire = [&test] {
    return test.net
        .Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")}, Ref("resource", test.resource))
        .code;
  };
  Json body = test.DecideBody();
  body.Set("terms", TestDispute::Terms());
  ASSERT_TRUE(test.DecideDispute(body).Accepted());
  EXPECT_EQ(retire(), Code::kOpenCases);
}

TEST(GovernmentStep, ARefusalOfTheClaimChangesNothing) {
  TestDispute test;
  test.ReachFailed();
  test.net.AdvanceTo(20260401);
  const Outcome decided = test.DecideDispute(test.DecideBody("REFUSE"));
  ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  EXPECT_TRUE(decided.Has(Flag::kLate));
  EXPECT_EQ(test.net.Status(test.dispute), "DECIDED");
  EXPECT_EQ(test.net.Status(test.request), "REFUSED");
}

TEST(GovernmentStep, OnlyAfterMediationFailed) {
  TestDispute test;
  test.RefuseByProvider();
  ASSERT_TRUE(test.File(test.request).Accepted());
  EXPECT_EQ(test.DecideDispute(test.DecideBody("REFUSE")).code, Code::kBadState);
}

// A request is granted with less than was asked for, under protest; the decision goes back to what
// was asked, and is the source of an amendment of the grant.
class GrantedUnderProtest : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachRequest();
    Json narrow = test.DecisionBody("NARROW");
    narrow.Set("reason_code", "SCOPE").Set("reason_digest", Hash('1'));
    narrow.Set("terms", Json::MakeObject({{"items", Texts({"plate"})}}));
    ASSERT_TRUE(test.Decide("ga", narrow).Accepted());
    Json accept = Ref("request", test.request);
    accept.Set("under_protest", true);
    ASSERT_TRUE(
        test.net.Do("request.accept", kJt, {Maker("jt-c1"), Head("jt-h1")}, accept).Accepted());
    ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
    ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
    ASSERT_TRUE(test.Acknowledge().Accepted());
  }
  void ReachFailed(const EntityId& subject) {
    ASSERT_TRUE(test.File(subject).Accepted());
    ASSERT_TRUE(test.Escalate().Accepted());
    ASSERT_TRUE(test.Mediate("FAILED").Accepted());
  }
  void ExpectSourceOfAmendment() {
    EXPECT_EQ(test.net.Status(test.request), "APPROVED");
    EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
    const Json terms = test.net.Body(test.dispute).Terms();
    ASSERT_EQ(terms.ItemsOf("items").size(), 2U);
    EXPECT_EQ(terms.ItemsOf("items")[1].AsString(), "owner");
    EXPECT_EQ(terms.IntegerOr("valid_to"), 20261130);
    EXPECT_EQ(ClockOn(test.net, test.request, "D16").department, kDb);
    // The decision amends the grant, once (AT25).
    Json body = Ref("grant", test.grant);
    body.Set("request", ledger::ToHex(test.request));
    const auto amend = [&] {
      return test.net.Do("grant.amend", kDb, {Maker("db-c1"), Head("db-h1")}, body);
    };
    const Outcome amended = amend();
    ASSERT_TRUE(amended.Accepted()) << CodeName(amended.code);
    EXPECT_EQ(test.net.Body(test.grant).Terms().ItemsOf("items").size(), 2U);
    EXPECT_EQ(test.net.Status(test.request), "GRANTED");
    EXPECT_EQ(amend().code, Code::kSourceConsumed);
  }

  TestDispute test;
};

TEST_F(GrantedUnderProtest, TheRequestNamesItsGrant) {
  ReachFailed(test.request);
  Json body = test.DecideBody();
  body.Set("terms", TestDispute::Terms());
  EXPECT_EQ(test.DecideDispute(body).code, Code::kFieldRequired);
  body.Set("grant", ledger::ToHex(test.grant));
  const Outcome decided = test.DecideDispute(body);
  ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  ExpectSourceOfAmendment();
}

TEST_F(GrantedUnderProtest, AnotherGrantIsNotIt) {
  ReachFailed(test.request);
  Json body = test.DecideBody();
  EntityId other = test.grant;
  other.bytes[16] ^= 1U;
  body.Set("terms", TestDispute::Terms()).Set("grant", ledger::ToHex(other));
  EXPECT_EQ(test.DecideDispute(body).code, Code::kFieldInvalid);
}

TEST_F(GrantedUnderProtest, TheGrantItselfMayBeDisputed) {
  ReachFailed(test.grant);
  Json body = test.DecideBody();
  body.Set("terms", TestDispute::Terms());
  ASSERT_TRUE(test.DecideDispute(body).Accepted());
  ExpectSourceOfAmendment();
  // A grant lives on, and so may be disputed again.
  EXPECT_TRUE(test.File(test.grant).Accepted());
}

}  // namespace
}  // namespace jiandu::contracts::testing
