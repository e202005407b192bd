// The manager as a side of the case (docs/contracts.md 4.6): at its own step and when it opens the
// grant it needs a head beside it, of the government or a superior; where neither is registered,
// the heads of provider and auditor.
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

using Signings = std::vector<Signing>;

class SelfDealing : public ::testing::TestWithParam<Above> {
 protected:
  SelfDealing() : test("combined", Json::MakeObject(), GetParam()) {}

  // A request of the manager for the resource of GA, approved by GA.
  void ReachManagersStepAsConsumer() {
    test.PublishResource();
    Json systems = Json::MakeArray();
    systems.Push(Json::MakeObject({{"system", ledger::ToHex(test.net.Identity("db-app"))},
                                   {"cidrs", Texts({"10.20.3.0/24"})}}));
    Json body = test.RequestBody();
    body.Set("systems", systems);
    const Outcome submitted =
        test.net.Do("request.submit", kDb, {Maker("db-c1"), Head("db-h1")}, body);
    ASSERT_TRUE(submitted.Accepted()) << CodeName(submitted.code);
    test.request = submitted.Born(ledger::EntityKind::kRequest);
    const Outcome answered = test.Decide("ga", test.DecisionBody());
    ASSERT_TRUE(answered.Accepted());
    EXPECT_FALSE(answered.Has(Flag::kSelfDealing));
  }
  // A request of JT for a resource of the manager, which has answered as provider.
  void ReachManagersStepAsProvider() {
    const Signings officers = {Maker("db-c1"), Head("db-h1")};
    test.PublishResource(Content(), "db");
    ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
    // As provider the manager answers like any other.
    const Outcome answered = test.net.Do("decision.submit", kDb, officers, test.DecisionBody());
    ASSERT_TRUE(answered.Accepted()) << CodeName(answered.code);
    EXPECT_FALSE(answered.Has(Flag::kSelfDealing));
  }
  [[nodiscard]] Outcome Decide(std::initializer_list<const char*> peers,
                               std::string_view verdict = "APPROVE") {
    Json body = test.DecisionBody(verdict);
    if (verdict != "APPROVE") body.Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
    return test.net.Do("decision.submit", kDb, With(peers), body);
  }
  [[nodiscard]] Outcome Open(std::initializer_list<const char*> peers) {
    return test.net.Do("grant.open", kDb, With(peers), test.OpenBody());
  }
  static Signings With(std::initializer_list<const char*> peers) {
    Signings signings = {Maker("db-c1"), Head("db-h1")};
    for (const char* const peer : peers) signings.push_back(Peer(peer));
    return signings;
  }

  TestCase test;
};
class WithGovernment : public SelfDealing {};
class WithNobodyAbove : public SelfDealing {};

INSTANTIATE_TEST_SUITE_P(Above, WithGovernment, ::testing::Values(Above::kGovernment));
INSTANTIATE_TEST_SUITE_P(Above, WithNobodyAbove, ::testing::Values(Above::kNobody));

TEST_P(WithGovernment, OnlyItsHeadStandsBesideTheManager) {
  ReachManagersStepAsConsumer();
  EXPECT_EQ(Decide({}).code, Code::kPeerRequired);
  EXPECT_EQ(Decide({"sj-h1"}).code, Code::kRoleDenied);
  EXPECT_EQ(Decide({"ga-h1"}).code, Code::kRoleDenied);
  EXPECT_EQ(Decide({"ga-h1", "sj-h1"}).code, Code::kRoleDenied);
  EXPECT_EQ(Decide({"zf-c1"}).code, Code::kRoleDenied);
  const Outcome decided = Decide({"zf-h1"});
  ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  EXPECT_FALSE(decided.Has(Flag::kSelfDealing));
  EXPECT_EQ(Open({}).code, Code::kPeerRequired);
  const Outcome opened = Open({"zf-h1"});
  EXPECT_TRUE(opened.Accepted()) << CodeName(opened.code);
  EXPECT_FALSE(opened.Has(Flag::kSelfDealing));
}

// What the provider suspended the manager does not lift for itself, nor by an order to itself.
TEST_P(WithGovernment, NorDoesItLiftWhatWasDoneAgainstIt) {
  ReachManagersStepAsConsumer();
  ASSERT_TRUE(Decide({"zf-h1"}).Accepted());
  const Outcome opened = Open({"zf-h1"});
  ASSERT_TRUE(opened.Accepted());
  const EntityId grant = opened.Born(ledger::EntityKind::kGrant);
  Json suspend = Ref("grant", grant);
  suspend.Set("ground", "INCIDENT_35")
      .Set("evidence", Texts({Hash('e')}))
      .Set("review_at", test.net.Time() + 3 * kDayMs);
  ASSERT_TRUE(test.net.Do("grant.suspend", kGa, {Head("ga-h1")}, suspend).Accepted());
  Json resume = Ref("grant", grant);
  resume.Set("cause_removed", true);
  const auto lift = [&](const Signings& signers) {
    return test.net.Do("grant.resume", kDb, signers, resume).code;
  };
  EXPECT_EQ(lift({Head("db-h1")}), Code::kPeerRequired);
  Json order = Ref("grant", grant);
  order.Set("ground", "SAFEGUARD")
      .Set("evidence", Texts({Hash('e')}))
      .Set("term", test.net.Time() + 3 * kDayMs);
  const Outcome ordered = test.net.Do("rectification.order", kDb, {Head("db-h1")}, order);
  ASSERT_TRUE(ordered.Accepted()) << CodeName(ordered.code);
  const EntityId own = ordered.Born(ledger::EntityKind::kRectification);
  Json report = Ref("rectification", own);
  report.Set("report_digest", Hash('1'));
  ASSERT_TRUE(test.net.Do("rectification.report", kDb, {Head("db-h1")}, report).Accepted());
  const auto accept = [&](const Signings& signers) {
    return test.net.Do("rectification.accept", kDb, signers, Ref("rectification", own)).code;
  };
  EXPECT_EQ(accept({Head("db-h1")}), Code::kPeerRequired);
  EXPECT_EQ(accept({Head("db-h1"), Peer("zf-h1")}), Code::kAccepted);
  EXPECT_EQ(lift({Head("db-h1")}), Code::kPeerRequired);
  EXPECT_EQ(lift({Head("db-h1"), Peer("zf-h1")}), Code::kAccepted);
}

