// Grants and rectification orders: opening, suspension, resumption, end.
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

std::int64_t In(const TestCase& test, std::int64_t days) { return test.net.Time() + days * kDayMs; }

Json Suspension(const TestCase& test, std::string_view ground = "MISUSE_27_2") {
  Json body = Ref("grant", test.grant);
  body.Set("ground", ground).Set("evidence", Texts({Hash('e')}));
  if (ground == "MISUSE_27_2") {
    body.Set("order", Json::MakeObject({{"term", In(test, 7)}}));
  } else {
    body.Set("review_at", In(test, 7));
  }
  return body;
}
EntityId Suspend(TestCase& test) {
  const Outcome done = test.net.Do("grant.suspend", kDb, {Head("db-h1")}, Suspension(test));
  EXPECT_TRUE(done.Accepted()) << CodeName(done.code);
  return done.Born(ledger::EntityKind::kRectification);
}
Outcome Act(TestCase& test, std::string_view op, std::string_view department,
            std::string_view alias) {
  return test.net.Do(op, department, {Head(std::string(alias) + "-h1")}, Ref("grant", test.grant));
}
Outcome OnOrder(TestCase& test, std::string_view op, const EntityId& order,
                std::string_view alias) {
  Json body = Ref("rectification", order);
  if (op == "rectification.report") body.Set("report_digest", Hash('d'));
  if (op == "rectification.fail")
    body.Set("reason_code", "QUALITY").Set("reason_digest", Hash('1'));
  const std::string_view department = alias == "jt" ? kJt : alias == "db" ? kDb : kGa;
  return test.net.Do(op, department, {Head(std::string(alias) + "-h1")}, body);
}

TEST(Grant, OnlyTheOpenerOfTheProfileOpens) {
  TestCase test;
  test.ReachRequest();
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kNotApproved);
  test.Approve();
  EXPECT_EQ(test.net.Do("grant.open", kGa, {Maker("ga-c1"), Head("ga-h1")}, test.OpenBody()).code,
            Code::kRoleDenied);
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kSourceConsumed);
}

TEST(Grant, TermsStayWithinTheDecision) {
  TestCase test;
  test.ReachRequest();
  test.Approve();
  const std::initializer_list<Json::Field> wider = {{"daily_cap", 101},
                                                    {"valid_to", 20270101},
                                                    {"items", Texts({"citizen_no"})},
                                                    {"valid_from", 20260101},
                                                    {"derive_allowed", Texts({"COPY"})}};
  for (const auto& [name, value] : wider) {
    Json body = test.OpenBody();
    body.Set(name, value);
    EXPECT_EQ(test.Open(body).code, Code::kTermsExceedDecision) << name;
  }
}

TEST(Grant, AReclassifiedOrRetiredResourceOpensNothing) {
  TestCase test;
  test.ReachRequest();
  test.Approve();
  Json body = Ref("resource", test.resource);
  Json settled = Json::MakeArray();
  settled.Push(ledger::ToHex(test.request));
  body.Set("settled", settled);
  ASSERT_TRUE(test.net.Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")}, body).Accepted());
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kNotApproved);
}

TEST(Grant, ImportantDataNeedsAnAssessment) {
  TestCase test;
  test.PublishResource(Content("CONDITIONAL", "IMPORTANT"));
  Json request = test.RequestBody();
  request.Set("measures", Texts({"RISK_ASSESSMENT", "MASK"}));
  ASSERT_TRUE(test.SubmitRequest(request).Accepted());
  test.Approve();
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kAssessmentRequired);
  Json body = test.OpenBody();
  body.Set("exempt_reason", "SMALL");
  EXPECT_TRUE(test.Open(body).Accepted());
}

TEST(Grant, FromG4TheManagerCosignsWhereTheProviderOpens) {
  TestCase test("order809");
  test.PublishResource(Content("CONDITIONAL", "G4"));
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  test.Approve();
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kPeerRequired);
  EXPECT_TRUE(
      test.net
          .Do("grant.open", kGa, {Maker("ga-c1"), Head("ga-h1"), Peer("db-h1")}, test.OpenBody())
          .Accepted());
}

TEST(Grant, TheManagersCosignatureMayComeLater) {
  TestCase test("order809");
  test.PublishResource(Content("CONDITIONAL", "G4"));
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  test.Approve();
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", kDb}, {"role", "PEER"}}));
  Json body = test.OpenBody();
  body.Set("await", await);
  const Outcome prepared = test.Open(body);
  ASSERT_TRUE(prepared.Accepted()) << CodeName(prepared.code);
  EXPECT_TRUE(test.grant.IsZero());
  Json cosign = Ref("pending", prepared.Born(ledger::EntityKind::kPending));
  cosign.Set("digest", HexEncode(test.net.Last()->digest.View()));
  EXPECT_EQ(test.net.Do("cosign", kSj, {Peer("sj-h1")}, cosign).code, Code::kRoleDenied);
  const Outcome opened = test.net.Do("cosign", kDb, {Peer("db-h1")}, cosign);
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  EXPECT_FALSE(opened.Born(ledger::EntityKind::kGrant).IsZero());
}

