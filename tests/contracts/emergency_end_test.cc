// When grants of an emergency end: with it, whenever that is, or earlier when the provider says so;
// and what is owed from then on (4.11, 4.14).
#include "contracts/as_of.h"
#include "contracts/derived_flags.h"
#include "tests/support/emergency_case.h"

namespace jiandu::contracts::testing {
namespace {

// Declared on 2026-04-16 at 20:00 for three days.
class EmergencyEnd : public ::testing::Test {
 protected:
  void SetUp() override { test.ReachEmergencyGrant(); }

  [[nodiscard]] ledger::EntityBody Seen() const {
    return *BodyAsOf(test.net.View(), {.height = test.net.Height(), .time = test.net.Time()},
                     test.grant);
  }
  [[nodiscard]] std::string StatusNow() const {
    const ledger::EntityBody body = Seen();
    return std::string(ledger::StatusName(body.kind, body.status));
  }
  [[nodiscard]] std::int64_t End() const { return test.net.Body(test.emergency).Number("end"); }
  Outcome Dispose() {
    Json body = Ref("grant", test.grant);
    body.Set("kind", "DELETE").Set("method", "SHRED");
    body.Set("evidence_digest", Hash('1'));
    body.Set("witness", ledger::ToHex(test.net.Identity("jt-c2")));
    const Outcome outcome =
        test.net.Do("disposal.report", kJt, {Maker("jt-c1"), Head("jt-h1")}, body);
    if (outcome.Accepted()) disposal = outcome.Born(ledger::EntityKind::kDisposal);
    return outcome;
  }
  // Agreed on by the consumer, so in force at once or on the day named.
  Outcome Change(Json body) {
    body.Set("grant", ledger::ToHex(test.grant));
    body.Set("reason_code", "SAFETY").Set("reason_digest", Hash('1'));
    return test.net.Do("grant.change", kGa, {Maker("ga-c1"), Head("ga-h1"), Peer("jt-h1")}, body);
  }
  [[nodiscard]] bool IsExpired(std::string_view acc_id) {
    return test.Report(test.LoneRecord(acc_id)).Has(Flag::kExpired);
  }
  TestEmergency test;
  EntityId disposal;
};

TEST_F(EmergencyEnd, DisposalIsOwedSinceTheEndThatCame) {
  EXPECT_EQ(DueDay(test.net, test.grant, "D14"), 20260506);
  const std::int64_t end = End();
  ASSERT_TRUE(test.Renew(end + 48 * kHourMs).Accepted());
  EXPECT_EQ(Seen().FindClock("D14")->start, end + 48 * kHourMs - 1);
  test.net.AdvanceTo(20260420);
  EXPECT_EQ(Dispose().code, Code::kBadState);  // it lives: nothing was recalled
  test.net.AdvanceTo(20260508);                // due on this day; by the first end on 05-06
  const Outcome reported = Dispose();
  ASSERT_TRUE(reported.Accepted()) << CodeName(reported.code);
  EXPECT_FALSE(reported.Has(Flag::kLate));
}

TEST_F(EmergencyEnd, AnEarlyEndIsWhereTheDutyStarts) {
  test.net.Advance(kHourMs);  // still the 16th, so due on 04-30
  ASSERT_TRUE(test.End().Accepted());
  test.net.AdvanceTo(20260506);  // by the first end it would be in time
  const auto flags = DerivedFlagsOf(
      test.net.View(), {.height = test.net.Height(), .time = test.net.Time()}, test.grant);
  EXPECT_NE(std::ranges::find(flags, "OVERDUE", &DerivedFlag::flag), flags.end());
  const Outcome reported = Dispose();
  ASSERT_TRUE(reported.Accepted()) << CodeName(reported.code);
  EXPECT_TRUE(reported.Has(Flag::kLate));
}

TEST_F(EmergencyEnd, ARejectedDisposalKeepsItsOwnTerm) {
  test.net.AdvanceTo(20260420);
  ASSERT_TRUE(Dispose().Accepted());
  test.net.AdvanceTo(20260421);
  Json body = Ref("disposal", disposal);
  body.Set("reason_code", "QUALITY").Set("reason_digest", Hash('1'));
  ASSERT_TRUE(test.net.Do("disposal.reject", kGa, {Head("ga-h1")}, body).Accepted());
  EXPECT_EQ(ledger::DateOf(Seen().FindClock("D14")->start), 20260421);
}

TEST_F(EmergencyEnd, RecalledBatchesAreDisposedOfAndThenTheRest) {
  test.net.AdvanceTo(20260417);
  Json recall = Ref("grant", test.grant);
  recall.Set("scope", "BATCHES").Set("batches", Texts({"b-1"}));
  recall.Set("reason_code", "WRONG_DATA").Set("reason_digest", Hash('1'));
  const Outcome recalled = test.net.Do("grant.recall", kGa, {Head("ga-h1"), Peer("db-h1")}, recall);
  ASSERT_TRUE(recalled.Accepted()) << CodeName(recalled.code);
  const std::int64_t end = End() + 24 * kHourMs;
  ASSERT_TRUE(test.Renew(end).Accepted());
  ASSERT_TRUE(Dispose().Accepted());
  ASSERT_TRUE(
      test.net.Do("disposal.accept", kGa, {Head("ga-h1")}, Ref("disposal", disposal)).Accepted());
  EXPECT_EQ(StatusNow(), "ACTIVE");
  EXPECT_EQ(Seen().FindClock("D14")->start, end - 1);
}

TEST_F(EmergencyEnd, TheProviderMaySetAnEarlierOneThatARenewalDoesNotMove) {
  Json terms = Json::MakeObject({{"valid_to", 20260418}});
  const Outcome changed = Change(Json::MakeObject({{"terms", terms}}));
  ASSERT_TRUE(changed.Accepted()) << CodeName(changed.code);
  ASSERT_TRUE(test.Renew(End() + 24 * kHourMs).Accepted());
  test.net.AdvanceTo(20260418, 23);
  EXPECT_EQ(StatusNow(), "ACTIVE");
  EXPECT_FALSE(IsExpired("a-1"));
  test.net.AdvanceTo(20260419, 1);
  EXPECT_EQ(StatusNow(), "EXPIRED");
  EXPECT_TRUE(IsExpired("a-2"));
  EXPECT_EQ(ledger::DateOf(Seen().FindClock("D14")->start), 20260418);
}

TEST_F(EmergencyEnd, OtherTermsLeaveItTheEmergencys) {
  const std::int64_t end = End();
  ASSERT_TRUE(
      Change(Json::MakeObject({{"terms", Json::MakeObject({{"daily_cap", 10}})}})).Accepted());
  ASSERT_TRUE(test.Renew(end + 24 * kHourMs).Accepted());
  test.net.AdvanceTo(20260420, 19);
  EXPECT_EQ(StatusNow(), "ACTIVE");
  // A day after the first end is tighter than the one there is now.
  ASSERT_TRUE(
      Change(Json::MakeObject({{"terms", Json::MakeObject({{"valid_to", 20260420}})}})).Accepted());
  test.net.AdvanceTo(20260420, 21);
  EXPECT_EQ(StatusNow(), "EXPIRED");
}

TEST_F(EmergencyEnd, AnAnnouncedEndComesBeforeIt) {
  const Outcome changed =
      Change(Json::MakeObject({{"terminate", true}, {"effective_on", 20260418}}));
  ASSERT_TRUE(changed.Accepted()) << CodeName(changed.code);
  test.net.AdvanceTo(20260417);
  EXPECT_FALSE(IsExpired("a-1"));
  test.net.AdvanceTo(20260418, 1);
  EXPECT_TRUE(IsExpired("a-2"));
  EXPECT_EQ(StatusNow(), "TERMINATED");
}

TEST_F(EmergencyEnd, AnEndAnnouncedForLaterHasNoPlace) {
  EXPECT_EQ(Change(Json::MakeObject({{"terminate", true}, {"effective_on", 20260421}})).code,
            Code::kFieldInvalid);
  // The emergency ends before the day that was announced.
  ASSERT_TRUE(
      Change(Json::MakeObject({{"terminate", true}, {"effective_on", 20260419}})).Accepted());
  test.net.AdvanceTo(20260417);
  ASSERT_TRUE(test.End().Accepted());
  test.net.AdvanceTo(20260420);
  EXPECT_EQ(StatusNow(), "EXPIRED");
}

// A suspension by the provider ends on its day, without anybody's act.
TEST(EmergencyOnResumed, ASuspensionThatHasEndedIsNoObstacle) {
  TestEmergency test;
  test.PublishResource();
  test.net.AdvanceTo(20260416, 20);
  ASSERT_TRUE(test.Declare(test.DeclareBody()).Accepted());
  Json suspend = Ref("resource", test.resource);
  suspend.Set("ground", "MAINTENANCE").Set("reason_digest", Hash('1'));
  suspend.Set("until", test.net.Time() + kHourMs);
  const Outcome suspended = test.net.Do("resource.suspend", kGa, {Head("ga-h1")}, suspend);
  ASSERT_TRUE(suspended.Accepted()) << CodeName(suspended.code);
  EXPECT_EQ(test.OpenGrant(test.GrantBody()).code, Code::kResNotPublished);
  test.net.Advance(kHourMs);
  EXPECT_TRUE(test.OpenGrant(test.GrantBody()).Accepted());
}

}  // namespace
}  // namespace jiandu::contracts::testing
