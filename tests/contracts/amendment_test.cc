// Amendments 目录更新: a parallel draft beside what is published, and the deadlines of 809 Art. 17.
#include "tests/support/catalogue_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Amendments : public CatalogueCase {
 protected:
  void SetUp() override { test.PublishResource(); }
  [[nodiscard]] Outcome Withdraw() {
    return test.net.Do("resource.amend_withdraw", kGa, {Maker("ga-c1")},
                       Ref("resource", test.resource));
  }
  Json renamed = Content().Set("name", "机动车登记信息 (2026)");
};

TEST_F(Amendments, WhatIsPublishedStaysRequestableUntilTheNextVersion) {
  ASSERT_TRUE(Amend("CORRECTION", renamed).Accepted());
  EXPECT_EQ(test.net.Status(test.resource), "PUBLISHED");
  EXPECT_EQ(test.net.Body(test.resource).Number("version"), 1);
  EXPECT_EQ(test.net.Body(test.resource).Text("name"), "机动车登记信息");
  EXPECT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  ASSERT_TRUE(test.Review().Accepted());
  ASSERT_TRUE(test.Publish().Accepted());
  const ledger::EntityBody resource = test.net.Body(test.resource);
  EXPECT_EQ(test.net.Status(test.resource), "PUBLISHED");
  EXPECT_EQ(resource.Number("version"), 2);
  EXPECT_EQ(resource.Text("name"), "机动车登记信息 (2026)");
  EXPECT_EQ(resource.Form().TextOr("name"), "机动车登记信息 (2026)");
  EXPECT_TRUE(resource.terms.empty());
  Json second = test.RequestBody();
  second.Set("scene_code", "OTHER");
  EXPECT_EQ(test.SubmitRequest(second).code, Code::kFieldInvalid);
  second.Set("resource_version", 2);
  EXPECT_TRUE(test.SubmitRequest(second).Accepted());
}

TEST_F(Amendments, NeedsItsReasonAndTheDateOfTheEvent) {
  for (const std::string_view member : {"reason", "reason_digest", "event_date"}) {
    Json body = Amendment("LAW_CHANGE", renamed);
    body.Remove(member);
    EXPECT_EQ(Amend(body).code, Code::kReasonRequired) << member;
  }
  Json ahead = Amendment("LAW_CHANGE", renamed);
  ahead.Set("event_date", 20260401);
  EXPECT_EQ(Amend(ahead).code, Code::kFieldInvalid);
}

TEST_F(Amendments, ContentIsHeldToTheRulesOfASubmission) {
  Json incomplete = renamed;
  incomplete.Remove("pia_digest");
  EXPECT_EQ(Amend("CORRECTION", incomplete).code, Code::kCatalogIncomplete);
  Json baseless = Content("NOT_SHARED");
  baseless.Remove("prohibition_basis");
  EXPECT_EQ(Amend("CORRECTION", baseless).code, Code::kBasisRequired);
  EXPECT_EQ(Amend("CORRECTION", Content().Set("grade", "G2")).code, Code::kGradeTooLow);
  EXPECT_EQ(Amend("CORRECTION", Content().Set("secrecy_declared", "secret")).code,
            Code::kSecretDataForbidden);
  EXPECT_EQ(Amend("REGRADE", Content().Set("grade", "CORE")).code, Code::kCoreDataForbidden);
  EXPECT_EQ(Amend("REGRADE", Content().Set("grade", "G4")).code, Code::kEvidenceRequired);
  EXPECT_EQ(Amend("CORRECTION", Content().Set("code", "R2")).code, Code::kFieldInvalid);
  Json regrade = Amendment("REGRADE", Content().Set("grade", "G4"));
  regrade.Set("evaluator", "测评机构").Set("evidence_digest", Hash('e'));
  EXPECT_TRUE(Amend(regrade).Accepted());
}

TEST_F(Amendments, IsTheProvidersWithItsLeader) {
  const Json body = Amendment("CORRECTION", renamed);
  EXPECT_EQ(test.net.Do("resource.amend", kJt, {Maker("jt-c1"), Head("jt-l1")}, body).code,
            Code::kRoleDenied);
  EXPECT_EQ(test.net.Do("resource.amend", kGa, {Maker("ga-c1"), Head("ga-h1")}, body).code,
            Code::kRoleDenied);
}

