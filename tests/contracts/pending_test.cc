// Maker first, head later: what waits, who may sign it, and when it dies.
#include "contracts/pending.h"

#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Json Awaiting(Json body, std::string_view department = kJt, std::string_view role = "HEAD") {
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", department}, {"role", role}}));
  body.Set("await", await);
  return body;
}

class Pending : public ::testing::Test {
 protected:
  void SetUp() override {
    test.PublishResource();
    const Outcome outcome =
        test.net.Do("request.submit", kJt, {Maker("jt-c1")}, Awaiting(test.RequestBody()));
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    stub = outcome.stub;
    pending = outcome.Born(ledger::EntityKind::kPending);
    digest = HexEncode(test.net.Last()->digest.View());
  }
  Outcome Cosign(const std::vector<Signing>& signers, std::string_view department = kJt) {
    Json body = Ref("pending", pending);
    body.Set("digest", digest);
    return test.net.Do("cosign", department, signers, body);
  }

  TestCase test;
  ledger::Stub stub;
  EntityId pending;
  std::string digest;
};

TEST_F(Pending, HasNoEffectAndTouchesNobodyElse) {
  EXPECT_EQ(test.net.Status(pending), "PENDING_HEAD");
  ASSERT_EQ(stub.touched.size(), 2U);
  for (const ledger::Touch& touch : stub.touched) {
    EXPECT_TRUE(touch.entity == pending ||
                touch.entity == ledger::DepartmentMonthEntity(kJt, test.net.Time()));
  }
}

TEST_F(Pending, IsNotShownToOtherDepartmentsWhileItsOwnHeadIsMissing) {
  EXPECT_TRUE(test.net.Body(pending).parties.empty());
}

TEST_F(Pending, TakesEffectAtTheHeadsSignature) {
  const Outcome done = Cosign({Head("jt-h1")});
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  const EntityId request = done.Born(ledger::EntityKind::kRequest);
  EXPECT_EQ(test.net.Status(request), "SUBMITTED");
  EXPECT_EQ(test.net.Status(pending), "TAKEN");
  EXPECT_EQ(Cosign({Head("jt-h1")}).code, Code::kBadState);
}

// A verifier works the roles out from the envelope: how the signatures came must not show in them.
TEST_F(Pending, TouchesTheSameInTheSameWayAsWhatWasSignedAtOnce) {
  const auto role_of = [](const Outcome& outcome, const EntityId& entity) {
    for (const ledger::Touch& touch : outcome.stub.touched) {
      if (touch.entity == entity) return touch.roles;
    }
    return 0U;
  };
  Json other = test.RequestBody();
  other.Set("scene_code", "OTHER");
  const Outcome at_once = test.SubmitRequest(other);
  ASSERT_TRUE(at_once.Accepted()) << CodeName(at_once.code);
  const Outcome cosigned = Cosign({Head("jt-h1")});
  ASSERT_TRUE(cosigned.Accepted());
  ASSERT_EQ(cosigned.born.size(), 1U);
  ASSERT_EQ(at_once.born.size(), 1U);
  EXPECT_EQ(role_of(cosigned, cosigned.born[0]), ledger::touch::kNew);
  EXPECT_EQ(role_of(cosigned, pending), ledger::touch::kAct);
  // Besides what is born, and the pending object: the resource, the pair and the month.
  EXPECT_EQ(cosigned.stub.touched.size(), at_once.stub.touched.size() + 1);
  for (const ledger::Touch& touch : at_once.stub.touched) {
    if (touch.entity == at_once.born[0]) continue;
    EXPECT_EQ(role_of(cosigned, touch.entity), touch.roles) << ledger::ToHex(touch.entity);
  }
  EXPECT_NE(role_of(cosigned, test.resource) & ledger::touch::kSource, 0U);
}

TEST_F(Pending, OnlyAHeadOfTheNamedDepartmentSigns) {
  EXPECT_EQ(Cosign({Head("jt-c2")}).code, Code::kRoleDenied);
  EXPECT_EQ(Cosign({Maker("jt-c2")}).code, Code::kRoleDenied);
  EXPECT_EQ(Cosign({Head("jt-l1")}).code, Code::kRoleDenied);
  EXPECT_EQ(Cosign({Peer("ga-h1")}, kGa).code, Code::kRoleDenied);
}

TEST_F(Pending, TheMakerIsNotItsOwnHead) {
  Json body = test.RequestBody();
  body.Set("scene_code", "OTHER");
  const Outcome own = test.net.Do("request.submit", kJt, {Maker("jt-b1")}, Awaiting(body));
  ASSERT_TRUE(own.Accepted());
  pending = own.Born(ledger::EntityKind::kPending);
  digest = HexEncode(test.net.Last()->digest.View());
  EXPECT_EQ(Cosign({Head("jt-b1")}).code, Code::kSamePersonDual);
  EXPECT_TRUE(Cosign({Head("jt-h1")}).Accepted());
}

TEST_F(Pending, WhoSignsSomethingElseSignsNothing) {
  digest = Hash('0');
  EXPECT_EQ(Cosign({Head("jt-h1")}).code, Code::kFieldInvalid);
}

TEST_F(Pending, MayBeSignedUntilThreeWorkingDaysHavePassed) {
  test.net.AdvanceTo(20260305, 23);  // Thursday; it was put aside on Monday
  EXPECT_TRUE(Cosign({Head("jt-h1")}).Accepted());
}

