// Decisions: the order of the chain, reasons, flags, and who may not decide alone.
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Json Refusal(const TestCase& test, std::string_view reason) {
  Json body = test.DecisionBody("REFUSE");
  body.Set("reason_code", reason).Set("reason_digest", Hash('1'));
  return body;
}

TEST(Decision, TheManagerWaitsForTheProvider) {
  TestCase test;
  test.ReachRequest();
  EXPECT_EQ(test.Decide("db", test.DecisionBody()).code, Code::kApprovalOrder);
  EXPECT_EQ(test.Decide("jt", test.DecisionBody()).code, Code::kRoleDenied);
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  EXPECT_EQ(test.net.Status(test.request), "SUBMITTED");
  EXPECT_EQ(test.Decide("ga", test.DecisionBody()).code, Code::kApprovalOrder);
  ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  EXPECT_EQ(test.net.Status(test.request), "APPROVED");
  EXPECT_EQ(test.Decide("db", test.DecisionBody()).code, Code::kBadState);
}

TEST(Decision, MakerAndHeadAreTwoPersons) {
  TestCase test;
  test.ReachRequest();
  EXPECT_EQ(test.net.Do("decision.submit", kGa, {Maker("ga-c1")}, test.DecisionBody()).code,
            Code::kHeadSignatureRequired);
  EXPECT_EQ(test.net.Do("decision.submit", kGa, {Head("ga-h1")}, test.DecisionBody()).code,
            Code::kRoleDenied);
  EXPECT_EQ(
      test.net.Do("decision.submit", kGa, {Maker("ga-c1"), Head("ga-l1")}, test.DecisionBody())
          .code,
      Code::kRoleDenied);
}

TEST(Decision, RefusingAndNarrowingNeedReasonsButNothingElse) {
  for (const std::string_view verdict : {"REFUSE", "NARROW"}) {
    TestCase test;
    test.ReachRequest();
    EXPECT_EQ(test.Decide("ga", test.DecisionBody(verdict)).code, Code::kReasonRequired);
    Json body = test.DecisionBody(verdict);
    body.Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
    EXPECT_TRUE(test.Decide("ga", body).Accepted());
    EXPECT_EQ(test.net.Status(test.request), verdict == "REFUSE" ? "REFUSED" : "OFFERED");
  }
}

TEST(Decision, AnItemNobodyAskedForIsNotDecided) {
  TestCase test;
  test.ReachRequest();
  Json body = test.DecisionBody();
  body.Set("terms", Json::MakeObject({{"items", Texts({"plate", "citizen_no"})}}));
  EXPECT_EQ(test.Decide("ga", body).code, Code::kItemNotRequested);
}

TEST(Decision, AConditionOutsideTheListMakesItAnOffer) {
  TestCase test;
  test.ReachRequest();
  Json body = test.DecisionBody();
  body.Set("terms", Json::MakeObject({{"condition_codes", Texts({"SUPERVISION"})}}));
  const Outcome listed = test.Decide("ga", body);
  EXPECT_EQ(listed.flags, 0U);
  body.Set("terms", Json::MakeObject({{"condition_codes", Texts({"PAY_FIRST"})}}));
  const Outcome extra = test.Decide("db", body);
  EXPECT_TRUE(extra.Has(Flag::kExtraCondition));
  EXPECT_EQ(test.net.Status(test.request), "OFFERED");
}

TEST(Decision, RefusalsAreFlaggedByTheirGround) {
  TestCase open("combined");
  open.PublishResource(Content("UNCONDITIONAL", "G1"));
  ASSERT_TRUE(open.SubmitRequest(open.RequestBody("UNCONDITIONAL")).Accepted());
  EXPECT_TRUE(open.Decide("ga", Refusal(open, "WORKLOAD")).Has(Flag::kUnconditionalRefusal));

  TestCase incomplete;
  incomplete.ReachRequest();
  EXPECT_TRUE(
      incomplete.Decide("ga", Refusal(incomplete, "INCOMPLETE_MATERIALS")).Has(Flag::kReturnFirst));

  for (const auto& [reason, flagged] : {std::pair{"LAW", false}, std::pair{"WORKLOAD", true}}) {
    TestCase test;
    test.ReachRequest();
    ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
    const Outcome outcome = test.Decide("db", Refusal(test, reason));
    EXPECT_TRUE(outcome.Accepted());
    EXPECT_EQ(outcome.Has(Flag::kManagerRefusalGround), flagged) << reason;
    EXPECT_EQ(test.net.Status(test.request), "REFUSED");
  }
}

