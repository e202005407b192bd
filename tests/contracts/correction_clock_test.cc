// Corrections over time: where the clocks of their deadlines start, and how long one is open.
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class CorrectionClock : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachGrant();
    Json body = Ref("resource", test.resource);
    body.Set("version_seen", 0).Set("item_ids", Texts({"status"})).Set("kind", "MISSING");
    body.Set("observed_digest", Hash('1')).Set("evidence_digest", Hash('2'));
    const Outcome outcome = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, body);
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    EXPECT_EQ(outcome.flags, 0U);  // its grant makes it a user
    correction = outcome.Born(ledger::EntityKind::kCorrection);
    test.net.Advance(kHourMs);
  }
  Outcome Do(std::string_view op, std::string_view who, const std::vector<Signing>& signers,
             Json more = Json::MakeObject()) {
    more.Set("correction", ledger::ToHex(correction));
    return test.net.Do(op, who, signers, std::move(more));
  }
  Outcome NotWrong(const std::vector<Signing>& signers = {Maker("ga-c1"), Head("ga-h1")}) {
    return Do("correction.resolve", kGa, signers,
              Json::MakeObject({{"verdict", "NOT_WRONG"},
                                {"reason_code", "OTHER"},
                                {"reason_digest", Hash('1')},
                                {"evidence_digest", Hash('2')}}));
  }
  Outcome Confirm(bool confirmed) {
    return Do("correction.confirm", kJt, {Maker("jt-c1")},
              Json::MakeObject({{"confirmed", confirmed}}));
  }
  Code Retire() {
    return test.net
        .Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")}, Ref("resource", test.resource))
        .code;
  }
  // Since when the clock of the code runs; 0 when it does not.
  [[nodiscard]] std::int64_t RunsSince(std::string_view code) const {
    const ledger::EntityBody body = test.net.Body(correction);
    const ledger::Clock* clock = body.FindClock(code);
    return clock != nullptr && clock->Runs() ? clock->start : 0;
  }

  TestCase test;
  EntityId correction;
};

TEST_F(CorrectionClock, ItStartsAtTheFilingAndAnewOnlyWhenReopened) {
  const std::int64_t filed = test.net.Body(correction).born_at;
  EXPECT_EQ(RunsSince("D07"), filed);
  ASSERT_TRUE(Do("correction.accept", kGa, {Maker("ga-c1")}).Accepted());
  EXPECT_EQ(RunsSince("D07"), filed);
  const std::int64_t resolved = test.net.Time();
  ASSERT_TRUE(NotWrong().Accepted());
  EXPECT_EQ(RunsSince("D09b"), resolved);
  EXPECT_EQ(RunsSince("D07"), 0);
  test.net.Advance(kHourMs);
  const std::int64_t reopened = test.net.Time();
  ASSERT_TRUE(Confirm(false).Accepted());
  EXPECT_EQ(RunsSince("D07"), reopened);
  EXPECT_EQ(RunsSince("D09b"), 0);
  EXPECT_EQ(test.net.Status(correction), "REOPENED");
}

TEST_F(CorrectionClock, IsOpenUntilAnsweredAndAgainWhenReopened) {
  EXPECT_EQ(Retire(), Code::kOpenCases);
  ASSERT_TRUE(NotWrong().Accepted());
  ASSERT_TRUE(Confirm(false).Accepted());
  EXPECT_EQ(Retire(), Code::kOpenCases);
  ASSERT_TRUE(NotWrong().Accepted());
  // The filer's silence confirms: nothing more is waited for.
  EXPECT_EQ(Retire(), Code::kAccepted);
}

TEST_F(CorrectionClock, AWithdrawnOneIsClosedAndOnlyItsFilerWithdraws) {
  EXPECT_EQ(Do("correction.withdraw", kSw, {Maker("sw-c1")}).code, Code::kRoleDenied);
  EXPECT_EQ(Do("correction.withdraw", kGa, {Maker("ga-c1")}).code, Code::kRoleDenied);
  ASSERT_TRUE(Do("correction.withdraw", kJt, {Maker("jt-c1")}).Accepted());
  EXPECT_EQ(test.net.Status(correction), "WITHDRAWN");
  EXPECT_EQ(NotWrong().code, Code::kBadState);
  EXPECT_EQ(Retire(), Code::kAccepted);
}

TEST_F(CorrectionClock, WhatWasTakenUpIsNotWithdrawn) {
  ASSERT_TRUE(Do("correction.accept", kGa, {Maker("ga-c1")}).Accepted());
  EXPECT_EQ(Do("correction.withdraw", kJt, {Maker("jt-c1")}).code, Code::kBadState);
  EXPECT_EQ(Do("correction.accept", kGa, {Maker("ga-c1")}).code, Code::kBadState);
  EXPECT_EQ(Confirm(true).code, Code::kBadState);
}

TEST_F(CorrectionClock, AnAnswerNeedsMakerAndHead) {
  EXPECT_EQ(NotWrong({Maker("ga-c1")}).code, Code::kHeadSignatureRequired);
  EXPECT_TRUE(NotWrong().Accepted());
}

// A department that used the resource, though no grant was known, is a user.
TEST_F(CorrectionClock, AnAccessWithoutGrantMakesAUser) {
  Json filing = Ref("resource", test.resource);
  filing.Set("version_seen", 0).Set("item_ids", Texts({"status"})).Set("kind", "WRONG");
  filing.Set("observed_digest", Hash('1')).Set("evidence_digest", Hash('2'));
  const auto file = [&] {
    return test.net.Do("correction.file", kSw, {Maker("sw-c1")}, filing).flags;
  };
  EXPECT_EQ(file(), ledger::FlagBit(Flag::kNotAUser));
  Json record = test.Record("without");
  record.Set("resource", ledger::ToHex(test.resource))
      .Set("grant_missing", true)
      .Set("consumer", kSw);
  ASSERT_TRUE(test.Report(record).Accepted());
  EXPECT_EQ(file(), 0U);
}

TEST_F(CorrectionClock, AFilingWithGapsIsKeptAndFlagged) {
  const Json bare = Ref("resource", test.resource);
  const Outcome outcome = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, bare);
  ASSERT_TRUE(outcome.Accepted());
  EXPECT_EQ(outcome.flags, ledger::FlagBit(Flag::kFieldMissing));
}

}  // namespace
}  // namespace jiandu::contracts::testing
