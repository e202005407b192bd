// Deputies (4.1 DP9; AT43, row T48 of the worked scenario): who signs on whose behalf, and where it
// ends.
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Delegations : public ::testing::Test {
 protected:
  // ga-h1 lets ga-c2 sign decisions for twenty days.
  [[nodiscard]] Json Body(std::string_view op = "decision.submit", std::int64_t days = 20) {
    return Json::MakeObject({{"delegate", ledger::ToHex(test.net.Identity("ga-c2"))},
                             {"ops", Texts({op})},
                             {"until", test.net.Time() + days * kDayMs}});
  }
  Outcome Delegate(const Json& body) {
    return test.net.Do("identity.delegate", kGa, {Maker("ga-c2"), Head("ga-h1")}, body);
  }
  Outcome DecideBy(const std::string& maker, const std::string& head) {
    return test.net.Do("decision.submit", kGa, {Maker(maker), Head(head)}, test.DecisionBody());
  }
  // The maker prepares a decision, the other signs it later.
  Outcome Cosign(const std::string& maker, const std::string& head) {
    Json body = test.DecisionBody();
    Json await = Json::MakeArray();
    await.Push(Json::MakeObject({{"department", kGa}, {"role", "HEAD"}}));
    body.Set("await", await);
    const Outcome waiting = test.net.Do("decision.submit", kGa, {Maker(maker)}, body);
    EXPECT_TRUE(waiting.Accepted()) << CodeName(waiting.code);
    Json cosign = Ref("pending", waiting.Born(ledger::EntityKind::kPending));
    cosign.Set("digest", HexEncode(test.net.Last()->digest.View()));
    return test.net.Do("cosign", kGa, {Head(head)}, cosign);
  }

  TestCase test;
};

TEST_F(Delegations, ADeputySignsListedOpsOnBehalfOfTheHead) {
  test.ReachRequest();
  EXPECT_EQ(DecideBy("ga-c1", "ga-c2").code, Code::kRoleDenied);
  ASSERT_TRUE(Delegate(Body()).Accepted());
  const Outcome decided = DecideBy("ga-c1", "ga-c2");
  ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  EXPECT_EQ(test.net.Body(test.request).acts.back().note, "APPROVE on behalf of ga-h1");
}

TEST_F(Delegations, OutsideTheListItIsInvalid) {
  test.ReachRequest();
  ASSERT_TRUE(Delegate(Body("correction.resolve")).Accepted());
  EXPECT_EQ(DecideBy("ga-c1", "ga-c2").code, Code::kDelegationInvalid);
  EXPECT_EQ(DecideBy("ga-c1", "ga-l1").code, Code::kRoleDenied);
}

TEST_F(Delegations, ItEndsWithItsTimeAndWithTheDelegatorsKeyOrDuty) {
  test.ReachRequest();
  ASSERT_TRUE(Delegate(Body("decision.submit", 1)).Accepted());
  const TestCase before = test;
  test.net.Advance(kDayMs);
  EXPECT_EQ(DecideBy("ga-c1", "ga-c2").code, Code::kDelegationInvalid);
  test = before;
  const std::string head = ledger::ToHex(test.net.Identity("ga-h1"));
  ASSERT_TRUE(test.net
                  .Do("identity.revoke", kGa, {Head("ga-h1")},
                      Json::MakeObject({{"identity", head}, {"reason", "LEFT"}}))
                  .Accepted());
  EXPECT_EQ(DecideBy("ga-c1", "ga-c2").code, Code::kDelegationInvalid);
  test = before;
  ASSERT_TRUE(test.net
                  .Do("identity.set_duties", kGa, {Head("ga-b1")},
                      Json::MakeObject({{"identity", head}, {"duties", Texts({"CLERK"})}}))
                  .Accepted());
  EXPECT_EQ(DecideBy("ga-c1", "ga-c2").code, Code::kDelegationInvalid);
}

