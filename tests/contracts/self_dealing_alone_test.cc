// The manager as a side where one officer or its head alone would do: grants of an emergency
// (docs/contracts.md 4.14) and the extension of its own answer (4.6).
#include "tests/support/emergency_case.h"

namespace jiandu::contracts::testing {
namespace {

class OwnEmergency : public ::testing::TestWithParam<Above> {
 protected:
  OwnEmergency() : test("combined", Json::MakeObject(), GetParam()) {}

  // Data of ga for the manager itself, or data of the manager for jt.
  void Declare(const std::string& provider, std::string_view consumer) {
    test.PublishResource(Content(), provider);
    Json declared = test.DeclareBody();
    declared.Set("departments", Texts({consumer})).Set("document_digest", Hash('d'));
    const Outcome outcome = test.Declare(declared, kDb, {Head("db-h1")});
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    body_ = test.GrantBody();
    Json systems = Json::MakeArray();
    const char* const system = consumer == kDb ? "db-app" : "jt-app";
    systems.Push(Json::MakeObject({{"system", ledger::ToHex(test.net.Identity(system))},
                                   {"cidrs", Texts({"10.20.3.0/24"})}}));
    body_.Set("consumer", consumer).Set("systems", std::move(systems));
  }
  Outcome Open(std::initializer_list<const char*> peers, bool head = false) {
    std::vector<Signing> signings = {Maker("db-c1")};
    if (head) signings.push_back(Head("db-h1"));
    for (const char* const peer : peers) signings.push_back(Peer(peer));
    return test.OpenGrant(body_, kDb, signings);
  }

