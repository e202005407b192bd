// The manager's answer in the silent provider's place, and slips corrected (docs/contracts.md 4.6).
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

// T12 of the worked scenario: D03 is due on 03-04.
class Substitution : public ::testing::Test {
 protected:
  void SetUp() override {
    test.PublishResource(Content("UNCONDITIONAL", "G1"));
    test.net.AdvanceTo(20260303);
    const Outcome outcome = test.SubmitRequest(test.RequestBody("UNCONDITIONAL"));
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  }
  Outcome Substitute(std::vector<Signing> signers = {Maker("db-c1"), Head("db-h1")}) {
    return test.net.Do("decision.substitute", kDb, signers, Ref("request", test.request));
  }
  TestCase test;
};

TEST_F(Substitution, OnlyWhenTheProviderIsLate) {
  test.net.AdvanceTo(20260304, 23);
  EXPECT_EQ(Substitute().code, Code::kSubstituteNotAllowed);
  test.net.AdvanceTo(20260305);
  EXPECT_EQ(test.net
                .Do("decision.substitute", kGa, {Maker("ga-c1"), Head("ga-h1")},
                    Ref("request", test.request))
                .code,
            Code::kRoleDenied);
  const Outcome done = Substitute();
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  EXPECT_EQ(done.flags, ledger::FlagBit(Flag::kSubstituted) | ledger::FlagBit(Flag::kLate));
  const ledger::EntityBody request = test.net.Body(test.request);
  EXPECT_EQ(request.FindClock("D03")->department, kGa);
  EXPECT_EQ(request.FindClock("D03")->late, 1);
  EXPECT_EQ(request.FindClock("D08")->department, kDb);
  EXPECT_TRUE(request.FindClock("D08")->Runs());
  // The manager's opening on the same day is its approval.
  EXPECT_TRUE(test.Open(test.OpenBody()).Accepted());
  EXPECT_EQ(test.net.Body(test.request).FindClock("D03")->late, 1);
}

TEST_F(Substitution, NotOnceTheProviderHasAnswered) {
  test.net.AdvanceTo(20260305);
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  EXPECT_EQ(Substitute().code, Code::kSubstituteNotAllowed);
}

TEST_F(Substitution, DecidesNothingThatWasNotAskedFor) {
  test.net.AdvanceTo(20260305);
  Json body = Ref("request", test.request);
  body.Set("terms", Json::MakeObject({{"items", Texts({"citizen_no"})}}));
  EXPECT_EQ(test.net.Do("decision.substitute", kDb, {Maker("db-c1"), Head("db-h1")}, body).code,
            Code::kItemNotRequested);
}

TEST(SubstitutionElsewhere, NeitherForConditionalNorWhereTheProfileHasNone) {
  TestCase conditional;
  conditional.ReachRequest();
  conditional.net.AdvanceTo(20260401);
  EXPECT_EQ(conditional.net
                .Do("decision.substitute", kDb, {Maker("db-c1"), Head("db-h1")},
                    Ref("request", conditional.request))
                .code,
            Code::kSubstituteNotAllowed);
  TestCase order("order809");
  order.PublishResource(Content("UNCONDITIONAL", "G1"));
  ASSERT_TRUE(order.SubmitRequest(order.RequestBody("UNCONDITIONAL")).Accepted());
  order.net.AdvanceTo(20260401);
  EXPECT_EQ(order.net
                .Do("decision.substitute", kDb, {Maker("db-c1"), Head("db-h1")},
                    Ref("request", order.request))
                .code,
            Code::kSubstituteNotAllowed);
}

Json Slip(const TestCase& test, std::string_view field, std::string_view value) {
  Json changes = Json::MakeArray();
  changes.Push(Json::MakeObject({{"field", field}, {"value", value}}));
  Json body = Ref("request", test.request);
  body.Set("changes", changes);
  return body;
}

TEST(Erratum, CorrectsReferencesDigestsAndTitlesOfARequest) {
  TestCase test;
  test.ReachRequest();
  const auto code = [&test](const Json& body) {
    return test.net.Do("request.erratum", kJt, {Maker("jt-c1"), Head("jt-h1")}, body).code;
  };
  EXPECT_EQ(code(Slip(test, "daily_cap", "200")), Code::kErratumScope);
  EXPECT_EQ(code(Slip(test, "scene_digest", "no digest")), Code::kFieldInvalid);
  EXPECT_EQ(code(Slip(test, "basis_ref", "")), Code::kFieldInvalid);
  EXPECT_EQ(test.net
                .Do("request.erratum", kGa, {Maker("ga-c1"), Head("ga-h1")},
                    Slip(test, "basis_ref", "道路运输条例第十条"))
                .code,
            Code::kRoleDenied);
  const auto clocks = test.net.Body(test.request).clocks;
  EXPECT_EQ(code(Slip(test, "basis_ref", "道路运输条例第十条")), Code::kAccepted);
  EXPECT_EQ(code(Slip(test, "scene_digest", Hash('f'))), Code::kAccepted);
  const ledger::EntityBody request = test.net.Body(test.request);
  EXPECT_EQ(request.Form().TextOr("basis_ref"), "道路运输条例第十条");
  EXPECT_EQ(request.Form().TextOr("scene_digest"), Hash('f'));
  EXPECT_EQ(request.acts.back().note, "scene_digest");
  EXPECT_EQ(request.clocks, clocks);
  EXPECT_EQ(test.net.Status(test.request), "SUBMITTED");
  // After the first decision it is too late.
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  EXPECT_EQ(code(Slip(test, "basis_ref", "another")), Code::kErratumScope);
}

TEST(Erratum, OfADecisionNeedsTheConsumersHeadAndComesBeforeTheGrant) {
  TestCase test;
  test.ReachRequest();
  const std::vector<Signing> provider = {Maker("ga-c1"), Head("ga-h1"), Peer("jt-h1")};
  const auto code = [&test](const Json& body, const std::vector<Signing>& signers) {
    return test.net.Do("decision.erratum", kGa, signers, body).code;
  };
  const Json slip = Slip(test, "reason_digest", Hash('f'));
  EXPECT_EQ(code(slip, provider), Code::kBadState);  // it has decided nothing yet
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  EXPECT_EQ(code(slip, {Maker("ga-c1"), Head("ga-h1")}), Code::kHeadSignatureRequired);
  EXPECT_EQ(code(slip, {Maker("ga-c1"), Head("ga-h1"), Peer("sw-h1")}), Code::kRoleDenied);
  EXPECT_EQ(code(Slip(test, "verdict", "REFUSE"), provider), Code::kErratumScope);
  EXPECT_EQ(code(slip, provider), Code::kAccepted);
  EXPECT_EQ(test.net.Body(test.request).Text("erratum/" + std::string(kGa) + "/reason_digest"),
            Hash('f'));
  ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  EXPECT_EQ(code(slip, provider), Code::kErratumScope);
}

}  // namespace
}  // namespace jiandu::contracts::testing
