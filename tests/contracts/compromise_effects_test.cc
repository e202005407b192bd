// What follows elsewhere when a compromised key had signed: for the retirement of the resource, the
// marks of doubt, the accesses under a grant, and departments that end meanwhile (4.1 DP6, DP7).
#include "contracts/as_of.h"
#include "contracts/derived_flags.h"
#include "contracts/engine.h"
#include "ledger/model/late_index.h"
#include "tests/support/compromise_case.h"
#include "tests/support/dispute_case.h"

namespace jiandu::contracts::testing {
namespace {

class CompromiseEffects : public CompromiseCase {
 protected:
  // A request of 03-19 that ga-c1 refuses on 03-20.
  void ReachRefusal() {
    test.PublishResource();
    test.net.AdvanceTo(20260319);
    ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
    test.net.AdvanceTo(20260320);
    ASSERT_TRUE(Refuse("ga-c1").Accepted());
  }
  Outcome Refuse(const std::string& maker) {
    Json body = test.DecisionBody("REFUSE");
    body.Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
    return test.net.Do("decision.submit", kGa, {Maker(maker), Head("ga-h1")}, body);
  }
  Code Retire(Json settled = Json::MakeArray()) {
    Json body = Ref("resource", test.resource);
    if (!settled.Items().empty()) body.Set("settled", std::move(settled));
    return test.net.Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")}, body).code;
  }
  [[nodiscard]] AsOf Now() const { return {.height = test.net.Height(), .time = test.net.Time()}; }
  [[nodiscard]] bool IsDisputed() const {
    const auto flags = DerivedFlagsOf(test.net.View(), Now(), test.resource);
    return std::ranges::find(flags, "DISPUTED", &DerivedFlag::flag) != flags.end();
  }
  // A request of 03-19 that ga-c1 approves on 03-20.
  void ReachApproval() {
    test.PublishResource();
    test.net.AdvanceTo(20260319);
    ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
    test.net.AdvanceTo(20260320);
    ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
    act = HexEncode(test.net.Last()->txid.View());
  }
  // ga-c1 approves and db opens on 03-20; the key of one of the two was not its owner's.
  void ReachGrant() {
    ReachApproval();
    ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
    ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
    opening = HexEncode(test.net.Last()->txid.View());
    ASSERT_TRUE(test.Acknowledge().Accepted());
  }
  [[nodiscard]] bool IsSuspendedAccess(std::string_view acc_id, std::int64_t occurred_at) {
    Json record = test.LoneRecord(acc_id);
    record.Set("occurred_at", occurred_at);
    return test.Report(record).Has(Flag::kWhileSuspended);
  }
  std::string opening;
};

TEST_F(CompromiseEffects, ARefusalInDoubtLeavesTheCaseOpenForItsResource) {
  ReachRefusal();
  TestNet before = test.net;
  LoseKey();
  EXPECT_EQ(Retire(), Code::kOpenCases);  // waits for its confirmation
  test.net.AdvanceTo(20260326);
  EXPECT_EQ(Retire(), Code::kOpenCases);  // void, and nobody has acted on it
  TestNet open = test.net;
  EXPECT_EQ(Retire(Texts({ledger::ToHex(test.request)})), Code::kAccepted);
  EXPECT_EQ(test.net.Status(test.request), "CLOSED");
  test.net = open;
  ASSERT_TRUE(Refuse("ga-c2").Accepted());
  EXPECT_EQ(Retire(), Code::kAccepted);
  test.net = before;
  EXPECT_EQ(Retire(), Code::kAccepted);  // nobody doubts it
}

TEST_F(CompromiseEffects, WhoeverActsOnAReopenedCaseHasItCountedOnce) {
  ReachRefusal();
  const EntityId refused = test.request;
  Json other = test.RequestBody();
  other.Set("scene_code", "OTHER").Set("delivery_mode", "BATCH").Set("mode_reason", "NIGHTLY");
  other.Set("measures", Texts({"MFA", "ACCESS_LOG", "MASK", "ENCRYPTED_STORAGE", "WATERMARK"}));
  other.Set("batch_plan", Json::MakeObject({{"cycle", "WEEKLY"}, {"rows_max", 10}}));
  const Outcome second = test.SubmitRequest(other);
  ASSERT_TRUE(second.Accepted()) << CodeName(second.code);
  LoseKey();
  test.net.AdvanceTo(20260326);
  ASSERT_TRUE(
      test.net.Do("request.withdraw", kJt, {Maker("jt-c1"), Head("jt-h1")}, Ref("request", refused))
          .Accepted());
  EXPECT_EQ(Retire(), Code::kOpenCases);  // the second one is still to be decided
  EXPECT_EQ(Retire(Texts({ledger::ToHex(second.Born(ledger::EntityKind::kRequest))})),
            Code::kAccepted);
}

TEST_F(CompromiseEffects, AVoidAnswerLeavesTheItemDisputed) {
  test.PublishResource();
  test.net.AdvanceTo(20260312);
  FileCorrection();
  EXPECT_TRUE(IsDisputed());
  test.net.AdvanceTo(20260320, 10);
  ASSERT_TRUE(Resolve("ga-c1").Accepted());
  EXPECT_FALSE(IsDisputed());
  LoseKey();
  test.net.AdvanceTo(20260326);
  EXPECT_TRUE(IsDisputed());
  EXPECT_EQ(Retire(), Code::kOpenCases);
  ASSERT_TRUE(test.net.Do("correction.accept", kGa, {Maker("ga-c2")}, Ref("correction", correction))
                  .Accepted());
  EXPECT_TRUE(IsDisputed());
  EXPECT_EQ(Retire(), Code::kOpenCases);
  ASSERT_TRUE(Resolve("ga-c2").Accepted());
  EXPECT_FALSE(IsDisputed());
  EXPECT_EQ(Retire(), Code::kAccepted);
}

TEST_F(CompromiseEffects, AnAnswerInTheProvidersPlaceReopensAtTheProvidersStep) {
  test.PublishResource(Content("UNCONDITIONAL", "G1"));
  test.net.AdvanceTo(20260317);
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody("UNCONDITIONAL")).Accepted());
  test.net.AdvanceTo(20260320);
  ASSERT_TRUE(test.net
                  .Do("decision.substitute", kDb, {Maker("db-c1"), Head("db-h1")},
                      Ref("request", test.request))
                  .Accepted());
  EXPECT_EQ(ClockOf(test.request, "D03").late, 2);
  LoseKey("db-c1");
  EXPECT_EQ(
      test.net.Do("decision.submit", kDb, {Maker("db-c2"), Head("db-h1")}, test.DecisionBody())
          .code,
      Code::kBadState);
  test.net.AdvanceTo(20260326);
  const Outcome answered =
      test.net.Do("decision.submit", kGa, {Maker("ga-c1"), Head("ga-h1")}, test.DecisionBody());
  ASSERT_TRUE(answered.Accepted()) << CodeName(answered.code);
  EXPECT_FALSE(answered.Has(Flag::kLate));
  EXPECT_EQ(ClockOf(test.request, "D03").late, 2);  // what had run stays the provider's
  EXPECT_TRUE(ClockOf(test.request, "D08").Runs());
}

