// What a compromised key signed (4.1 DP6, DP7; AT22, row T39 of the worked scenario).
#include "contracts/compromise.h"

#include "contracts/clock.h"
#include "contracts/derived_flags.h"
#include "contracts/engine.h"
#include "contracts/event_flags.h"
#include "tests/support/compromise_case.h"

namespace jiandu::contracts::testing {
namespace {

class Compromise : public CompromiseCase {
 protected:
  void SetUp() override { test.PublishResource(); }

  // D27 as it is shown.
  [[nodiscard]] ledger::Clock ConfirmationOf(const EntityId& id) const {
    const AsOf now{.height = test.net.Height(), .time = test.net.Time()};
    const auto clocks = DerivedClocksOf(test.net.View(), now, id);
    return clocks.size() == 1 && clocks[0].subject == id ? clocks[0].clock : ledger::Clock();
  }
};

TEST_F(Compromise, AnAnswerIsSuspendedUntilItsDepartmentConfirmsIt) {
  test.net.AdvanceTo(20260312);
  FileCorrection();
  test.net.AdvanceTo(20260320, 10);
  ASSERT_TRUE(Resolve("ga-c1").Accepted());
  EXPECT_EQ(ConfirmationOf(correction).code, "");
  LoseKey();
  EXPECT_EQ(Confirm().code, Code::kBadState);
  const ledger::Clock owed = ConfirmationOf(correction);
  EXPECT_EQ(owed.code, "D27");
  EXPECT_EQ(owed.department, kGa);
  EXPECT_TRUE(owed.Runs());
  EXPECT_EQ(ledger::DateOf(owed.start), 20260322);
  test.net.AdvanceTo(20260324);
  EXPECT_EQ(Reconfirm(correction, "ga-c1").code, Code::kIdRevoked);
  Json foreign = Ref("case", correction);
  foreign.Set("act", act);
  EXPECT_EQ(test.net.Do("identity.reconfirm", kJt, {Maker("jt-c1"), Head("jt-h1")}, foreign).code,
            Code::kRoleDenied);
  const Outcome confirmed = Reconfirm(correction);
  ASSERT_TRUE(confirmed.Accepted()) << CodeName(confirmed.code);
  EXPECT_EQ(Reconfirm(correction).code, Code::kBadState);
  EXPECT_TRUE(ConfirmationOf(correction).satisfied);
  EXPECT_EQ(ConfirmationOf(correction).late, 0);
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
  EXPECT_EQ(ConfirmationOf(correction).code, "");
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

// What was taken back and decided anew cannot be confirmed afterwards, granted or not.
TEST_F(Compromise, AStepTakenBackIsNotConfirmedLater) {
  test.net.AdvanceTo(20260319);
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  test.net.AdvanceTo(20260320);
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  act = HexEncode(test.net.Last()->txid.View());
  LoseKey();
  test.net.AdvanceTo(20260326);
  ASSERT_TRUE(
      test.net.Do("decision.submit", kGa, {Maker("ga-c2"), Head("ga-h1")}, test.DecisionBody())
          .Accepted());
  EXPECT_EQ(Reconfirm(test.request).code, Code::kReconfirmLate);
  ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  const Outcome opened = test.Open(test.OpenBody());
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  EXPECT_EQ(Reconfirm(test.request).code, Code::kReconfirmLate);
  EXPECT_EQ(test.net.Status(test.request), "GRANTED");
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

// It shows on what was signed since then, on the case, and on nothing else.
TEST_F(Compromise, ShowsOnTheEventAndOnTheCase) {
  FileCorrection();
  const auto shown = [this](const Outcome& outcome, const TransactionPtr& transaction) {
    const AsOf at{.height = test.net.Height(), .time = test.net.Time()};
    if (!MayHaveEventFlags(test.net.View(), at, outcome.stub)) return std::vector<DerivedFlag>();
    return EventFlagsOf(test.net.View(), at, outcome.stub, *transaction);
  };
  const Outcome early = test.net.Do(
      "resource.refresh", kGa, {Maker("ga-c1")},
      Ref("resource", test.resource).Set("dataset_version", 1).Set("dataset_digest", Hash('1')));
  ASSERT_TRUE(early.Accepted()) << CodeName(early.code);
  const TransactionPtr early_tx = test.net.Last();
  test.net.AdvanceTo(20260320, 10);
  const Outcome resolved = Resolve("ga-c1");
  ASSERT_TRUE(resolved.Accepted());
  const TransactionPtr resolved_tx = test.net.Last();
  EXPECT_TRUE(shown(resolved, resolved_tx).empty());
  LoseKey();
  EXPECT_TRUE(shown(early, early_tx).empty());
  const auto flags = shown(resolved, resolved_tx);
  ASSERT_EQ(flags.size(), 1U);  // the head's key is sound
  EXPECT_EQ(flags[0].flag, "SIGNED_WHILE_COMPROMISED");
  EXPECT_EQ(flags[0].subject, test.net.Identity("ga-c1"));
  EXPECT_EQ(flags[0].department, kGa);
  EXPECT_EQ(flags[0].detail, "MAKER");
  const auto of_case = [this] {
    std::vector<DerivedFlag> found = DerivedFlagsOf(
        test.net.View(), {.height = test.net.Height(), .time = test.net.Time()}, correction);
    std::erase_if(found,
                  [](const DerivedFlag& flag) { return flag.flag != "SIGNED_WHILE_COMPROMISED"; });
    return found;
  };
  ASSERT_EQ(of_case().size(), 1U);
  EXPECT_EQ(of_case()[0].detail, act);
  EXPECT_EQ(of_case()[0].department, kGa);
  // Confirmed, it stands; that it was signed so is still true.
  ASSERT_TRUE(Reconfirm(correction).Accepted());
  EXPECT_EQ(of_case().size(), 1U);
}

}  // namespace
}  // namespace jiandu::contracts::testing
