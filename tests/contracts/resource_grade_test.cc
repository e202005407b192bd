// Grades 定级 of published resources: who changes them, and what grants make of it
// (docs/contracts.md 4.3; GB/T 43697 Annex J).
#include "contracts/derived_flags.h"
#include "contracts/engine.h"
#include "contracts/resource_state.h"
#include "contracts/safeguards.h"
#include "tests/support/catalogue_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Grading : public CatalogueCase {
 protected:
  void SetUp() override { test.ReachGrant(); }
  [[nodiscard]] bool HasGap() const {
    const auto flags = DerivedFlagsOf(
        test.net.View(), {.height = test.net.Height(), .time = test.net.Time()}, test.grant);
    return std::ranges::find(flags, "SAFEGUARD_GAP", &DerivedFlag::flag) != flags.end();
  }
  [[nodiscard]] bool Denies() const {
    const BlockContext context = Now();
    BlockState state(test.net.View(), context);
    return IsStopped(state, test.resource, test.net.Time());
  }
  [[nodiscard]] std::string GrantStatus() const {
    const BlockContext context = Now();
    BlockState state(test.net.View(), context);
    const ledger::EntityBody body = test.net.Body(test.grant);
    return std::string(
        ledger::StatusName(body.kind, EffectiveStatus(state, test.grant, body, test.net.Time())));
  }
  const std::vector<Signing> own = {Head("ga-h1")};
  const std::vector<Signing> both = {Head("ga-h1"), Peer("db-h1")};
};

TEST_F(Grading, NeedsEvaluatorAndEvidence) {
  for (const std::string_view member : {"evaluator", "evidence_digest"}) {
    Json body = Ref("resource", test.resource);
    body.Set("grade", "G4").Set("evaluator", "测评机构").Set("evidence_digest", Hash('e'));
    body.Remove(member);
    EXPECT_EQ(test.net.Do("resource.grade", kGa, own, body).code, Code::kEvidenceRequired)
        << member;
  }
  EXPECT_TRUE(Grade("G4", own).Accepted());
  EXPECT_EQ(test.net.Body(test.resource).Text("grade"), "G4");
}

TEST_F(Grading, LoweringNeedsTheManagersHead) {
  EXPECT_EQ(Grade("G3", own).code, Code::kDuplicate);
  ASSERT_TRUE(Grade("G4", own).Accepted());
  EXPECT_EQ(Grade("G3", own).code, Code::kHeadSignatureRequired);
  EXPECT_EQ(Grade("G3", {Head("ga-h1"), Peer("jt-h1")}).code, Code::kRoleDenied);
  EXPECT_EQ(Grade("G2", both).code, Code::kGradeTooLow);
  EXPECT_TRUE(Grade("G3", both).Accepted());
  EXPECT_EQ(test.net
                .Do("resource.grade", kDb, {Head("db-h1")},
                    Ref("resource", test.resource)
                        .Set("grade", "G4")
                        .Set("evaluator", "a")
                        .Set("evidence_digest", Hash('e')))
                .code,
            Code::kRoleDenied);
}

// SAFEGUARD_GAP is derived: the request named MASK, no risk assessment.
TEST_F(Grading, AHigherGradeShowsWhichGrantsAreUnsafe) {
  EXPECT_FALSE(HasGap());
  ASSERT_TRUE(Grade("G4", own).Accepted());
  EXPECT_FALSE(HasGap());
  ASSERT_TRUE(Grade("IMPORTANT", own).Accepted());
  EXPECT_TRUE(HasGap());
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
  EXPECT_FALSE(Denies());
}

TEST_F(Grading, CoreDataSuspendsResourceAndGrantsAtOnce) {
  ASSERT_TRUE(Grade("CORE", own).Accepted());
  EXPECT_EQ(GrantStatus(), "SUSPENDED");
  EXPECT_TRUE(Denies());
  EXPECT_TRUE(HasGap());
  Json other = test.RequestBody();
  other.Set("scene_code", "OTHER");
  EXPECT_EQ(test.SubmitRequest(other).code, Code::kResNotPublished);
  const Outcome access = test.Report(test.LoneRecord("a-1"));
  ASSERT_TRUE(access.Accepted());
  EXPECT_TRUE(access.Has(Flag::kWhileSuspended));
  // Nobody resumes what only the grade holds.
  Json resume = Ref("grant", test.grant);
  resume.Set("cause_removed", true);
  EXPECT_EQ(test.net.Do("grant.resume", kDb, {Head("db-h1")}, resume).code, Code::kBadState);
  EXPECT_EQ(
      test.net.Do("resource.resume", kDb, {Head("db-h1")}, Ref("resource", test.resource)).code,
      Code::kBadState);
}

