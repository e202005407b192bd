// A change of the sharing class 共享属性 and the requests it finds under way
// (docs/contracts.md 4.3; 809 Art. 15, 17).
#include "tests/support/catalogue_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Reclassing : public CatalogueCase {
 protected:
  void SetUp() override {
    test.PublishResource(Content("UNCONDITIONAL", "G3"));
    ASSERT_TRUE(test.SubmitRequest(test.RequestBody("UNCONDITIONAL")).Accepted());
  }
  [[nodiscard]] Outcome Withdraw() {
    return test.net.Do("request.withdraw", kJt, {Maker("jt-c1"), Head("jt-h1")},
                       Ref("request", test.request));
  }
  [[nodiscard]] Json SecondVersion(std::string_view share_class) {
    Json body = test.RequestBody(share_class);
    body.Set("resource_version", 2);
    return body;
  }
};

TEST_F(Reclassing, TighteningByTheProviderIsFlaggedAndLeavesPendingRequestsTheirClass) {
  EXPECT_EQ(Amend("LAW_CHANGE", Content("CONDITIONAL")).flags, 0U);
  ASSERT_TRUE(test.Review("RETURN").Accepted());
  const Outcome tightened = Amend("DUTY_CHANGE", Content("CONDITIONAL"));
  EXPECT_TRUE(tightened.Has(Flag::kClassTightened));
  ASSERT_TRUE(test.Review().Accepted());
  ASSERT_TRUE(test.Publish().Accepted());
  EXPECT_EQ(test.net.Body(test.resource).Text("share_class"), "CONDITIONAL");
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  const Outcome opened = test.Open(test.OpenBody());
  EXPECT_TRUE(opened.Accepted()) << CodeName(opened.code);
}

TEST_F(Reclassing, LooseningIsNotFlagged) {
  PublishAmendment("CORRECTION", Content("CONDITIONAL"));
  EXPECT_EQ(Amend("CORRECTION", Content("UNCONDITIONAL", "G3")).flags, 0U);
}

TEST_F(Reclassing, ALawClosesPendingRequestsOfTheOldClass) {
  PublishAmendment("LAW_CHANGE", Content("CONDITIONAL"));
  EXPECT_EQ(test.Decide("ga", test.DecisionBody()).code, Code::kResReclassed);
  Json ask = Ref("case", test.request);
  ask.Set("code", "D03").Set("days", 1).Set("reason_digest", Hash('1'));
  EXPECT_EQ(test.net.Do("extension.ask", kGa, {Maker("ga-c1"), Head("ga-h1")}, ask).code,
            Code::kResReclassed);
  // It stands in nobody's way, and what is left of it is settled without lateness.
  EXPECT_TRUE(
      test.net
          .Do("request.submit", kJt, {Maker("jt-c1"), Head("jt-h1")}, SecondVersion("CONDITIONAL"))
          .Accepted());
  test.net.AdvanceTo(20260401);
  ASSERT_TRUE(Withdraw().Accepted());
  EXPECT_FALSE(ClockOf(test.request, "D03").Runs());
  EXPECT_EQ(ClockOf(test.request, "D03").late, 0);
}

TEST_F(Reclassing, ARefusalSettlesThemToo) {
  PublishAmendment("LAW_CHANGE", Content("CONDITIONAL"));
  test.net.AdvanceTo(20260401);
  Json refusal = test.DecisionBody("REFUSE");
  refusal.Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
  const Outcome refused = test.Decide("ga", refusal);
  ASSERT_TRUE(refused.Accepted()) << CodeName(refused.code);
  EXPECT_FALSE(refused.Has(Flag::kLate));
  EXPECT_EQ(test.net.Status(test.request), "REFUSED");
}

TEST_F(Reclassing, ALawClosesApprovedOnesBeforeTheyAreOpened) {
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  PublishAmendment("LAW_CHANGE", Content("CONDITIONAL"));
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kResReclassed);
}

// Closed once by law, a request stays closed when the class comes back.
TEST_F(Reclassing, AClassThatComesBackRevivesNothing) {
  PublishAmendment("LAW_CHANGE", Content("CONDITIONAL"));
  PublishAmendment("LAW_CHANGE", Content("UNCONDITIONAL", "G3"));
  EXPECT_EQ(test.Decide("ga", test.DecisionBody()).code, Code::kResReclassed);
}

TEST_F(Reclassing, ALawThatLeavesTheClassClosesNothing) {
  PublishAmendment("LAW_CHANGE", Content("UNCONDITIONAL", "G3").Set("name", "更名"));
  EXPECT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
}

TEST_F(Reclassing, AResubmissionIsJudgedByTheVersionOfItsSubmission) {
  Json back = Ref("request", test.request);
  back.Set("missing", Texts({"scene"}));
  ASSERT_TRUE(test.net.Do("request.return", kGa, {Maker("ga-c1")}, back).Accepted());
  PublishAmendment("CORRECTION", Content("NOT_SHARED"));
  Json answers = Json::MakeArray();
  answers.Push(Json::MakeObject({{"code", "scene"}, {"digest", Hash('1')}}));
  Json body = Ref("request", test.request);
  body.Set("answers", answers).Set("content", SecondVersion("NOT_SHARED"));
  const std::vector<Signing> signers = {Maker("jt-c1"), Head("jt-h1")};
  EXPECT_EQ(test.net.Do("request.resubmit", kJt, signers, body).code, Code::kFieldInvalid);
  body.Set("content", test.RequestBody("CONDITIONAL"));
  EXPECT_EQ(test.net.Do("request.resubmit", kJt, signers, body).code, Code::kClassMismatch);
  body.Set("content", test.RequestBody("UNCONDITIONAL"));
  const Outcome again = test.net.Do("request.resubmit", kJt, signers, body);
  EXPECT_TRUE(again.Accepted()) << CodeName(again.code);
}

}  // namespace
}  // namespace jiandu::contracts::testing