TEST_F(Amendments, GoThroughReviewAndPublicationInTurn) {
  EXPECT_EQ(test.Review().code, Code::kBadState);
  EXPECT_EQ(test.Publish().code, Code::kBadState);
  EXPECT_EQ(Withdraw().code, Code::kBadState);
  ASSERT_TRUE(Amend("CORRECTION", renamed).Accepted());
  EXPECT_EQ(Amend("CORRECTION", renamed).code, Code::kBadState);
  EXPECT_EQ(test.Publish().code, Code::kBadState);
  ASSERT_TRUE(test.Review("RETURN").Accepted());
  EXPECT_EQ(test.net.Body(test.resource).Text("amendment"), "RETURNED");
  EXPECT_EQ(test.net.Status(test.resource), "PUBLISHED");
  EXPECT_EQ(test.Review().code, Code::kBadState);
  ASSERT_TRUE(Amend("CORRECTION", renamed).Accepted());
  ASSERT_TRUE(test.Review().Accepted());
  ASSERT_TRUE(Withdraw().Accepted());
  EXPECT_EQ(test.Publish().code, Code::kBadState);
  EXPECT_EQ(test.net.Body(test.resource).Number("version"), 1);
}

TEST_F(Amendments, ADutyToUpdateRunsTenDaysFromTheEvent) {
  Json body = Amendment("LAW_CHANGE", renamed);
  test.net.AdvanceTo(20260316);
  EXPECT_EQ(Amend(body).flags, 0U);
  EXPECT_EQ(Due(test.resource, "D01"), 20260316);
  ASSERT_TRUE(test.Review("RETURN").Accepted());
  // The same event is answered once, whatever comes back.
  test.net.AdvanceTo(20260320);
  EXPECT_EQ(Amend(body).flags, 0U);
  // Withdrawn, the update is owed since the event.
  ASSERT_TRUE(Withdraw().Accepted());
  EXPECT_TRUE(ClockOf(test.resource, "D01").Runs());
  const Outcome late = Amend(body);
  EXPECT_TRUE(late.Has(Flag::kLate));
  EXPECT_EQ(ClockOf(test.resource, "D01").late, 4);
}

TEST_F(Amendments, TheManagerHasTwoDays) {
  test.net.AdvanceTo(20260309);
  ASSERT_TRUE(Amend("CORRECTION", renamed).Accepted());
  EXPECT_EQ(Due(test.resource, "D02"), 20260311);
  test.net.AdvanceTo(20260312);
  ASSERT_TRUE(test.Review().Accepted());
  EXPECT_TRUE(test.Publish().Has(Flag::kLate));
  EXPECT_TRUE(ClockOf(test.resource, "D02").satisfied);
}

TEST_F(Amendments, RetirementEndsThem) {
  ASSERT_TRUE(Amend("CORRECTION", renamed).Accepted());
  ASSERT_TRUE(test.net
                  .Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")},
                      Ref("resource", test.resource))
                  .Accepted());
  EXPECT_FALSE(ClockOf(test.resource, "D02").Runs());
  EXPECT_TRUE(test.net.Body(test.resource).Text("amendment").empty());
  EXPECT_EQ(test.Review().code, Code::kBadState);
}

// Masks of a grant count the items of the version its request names.
TEST_F(Amendments, AGrantKeepsTheItemsOfItsVersion) {
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  Json turned = Content();
  Json items = Json::MakeArray();
  const auto before = Content().Find("items")->Items();
  for (std::size_t i = before.size(); i > 0; --i) items.Push(before[i - 1]);
  turned.Set("items", items);
  PublishAmendment("CORRECTION", turned);
  test.Approve();
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  EXPECT_EQ(test.net.Body(test.grant).Terms().TextOr("items_mask"), "07");
  EXPECT_EQ(test.net.Body(test.grant).Number("resource_version"), 1);
}

// A condition is extra by the list of the version the request names.
TEST_F(Amendments, ConditionsAreThoseOfTheVersionRequested) {
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  PublishAmendment("CORRECTION", Content().Set("share_conditions", Texts({"OTHER"})));
  Json decision = test.DecisionBody();
  decision.Set("terms", Json::MakeObject({{"condition_codes", Texts({"SUPERVISION"})}}));
  const Outcome decided = test.Decide("ga", decision);
  ASSERT_TRUE(decided.Accepted());
  EXPECT_FALSE(decided.Has(Flag::kExtraCondition));
}

}  // namespace
}  // namespace jiandu::contracts::testing