TEST_F(CompromiseEffects, AnApprovalInDoubtOpensNoGrant) {
  ReachApproval();
  ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  LoseKey();
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kNotApproved);
  ASSERT_TRUE(Reconfirm(test.request).Accepted());
  EXPECT_TRUE(test.Open(test.OpenBody()).Accepted());
}

// A thief who leaves in its owner's name, or changes keys twice, does not cover what it signed.
TEST_F(CompromiseEffects, NobodyIsOutOfDoubtByLeaving) {
  ReachApproval();
  const auto leave = [this](std::string_view reason, const Signing& signer) {
    Json body = Json::MakeObject(
        {{"identity", ledger::ToHex(test.net.Identity("ga-c1"))}, {"reason", reason}});
    return test.net.Do("identity.revoke", kGa, {signer}, body).code;
  };
  ASSERT_EQ(leave("LEFT", Maker("ga-c1")), Code::kAccepted);
  EXPECT_EQ(leave("LOST", Head("ga-h1")), Code::kBadState);
  ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  LoseKey();
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kNotApproved);
  EXPECT_EQ(leave("LEFT", Head("ga-h1")), Code::kBadState);
  ASSERT_TRUE(Reconfirm(test.request).Accepted());
  EXPECT_TRUE(test.Open(test.OpenBody()).Accepted());
}