// 809 Art. 24: a return flow carries catalogue conditions and safeguards only.
TEST(Decision, AnExtraConditionOnAReturnFlowIsFlaggedAsSuch) {
  TestCase test;
  const Json content = Content();
  const Outcome draft = test.net.Do("resource.draft", kSt, {Maker("st-c1")},
                                    Json::MakeObject({{"content", content}}));
  ASSERT_TRUE(draft.Accepted()) << CodeName(draft.code);
  test.resource = draft.Born(ledger::EntityKind::kResource);
  Json submit = Ref("resource", test.resource);
  submit.Set("content", content);
  ASSERT_TRUE(
      test.net.Do("resource.submit", kSt, {Maker("st-c1"), Head("st-l1")}, submit).Accepted());
  const std::vector<Signing> manager = {Maker("sdb-c1"), Head("sdb-h1")};
  Json review = Ref("resource", test.resource);
  review.Set("verdict", "OK");
  ASSERT_TRUE(test.net.Do("resource.review", kSdb, manager, review).Accepted());
  ASSERT_TRUE(
      test.net.Do("resource.publish", kSdb, manager, Ref("resource", test.resource)).Accepted());
  Json request = test.RequestBody();
  request.Set("kind", "RETURN_FLOW").Set("territory", "990200");
  EXPECT_EQ(test.SubmitRequest(request).code, Code::kTerritoryMismatch);
  request.Set("territory", "990102");
  const Outcome submitted = test.SubmitRequest(request);
  ASSERT_TRUE(submitted.Accepted()) << CodeName(submitted.code);
  Json body = test.DecisionBody();
  body.Set("terms", Json::MakeObject({{"condition_codes", Texts({"ONLY_ON_MONDAYS"})}}));
  const Outcome decided =
      test.net.Do("decision.submit", kSt, {Maker("st-c1"), Head("st-h1")}, body);
  ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  EXPECT_EQ(decided.flags, ledger::FlagBit(Flag::kReturnFlowCondition));
  EXPECT_EQ(test.net.Status(test.request), "OFFERED");
}

TEST(Decision, HangzhouConditionalAsksProviderThenManager) {
  TestCase test("hangzhou");
  test.ReachRequest();
  EXPECT_EQ(test.Decide("db", test.DecisionBody()).code, Code::kApprovalOrder);
  test.Approve();
  EXPECT_EQ(test.net.Status(test.request), "APPROVED");
}

// The manager that provides the resource itself has two steps, and each its own flag.
TEST(Decision, AManagerThatIsTheProviderRefusesAtItsSecondStepAsManager) {
  TestCase test;
  const Json content = Content("UNCONDITIONAL", "G1");
  const Outcome draft = test.net.Do("resource.draft", kDb, {Maker("db-c1")},
                                    Json::MakeObject({{"content", content}}));
  ASSERT_TRUE(draft.Accepted());
  test.resource = draft.Born(ledger::EntityKind::kResource);
  Json body = Ref("resource", test.resource);
  body.Set("content", content);
  ASSERT_TRUE(
      test.net.Do("resource.submit", kDb, {Maker("db-c1"), Head("db-l1")}, body).Accepted());
  ASSERT_TRUE(test.Review().Accepted());
  ASSERT_TRUE(test.Publish().Accepted());
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody("UNCONDITIONAL")).Accepted());
  ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  const Outcome refused = test.Decide("db", Refusal(test, "WORKLOAD"));
  ASSERT_TRUE(refused.Accepted()) << CodeName(refused.code);
  EXPECT_EQ(refused.flags, ledger::FlagBit(Flag::kManagerRefusalGround));
}

}  // namespace
}  // namespace jiandu::contracts::testing
