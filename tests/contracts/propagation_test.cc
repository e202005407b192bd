// A correction on its way to those who hold the data, level by level: T29 to T31 of the worked
// scenario.
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Propagation : public ::testing::Test {
 protected:
  void SetUp() override { test.ReachDerived(); }
  void File(std::string_view item = "status") {
    Json body = Ref("resource", test.resource);
    body.Set("version_seen", 0).Set("item_ids", Texts({item})).Set("kind", "WRONG");
    body.Set("observed_digest", Hash('1')).Set("evidence_digest", Hash('2'));
    const Outcome outcome = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, body);
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    correction = outcome.Born(ledger::EntityKind::kCorrection);
  }
  void Resolve(std::string_view verdict = "FIXED") {
    if (verdict == "FIXED") {
      Json refresh = Ref("resource", test.resource);
      refresh.Set("dataset_version", 8).Set("dataset_digest", Hash('3'));
      ASSERT_TRUE(test.net.Do("resource.refresh", kGa, {System("ga-gw")}, refresh).Accepted());
    }
    Json body = Ref("correction", correction);
    body.Set("verdict", verdict);
    if (verdict == "FIXED") {
      body.Set("new_version", 8);
    } else {
      body.Set("reason_code", "OTHER").Set("reason_digest", Hash('1'));
      body.Set("evidence_digest", Hash('2'));
    }
    const Outcome outcome =
        test.net.Do("correction.resolve", kGa, {Maker("ga-c2"), Head("ga-h1")}, body);
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  }
  // Filed on 03-11 and fixed on 03-24.
  void Reach(std::string_view item = "status") {
    test.net.AdvanceTo(20260311);
    File(item);
    test.net.AdvanceTo(20260324);
    Resolve();
  }
  Outcome Answer(std::string_view alias, std::string_view member, const EntityId& held,
                 std::string_view outcome = "APPLIED", int version = 2) {
    Json body = Ref("correction", correction);
    body.Set(member, ledger::ToHex(held)).Set("outcome", outcome);
    if (outcome == "APPLIED") {
      body.Set("out_version", version);
    } else {
      body.Set("reason_code", "OTHER").Set("reason_digest", Hash('1'));
    }
    const std::string name(alias);
    std::vector<Signing> signers = {Maker(name + "-c1")};
    if (member == "resource") signers.push_back(Head(name + "-h1"));
    return test.net.Do("correction.propagate", LineageCase::CodeOf(alias), signers, body);
  }
  void RefreshD1() {
    Json inputs = Json::MakeArray();
    Json input = Ref("resource", test.resource);
    input.Set("version", 8);
    inputs.Push(input);
    Json body = Ref("derivation", derivation_of_d1);
    body.Set("out_version", 2).Set("inputs", inputs);
    ASSERT_EQ(test.net.Do("derivation.refresh", kJt, {Maker("jt-c1")}, body).flags, 0U);
  }
  // D3 of sw: its risk made of D1's verdict, its plate of D1's plate.
  void DeriveD3() {
    derivation_of_d1 = test.derivation;
    Json content = LineageCase::DerivedContent("D3");
    d3 = test.DraftOf("sw", content);
    Json map = Json::MakeArray();
    map.Push(LineageCase::Made("plate", "plate"));
    map.Push(LineageCase::Made("verdict", "verdict"));
    const Json input = LineageCase::Input(test.d1, 1, test.below, {"plate", "verdict"});
    ASSERT_EQ(test.Derive(LineageCase::DerivationBody(d3, input, map), "sw").flags, 0U);
  }
  [[nodiscard]] std::vector<CorrectionTask> Tasks() const {
    const BlockContext context{.chain = std::string(kChain),
                               .height = test.net.Height(),
                               .time = test.net.Time(),
                               .log_size = 0};
    BlockState state(test.net.View(), context);
    return TasksOf(state, correction);
  }
  // The same as deadlines, as they are shown.
  [[nodiscard]] ledger::Clock ClockOn(const EntityId& held) const {
    const AsOf now{.height = test.net.Height(), .time = test.net.Time()};
    const auto clocks = DerivedClocksOf(test.net.View(), now, correction);
    const auto found = std::ranges::find(clocks, held, &DerivedClock::subject);
    return found != clocks.end() ? found->clock : ledger::Clock();
  }
  // When the task of a grant or resource is due; 0: there is none.
  [[nodiscard]] std::int32_t DueDay(const EntityId& held) const {
    for (const CorrectionTask& task : Tasks()) {
      if (task.held == held) return ledger::DateOf(task.due.at - 1);
    }
    return 0;
  }

  LineageCase test;
  EntityId correction;
  EntityId derivation_of_d1;
  EntityId d3;
};