TEST_F(CompromiseEffects, NobodyIsOutOfDoubtByNewKeys) {
  ReachApproval();
  ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  std::string own = "ga-c1";
  Code last = Code::kAccepted;
  std::size_t changes = 0;
  for (; last == Code::kAccepted && changes < 20; ++changes) {
    test.net.Advance(1000);
    const std::string next = "ga-c1 key " + std::to_string(changes);
    test.net.AddPerson(next, kGa);
    const auto proof = PrivateKey(next).SignDigest(ledger::KeyProofDigest(kChain, kGa, "ga-c1"));
    Json body = Json::MakeObject({{"identity", ledger::ToHex(test.net.Identity("ga-c1"))},
                                  {"key", HexEncode(test.net.Who(next).key.View())},
                                  {"key_proof", HexEncode(proof.View())},
                                  {"overlap_hours", 0}});
    last = test.net.Do("identity.rotate_key", kGa, {Maker(own)}, body).code;
    own = next;
  }
  EXPECT_EQ(last, Code::kBadState);
  EXPECT_EQ(changes, ledger::kFormerKeysMax + 1);
  LoseKey();
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kNotApproved);
}

TEST_F(CompromiseEffects, AccessesUnderAGrantInDoubtAreMarked) {
  ReachGrant();
  LoseKey();  // of who approved
  const std::int64_t revoked_at = test.net.Time() - 1000;
  EXPECT_FALSE(IsSuspendedAccess("a-1", revoked_at - 1));
  EXPECT_TRUE(IsSuspendedAccess("a-2", revoked_at));
  test.net.Advance(kHourMs);
  const ledger::EntityBody seen = *BodyAsOf(test.net.View(), Now(), test.grant);
  EXPECT_EQ(ledger::StatusName(seen.kind, seen.status), "SUSPENDED");
  ASSERT_TRUE(Reconfirm(test.request).Accepted());
  const std::int64_t confirmed_at = test.net.Time() - 1000;
  // By then, however late it is told.
  EXPECT_TRUE(IsSuspendedAccess("a-3", confirmed_at - 1));
  EXPECT_FALSE(IsSuspendedAccess("a-4", confirmed_at));
}

TEST_F(CompromiseEffects, AccessesAreMarkedWhenTheOpeningIsInDoubtToo) {
  ReachGrant();
  LoseKey("db-c1");  // who opened, and decided the manager's step
  test.net.Advance(kHourMs);
  EXPECT_TRUE(IsSuspendedAccess("a-1", test.net.Time() - 100));
}

TEST_F(CompromiseEffects, ADigestNotCutThereStraddles) {
  ReachGrant();
  LoseKey();
  test.net.Advance(kHourMs);
  Json digest = Json::MakeObject(
      {{"counts", Json::MakeObject({{"ok", 3}, {"denied", 0}, {"error", 0}, {"not_found", 0}})},
       {"from", test.net.Time() - 2 * kHourMs},
       {"to", test.net.Time() - 100},
       {"root", Hash('d')},
       {"rows", 3}});
  Json batch = Json::MakeObject({{"grant", ledger::ToHex(test.grant)},
                                 {"batch_id", "b-1"},
                                 {"form", "digest"},
                                 {"system", ledger::ToHex(test.net.Identity("jt-app"))}});
  batch.Set("digest", digest);
  const Outcome reported = test.net.Do("access.batch", kGa, {System("ga-gw")}, batch);
  EXPECT_TRUE(reported.Has(Flag::kStraddles));
  EXPECT_FALSE(reported.Has(Flag::kWhileSuspended));  // judged by its begin
}

