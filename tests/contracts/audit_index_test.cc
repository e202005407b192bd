// The indexes auditors are answered from: late deadlines, ops that took effect, grants by grade,
// month of use and last use, grades that were raised.
#include "ledger/model/event_index.h"
#include "ledger/model/grant_index.h"
#include "ledger/model/late_index.h"
#include "tests/support/correction_case.h"

namespace jiandu::contracts::testing {
namespace {

constexpr ledger::TimeMs kForEver = std::numeric_limits<ledger::TimeMs>::max();

class AuditIndex : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<ledger::LateClock> Late(std::string_view code,
                                                    std::string_view department = "",
                                                    ledger::TimeMs from = 0,
                                                    ledger::TimeMs until = kForEver) const {
    return ledger::ListLate(test.net.View(), department, code, from, until, 100);
  }
  [[nodiscard]] std::size_t Ops(std::string_view op) const {
    return ledger::ListOps(test.net.View(), op, {}, kForEver, 100).size();
  }

  CorrectionCase test;
};

// CO-3 of the worked scenario (T33): filed 03-24, due 04-08, answered 04-10.
TEST_F(AuditIndex, AnAnswerThatCameLateIsListedWithWhoOwedIt) {
  test.ReachGrant();
  test.net.AdvanceTo(20260324);
  test.File();
  test.net.AdvanceTo(20260410);
  const std::int64_t answered = test.net.Time();
  const Outcome outcome = test.Resolve();
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  EXPECT_TRUE(outcome.Has(Flag::kLate));
  for (const std::string_view department : {std::string_view(), kGa}) {
    const auto rows = Late("D07", department);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].entity, test.correction);
    EXPECT_EQ(rows[0].clock.department, kGa);
    EXPECT_EQ(rows[0].clock.late, 2);
    EXPECT_EQ(rows[0].clock.ended_at, answered);
    EXPECT_TRUE(rows[0].clock.satisfied);
    EXPECT_EQ(rows[0].txid, outcome.stub.txid);
  }
  EXPECT_TRUE(Late("D07", kJt).empty());
  EXPECT_TRUE(Late("D04").empty());
  EXPECT_TRUE(Late("D07", "", 0, answered).empty());
  EXPECT_TRUE(Late("D07", "", answered + 1).empty());
  EXPECT_EQ(Late("D07", "", answered, answered + 1).size(), 1U);
}

TEST_F(AuditIndex, WhatWasAnsweredInTimeIsNot) {
  test.ReachGrant();
  test.File();
  ASSERT_TRUE(test.Resolve().Accepted());
  EXPECT_TRUE(Late("D07").empty());
}

// A clock that is started anew forgets its run before; the list does not.
TEST_F(AuditIndex, EveryRunThatWasLateHasItsRow) {
  test.ReachGrant();
  test.File();
  test.net.AdvanceTo(20260410);
  ASSERT_TRUE(test.Resolve().Accepted());
  Json body = Ref("correction", test.correction);
  body.Set("confirmed", false);
  ASSERT_TRUE(test.net.Do("correction.confirm", kJt, {Maker("jt-c1")}, body).Accepted());
  test.net.AdvanceTo(20260520);
  ASSERT_TRUE(test.Resolve().Accepted());
  const auto rows = Late("D07");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_LT(rows[0].clock.ended_at, rows[1].clock.ended_at);
  EXPECT_EQ(ledger::ListLate(test.net.View(), "", "D07", 0, kForEver, 100, rows[0].place).size(),
            1U);
}

// The duty passed to the successor when the case was next looked at, in the block that ended it.
TEST_F(AuditIndex, ADutyThatPassedOnAndFellAwayIsListedForTheSuccessor) {
  test.ReachRequest();
  test.net.AdvanceTo(20260320);
  const Json merger = Json::MakeObject({{"department", kGa},
                                        {"kind", "MERGED"},
                                        {"decision_no", "临编〔2026〕3号"},
                                        {"decision_digest", Hash('1')},
                                        {"date", 20260320},
                                        {"successors", Texts({kSw})},
                                        {"default_successor", kSw}});
  ASSERT_TRUE(
      test.net.Do("department.reorg", kGa, {Head("ga-h1"), Peer("sw-h1"), Peer("db-h1")}, merger)
          .Accepted());
  test.net.AdvanceTo(20260410);
  const Outcome outcome = test.net.Do("request.withdraw", kJt, {Maker("jt-c1"), Head("jt-h1")},
                                      Ref("request", test.request));
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  // Each department has its own part: the one that ended, and its successor.
  EXPECT_EQ(Late("D04", "").size(), 2U);
  for (const std::string_view department : {kGa, kSw}) {
    const auto rows = Late("D04", department);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].clock.department, department);
    EXPECT_FALSE(rows[0].clock.satisfied);
    EXPECT_GT(rows[0].clock.late, 0);
  }
}

