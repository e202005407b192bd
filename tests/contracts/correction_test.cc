// Corrections: who may doubt, what an answer needs, how often it is reopened.
#include <functional>

#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Correction : public ::testing::Test {
 protected:
  void SetUp() override {
    Json content = Content();
    Json items = *content.Find("items");
    Json sourced = Item("address", "G2");
    sourced.Set("authoritative_source", kSw);
    items.Push(sourced);
    content.Set("items", items);
    test.PublishResource(content);
  }
  Json Filing() const {
    Json body = Ref("resource", test.resource);
    body.Set("version_seen", 0).Set("item_ids", Texts({"address"})).Set("kind", "WRONG");
    body.Set("observed_digest", Hash('1')).Set("evidence_digest", Hash('2'));
    return body;
  }
  Outcome File() {
    Outcome outcome = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, Filing());
    if (outcome.Accepted()) correction = outcome.Born(ledger::EntityKind::kCorrection);
    return outcome;
  }
  Code Accept() {
    return test.net.Do("correction.accept", kGa, {Maker("ga-c1")}, Ref("correction", correction))
        .code;
  }
  Code Resolve(const std::function<void(Json&)>& fill) {
    Json body = Ref("correction", correction);
    fill(body);
    return test.net.Do("correction.resolve", kGa, {Maker("ga-c1"), Head("ga-h1")}, body).code;
  }
  Code NotWrong() {
    return Resolve([](Json& b) {
      b.Set("verdict", "NOT_WRONG").Set("reason_code", "OTHER");
      b.Set("reason_digest", Hash('1')).Set("evidence_digest", Hash('2'));
    });
  }
  Code Confirm(bool confirmed) {
    Json body = Ref("correction", correction);
    body.Set("confirmed", confirmed);
    return test.net.Do("correction.confirm", kJt, {Maker("jt-c1")}, body).code;
  }
  void Refresh(int version) {
    Json refresh = Ref("resource", test.resource);
    refresh.Set("dataset_version", version).Set("dataset_digest", Hash('3'));
    ASSERT_TRUE(test.net.Do("resource.refresh", kGa, {System("ga-gw")}, refresh).Accepted());
  }
  TestCase test;
  EntityId correction;
};

TEST_F(Correction, FromWhoNeverUsedTheResourceIsFlagged) {
  EXPECT_EQ(File().flags, ledger::FlagBit(Flag::kNotAUser));
  Json thin = Filing();
  thin.Remove("evidence_digest");
  EXPECT_TRUE(test.net.Do("correction.file", kJt, {Maker("jt-c1")}, thin).Has(Flag::kFieldMissing));
}

TEST_F(Correction, FixedNeedsANewVersionThatIsRegistered) {
  ASSERT_TRUE(File().Accepted());
  const auto fixed = [](int version) {
    return [version](Json& b) { b.Set("verdict", "FIXED").Set("new_version", version); };
  };
  EXPECT_EQ(Resolve([](Json& b) { b.Set("verdict", "FIXED"); }), Code::kVersionRequired);
  EXPECT_EQ(Resolve(fixed(1)), Code::kVersionRequired);
  Refresh(1);
  EXPECT_EQ(Resolve(fixed(2)), Code::kVersionRequired);
  EXPECT_EQ(Resolve(fixed(1)), Code::kAccepted);
  EXPECT_EQ(Resolve(fixed(1)), Code::kBadState);
  EXPECT_EQ(Confirm(true), Code::kAccepted);
}

TEST_F(Correction, NotWrongNeedsReasonsAndEvidencePartlyNeedsBoth) {
  ASSERT_TRUE(File().Accepted());
  EXPECT_EQ(Resolve([](Json& b) { b.Set("verdict", "NOT_WRONG").Set("reason_code", "OTHER"); }),
            Code::kReasonRequired);
  const auto partly = [](Json& b) {
    b.Set("verdict", "PARTLY").Set("reason_code", "OTHER").Set("reason_digest", Hash('1'));
    b.Set("evidence_digest", Hash('2')).Set("new_version", 1);
  };
  EXPECT_EQ(Resolve(partly), Code::kVersionRequired);
  Refresh(1);
  EXPECT_EQ(Resolve(partly), Code::kAccepted);
}

TEST_F(Correction, IsReopenedOnce) {
  ASSERT_TRUE(File().Accepted());
  EXPECT_EQ(Confirm(true), Code::kBadState);
  ASSERT_EQ(NotWrong(), Code::kAccepted);
  ASSERT_EQ(Confirm(false), Code::kAccepted);
  EXPECT_EQ(test.net.Status(correction), "REOPENED");
  ASSERT_EQ(Accept(), Code::kAccepted);
  ASSERT_EQ(NotWrong(), Code::kAccepted);
  EXPECT_EQ(Confirm(false), Code::kBadState);
  EXPECT_EQ(Confirm(true), Code::kAccepted);
}

TEST_F(Correction, IsForwardedToTheAuthoritativeSourceOnly) {
  ASSERT_TRUE(File().Accepted());
  Json body = Ref("correction", correction);
  body.Set("source", kJt);
  const auto forward = [this](const Json& to) {
    return test.net.Do("correction.forward", kGa, {Maker("ga-c1")}, to).code;
  };
  EXPECT_EQ(forward(body), Code::kSourceMismatch);
  body.Set("source", kSw);
  EXPECT_EQ(forward(body), Code::kAccepted);
  EXPECT_EQ(test.net.Status(correction), "FORWARDED");
  EXPECT_EQ(NotWrong(), Code::kAccepted);
}

TEST_F(Correction, OnlyTheProviderAnswersOnlyTheFilerConfirms) {
  ASSERT_TRUE(File().Accepted());
  EXPECT_EQ(
      test.net.Do("correction.accept", kJt, {Maker("jt-c1")}, Ref("correction", correction)).code,
      Code::kRoleDenied);
  EXPECT_EQ(
      test.net.Do("correction.withdraw", kGa, {Maker("ga-c1")}, Ref("correction", correction)).code,
      Code::kRoleDenied);
  ASSERT_TRUE(
      test.net.Do("correction.withdraw", kJt, {Maker("jt-c1")}, Ref("correction", correction))
          .Accepted());
  EXPECT_EQ(Accept(), Code::kBadState);
}

// Said of a version that is not there yet, it means the newest: the next one mends it.
TEST_F(Correction, OfAVersionToComeIsFixedByTheNextOne) {
  Refresh(8);
  Json filing = Filing();
  filing.Set("version_seen", 999'999'999);
  const Outcome filed = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, filing);
  correction = filed.Born(ledger::EntityKind::kCorrection);
  EXPECT_EQ(test.net.Body(correction).Number("version_seen"), 8);
  Refresh(9);
  EXPECT_EQ(Resolve([](Json& b) { b.Set("verdict", "FIXED").Set("new_version", 9); }),
            Code::kAccepted);
}

TEST_F(Correction, AnOpenOneStandsInTheWayOfRetirement) {
  ASSERT_TRUE(File().Accepted());
  const std::vector<Signing> signers = {Head("ga-l1"), Peer("db-h1")};
  const Json body = Ref("resource", test.resource);
  EXPECT_EQ(test.net.Do("resource.retire", kGa, signers, body).code, Code::kOpenCases);
  ASSERT_EQ(NotWrong(), Code::kAccepted);
  ASSERT_EQ(Confirm(true), Code::kAccepted);
  EXPECT_EQ(test.net.Do("resource.retire", kGa, signers, body).code, Code::kAccepted);
}

}  // namespace
}  // namespace jiandu::contracts::testing