TEST_P(WithNobodyAbove, ConsumingItNeedsProviderAndAuditorAndIsFlagged) {
  ReachManagersStepAsConsumer();
  EXPECT_EQ(Decide({}).code, Code::kPeerRequired);
  EXPECT_EQ(Decide({"sj-h1"}).code, Code::kPeerRequired);
  EXPECT_EQ(Decide({"ga-h1"}).code, Code::kPeerRequired);
  EXPECT_EQ(Decide({"ga-h1", "sw-h1"}).code, Code::kRoleDenied);
  const Outcome decided = Decide({"ga-h1", "sj-h1"});
  ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  EXPECT_TRUE(decided.Has(Flag::kSelfDealing));
  EXPECT_EQ(Open({"sj-h1"}).code, Code::kPeerRequired);
  const Outcome opened = Open({"ga-h1", "sj-h1"});
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  EXPECT_TRUE(opened.Has(Flag::kSelfDealing));
}

TEST_P(WithNobodyAbove, ProvidingItNeedsTheAuditorBesideItsOwnHead) {
  ReachManagersStepAsProvider();
  EXPECT_EQ(Decide({}).code, Code::kPeerRequired);
  EXPECT_EQ(Decide({"db-l1"}).code, Code::kRoleDenied);
  EXPECT_EQ(Decide({"jt-h1"}).code, Code::kRoleDenied);
  const Outcome decided = Decide({"sj-h1"});
  ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  EXPECT_TRUE(decided.Has(Flag::kSelfDealing));
  EXPECT_EQ(Open({}).code, Code::kPeerRequired);
  EXPECT_TRUE(Open({"sj-h1"}).Has(Flag::kSelfDealing));
}

// A refusal is never blocked; what it is, is flagged.
TEST_P(WithNobodyAbove, RefusingItNeedsNobodyAndIsFlagged) {
  ReachManagersStepAsConsumer();
  const Outcome refused = Decide({}, "REFUSE");
  ASSERT_TRUE(refused.Accepted()) << CodeName(refused.code);
  EXPECT_TRUE(refused.Has(Flag::kSelfDealing));
}

TEST_P(WithNobodyAbove, InAnothersCaseItNeedsNobody) {
  test.ReachRequest();
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  EXPECT_EQ(Decide({"ga-h1", "sj-h1"}).code, Code::kRoleDenied);
  const Outcome decided = Decide({});
  ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  EXPECT_FALSE(decided.Has(Flag::kSelfDealing));
}

// Both heads may come later, one by one, in any order.
TEST_P(WithNobodyAbove, BothHeadsMayCosignLater) {
  ReachManagersStepAsConsumer();
  Json body = test.DecisionBody();
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", kGa}, {"role", "PEER"}}));
  await.Push(Json::MakeObject({{"department", kSj}, {"role", "PEER"}}));
  body.Set("await", await);
  const Outcome prepared =
      test.net.Do("decision.submit", kDb, {Maker("db-c1"), Head("db-h1")}, body);
  ASSERT_TRUE(prepared.Accepted()) << CodeName(prepared.code);
  const EntityId pending = prepared.Born(ledger::EntityKind::kPending);
  ASSERT_FALSE(pending.IsZero());
  Json cosign = Ref("pending", pending);
  cosign.Set("digest", HexEncode(test.net.Last()->digest.View()));
  EXPECT_EQ(test.net.Do("cosign", kSw, {Peer("sw-h1")}, cosign).code, Code::kRoleDenied);
  const Outcome first = test.net.Do("cosign", kSj, {Peer("sj-h1")}, cosign);
  ASSERT_TRUE(first.Accepted()) << CodeName(first.code);
  EXPECT_EQ(test.net.Status(test.request), "SUBMITTED");
  EXPECT_EQ(test.net.Do("cosign", kSj, {Peer("sj-h1")}, cosign).code, Code::kDuplicate);
  const Outcome second = test.net.Do("cosign", kGa, {Peer("ga-h1")}, cosign);
  ASSERT_TRUE(second.Accepted()) << CodeName(second.code);
  EXPECT_TRUE(second.Has(Flag::kSelfDealing));
  EXPECT_EQ(test.net.Status(test.request), "APPROVED");
}

}  // namespace
}  // namespace jiandu::contracts::testing