TEST_F(Delegations, AreShortAgreedToAndNotPassedOn) {
  EXPECT_EQ(Delegate(Body("decision.submit", 31)).code, Code::kDelegationInvalid);
  EXPECT_EQ(Delegate(Body("decision.submit", 0)).code, Code::kDelegationInvalid);
  EXPECT_EQ(Delegate(Body("identity.delegate")).code, Code::kDelegationInvalid);
  EXPECT_EQ(Delegate(Body("no.such_op")).code, Code::kFieldInvalid);
  EXPECT_EQ(test.net.Do("identity.delegate", kGa, {Maker("ga-c1"), Head("ga-h1")}, Body()).code,
            Code::kRoleDenied);
  EXPECT_EQ(test.net.Do("identity.delegate", kGa, {Maker("ga-c2")}, Body()).code,
            Code::kHeadSignatureRequired);
  EXPECT_EQ(test.net.Do("identity.delegate", kGa, {Head("ga-h1")}, Body()).code, Code::kRoleDenied);
}

// The deputy is not maker and head at once, nor does a head have himself represented.
TEST_F(Delegations, FourEyesStayFour) {
  test.ReachRequest();
  ASSERT_TRUE(Delegate(Body("decision.submit", 1)).Accepted());
  test.net.Advance(kDayMs);
  Json own = Json::MakeObject({{"delegate", ledger::ToHex(test.net.Identity("ga-c2"))},
                               {"ops", Texts({"decision.submit"})},
                               {"until", test.net.Time() + kDayMs}});
  ASSERT_TRUE(
      test.net.Do("identity.delegate", kGa, {Maker("ga-c2"), Head("ga-b1")}, own).Accepted());
  EXPECT_EQ(DecideBy("ga-b1", "ga-c2").code, Code::kSamePersonDual);
}

// A second head does not end the first one's delegation by giving his own: it stands until its
// time.
TEST_F(Delegations, ADeputyHasOneHead) {
  test.ReachRequest();
  ASSERT_TRUE(Delegate(Body()).Accepted());
  const auto by_other = [this] {
    return test.net.Do("identity.delegate", kGa, {Maker("ga-c2"), Head("ga-b1")},
                       Body("correction.resolve"));
  };
  EXPECT_EQ(by_other().code, Code::kDuplicate);
  EXPECT_TRUE(DecideBy("ga-c1", "ga-c2").Accepted());
  test.net.Advance(20 * kDayMs);
  EXPECT_TRUE(by_other().Accepted());
}

// The same head ends, shortens or widens what he gave, and that is on record.
TEST_F(Delegations, TheHeadPutsAnotherInItsPlaceByName) {
  test.ReachRequest();
  ASSERT_TRUE(Delegate(Body()).Accepted());
  const EntityId deputy = test.net.Identity("ga-c2");
  EXPECT_EQ(test.net.Body(deputy).acts.back().note, "by ga-h1");
  ASSERT_TRUE(Delegate(Body("correction.resolve")).Accepted());
  EXPECT_EQ(test.net.Body(deputy).acts.back().note, "by ga-h1, in place of the former");
  EXPECT_EQ(DecideBy("ga-c1", "ga-c2").code, Code::kDelegationInvalid);
}

// A head that has left holds nobody's place.
TEST_F(Delegations, AHeadThatIsGoneBlocksNoOther) {
  ASSERT_TRUE(Delegate(Body()).Accepted());
  const std::string head = ledger::ToHex(test.net.Identity("ga-h1"));
  ASSERT_TRUE(test.net
                  .Do("identity.revoke", kGa, {Head("ga-h1")},
                      Json::MakeObject({{"identity", head}, {"reason", "LEFT"}}))
                  .Accepted());
  EXPECT_TRUE(
      test.net.Do("identity.delegate", kGa, {Maker("ga-c2"), Head("ga-b1")}, Body()).Accepted());
}

TEST_F(Delegations, ADeputyCosignsWhatAMakerPrepared) {
  test.ReachRequest();
  ASSERT_TRUE(Delegate(Body()).Accepted());
  EXPECT_EQ(Cosign("ga-c2", "ga-c2").code, Code::kSamePersonDual);
  const Outcome done = Cosign("ga-c1", "ga-c2");
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  EXPECT_EQ(test.net.Body(test.request).acts.back().note, "APPROVE on behalf of ga-h1");
}

}  // namespace
}  // namespace jiandu::contracts::testing
