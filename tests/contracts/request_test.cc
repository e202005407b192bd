// Requests: every check of submission, the one return, offers.
#include <functional>

#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Code SubmitWith(TestCase& test, const std::function<void(Json&)>& spoil) {
  Json body = test.RequestBody();
  spoil(body);
  return test.SubmitRequest(body).code;
}

TEST(Request, EveryFieldOfClause621IsRequired) {
  TestCase test;
  test.PublishResource();
  for (const std::string_view field : {"resource",
                                       "resource_version",
                                       "kind",
                                       "items",
                                       "share_class",
                                       "basis_kind",
                                       "basis_ref",
                                       "basis_doc_digest",
                                       "scene_code",
                                       "scene_digest",
                                       "use_scope",
                                       "delivery_mode",
                                       "systems",
                                       "valid_from",
                                       "valid_to",
                                       "measures",
                                       "measures_doc_digest",
                                       "deploy_level",
                                       "daily_avg_declared",
                                       "truth_commitment",
                                       "matter_code"}) {
    EXPECT_EQ(SubmitWith(test, [field](Json& body) { body.Remove(field); }), Code::kFieldRequired)
        << field;
  }
}

TEST(Request, ValuesOutOfRangeAreInvalid) {
  TestCase test;
  test.PublishResource();
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("valid_to", 20261332); }), Code::kFieldInvalid);
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("valid_to", 20260301); }), Code::kFieldInvalid);
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("truth_commitment", false); }),
            Code::kFieldInvalid);
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("resource_version", 2); }), Code::kFieldInvalid);
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("delivery_mode", "PIGEON"); }),
            Code::kFieldInvalid);
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("daily_window", "25:00-26:00"); }),
            Code::kFieldInvalid);
}

TEST(Request, ADepartmentDoesNotAskItself) {
  TestCase test;
  test.PublishResource();
  const Json body = test.RequestBody();
  EXPECT_EQ(test.net.Do("request.submit", kGa, {Maker("ga-c1"), Head("ga-h1")}, body).code,
            Code::kSelfRequest);
}

TEST(Request, NotSharedPointsToTheConsultation) {
  TestCase test;
  test.PublishResource(Content("NOT_SHARED"));
  EXPECT_EQ(test.SubmitRequest(test.RequestBody("NOT_SHARED")).code, Code::kNotShared);
  EXPECT_EQ(ledger::FindCode("NOT_SHARED")->hint, "consultation.open");
  TestCase strict("order809");
  strict.PublishResource(Content("NOT_SHARED"));
  EXPECT_EQ(strict.SubmitRequest(strict.RequestBody("NOT_SHARED")).code, Code::kNotSharedFinal);
}

TEST(Request, ClassScopeItemsAndModeMustFit) {
  TestCase test;
  test.PublishResource();
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("share_class", "UNCONDITIONAL"); }),
            Code::kClassMismatch);
  Json items = Json::MakeArray();
  items.Push(Json::MakeObject({{"item_id", "nothing"}, {"need_code", "N1"}}));
  EXPECT_EQ(SubmitWith(test, [&](Json& b) { b.Set("items", items); }), Code::kItemUnknown);
  const Json nets = Texts({"10.30.0.0/16"});
  EXPECT_EQ(
      SubmitWith(test, [&](Json& b) { b.Set("delivery_mode", "PAGE").Set("client_nets", nets); }),
      Code::kModeReasonRequired);
  EXPECT_EQ(
      SubmitWith(
          test,
          [&](Json& b) {
            b.Set("delivery_mode", "PAGE").Set("client_nets", nets).Set("mode_reason", "窗口");
          }),
      Code::kAccountsRequired);
  TestCase narrow;
  Json content = Content();
  content.Set("share_scope", Texts({kSw})).Set("delivery_modes", Texts({"API"}));
  narrow.PublishResource(content);
  EXPECT_EQ(narrow.SubmitRequest(narrow.RequestBody()).code, Code::kOutOfScope);
  TestCase api;
  content.Set("share_scope", Texts({kJt})).Set("delivery_modes", Texts({"PAGE"}));
  api.PublishResource(content);
  EXPECT_EQ(api.SubmitRequest(api.RequestBody()).code, Code::kModeNotOffered);
}