TEST(Grant, TheConsumersHeadAcknowledgesTheSameAgreement) {
  TestCase test;
  test.ReachRequest();
  test.Approve();
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  Json body = Ref("grant", test.grant);
  body.Set("duty_agreement_digest", Hash('0'));
  EXPECT_EQ(test.net.Do("grant.acknowledge", kJt, {Head("jt-h1")}, body).code, Code::kFieldInvalid);
  body.Set("duty_agreement_digest", Hash('9'));
  EXPECT_EQ(test.net.Do("grant.acknowledge", kGa, {Head("ga-h1")}, body).code, Code::kRoleDenied);
  const Json revoke = Json::MakeObject(
      {{"identity", ledger::ToHex(test.net.Identity("jt-app"))}, {"reason", "LEFT"}});
  ASSERT_TRUE(test.net.Do("identity.revoke", kJt, {Head("jt-h1")}, revoke).Accepted());
  EXPECT_EQ(test.Acknowledge().code, Code::kSystemNotOwned);
  ASSERT_TRUE(Act(test, "grant.decline", kJt, "jt").Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "CLOSED");
}

TEST(Grant, SuspensionNeedsGroundEvidenceAndTerm) {
  TestCase test;
  test.ReachGrant();
  const auto code = [&test](const Json& body) {
    return test.net.Do("grant.suspend", kDb, {Head("db-h1")}, body).code;
  };
  Json body = Suspension(test);
  body.Remove("ground");
  EXPECT_EQ(code(body), Code::kGroundRequired);
  body = Suspension(test);
  body.Remove("evidence");
  EXPECT_EQ(code(body), Code::kGroundRequired);
  body = Suspension(test);
  body.Remove("order");
  EXPECT_EQ(code(body), Code::kTermRequired);
  body = Suspension(test, "INCIDENT_35");
  body.Set("review_at", In(test, 30));
  EXPECT_EQ(code(body), Code::kTermRequired);
  EXPECT_EQ(test.net.Do("grant.suspend", kDb, {Maker("db-c1")}, Suspension(test)).code,
            Code::kHeadSignatureRequired);
  EXPECT_EQ(test.net.Do("grant.suspend", kJt, {Head("jt-h1")}, Suspension(test)).code,
            Code::kRoleDenied);
  EXPECT_EQ(code(Suspension(test, "SAFEGUARD")), Code::kAccepted);
}

TEST(Grant, SuspensionNeverWaitsForAHead) {
  TestCase test;
  test.ReachGrant();
  Json body = Suspension(test);
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", kDb}, {"role", "HEAD"}}));
  body.Set("await", await);
  EXPECT_EQ(test.net.Do("grant.suspend", kDb, {Maker("db-c1")}, body).code,
            Code::kHeadSignatureRequired);
}