TEST_F(Propagation, HoldersOweAnAnswerFromTheResolutionOnTheNextLevelFromTheirs) {
  DeriveD3();
  Reach();
  EXPECT_EQ(DueDay(test.grant), 20260408);
  EXPECT_EQ(DueDay(test.d1), 20260408);
  EXPECT_EQ(DueDay(test.below), 0);
  EXPECT_EQ(ClockOn(test.d1).code, "D23");
  EXPECT_EQ(ClockOn(test.d1).department, kJt);
  EXPECT_TRUE(ClockOn(test.d1).Runs());
  EXPECT_EQ(ClockOn(test.below).code, "");
  // Stale at once through all levels, item by item.
  EXPECT_EQ(test.FlagOf(test.d1, "STALE").detail, "verdict");
  EXPECT_EQ(test.FlagOf(d3, "STALE").detail, "verdict");
  EXPECT_EQ(test.FlagOf(d3, "STALE").department, kSw);
  test.net.AdvanceTo(20260325);
  RefreshD1();
  EXPECT_EQ(Answer("jt", "grant", test.grant).flags, 0U);
  EXPECT_EQ(Answer("jt", "resource", test.d1).flags, 0U);
  EXPECT_FALSE(test.Shows(test.d1, "STALE"));
  EXPECT_EQ(DueDay(test.below), 20260409);
  EXPECT_TRUE(ClockOn(test.d1).satisfied);
  EXPECT_EQ(ledger::DateOf(ClockOn(test.d1).ended_at), 20260325);
  EXPECT_EQ(ClockOn(test.below).department, kSw);
  EXPECT_EQ(test.FlagOf(d3, "STALE").detail, "verdict");
  test.net.AdvanceTo(20260403);
  EXPECT_EQ(Answer("sw", "grant", test.below).flags, 0U);
  EXPECT_EQ(Answer("sw", "resource", d3).flags, 0U);
  EXPECT_FALSE(test.Shows(d3, "STALE"));
  for (const CorrectionTask& task : Tasks()) EXPECT_TRUE(task.answer.has_value());
}

TEST_F(Propagation, AnAnswerAloneClearsWhatTheCorrectionMadeStale) {
  DeriveD3();
  Reach();
  EXPECT_EQ(Answer("jt", "resource", test.d1).flags, 0U);
  EXPECT_FALSE(test.Shows(test.d1, "STALE"));
  EXPECT_EQ(test.FlagOf(d3, "STALE").detail, "verdict");  // D1 has a version that has it
  EXPECT_EQ(Answer("sw", "resource", d3, "KEPT").flags, 0U);
  EXPECT_FALSE(test.Shows(d3, "STALE"));
}

TEST_F(Propagation, AnItemNobodyUsedReachesNobodyBelow) {
  Reach("owner");
  EXPECT_EQ(DueDay(test.grant), 20260408);
  EXPECT_EQ(DueDay(test.d1), 0);
  EXPECT_FALSE(test.Shows(test.d1, "STALE"));
}

TEST_F(Propagation, WhatIsNotAffectedAsksNobodyBelow) {
  Reach();
  ASSERT_TRUE(Answer("jt", "resource", test.d1, "NOT_AFFECTED").Accepted());
  EXPECT_EQ(DueDay(test.below), 0);
  EXPECT_FALSE(test.Shows(test.d1, "STALE"));
  // Seen otherwise later, the level below is told then.
  test.net.AdvanceTo(20260401);
  ASSERT_TRUE(Answer("jt", "resource", test.d1).Accepted());
  EXPECT_EQ(DueDay(test.below), 20260416);
}

TEST_F(Propagation, AfterTheTermAnAnswerIsLateAndUntilThenItIsOverdue) {
  Reach();
  test.net.AdvanceTo(20260408, 23);
  EXPECT_FALSE(test.Shows(correction, "OVERDUE"));
  test.net.AdvanceTo(20260410);
  const DerivedFlag flag = test.FlagOf(correction, "OVERDUE", test.grant);
  EXPECT_EQ(flag.detail, "D23");
  EXPECT_EQ(flag.department, kJt);
  EXPECT_EQ(flag.value, 2);
  EXPECT_EQ(Answer("jt", "grant", test.grant).flags, ledger::FlagBit(Flag::kLate));
  EXPECT_TRUE(test.FlagOf(correction, "OVERDUE", test.grant).flag.empty());
  // The first answer counts: a second one is not late again.
  EXPECT_EQ(Answer("jt", "grant", test.grant).flags, 0U);
}

TEST_F(Propagation, ForAResourceOfItsOwnTheHeadSignsToo) {
  Reach();
  Json body = Ref("correction", correction);
  body.Set("resource", ledger::ToHex(test.d1)).Set("outcome", "APPLIED").Set("out_version", 2);
  EXPECT_EQ(test.net.Do("correction.propagate", kJt, {Maker("jt-c1")}, body).code,
            Code::kHeadSignatureRequired);
  EXPECT_TRUE(
      test.net.Do("correction.propagate", kJt, {Maker("jt-c1"), Head("jt-h1")}, body).Accepted());
}