TEST_F(AuditIndex, ADutyThatFellAwayPastDueIsListedAsNotAnswered) {
  test.ReachRequest();
  test.net.AdvanceTo(20260410);
  const Outcome outcome = test.net.Do("request.withdraw", kJt, {Maker("jt-c1"), Head("jt-h1")},
                                      Ref("request", test.request));
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  const auto rows = Late("D04", kGa);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_FALSE(rows[0].clock.satisfied);
  EXPECT_GT(rows[0].clock.late, 0);
  EXPECT_EQ(rows[0].txid, outcome.stub.txid);
}

TEST_F(AuditIndex, AReturnPastDueIsListed) {
  test.ReachRequest();
  test.net.AdvanceTo(20260410);
  Json body = Ref("request", test.request);
  body.Set("missing", Texts({"contract"}));
  const Outcome outcome = test.net.Do("request.return", kGa, {Maker("ga-c1")}, body);
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  EXPECT_TRUE(outcome.Has(Flag::kReturnLate));
  const auto rows = Late("D04", kGa);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_FALSE(rows[0].clock.satisfied);
}

TEST_F(AuditIndex, AnOpIsListedWhenItTakesEffectAndNotBefore) {
  test.PublishResource();
  EXPECT_EQ(Ops("resource.publish"), 1U);
  Json body = test.RequestBody();
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", kJt}, {"role", "HEAD"}}));
  body.Set("await", await);
  const Outcome waits = test.net.Do("request.submit", kJt, {Maker("jt-c1")}, body);
  ASSERT_TRUE(waits.Accepted()) << CodeName(waits.code);
  EXPECT_EQ(Ops("request.submit"), 0U);
  const EntityId pending = waits.Born(ledger::EntityKind::kPending);
  Json cosign = Ref("pending", pending);
  cosign.Set("digest", test.net.Body(pending).Text("digest"));
  const Outcome signed_now = test.net.Do("cosign", kJt, {Head("jt-h1")}, cosign);
  ASSERT_TRUE(signed_now.Accepted()) << CodeName(signed_now.code);
  EXPECT_EQ(Ops("request.submit"), 1U);
  // A refusal has no effect.
  const Outcome refused =
      test.net.Do("request.submit", kJt, {Maker("jt-c1"), Head("jt-h1")}, test.RequestBody());
  EXPECT_FALSE(refused.Accepted());
  EXPECT_EQ(Ops("request.submit"), 1U);
}

TEST_F(AuditIndex, GrantsAreFoundByGradeMonthAndLastUse) {
  test.ReachGrant();
  const ledger::StateView& view = test.net.View();
  ASSERT_EQ(ledger::ListOfGrade(view, 3, nullptr, 10), std::vector{test.resource});
  EXPECT_TRUE(ledger::ListOfGrade(view, 4, nullptr, 10).empty());
  EXPECT_EQ(ledger::ListGrantsOf(view, test.resource, nullptr, 10), std::vector{test.grant});
  EXPECT_EQ(ledger::LastUseOf(view, test.grant), 0);
  EXPECT_TRUE(ledger::ListUsed(view, 202603, 202603, nullptr, 10).empty());
  test.net.AdvanceTo(20260311);
  ASSERT_TRUE(test.Report(test.LoneRecord("a1")).Accepted());
  EXPECT_EQ(ledger::LastUseOf(view, test.grant), 20260311);
  const auto used = ledger::ListUsed(view, 202603, 202604, nullptr, 10);
  ASSERT_EQ(used.size(), 1U);
  EXPECT_EQ(used[0].grant, test.grant);
  EXPECT_EQ(used[0].month, 202603);
  EXPECT_TRUE(ledger::ListUsed(view, 202604, 202612, nullptr, 10).empty());
  // A denied call is no use, and an older one moves nothing back.
  test.net.AdvanceTo(20260320);
  Json denied = test.LoneRecord("a2");
  denied.Set("result", "DENIED");
  ASSERT_TRUE(test.Report(denied).Accepted());
  Json older = test.LoneRecord("a3");
  older.Set("occurred_at", ledger::StartOfDate(20260310) + kHourMs);
  ASSERT_TRUE(test.Report(older).Accepted());
  EXPECT_EQ(ledger::LastUseOf(view, test.grant), 20260311);
}

TEST_F(AuditIndex, AGradeThatWasRaisedMovesItsRowAndIsKept) {
  test.ReachGrant();
  const ledger::StateView& view = test.net.View();
  EXPECT_TRUE(ledger::ListRaised(view, nullptr, 10).empty());
  Json body = Ref("resource", test.resource);
  body.Set("grade", "G4").Set("evaluator", "测评机构").Set("evidence_digest", Hash('e'));
  const Outcome outcome = test.net.Do("resource.grade", kGa, {Head("ga-h1")}, body);
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  EXPECT_TRUE(ledger::ListOfGrade(view, 3, nullptr, 10).empty());
  EXPECT_EQ(ledger::ListOfGrade(view, 4, nullptr, 10), std::vector{test.resource});
  EXPECT_EQ(ledger::ListRaised(view, nullptr, 10), std::vector{test.resource});
}

}  // namespace
}  // namespace jiandu::contracts::testing