  TestEmergency test;
  Json body_ = Json::MakeObject();
};
class UnderGovernment : public OwnEmergency {};
class UnderNobody : public OwnEmergency {};

INSTANTIATE_TEST_SUITE_P(Above, UnderGovernment, ::testing::Values(Above::kGovernment));
INSTANTIATE_TEST_SUITE_P(Above, UnderNobody, ::testing::Values(Above::kNobody));

TEST_P(UnderGovernment, TheManagerDoesNotHelpItselfAlone) {
  Declare("ga", kDb);
  EXPECT_EQ(Open({}).code, Code::kPeerRequired);
  EXPECT_EQ(Open({}, true).code, Code::kPeerRequired);  // its own head is not beside it
  EXPECT_EQ(Open({"ga-h1"}).code, Code::kRoleDenied);
  EXPECT_EQ(Open({"sj-h1"}).code, Code::kRoleDenied);
  const Outcome opened = Open({"zf-h1"});
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  EXPECT_FALSE(opened.Has(Flag::kSelfDealing));
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
}

TEST_P(UnderGovernment, NorDoesItHandOutItsOwnAlone) {
  Declare("db", kJt);
  EXPECT_EQ(Open({}).code, Code::kPeerRequired);
  EXPECT_TRUE(Open({"zf-h1"}).Accepted());
}

// One officer is enough where it is no side, as ever.
TEST_P(UnderGovernment, InAnothersCaseOneOfficerIsEnough) {
  Declare("ga", kJt);
  const Outcome opened = Open({});
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  EXPECT_FALSE(opened.Has(Flag::kSelfDealing));
}

// The grant is open when the government's head has signed, not before.
TEST_P(UnderGovernment, ItsHeadMayCosignLater) {
  Declare("ga", kDb);
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", kZf}, {"role", "PEER"}}));
  body_.Set("await", std::move(await));
  const Outcome prepared = Open({});
  ASSERT_TRUE(prepared.Accepted()) << CodeName(prepared.code);
  const EntityId pending = prepared.Born(ledger::EntityKind::kPending);
  ASSERT_FALSE(pending.IsZero());
  Json cosign = Ref("pending", pending);
  cosign.Set("digest", HexEncode(test.net.Last()->digest.View()));
  const Outcome signed_too = test.net.Do("cosign", kZf, {Peer("zf-h1")}, cosign);
  ASSERT_TRUE(signed_too.Accepted()) << CodeName(signed_too.code);
  EXPECT_EQ(test.net.Status(signed_too.Born(ledger::EntityKind::kGrant)), "ACTIVE");
}

TEST_P(UnderNobody, ConsumingItNeedsProviderAndAuditorAndIsFlagged) {
  Declare("ga", kDb);
  EXPECT_EQ(Open({}).code, Code::kPeerRequired);
  EXPECT_EQ(Open({"sj-h1"}).code, Code::kPeerRequired);
  EXPECT_EQ(Open({"ga-h1"}).code, Code::kPeerRequired);
  const Outcome opened = Open({"ga-h1", "sj-h1"});
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  EXPECT_TRUE(opened.Has(Flag::kSelfDealing));
}

TEST_P(UnderNobody, ProvidingItNeedsItsOwnHeadAndTheAuditors) {
  Declare("db", kJt);
  EXPECT_EQ(Open({}).code, Code::kHeadSignatureRequired);
  EXPECT_EQ(Open({"sj-h1"}).code, Code::kHeadSignatureRequired);
  EXPECT_EQ(Open({}, true).code, Code::kPeerRequired);
  const Outcome opened = Open({"sj-h1"}, true);
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  EXPECT_TRUE(opened.Has(Flag::kSelfDealing));
}

// It is its own delay that it consents to.
class OwnDelay : public ::testing::TestWithParam<Above> {
 protected:
  OwnDelay() : test("combined", Json::MakeObject(), GetParam()) {
    test.PublishResource(Content(), "db");
    EXPECT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
    Json body = Ref("case", test.request);
    body.Set("code", "D04").Set("days", 5).Set("reason_digest", Hash('1'));
    EXPECT_TRUE(
        test.net.Do("extension.ask", kDb, {Maker("db-c1"), Head("db-h1")}, body).Accepted());
  }
  Outcome Consent(std::initializer_list<const char*> peers) {
    std::vector<Signing> signings = {Head("db-h1")};
    for (const char* const peer : peers) signings.push_back(Peer(peer));
    Json body = Ref("case", test.request);
    return test.net.Do("extension.consent", kDb, signings, body.Set("code", "D04"));
  }
  TestCase test;
};
class OwnDelayUnderGovernment : public OwnDelay {};
class OwnDelayUnderNobody : public OwnDelay {};
INSTANTIATE_TEST_SUITE_P(Above, OwnDelayUnderGovernment, ::testing::Values(Above::kGovernment));
INSTANTIATE_TEST_SUITE_P(Above, OwnDelayUnderNobody, ::testing::Values(Above::kNobody));

TEST_P(OwnDelayUnderGovernment, NeedsTheGovernmentBesideIt) {
  EXPECT_EQ(Consent({}).code, Code::kPeerRequired);
  const Outcome consented = Consent({"zf-h1"});
  ASSERT_TRUE(consented.Accepted()) << CodeName(consented.code);
  EXPECT_FALSE(consented.Has(Flag::kSelfDealing));
}

TEST_P(OwnDelayUnderNobody, NeedsTheAuditorAndIsFlagged) {
  EXPECT_EQ(Consent({}).code, Code::kPeerRequired);
  const Outcome consented = Consent({"sj-h1"});
  ASSERT_TRUE(consented.Accepted()) << CodeName(consented.code);
  EXPECT_TRUE(consented.Has(Flag::kSelfDealing));
}

// A refusal needs nobody.
TEST_P(OwnDelayUnderNobody, RefusingItNeedsNobody) {
  Json body = Ref("case", test.request);
  body.Set("code", "D04").Set("reason_code", "OTHER").Set("reason_digest", Hash('1'));
  EXPECT_TRUE(test.net.Do("extension.refuse", kDb, {Head("db-h1")}, body).Accepted());
}

}  // namespace
}  // namespace jiandu::contracts::testing