TEST_F(Pending, IsLateAfterThreeWorkingDays) {
  test.net.AdvanceTo(20260306, 0);
  EXPECT_EQ(Cosign({Head("jt-h1")}).code, Code::kPendingExpired);
  EXPECT_EQ(test.net.Status(pending), "PENDING_HEAD");
}

TEST_F(Pending, IsVoidWhenTheMakersKeyWasLost) {
  Json revoke = Json::MakeObject(
      {{"identity", ledger::ToHex(test.net.Identity("jt-c1"))}, {"reason", "LOST"}});
  ASSERT_TRUE(test.net.Do("identity.revoke", kJt, {Head("jt-h1")}, revoke).Accepted());
  EXPECT_EQ(Cosign({Head("jt-h1")}).code, Code::kPendingVoid);
}

TEST_F(Pending, StandsWhenTheMakerLeft) {
  Json revoke = Json::MakeObject(
      {{"identity", ledger::ToHex(test.net.Identity("jt-c1"))}, {"reason", "LEFT"}});
  ASSERT_TRUE(test.net.Do("identity.revoke", kJt, {Head("jt-h1")}, revoke).Accepted());
  EXPECT_TRUE(Cosign({Head("jt-h1")}).Accepted());
}

TEST_F(Pending, AllChecksRunAgainAtTheLastSignature) {
  ASSERT_TRUE(test.net
                  .Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")},
                      Ref("resource", test.resource))
                  .Accepted());
  EXPECT_EQ(Cosign({Head("jt-h1")}).code, Code::kResNotPublished);
}

TEST_F(Pending, NamesThatAreNotPendingAreUnknown) {
  pending = ledger::BornId(ledger::EntityKind::kPending, Hash256(), 7);
  EXPECT_EQ(Cosign({Head("jt-h1")}).code, Code::kUnknownRef);
}

TEST_F(Pending, AwaitMustNameWhoIsMissing) {
  Json body = test.RequestBody();
  body.Set("scene_code", "OTHER");
  EXPECT_EQ(test.net.Do("request.submit", kJt, {Maker("jt-c1")}, Awaiting(body, kGa)).code,
            Code::kHeadSignatureRequired);
  EXPECT_EQ(test.net.Do("request.submit", kJt, {Maker("jt-c1")}, Awaiting(body, kJt, "PEER")).code,
            Code::kHeadSignatureRequired);
}

TEST(PendingPeer, AHeadOfAnotherDepartmentCosignsAsPeer) {
  TestCase test;
  test.PublishResource();
  Json body = Awaiting(Ref("resource", test.resource), kDb, "PEER");
  const Outcome waiting = test.net.Do("resource.retire", kGa, {Head("ga-l1")}, body);
  ASSERT_TRUE(waiting.Accepted()) << CodeName(waiting.code);
  Json cosign = Ref("pending", waiting.Born(ledger::EntityKind::kPending));
  cosign.Set("digest", HexEncode(test.net.Last()->digest.View()));
  EXPECT_EQ(test.net.Do("cosign", kSw, {Peer("sw-h1")}, cosign).code, Code::kRoleDenied);
  ASSERT_TRUE(test.net.Do("cosign", kDb, {Peer("db-h1")}, cosign).Accepted());
  EXPECT_EQ(test.net.Status(test.resource), "RETIRED");
}

TEST(PendingPeer, IsShownToThoseWhoAreToSignAndToNobodyElse) {
  TestCase test;
  test.PublishResource();
  Json body = Awaiting(Ref("resource", test.resource), kDb, "PEER");
  const Outcome waiting = test.net.Do("resource.retire", kGa, {Head("ga-l1")}, body);
  ASSERT_TRUE(waiting.Accepted()) << CodeName(waiting.code);
  const auto pending = test.net.Body(waiting.Born(ledger::EntityKind::kPending));
  EXPECT_EQ(pending.department, kGa);
  ASSERT_EQ(pending.parties.size(), 1U);
  EXPECT_EQ(pending.parties.begin()->second, kDb);
}

TEST(PendingPeer, TwoSignaturesMayComeOneByOneAndEachOnce) {
  TestCase test;
  test.PublishResource();
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", kGa}, {"role", "HEAD"}}));
  await.Push(Json::MakeObject({{"department", kDb}, {"role", "PEER"}}));
  Json body = Ref("resource", test.resource);
  body.Set("await", await);
  const Outcome waiting = test.net.Do("resource.retire", kGa, {Maker("ga-c1")}, body);
  ASSERT_TRUE(waiting.Accepted()) << CodeName(waiting.code);
  Json cosign = Ref("pending", waiting.Born(ledger::EntityKind::kPending));
  cosign.Set("digest", HexEncode(test.net.Last()->digest.View()));
  EXPECT_EQ(test.net.Do("cosign", kGa, {Head("ga-h1")}, cosign).code, Code::kRoleDenied);
  ASSERT_TRUE(test.net.Do("cosign", kGa, {Head("ga-l1")}, cosign).Accepted());
  EXPECT_EQ(test.net.Status(test.resource), "PUBLISHED");
  EXPECT_EQ(test.net.Do("cosign", kGa, {Head("ga-l1")}, cosign).code, Code::kDuplicate);
  ASSERT_TRUE(test.net.Do("cosign", kDb, {Peer("db-h1")}, cosign).Accepted());
  EXPECT_EQ(test.net.Status(test.resource), "RETIRED");
}

}  // namespace
}  // namespace jiandu::contracts::testing