TEST(Grant, ResumesWhenTheOrderIsAccepted) {
  TestCase test;
  test.ReachGrant();
  const EntityId order = Suspend(test);
  EXPECT_EQ(test.net.Status(test.grant), "SUSPENDED");
  EXPECT_EQ(Act(test, "grant.resume", kDb, "db").code, Code::kRectifyOpen);
  EXPECT_EQ(Act(test, "grant.resume", kGa, "ga").code, Code::kRoleDenied);
  EXPECT_EQ(Act(test, "grant.terminate", kDb, "db").code, Code::kRectifyNotDue);
  EXPECT_EQ(OnOrder(test, "rectification.accept", order, "db").code, Code::kBadState);
  EXPECT_EQ(OnOrder(test, "rectification.report", order, "ga").code, Code::kRoleDenied);
  ASSERT_TRUE(OnOrder(test, "rectification.report", order, "jt").Accepted());
  EXPECT_EQ(OnOrder(test, "rectification.accept", order, "ga").code, Code::kRoleDenied);
  ASSERT_TRUE(OnOrder(test, "rectification.accept", order, "db").Accepted());
  ASSERT_TRUE(Act(test, "grant.resume", kDb, "db").Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
}

TEST(Grant, EndsWhenTheOrderFailed) {
  TestCase test;
  test.ReachGrant();
  const EntityId order = Suspend(test);
  ASSERT_TRUE(OnOrder(test, "rectification.report", order, "jt").Accepted());
  Json fail = Ref("rectification", order);
  EXPECT_EQ(test.net.Do("rectification.fail", kDb, {Head("db-h1")}, fail).code,
            Code::kReasonRequired);
  ASSERT_TRUE(OnOrder(test, "rectification.fail", order, "db").Accepted());
  ASSERT_TRUE(Act(test, "grant.terminate", kGa, "ga").Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "TERMINATED");
}

TEST(Grant, EndsWhenTheTermPassedInSilenceAndLateReportsAreFlagged) {
  TestCase test;
  test.ReachGrant();
  const EntityId order = Suspend(test);
  EXPECT_EQ(OnOrder(test, "rectification.fail", order, "db").code, Code::kBadState);
  test.net.Advance(8 * kDayMs);
  TestCase late;
  late.ReachGrant();
  const EntityId other = Suspend(late);
  late.net.Advance(8 * kDayMs);
  EXPECT_TRUE(OnOrder(late, "rectification.report", other, "jt").Has(Flag::kLate));
  EXPECT_TRUE(Act(test, "grant.terminate", kDb, "db").Accepted());
}

TEST(Grant, WithoutAnOrderTheCauseMustBeRemoved) {
  TestCase test;
  test.ReachGrant();
  ASSERT_TRUE(test.net.Do("grant.suspend", kGa, {Head("ga-h1")}, Suspension(test, "INCIDENT_35"))
                  .Accepted());
  EXPECT_EQ(Act(test, "grant.resume", kGa, "ga").code, Code::kRectifyOpen);
  Json body = Ref("grant", test.grant);
  body.Set("cause_removed", true);
  EXPECT_TRUE(test.net.Do("grant.resume", kGa, {Head("ga-h1")}, body).Accepted());
}

TEST(Grant, AnOrderOfItsOwnNamesGroundTermAndStandsAlone) {
  TestCase test;
  test.ReachGrant();
  Json body = Ref("grant", test.grant);
  body.Set("ground", "SAFEGUARD").Set("evidence", Texts({Hash('e')})).Set("term", In(test, 5));
  const auto code = [&test](const Json& order, std::string_view dept, std::vector<Signing> who) {
    return test.net.Do("rectification.order", dept, who, order).code;
  };
  EXPECT_EQ(code(body, kGa, {Head("ga-h1")}), Code::kRoleDenied);  // it has suspended nothing
  Json spoilt = body;
  spoilt.Remove("term");
  EXPECT_EQ(code(spoilt, kDb, {Head("db-h1")}), Code::kTermRequired);
  spoilt = body;
  spoilt.Remove("evidence");
  EXPECT_EQ(code(spoilt, kDb, {Head("db-h1")}), Code::kGroundRequired);
  EXPECT_EQ(code(body, kDb, {Head("db-h1")}), Code::kAccepted);
  EXPECT_EQ(code(body, kDb, {Head("db-h1")}), Code::kDuplicate);
}

TEST(Grant, ExpiresByItsDayAndThenNothingMovesIt) {
  TestCase test;
  test.ReachRequest();
  test.Approve();
  Json body = test.OpenBody();
  body.Set("valid_to", 20260303);
  ASSERT_TRUE(test.Open(body).Accepted());
  ASSERT_TRUE(test.Acknowledge().Accepted());
  test.net.Advance(2 * kDayMs);
  EXPECT_EQ(Act(test, "grant.relinquish", kJt, "jt").code, Code::kFieldRequired);
  Json relinquish = Ref("grant", test.grant);
  relinquish.Set("reason", "PURPOSE_DONE");
  EXPECT_EQ(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, relinquish).code,
            Code::kBadState);
  EXPECT_EQ(test.net.Do("grant.suspend", kDb, {Head("db-h1")}, Suspension(test)).code,
            Code::kBadState);
}

TEST(Grant, TheConsumerMayGiveItUp) {
  TestCase test;
  test.ReachGrant();
  Json relinquish = Ref("grant", test.grant);
  relinquish.Set("reason", "PURPOSE_DONE");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, relinquish).Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "RELINQUISHED");
  // A grant that ended no longer stands in the way of a new request.
  EXPECT_EQ(test.SubmitRequest(test.RequestBody()).code, Code::kAccepted);
}

TEST(Grant, BatchesNeedAPlanAndARetentionDate) {
  TestCase test;
  Json content = Content("CONDITIONAL", "G2");
  test.PublishResource(content);
  Json request = test.RequestBody();
  request.Set("delivery_mode", "BATCH")
      .Set("mode_reason", "量大")
      .Set("measures", Texts({"ENCRYPTED_TRANSFER"}));
  EXPECT_EQ(test.SubmitRequest(request).code, Code::kFieldRequired);
  request.Set("batch_plan", Json::MakeObject({{"cycle", "WEEKLY"}, {"rows_max", 1000}}));
  ASSERT_TRUE(test.SubmitRequest(request).Accepted());
  test.Approve();
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kFieldRequired);
  Json body = test.OpenBody();
  body.Set("retention_until", 20270101);
  EXPECT_TRUE(test.Open(body).Accepted());
}

// Looking at a grant with counted uses is no use: a refusal leaves nothing but its count.
TEST(Grant, ARefusalWritesNoCounterOfUses) {
  TestCase test;
  test.ReachRequest();
  test.Approve();
  Json body = test.OpenBody();
  body.Set("uses_max", 5);
  ASSERT_TRUE(test.Open(body).Accepted());
  ASSERT_TRUE(test.Acknowledge().Accepted());
  EXPECT_EQ(test.Acknowledge().code, Code::kBadState);
  EXPECT_FALSE(test.net.View().Get(UsesKey(test.grant)).has_value());
}

}  // namespace
}  // namespace jiandu::contracts::testing