TEST(Request, SystemsBelongToTheConsumer) {
  TestCase test;
  test.PublishResource();
  Json systems = Json::MakeArray();
  systems.Push(Json::MakeObject({{"system", ledger::ToHex(test.net.Identity("sw-app"))},
                                 {"cidrs", Texts({"10.20.3.0/24"})}}));
  EXPECT_EQ(SubmitWith(test, [&](Json& b) { b.Set("systems", systems); }), Code::kSystemNotOwned);
}

TEST(Request, SafeguardsFollowTheGrade) {
  TestCase test;
  test.PublishResource(Content("CONDITIONAL", "G4"));
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("measures", Texts({"MFA"})); }),
            Code::kSafeguardRequired);
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("measures", Texts({"MASK"})); }), Code::kAccepted);
}

TEST(Request, AnIdenticalOpenRequestIsADuplicate) {
  TestCase test;
  test.ReachRequest();
  EXPECT_EQ(test.SubmitRequest(test.RequestBody()).code, Code::kDuplicate);
  // Another scene is another request.
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("scene_code", "STATISTICS"); }), Code::kAccepted);
}

TEST(Request, AnEndedRequestMayBeRepeated) {
  TestCase test;
  test.ReachRequest();
  ASSERT_TRUE(test.net
                  .Do("request.withdraw", kJt, {Maker("jt-c1"), Head("jt-h1")},
                      Ref("request", test.request))
                  .Accepted());
  EXPECT_EQ(test.SubmitRequest(test.RequestBody()).code, Code::kAccepted);
  test.Approve();
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  EXPECT_EQ(test.SubmitRequest(test.RequestBody()).code, Code::kDuplicate);
}

TEST(Request, UnknownResourcesAreUnknown) {
  TestCase test;
  test.PublishResource();
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("resource", "11" + std::string(32, '0')); }),
            Code::kUnknownRef);
}

TEST(Request, ReturnFlowGoesDownInItsOwnTerritory) {
  TestCase test;
  test.PublishResource();
  EXPECT_EQ(SubmitWith(test, [](Json& b) { b.Set("kind", "RETURN_FLOW"); }), Code::kFieldRequired);
  EXPECT_EQ(
      SubmitWith(test, [](Json& b) { b.Set("kind", "RETURN_FLOW").Set("territory", "990200"); }),
      Code::kTerritoryMismatch);
}

TEST(Request, WhoIsNoOfficerOfTheConsumerIsDenied) {
  TestCase test;
  test.PublishResource();
  const Json body = test.RequestBody();
  using Signers = std::vector<Signing>;
  for (const Signers& signers :
       {Signers{Maker("sw-c1"), Head("jt-h1")}, Signers{Maker("jt-op"), Head("jt-h1")},
        Signers{Maker("jt-c1"), Head("jt-c2")}, Signers{Maker("jt-s1"), Head("jt-h1")},
        Signers{Maker("jt-c1"), Head("jt-h1"), Peer("db-h1")}, Signers{System("jt-app")}}) {
    EXPECT_EQ(test.net.Do("request.submit", kJt, signers, body).code, Code::kRoleDenied);
  }
  EXPECT_EQ(test.net.Do("request.submit", kJt, {Maker("jt-c1")}, body).code,
            Code::kHeadSignatureRequired);
  EXPECT_EQ(test.net.Do("request.submit", kZf, {Maker("zf-c2"), Head("zf-h1")}, body).code,
            Code::kRoleDenied);
}

TEST(Request, ReturnedOnceAtTheFirstStepOnly) {
  TestCase test;
  test.ReachRequest();
  Json back = Ref("request", test.request);
  back.Set("missing", Texts({"assessment", "contract"}));
  EXPECT_EQ(test.net.Do("request.return", kDb, {Maker("db-c1")}, back).code, Code::kApprovalOrder);
  EXPECT_EQ(test.net.Do("request.return", kSw, {Maker("sw-c1")}, back).code, Code::kRoleDenied);
  ASSERT_TRUE(test.net.Do("request.return", kGa, {Maker("ga-c1")}, back).Accepted());
  EXPECT_EQ(test.Decide("ga", test.DecisionBody()).code, Code::kBadState);

  Json again = Ref("request", test.request);
  Json answers = Json::MakeArray();
  answers.Push(Json::MakeObject({{"code", "assessment"}, {"digest", Hash('1')}}));
  again.Set("answers", answers);
  const std::vector<Signing> signers = {Maker("jt-c1"), Head("jt-h1")};
  EXPECT_EQ(test.net.Do("request.resubmit", kJt, signers, again).code, Code::kListNotCovered);
  answers.Push(Json::MakeObject({{"code", "contract"}, {"digest", Hash('2')}}));
  again.Set("answers", answers);
  ASSERT_TRUE(test.net.Do("request.resubmit", kJt, signers, again).Accepted());
  EXPECT_EQ(test.net.Body(test.request).Number("attempt"), 2);
  EXPECT_EQ(test.net.Do("request.return", kGa, {Maker("ga-c1")}, back).code, Code::kReturnTwice);
}

