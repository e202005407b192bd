// What a compromised key signed (4.1 DP6, DP7; AT22, row T39 of the worked scenario).
#include "contracts/compromise.h"

#include "contracts/clock.h"
#include "contracts/engine.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

// The laptop of ga-c1 is lost on Sunday 2026-03-22, since Friday 03-20 09:00.
class Compromise : public ::testing::Test {
 protected:
  void SetUp() override { test.PublishResource(); }

  void LoseKey(const std::string& name = "ga-c1") {
    test.net.AdvanceTo(20260322);
    const Json body =
        Json::MakeObject({{"identity", ledger::ToHex(test.net.Identity(name))},
                          {"reason", "COMPROMISED"},
                          {"compromised_since", ledger::StartOfDate(20260320) + 9 * kHourMs},
                          {"evidence_digest", Hash('a')}});
    const bool own = name.starts_with("ga");
    const Outcome revoked =
        test.net.Do("identity.revoke", own ? kGa : kDb, {Head(own ? "ga-h1" : "db-h1")}, body);
    ASSERT_TRUE(revoked.Accepted()) << CodeName(revoked.code);
  }
  void FileCorrection() {
    Json filing = Ref("resource", test.resource);
    filing.Set("version_seen", 0)
        .Set("item_ids", Texts({"status"}))
        .Set("kind", "WRONG")
        .Set("observed_digest", Hash('1'))
        .Set("evidence_digest", Hash('2'));
    const Outcome filed = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, filing);
    ASSERT_TRUE(filed.Accepted()) << CodeName(filed.code);
    correction = filed.Born(ledger::EntityKind::kCorrection);
  }
  Outcome Resolve(const std::string& maker) {
    Json body = Ref("correction", correction);
    body.Set("verdict", "NOT_WRONG")
        .Set("reason_code", "LAW")
        .Set("reason_digest", Hash('3'))
        .Set("evidence_digest", Hash('4'));
    Outcome outcome = test.net.Do("correction.resolve", kGa, {Maker(maker), Head("ga-h1")}, body);
    act = HexEncode(test.net.Last()->txid.View());
    return outcome;
  }
  Outcome Confirm() {
    Json body = Ref("correction", correction);
    body.Set("confirmed", true);
    return test.net.Do("correction.confirm", kJt, {Maker("jt-c1")}, body);
  }
  Outcome Reconfirm(const EntityId& of, const std::string& maker = "ga-c2") {
    Json body = Ref("case", of);
    body.Set("act", act);
    return test.net.Do("identity.reconfirm", kGa, {Maker(maker), Head("ga-h1")}, body);
  }
  [[nodiscard]] ledger::Clock ClockOf(const EntityId& id, std::string_view code) const {
    const ledger::EntityBody body = test.net.Body(id);
    const ledger::Clock* clock = body.FindClock(code);
    return clock != nullptr ? *clock : ledger::Clock();
  }

  TestCase test;
  EntityId correction;
  std::string act;
};

TEST_F(Compromise, AnAnswerIsSuspendedUntilItsDepartmentConfirmsIt) {
  test.net.AdvanceTo(20260312);
  FileCorrection();
  test.net.AdvanceTo(20260320, 10);
  ASSERT_TRUE(Resolve("ga-c1").Accepted());
  LoseKey();
  EXPECT_EQ(Confirm().code, Code::kBadState);
  test.net.AdvanceTo(20260324);
  EXPECT_EQ(Reconfirm(correction, "ga-c1").code, Code::kIdRevoked);
  Json foreign = Ref("case", correction);
  foreign.Set("act", act);
  EXPECT_EQ(test.net.Do("identity.reconfirm", kJt, {Maker("jt-c1"), Head("jt-h1")}, foreign).code,
            Code::kRoleDenied);
  const Outcome confirmed = Reconfirm(correction);
  ASSERT_TRUE(confirmed.Accepted()) << CodeName(confirmed.code);
  EXPECT_EQ(Reconfirm(correction).code, Code::kBadState);
  // It stands from the day it was given.
  EXPECT_EQ(ClockOf(correction, "D07").late, 0);
  EXPECT_TRUE(Confirm().Accepted());
}