TEST_F(Grading, WhatIsNoLongerCoreRunsAgain) {
  ASSERT_TRUE(Grade("CORE", own).Accepted());
  Json during = test.LoneRecord("a-1");
  test.net.Advance(kHourMs);
  ASSERT_TRUE(Grade("G4", both).Accepted());
  EXPECT_FALSE(Denies());
  EXPECT_EQ(GrantStatus(), "ACTIVE");
  EXPECT_FALSE(test.Report(test.LoneRecord("a-2")).Has(Flag::kWhileSuspended));
  // What happened meanwhile is judged by then, however late it is told.
  during.Set("occurred_at", test.net.Time() - kHourMs / 2);
  EXPECT_TRUE(test.Report(during).Has(Flag::kWhileSuspended));
}

// What the law lets nobody in for is no stop of the provider's.
TEST_F(Grading, AStopDuringCoreIsNotTheProviders) {
  const auto stopped = [this] {
    Json body = Ref("grant", test.grant);
    body.Set("occurred_at", test.net.Time() - 100).Set("evidence_digest", Hash('e'));
    return test.net.Do("grant.stop_report", kJt, {Maker("jt-c1")}, body);
  };
  EXPECT_TRUE(stopped().Has(Flag::kUnilateralStop));
  ASSERT_TRUE(Grade("CORE", own).Accepted());
  EXPECT_EQ(stopped().flags, 0U);
  ASSERT_TRUE(Grade("G4", both).Accepted());
  EXPECT_TRUE(stopped().Has(Flag::kUnilateralStop));
}

// Whoever passed it on meanwhile did so under a suspended grant.
TEST_F(Grading, PassingOnDuringCoreIsWhileSuspended) {
  ASSERT_TRUE(Grade("CORE", own).Accepted());
  const std::int64_t during = test.net.Time() - 100;
  ASSERT_TRUE(Grade("G4", both).Accepted());
  Json body = Ref("grant", test.grant);
  body.Set("recipient", kSw).Set("items", Texts({"plate"})).Set("rows", 1);
  body.Set("occurred_at", during);
  EXPECT_TRUE(
      test.net.Do("third_party.report", kJt, {Maker("jt-c1")}, body).Has(Flag::kWhileSuspended));
  body.Set("occurred_at", test.net.Time());
  EXPECT_FALSE(
      test.net.Do("third_party.report", kJt, {Maker("jt-c1")}, body).Has(Flag::kWhileSuspended));
}

// A grade given while an amendment is under review is not undone by it.
TEST_F(Grading, AnAmendmentDoesNotUndoALaterGrade) {
  ASSERT_TRUE(Amend("CORRECTION", Content()).Accepted());
  ASSERT_TRUE(Grade("G4", own).Accepted());
  ASSERT_TRUE(test.Review().Accepted());
  ASSERT_TRUE(test.Publish().Accepted());
  EXPECT_EQ(test.net.Body(test.resource).Text("grade"), "G4");
}

TEST_F(Grading, UnlessItsItemsAreAboveThatGrade) {
  ASSERT_TRUE(Grade("G4", own).Accepted());
  Json body = Amendment("REGRADE", Content("CONDITIONAL", "IMPORTANT"));
  body.Set("evaluator", "测评机构").Set("evidence_digest", Hash('e'));
  ASSERT_TRUE(Amend(body).Accepted());
  ASSERT_TRUE(Grade("G3", both).Accepted());
  ASSERT_TRUE(test.Review().Accepted());
  ASSERT_TRUE(test.Publish().Accepted());
  EXPECT_EQ(test.net.Body(test.resource).Text("grade"), "IMPORTANT");
}

TEST_F(Grading, AnAmendmentTakesADataSetOutOfCore) {
  ASSERT_TRUE(Grade("CORE", own).Accepted());
  Json body = Amendment("REGRADE", Content());
  body.Set("evaluator", "测评机构").Set("evidence_digest", Hash('e'));
  ASSERT_TRUE(Amend(body).Accepted());
  ASSERT_TRUE(test.Review().Accepted());
  ASSERT_TRUE(test.Publish().Accepted());
  EXPECT_FALSE(Denies());
  EXPECT_EQ(GrantStatus(), "ACTIVE");
}

}  // namespace
}  // namespace jiandu::contracts::testing