// Reaches a request, has the provider return it for want of a cap, and answers that.
Json ReachReturned(TestCase& test) {
  test.ReachRequest();
  Json back = Ref("request", test.request);
  back.Set("missing", Texts({"cap"}));
  EXPECT_TRUE(test.net.Do("request.return", kGa, {Maker("ga-c1")}, back).Accepted());
  Json answers = Json::MakeArray();
  answers.Push(Json::MakeObject({{"code", "cap"}, {"digest", Hash('1')}}));
  Json again = Ref("request", test.request);
  again.Set("answers", answers);
  return again;
}

TEST(Request, AResubmissionMayChangeTheRequestButNotItsResource) {
  TestCase test;
  Json again = ReachReturned(test);
  Json content = test.RequestBody();
  content.Set("daily_cap", 40).Set("share_class", "UNCONDITIONAL");
  again.Set("content", content);
  const std::vector<Signing> signers = {Maker("jt-c1"), Head("jt-h1")};
  EXPECT_EQ(test.net.Do("request.resubmit", kJt, signers, again).code, Code::kClassMismatch);
  content.Set("share_class", "CONDITIONAL");
  again.Set("content", content);
  ASSERT_TRUE(test.net.Do("request.resubmit", kJt, signers, again).Accepted());
  EXPECT_EQ(test.net.Body(test.request).Form().IntegerOr("daily_cap"), 40);
}

// What a resubmission has dropped is not asked for any more and may be asked for anew.
TEST(Request, AResubmissionFreesWhatItNoLongerAsksFor) {
  TestCase test;
  Json again = ReachReturned(test);
  EXPECT_EQ(test.SubmitRequest(test.RequestBody()).code, Code::kDuplicate);
  Json content = test.RequestBody();
  content.Set("matter_code", "another-matter");
  again.Set("content", content);
  const std::vector<Signing> signers = {Maker("jt-c1"), Head("jt-h1")};
  ASSERT_TRUE(test.net.Do("request.resubmit", kJt, signers, again).Accepted());
  EXPECT_EQ(test.SubmitRequest(content).code, Code::kDuplicate);
  EXPECT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
}

TEST(Request, AnOfferIsAcceptedDeclinedOrNothing) {
  TestCase test;
  test.ReachRequest();
  const Json accept = Ref("request", test.request);
  const std::vector<Signing> both = {Maker("jt-c1"), Head("jt-h1")};
  EXPECT_EQ(test.net.Do("request.accept", kJt, both, accept).code, Code::kBadState);
  Json narrow = test.DecisionBody("NARROW");
  narrow.Set("reason_code", "SCOPE").Set("reason_digest", Hash('1'));
  narrow.Set("terms", Json::MakeObject({{"items", Texts({"plate", "status"})}, {"daily_cap", 50}}));
  ASSERT_TRUE(test.Decide("ga", narrow).Accepted());
  EXPECT_EQ(test.net.Status(test.request), "OFFERED");
  ASSERT_TRUE(test.net.Do("request.accept", kJt, both, accept).Accepted());
  EXPECT_EQ(test.net.Status(test.request), "SUBMITTED");
  ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kTermsExceedDecision);
  Json open = test.OpenBody();
  open.Set("daily_cap", 50);
  ASSERT_TRUE(test.Open(open).Accepted());
  EXPECT_EQ(test.net.Body(test.grant).Terms().TextOr("items_mask"), "03");

  TestCase declines;
  declines.ReachRequest();
  narrow.Set("request", ledger::ToHex(declines.request));
  ASSERT_TRUE(declines.Decide("ga", narrow).Accepted());
  ASSERT_TRUE(
      declines.net.Do("request.decline", kJt, {Head("jt-h1")}, Ref("request", declines.request))
          .Accepted());
  EXPECT_EQ(declines.net.Status(declines.request), "DECLINED");
}

}  // namespace
}  // namespace jiandu::contracts::testing