// A grant is not decided anew, so it waits as long as it takes.
TEST_F(CompromiseEffects, WhatHasComeToAGrantMayBeConfirmedLate) {
  ReachGrant();
  LoseKey();
  test.net.AdvanceTo(20260410);
  EXPECT_TRUE(IsSuspendedAccess("a-1", test.net.Time() - 100));
  const Outcome confirmed = Reconfirm(test.request);
  ASSERT_TRUE(confirmed.Accepted()) << CodeName(confirmed.code);
  EXPECT_FALSE(IsSuspendedAccess("a-2", test.net.Time()));
}

// What ran anew and fell away past due is found by whoever asks what was late.
TEST_F(CompromiseEffects, TheDutyThatRunsAnewIsListedWhenItFallsAway) {
  ReachApproval();
  LoseKey();
  test.net.AdvanceTo(20260520);
  const Outcome outcome = test.net.Do("request.withdraw", kJt, {Maker("jt-c1"), Head("jt-h1")},
                                      Ref("request", test.request));
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  const auto rows = ledger::ListLate(test.net.View(), kGa, "D04", 0,
                                     std::numeric_limits<ledger::TimeMs>::max(), 10);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].entity, test.request);
  EXPECT_FALSE(rows[0].clock.satisfied);
}

TEST_F(CompromiseEffects, TheDutyThatRunsAnewIsTheSuccessors) {
  ReachApproval();
  LoseKey();
  test.net.AdvanceTo(20260324);
  const Json merger = Json::MakeObject({{"department", kGa},
                                        {"kind", "MERGED"},
                                        {"decision_no", "临编〔2026〕3号"},
                                        {"decision_digest", Hash('1')},
                                        {"date", 20260324},
                                        {"successors", Texts({kSw})},
                                        {"default_successor", kSw}});
  ASSERT_TRUE(
      test.net.Do("department.reorg", kGa, {Head("ga-h1"), Peer("sw-h1"), Peer("db-h1")}, merger)
          .Accepted());
  test.net.AdvanceTo(20260326);
  const ledger::EntityBody request = *BodyAsOf(test.net.View(), Now(), test.request);
  const ledger::Clock* owed = request.FindClock("D04", kSw);
  ASSERT_NE(owed, nullptr);
  EXPECT_TRUE(owed->Runs());
  ASSERT_TRUE(
      test.net.Do("decision.submit", kSw, {Maker("sw-c1"), Head("sw-h1")}, test.DecisionBody())
          .Accepted());
  EXPECT_TRUE(test.net.Body(test.request).FindClock("D04", kSw)->satisfied);
}

// A government decides instead of the steps: who had signed them is of no moment any more.
class DecidedByGovernment : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachFailed();  // ga-c1 has refused
    test.net.AdvanceTo(20260304);
    const Json body = Json::MakeObject({{"identity", ledger::ToHex(test.net.Identity("ga-c1"))},
                                        {"reason", "COMPROMISED"},
                                        {"compromised_since", ledger::StartOfDate(20260302)},
                                        {"evidence_digest", Hash('a')}});
    ASSERT_TRUE(test.net.Do("identity.revoke", kGa, {Head("ga-h1")}, body).Accepted());
  }
  void Decide() {
    Json body = test.DecideBody();
    body.Set("terms", TestDispute::Terms());
    const Outcome decided = test.DecideDispute(body);
    ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  }
  TestDispute test;
};

TEST_F(DecidedByGovernment, TheStepsHaveHadTheirSay) {
  Decide();
  test.net.AdvanceTo(20260312);  // past D27
  Json open = test.OpenBody();
  open.Set("valid_to", 20261130);
  const Outcome opened = test.Open(open);
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  ASSERT_TRUE(test.Acknowledge().Accepted());
  EXPECT_FALSE(test.Report(test.LoneRecord("a-1")).Has(Flag::kWhileSuspended));
}

TEST_F(DecidedByGovernment, AVoidRefusalIsCountedOpenOnce) {
  test.net.AdvanceTo(20260312);
  Decide();
  Json open = test.OpenBody();
  open.Set("valid_to", 20261130);
  EXPECT_EQ(test.net
                .Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")},
                    Ref("resource", test.resource))
                .code,
            Code::kOpenCases);
  ASSERT_TRUE(test.Open(open).Accepted());
}

}  // namespace
}  // namespace jiandu::contracts::testing