TEST_F(Propagation, OnlyHoldersAnswerAndOnlyWhatWasCorrected) {
  test.net.AdvanceTo(20260311);
  File();
  EXPECT_EQ(Answer("jt", "grant", test.grant).code, Code::kBadState);
  Resolve();
  EXPECT_EQ(Answer("sw", "grant", test.grant).code, Code::kRoleDenied);
  EXPECT_EQ(Answer("sw", "resource", test.d1).code, Code::kRoleDenied);
  const Json bare = Ref("correction", correction);
  EXPECT_EQ(test.net.Do("correction.propagate", kJt, {Maker("jt-c1")}, bare).code,
            Code::kFieldRequired);
  Json thin = bare;
  thin.Set("grant", ledger::ToHex(test.grant)).Set("outcome", "KEPT");
  EXPECT_EQ(test.net.Do("correction.propagate", kJt, {Maker("jt-c1")}, thin).flags,
            ledger::FlagBit(Flag::kFieldMissing));
}

TEST_F(Propagation, WhatWasNotWrongAsksNobody) {
  test.net.AdvanceTo(20260311);
  File();
  Resolve("NOT_WRONG");
  EXPECT_TRUE(Tasks().empty());
  EXPECT_FALSE(test.Shows(test.d1, "STALE"));
}

TEST_F(Propagation, WhoDisposedOfTheDataOrCameLaterOwesNothing) {
  Reach();
  const EntityId later = test.GrantOn(test.resource, "sw", "ga", {"status"});
  EXPECT_EQ(DueDay(later), 0);
  Json end = Ref("grant", test.grant);
  end.Set("reason", "PURPOSE_DONE");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, end).Accepted());
  EXPECT_EQ(DueDay(test.grant), 20260408);  // ended, but not disposed of
  Json report = Ref("grant", test.grant);
  report.Set("kind", "DELETE").Set("method", "SHRED").Set("evidence_digest", Hash('1'));
  report.Set("witness", ledger::ToHex(test.net.Identity("jt-c2")));
  Json derived = Json::MakeArray();
  Json entry = Ref("resource", test.d1);
  entry.Set("treatment", "KEEP_WITH_BASIS");
  derived.Push(entry);
  report.Set("derived", derived);
  const Outcome reported =
      test.net.Do("disposal.report", kJt, {Maker("jt-c1"), Head("jt-h1")}, report);
  const EntityId disposal = reported.Born(ledger::EntityKind::kDisposal);
  ASSERT_TRUE(
      test.net.Do("disposal.accept", kGa, {Head("ga-h1")}, Ref("disposal", disposal)).Accepted());
  EXPECT_EQ(DueDay(test.grant), 0);
}

TEST_F(Propagation, WhileOpenTheItemIsDisputedForEveryHolder) {
  EXPECT_FALSE(test.Shows(test.grant, "DISPUTED"));
  test.net.AdvanceTo(20260311);
  File();
  for (const EntityId& id : {test.resource, test.grant, correction}) {
    const DerivedFlag flag = test.FlagOf(id, "DISPUTED");
    EXPECT_EQ(flag.subject, correction);
    EXPECT_EQ(flag.detail, "status");
    EXPECT_EQ(flag.department, kGa);
  }
  Resolve("NOT_WRONG");
  EXPECT_FALSE(test.Shows(test.resource, "DISPUTED"));
  EXPECT_FALSE(test.Shows(correction, "DISPUTED"));
  Json no = Ref("correction", correction);
  no.Set("confirmed", false);
  ASSERT_TRUE(test.net.Do("correction.confirm", kJt, {Maker("jt-c1")}, no).Accepted());
  EXPECT_TRUE(test.Shows(test.resource, "DISPUTED"));
}

TEST_F(Propagation, ActsThatRestOnAWrongValueAreReportedByTheirHolder) {
  Reach();
  Json matters = Json::MakeArray();
  matters.Push(Json::MakeObject({{"matter_code", "M-1"}, {"count", 3}}));
  Json body = Ref("correction", correction);
  body.Set("matters", matters);
  EXPECT_EQ(test.net.Do("correction.impact", kJt, {Maker("jt-c1")}, body).code,
            Code::kFieldRequired);
  body.Set("grant", ledger::ToHex(test.grant));
  EXPECT_EQ(test.net.Do("correction.impact", kSw, {Maker("sw-c1")}, body).code, Code::kRoleDenied);
  const Outcome reported = test.net.Do("correction.impact", kJt, {Maker("jt-c1")}, body);
  EXPECT_TRUE(reported.Accepted());
  EXPECT_EQ(reported.flags, 0U);
  EXPECT_EQ(test.net.Body(correction).acts.back().op, "correction.impact");
  EXPECT_EQ(test.net.Status(correction), "RESOLVED");
}

}  // namespace
}  // namespace jiandu::contracts::testing
