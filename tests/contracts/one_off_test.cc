// Grants that come of a consultation: one case, counted uses, an early end (docs/contracts.md 4.7,
// 4.8).
#include "contracts/derived_flags.h"
#include "tests/support/consultation_fixture.h"

namespace jiandu::contracts::testing {
namespace {

TEST(OneOff, IsOpenedOnceFromAnAgreement) {
  ConsultationCase test;
  test.ReachSession();
  EXPECT_EQ(test.Open(test.OneOffBody()).code, Code::kNotApproved);
  test.net.AdvanceTo(20260325);
  ASSERT_TRUE(test.Resolve(test.Resolution()).Accepted());
  test.net.AdvanceTo(20260326);
  const Outcome opened = test.Open(test.OneOffBody());
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  EXPECT_EQ(opened.flags, 0U);
  EXPECT_EQ(test.net.Status(test.consultation), "GRANTED");
  const ledger::EntityBody grant = test.net.Body(test.grant);
  EXPECT_EQ(grant.Text("kind"), "ONE_OFF");
  EXPECT_EQ(grant.Number("uses_max"), 200);
  EXPECT_EQ(*grant.Link("consultation"), test.consultation);
  EXPECT_EQ(grant.Terms().TextOr("result_kind"), "VERIFY");
  EXPECT_EQ(test.Open(test.OneOffBody()).code, Code::kSourceConsumed);
  ASSERT_TRUE(test.Acknowledge().Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
}

// SAFEGUARD_GAP asks for the measures the consultation named.
TEST(OneOff, HasNoGapWhereItsMeasuresAreNamed) {
  ConsultationCase test;
  test.ReachAgreement();
  test.net.AdvanceTo(20260326);
  ASSERT_TRUE(test.Open(test.OneOffBody()).Accepted());
  const auto has_gap = [&test] {
    const auto flags = DerivedFlagsOf(
        test.net.View(), {.height = test.net.Height(), .time = test.net.Time()}, test.grant);
    return std::ranges::find(flags, "SAFEGUARD_GAP", &DerivedFlag::flag) != flags.end();
  };
  EXPECT_FALSE(has_gap());
  test.net.Forge(test.resource,
                 [](ledger::EntityBody& resource) { resource.texts["grade"] = "IMPORTANT"; });
  EXPECT_TRUE(has_gap());
}

TEST(OneOff, StaysWithinTheResolutionAndNamesItsCase) {
  ConsultationCase test;
  test.PublishResource(ConsultationCase::NotShared());
  Json open = test.OpenConsultationBody();
  open.Remove("matter_code");  // below G3 it may be absent
  ASSERT_TRUE(test.OpenConsultation(open).Accepted());
  ASSERT_TRUE(test.Convene().Accepted());
  ASSERT_TRUE(test.Resolve(test.Resolution()).Accepted());
  Json body = test.OneOffBody();
  body.Set("valid_to", 20260501);
  EXPECT_EQ(test.Open(body).code, Code::kTermsExceedDecision);
  body = test.OneOffBody();
  body.Set("uses_max", 201);
  EXPECT_EQ(test.Open(body).code, Code::kTermsExceedDecision);
  EXPECT_EQ(test.Open(test.OneOffBody()).code, Code::kOneOffTerms);
  body = test.OneOffBody();
  body.Set("case_commitment", Hash('e'));
  EXPECT_EQ(test.Open(body).code, Code::kAccepted);
}

TEST(OneOff, NamesOneSource) {
  ConsultationCase test;
  test.ReachAgreement();
  Json body = test.OneOffBody();
  body.Remove("consultation");
  EXPECT_EQ(test.Open(body).code, Code::kFieldRequired);
  body = test.OneOffBody();
  body.Set("request", ledger::ToHex(ledger::BornId(ledger::EntityKind::kRequest, {}, 0)));
  EXPECT_EQ(test.Open(body).code, Code::kFieldInvalid);
}

TEST(OneOff, IsNeitherRenewedNorChangedInScope) {
  ConsultationCase test;
  test.ReachAgreement();
  ASSERT_TRUE(test.Open(test.OneOffBody()).Accepted());
  ASSERT_TRUE(test.Acknowledge().Accepted());
  test.net.AdvanceTo(20260420);
  Json body = test.RequestBody("NOT_SHARED");
  body.Set("grant", ledger::ToHex(test.grant)).Set("kind", "RENEW");
  EXPECT_EQ(test.SubmitRequest(body).code, Code::kRenewNotAllowed);
  body.Set("kind", "SCOPE_CHANGE");
  EXPECT_EQ(test.SubmitRequest(body).code, Code::kScopeChangeForbidden);
}

TEST(OneOff, AnAgreementStandsInTheWayOfRetirementUnlessListed) {
  ConsultationCase test;
  test.ReachAgreement();
  const auto retire = [&test](const Json& body) {
    return test.net.Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")}, body).code;
  };
  Json body = Ref("resource", test.resource);
  EXPECT_EQ(retire(body), Code::kOpenCases);
  Json settled = Json::MakeArray();
  settled.Push(ledger::ToHex(test.consultation));
  body.Set("settled", settled);
  EXPECT_EQ(retire(body), Code::kAccepted);
  EXPECT_EQ(test.net.Status(test.consultation), "LAPSED");
  EXPECT_EQ(test.Open(test.OneOffBody()).code, Code::kNotApproved);
}

}  // namespace
}  // namespace jiandu::contracts::testing
