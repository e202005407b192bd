// Disputes: who may file about what, negotiation, mediation at the right level, withdrawal. What
// the government decides: government_step_test.cc.
#include "tests/support/dispute_case.h"

namespace jiandu::contracts::testing {
namespace {

class Dispute : public ::testing::Test {
 protected:
  void Reach() {
    test.RefuseByProvider();
    ASSERT_TRUE(test.File(test.request).Accepted());
  }
  Outcome Withdraw(std::string_view who = kJt, const std::string& key = "jt-h1") {
    return test.net.Do("dispute.withdraw", who, {Head(key)}, Ref("dispute", test.dispute));
  }

  TestDispute test;
};

// The dates of T42.
TEST_F(Dispute, GoesThroughItsLevelsInTime) {
  test.RefuseByProvider();
  test.net.AdvanceTo(20260422);
  ASSERT_TRUE(test.File(test.request).Accepted());
  EXPECT_EQ(test.net.Status(test.dispute), "NEGOTIATING");
  EXPECT_EQ(DueDay(test.net, test.dispute, "D28", kJt), 20260509);
  EXPECT_EQ(DueDay(test.net, test.dispute, "D28", kGa), 20260509);
  const ledger::EntityBody filed = test.net.Body(test.dispute);
  EXPECT_EQ(filed.Party("filer"), kJt);
  EXPECT_EQ(filed.Party("other"), kGa);
  EXPECT_EQ(filed.Party("mediator"), kDb);
  EXPECT_EQ(filed.Party("government"), kZf);
  EXPECT_EQ(*filed.Link("case"), test.request);
  EXPECT_EQ(test.net.Body(test.request).acts.back().op, "dispute.file");

  test.net.AdvanceTo(20260427);
  EXPECT_EQ(test.Escalate().flags, 0U);
  EXPECT_EQ(test.net.Status(test.dispute), "MEDIATION");
  EXPECT_TRUE(ClockOn(test.net, test.dispute, "D28", kGa).satisfied);
  EXPECT_EQ(DueDay(test.net, test.dispute, "D29"), 20260520);

  test.net.AdvanceTo(20260507);
  EXPECT_EQ(test.Mediate("FAILED").flags, 0U);
  EXPECT_EQ(test.net.Status(test.dispute), "FAILED");
  EXPECT_EQ(DueDay(test.net, test.dispute, "D30"), 20260527);
  EXPECT_EQ(ClockOn(test.net, test.dispute, "D30").department, kZf);
}

TEST_F(Dispute, ATouchedCaseIsFoundFromTheDispute) {
  Reach();
  const Outcome outcome = test.Escalate();
  std::map<EntityId, std::uint32_t> touched;
  for (const ledger::Touch& touch : outcome.stub.touched) touched[touch.entity] = touch.roles;
  EXPECT_TRUE(touched.contains(test.dispute));
  EXPECT_TRUE(touched.contains(test.request));
  EXPECT_TRUE(touched.contains(test.resource));
}

TEST_F(Dispute, IsFiledByASideOfTheCaseOnly) {
  test.RefuseByProvider();
  EXPECT_EQ(test.File(test.request, kSw, "sw").code, Code::kNotInvolved);
  EXPECT_EQ(test.File(test.request, kDb, "db").code, Code::kNotInvolved);
  EXPECT_EQ(test.File(test.resource, kGa, "ga").code, Code::kBadState);
  EXPECT_TRUE(test.File(test.request, kGa, "ga").Accepted());
  EXPECT_EQ(test.net.Body(test.dispute).Party("other"), kJt);
}

TEST_F(Dispute, IsAboutWhatIsFinalLateOrUnderProtest) {
  test.ReachRequest();
  EXPECT_EQ(test.File(test.request).code, Code::kBadState);
  test.net.AdvanceTo(20260401);  // D04 is over
  EXPECT_TRUE(test.File(test.request).Accepted());
}

TEST_F(Dispute, AnOfferTakenUnderProtestKeepsTheWayOpen) {
  test.ReachRequest();
  Json narrow = test.DecisionBody("NARROW");
  narrow.Set("reason_code", "SCOPE").Set("reason_digest", Hash('1'));
  narrow.Set("terms", Json::MakeObject({{"items", Texts({"plate"})}}));
  ASSERT_TRUE(test.Decide("ga", narrow).Accepted());
  EXPECT_EQ(test.File(test.request).code, Code::kBadState);
  Json accept = Ref("request", test.request);
  accept.Set("under_protest", true);
  ASSERT_TRUE(
      test.net.Do("request.accept", kJt, {Maker("jt-c1"), Head("jt-h1")}, accept).Accepted());
  EXPECT_TRUE(test.File(test.request).Accepted());
}

TEST_F(Dispute, AnOfferNobodyAnsweredIsFinal) {
  test.ReachRequest();
  Json narrow = test.DecisionBody("NARROW");
  narrow.Set("reason_code", "SCOPE").Set("reason_digest", Hash('1'));
  ASSERT_TRUE(test.Decide("ga", narrow).Accepted());
  test.net.AdvanceTo(20260320);  // past D19
  EXPECT_TRUE(test.File(test.request).Accepted());
}

TEST_F(Dispute, OneAtATimeAboutACase) {
  Reach();
  EXPECT_EQ(test.File(test.request).code, Code::kDuplicate);
  EXPECT_EQ(test.File(test.request, kGa, "ga").code, Code::kDuplicate);
  ASSERT_TRUE(Withdraw().Accepted());
  EXPECT_TRUE(test.File(test.request).Accepted());
}

TEST_F(Dispute, IsSettledByBothHeadsOnOneDigest) {
  Reach();
  EXPECT_EQ(test.Settle({Head("jt-h1")}).code, Code::kBothRequired);
  EXPECT_EQ(test.Settle({Head("jt-h1"), Peer("sw-h1")}).code, Code::kRoleDenied);
  EXPECT_EQ(test.Settle({Maker("jt-c1")}).code, Code::kHeadSignatureRequired);
  const Outcome settled = test.Settle({Head("jt-h1"), Peer("ga-h1")});
  ASSERT_TRUE(settled.Accepted()) << CodeName(settled.code);
  EXPECT_EQ(settled.flags, 0U);
  EXPECT_EQ(test.net.Status(test.dispute), "SETTLED");
  EXPECT_TRUE(ClockOn(test.net, test.dispute, "D28", kGa).satisfied);
  EXPECT_EQ(test.Escalate().code, Code::kBadState);
}

TEST_F(Dispute, TheOtherHeadMaySignLater) {
  Reach();
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", kGa}, {"role", "PEER"}}));
  const Outcome waiting =
      test.Settle({Head("jt-h1")}, Json::MakeObject({{"await", std::move(await)}}));
  ASSERT_TRUE(waiting.Accepted()) << CodeName(waiting.code);
  EXPECT_EQ(test.net.Status(test.dispute), "NEGOTIATING");
  const EntityId pending = waiting.Born(ledger::EntityKind::kPending);
  Json cosign = Ref("pending", pending);
  cosign.Set("digest", test.net.Body(pending).Text("digest"));
  ASSERT_TRUE(test.net.Do("cosign", kGa, {Peer("ga-h1")}, cosign).Accepted());
  EXPECT_EQ(test.net.Status(test.dispute), "SETTLED");
}

TEST_F(Dispute, EscalationNeedsNegotiationOrItsTermPassed) {
  Reach();
  EXPECT_EQ(test.Escalate(kDb, false).code, Code::kNegotiationRequired);
  test.net.AdvanceTo(20260317);  // D28 was due on the 16th
  const Outcome late = test.Escalate(kDb, false);
  ASSERT_TRUE(late.Accepted()) << CodeName(late.code);
  EXPECT_TRUE(late.Has(Flag::kLate));
}

TEST_F(Dispute, EscalationGoesToTheRightLevel) {
  Reach();
  EXPECT_EQ(test.Escalate(kSdb).code, Code::kWrongLevel);
  EXPECT_EQ(test.Escalate(kZf).code, Code::kWrongLevel);
  EXPECT_EQ(test.Escalate(kGa).code, Code::kWrongLevel);
  // The level is asked for before the minutes.
  EXPECT_EQ(test.Escalate(kSdb, false).code, Code::kWrongLevel);
  EXPECT_TRUE(test.Escalate().Accepted());
}

// Where the manager refused, it is the other side, and the manager above it mediates.
TEST_F(Dispute, AManagerThatRefusedGivesWayToTheOneAbove) {
  test.ReachRequest();
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  Json refusal = test.DecisionBody("REFUSE");
  refusal.Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
  ASSERT_TRUE(test.Decide("db", refusal).Accepted());
  ASSERT_TRUE(test.File(test.request).Accepted());
  EXPECT_EQ(test.net.Body(test.dispute).Party("other"), kDb);
  EXPECT_EQ(test.net.Body(test.dispute).Party("mediator"), kSdb);
  EXPECT_EQ(test.Escalate(kDb).code, Code::kWrongLevel);
  ASSERT_TRUE(test.Escalate(kSdb).Accepted());
  EXPECT_EQ(test.Mediate("SETTLED").code, Code::kConflictOfInterest);
  // No government of the province is registered: nobody owes a decision.
  ASSERT_TRUE(test.Mediate("FAILED", kSdb, "sdb").Accepted());
  EXPECT_EQ(ClockOn(test.net, test.dispute, "D30").code, "");
}

// The office above has passed to the manager below it, which is a side here. Found by a long run of
// the property test: the search for a mediator never ended, on every node at once.
TEST_F(Dispute, AManagerThatHoldsTheOfficeAboveAsWellIsPassedOver) {
  test.net.WriteState([](BlockState& state) {
    state.Put(ledger::ConfigKey("manager/990000"), ToBytes(AsBytes(kDb)));
  });
  test.ReachRequest();
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  Json refusal = test.DecisionBody("REFUSE");
  refusal.Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
  ASSERT_TRUE(test.Decide("db", refusal).Accepted());
  ASSERT_TRUE(test.File(test.request).Accepted());
  EXPECT_EQ(test.net.Body(test.dispute).Party("mediator"), kZf) << "the government stands in";
}

TEST_F(Dispute, TheMediatorIsNoSideAndMayBeLate) {
  Reach();
  EXPECT_EQ(test.Mediate("SETTLED").code, Code::kBadState);
  ASSERT_TRUE(test.Escalate().Accepted());
  EXPECT_EQ(test.Mediate("SETTLED", kGa, "ga").code, Code::kConflictOfInterest);
  EXPECT_EQ(test.Mediate("SETTLED", kJt, "jt").code, Code::kConflictOfInterest);
  EXPECT_EQ(test.Mediate("SETTLED", kSdb, "sdb").code, Code::kRoleDenied);
  test.net.AdvanceTo(20260401);
  const Outcome late = test.Mediate("SETTLED");
  ASSERT_TRUE(late.Accepted()) << CodeName(late.code);
  EXPECT_TRUE(late.Has(Flag::kLate));
  EXPECT_EQ(test.net.Status(test.dispute), "SETTLED");
}

TEST_F(Dispute, IsWithdrawnByItsFiler) {
  Reach();
  EXPECT_EQ(Withdraw(kGa, "ga-h1").code, Code::kRoleDenied);
  ASSERT_TRUE(test.Escalate().Accepted());
  ASSERT_TRUE(Withdraw().Accepted());
  EXPECT_EQ(test.net.Status(test.dispute), "WITHDRAWN");
  EXPECT_FALSE(ClockOn(test.net, test.dispute, "D29").Runs());
  EXPECT_EQ(Withdraw().code, Code::kBadState);
}

}  // namespace
}  // namespace jiandu::contracts::testing