TEST_F(Compromise, AnAnswerNobodyConfirmsIsOpenAgainAndItsDeadlineRunsAnew) {
  test.net.AdvanceTo(20260312);
  FileCorrection();
  test.net.AdvanceTo(20260320, 10);
  ASSERT_TRUE(Resolve("ga-c1").Accepted());
  LoseKey();
  test.net.AdvanceTo(20260326, 0);  // D27 was due on 03-25
  EXPECT_EQ(Reconfirm(correction).code, Code::kReconfirmLate);
  EXPECT_EQ(Confirm().code, Code::kBadState);
  const Outcome again = Resolve("ga-c2");
  ASSERT_TRUE(again.Accepted()) << CodeName(again.code);
  EXPECT_FALSE(again.Has(Flag::kLate));
  EXPECT_EQ(test.net.Status(correction), "RESOLVED");
  EXPECT_EQ(ledger::DateOf(ClockOf(correction, "D07").start), 20260325);
  EXPECT_TRUE(Confirm().Accepted());
}

TEST_F(Compromise, WhatWasSignedBeforeStands) {
  test.net.AdvanceTo(20260312);
  FileCorrection();
  test.net.AdvanceTo(20260320, 8);
  ASSERT_TRUE(Resolve("ga-c1").Accepted());
  LoseKey();
  EXPECT_EQ(Reconfirm(correction).code, Code::kBadState);
  EXPECT_TRUE(Confirm().Accepted());
}

TEST_F(Compromise, ADecisionReopensAtItsStep) {
  test.net.AdvanceTo(20260319);
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  test.net.AdvanceTo(20260320);
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  LoseKey();
  EXPECT_EQ(test.Decide("db", test.DecisionBody()).code, Code::kBadState);
  TestNet left = test.net;  // whoever leaves the case rests on nothing
  EXPECT_TRUE(left.Do("request.withdraw", kJt, {Maker("jt-c1"), Head("jt-h1")},
                      Ref("request", test.request))
                  .Accepted());
  test.net.AdvanceTo(20260326);
  // The manager's turn is gone, the provider's is back.
  EXPECT_EQ(test.Decide("db", test.DecisionBody()).code, Code::kApprovalOrder);
  const Outcome again =
      test.net.Do("decision.submit", kGa, {Maker("ga-c2"), Head("ga-h1")}, test.DecisionBody());
  ASSERT_TRUE(again.Accepted()) << CodeName(again.code);
  EXPECT_FALSE(again.Has(Flag::kLate));
  EXPECT_TRUE(ClockOf(test.request, "D08").Runs());
  EXPECT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  EXPECT_EQ(test.net.Status(test.request), "APPROVED");
}

// Nor is a grant opened on an answer that nobody has confirmed.
TEST_F(Compromise, AnApprovalInDoubtOpensNoGrant) {
  test.net.AdvanceTo(20260320);
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  act = HexEncode(test.net.Last()->txid.View());
  ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  LoseKey();
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kNotApproved);
  ASSERT_TRUE(Reconfirm(test.request).Accepted());
  EXPECT_TRUE(test.Open(test.OpenBody()).Accepted());
}

TEST_F(Compromise, AGrantCountsAsSuspended) {
  test.net.AdvanceTo(20260319);
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  test.Approve();
  test.net.AdvanceTo(20260320);
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  act = HexEncode(test.net.Last()->txid.View());
  LoseKey("db-c1");
  EXPECT_EQ(test.Acknowledge().code, Code::kBadState);
  Json body = Ref("case", test.grant);
  body.Set("act", act);
  const Outcome confirmed =
      test.net.Do("identity.reconfirm", kDb, {Maker("db-c2"), Head("db-h1")}, body);
  ASSERT_TRUE(confirmed.Accepted()) << CodeName(confirmed.code);
  EXPECT_TRUE(test.Acknowledge().Accepted());
}

// SIGNED_WHILE_COMPROMISED is derived from the key's record and the time of the commit.
TEST_F(Compromise, IsToldByTheKeysRecord) {
  LoseKey();
  const auto record = ledger::FindKeyRecord(test.net.View(), test.net.Who("ga-c1").id);
  ASSERT_TRUE(record.has_value());
  EXPECT_TRUE(WasCompromised(*record, ledger::StartOfDate(20260321)));
  EXPECT_FALSE(WasCompromised(*record, ledger::StartOfDate(20260320)));
}

}  // namespace
}  // namespace jiandu::contracts::testing
