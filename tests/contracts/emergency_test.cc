// Emergencies: who declares them and for how long, renewal, end by act and by itself, reviews.
#include "contracts/emergency.h"

#include "contracts/engine.h"
#include "tests/support/emergency_case.h"

namespace jiandu::contracts::testing {
namespace {

class Emergency : public ::testing::Test {
 protected:
  // Status as of now, though nobody said so.
  [[nodiscard]] std::string StatusNow(const EntityId& id) const {
    const BlockContext context{
        .chain = std::string(kChain), .height = 1, .time = test.net.Time(), .log_size = 1};
    BlockState state(test.net.View(), context);
    const ledger::EntityBody& body = *state.Body(id);
    return std::string(
        ledger::StatusName(body.kind, EffectiveStatus(state, id, body, test.net.Time())));
  }

  TestEmergency test;
};

TEST_F(Emergency, IsDeclaredByTheGovernmentForThreeDaysAtMost) {
  EXPECT_EQ(test.Declare(test.DeclareBody(73)).code, Code::kEmergTooLong);
  const Outcome declared = test.Declare(test.DeclareBody());
  ASSERT_TRUE(declared.Accepted()) << CodeName(declared.code);
  EXPECT_EQ(test.net.Status(test.emergency), "DECLARED");
  EXPECT_EQ(ClockOn(test.net, test.emergency, "D13").department, kSj);
}

TEST_F(Emergency, AManagerActsOnTheGovernmentsDocument) {
  Json body = test.DeclareBody();
  EXPECT_EQ(test.Declare(body, kDb, {Head("db-h1")}).code, Code::kFieldRequired);
  body.Set("document_digest", Hash('1'));
  EXPECT_EQ(test.Declare(body, kGa, {Head("ga-h1")}).code, Code::kRoleDenied);
  EXPECT_TRUE(test.Declare(body, kDb, {Head("db-h1")}).Accepted());
}

TEST_F(Emergency, ArrivesComplete) {
  EXPECT_EQ(test.Declare(test.DeclareBody(), kZf, {Maker("zf-c1")}).code,
            Code::kHeadSignatureRequired);
}

TEST_F(Emergency, NeedsScopeBasisAndAnEndAhead) {
  for (const std::string_view member : {"labels", "departments", "end", "basis_ref", "event_no"}) {
    Json body = test.DeclareBody();
    body.Remove(member);
    EXPECT_EQ(test.Declare(body).code, Code::kFieldRequired) << member;
  }
  EXPECT_EQ(test.Declare(test.DeclareBody(0)).code, Code::kFieldInvalid);
}

TEST(EmergencyProfile, IsOffWhereTheOrderKnowsNone) {
  TestEmergency test("order809");
  EXPECT_EQ(test.Declare(test.DeclareBody()).code, Code::kEmergNotEnabled);
  // In the order of the row.
  EXPECT_EQ(test.Declare(test.DeclareBody(100)).code, Code::kEmergTooLong);
}

TEST_F(Emergency, IsRenewedBeforeItsEndByTheGovernment) {
  ASSERT_TRUE(test.Declare(test.DeclareBody(24)).Accepted());
  const std::int64_t end = test.net.Body(test.emergency).Number("end");
  EXPECT_EQ(test.Renew(end + 73 * kHourMs).code, Code::kEmergTooLong);
  EXPECT_EQ(test.Renew(end).code, Code::kFieldInvalid);
  EXPECT_EQ(test.Renew(end + kHourMs, kDb, "db-h1").code, Code::kRoleDenied);
  ASSERT_TRUE(test.Renew(end + 72 * kHourMs).Accepted());
  EXPECT_EQ(test.net.Body(test.emergency).Number("end"), end + 72 * kHourMs);
  EXPECT_EQ(ClockOn(test.net, test.emergency, "D13").start, end + 72 * kHourMs - 1);
  test.net.Advance(97 * kHourMs);
  EXPECT_EQ(test.Renew(end + 80 * kHourMs).code, Code::kBadState);
}

TEST_F(Emergency, EndsByItselfWithItsGrants) {
  test.ReachEmergencyGrant();
  EXPECT_EQ(StatusNow(test.grant), "ACTIVE");
  EXPECT_EQ(DueDay(test.net, test.emergency, "D13", kGa), 20260424);
  EXPECT_EQ(DueDay(test.net, test.emergency, "D13", kSj), 20260424);
  test.net.AdvanceTo(20260419, 21);
  EXPECT_EQ(StatusNow(test.emergency), "ENDED");
  EXPECT_EQ(StatusNow(test.grant), "EXPIRED");
  EXPECT_EQ(test.End().code, Code::kBadState);
}

TEST_F(Emergency, IsEndedByTheGovernmentOrTheManager) {
  test.ReachEmergencyGrant();
  test.net.AdvanceTo(20260417, 10);
  EXPECT_EQ(test.End(kGa, "ga-h1").code, Code::kRoleDenied);
  const std::int64_t now = test.net.Time();
  ASSERT_TRUE(test.End(kDb, "db-h1").Accepted());
  EXPECT_EQ(test.net.Status(test.emergency), "ENDED");
  EXPECT_EQ(StatusNow(test.grant), "EXPIRED");
  EXPECT_EQ(ClockOn(test.net, test.emergency, "D13", kGa).start, now);
  EXPECT_EQ(DueDay(test.net, test.emergency, "D13", kGa), 20260424);
}

// A renewal moves the end of the grants that are open already.
TEST_F(Emergency, ItsGrantsLiveAsLongAsItDoes) {
  test.ReachEmergencyGrant();
  const std::int64_t end = test.net.Body(test.emergency).Number("end");
  ASSERT_TRUE(test.Renew(end + 24 * kHourMs).Accepted());
  test.net.AdvanceTo(20260420, 10);
  EXPECT_EQ(StatusNow(test.grant), "ACTIVE");
  EXPECT_FALSE(test.Report(test.LoneRecord("a1")).Has(Flag::kExpired));
  test.net.AdvanceTo(20260420, 21);
  EXPECT_EQ(StatusNow(test.grant), "EXPIRED");
  EXPECT_TRUE(test.Report(test.LoneRecord("a2")).Has(Flag::kExpired));
}

TEST_F(Emergency, IsReviewedByEachProviderAndTheAuditor) {
  test.ReachEmergencyGrant();
  EXPECT_EQ(test.ReviewIt(kGa, "ga-h1").code, Code::kBadState);
  test.net.AdvanceTo(20260423, 10);
  EXPECT_EQ(test.ReviewIt(kJt, "jt-h1").code, Code::kRoleDenied);
  EXPECT_EQ(test.ReviewIt(kGa, "ga-h1").flags, 0U);
  EXPECT_EQ(test.net.Status(test.emergency), "ENDED");
  EXPECT_EQ(test.ReviewIt(kSj, "sj-h1", "EXCESSIVE", true).flags, 0U);
  EXPECT_EQ(test.net.Status(test.emergency), "REVIEWED");
  EXPECT_EQ(test.net.Body(test.emergency).Text("review/" + std::string(kSj)), "EXCESSIVE");
}

// Neither does a verdict change in silence, nor is it repeated without end.
TEST_F(Emergency, EachReviewsOnce) {
  test.ReachEmergencyGrant();
  test.net.AdvanceTo(20260420);
  ASSERT_TRUE(test.ReviewIt(kGa, "ga-h1").Accepted());
  EXPECT_EQ(test.ReviewIt(kGa, "ga-h1", "EXCESSIVE", true).code, Code::kDuplicate);
  ASSERT_TRUE(test.ReviewIt(kSj, "sj-h1").Accepted());
  EXPECT_EQ(test.net.Status(test.emergency), "REVIEWED");
  EXPECT_EQ(test.ReviewIt(kSj, "sj-h1").code, Code::kDuplicate);
}

TEST_F(Emergency, AReviewMayBeLateAndAnExcessNamesItsRecords) {
  test.ReachEmergencyGrant();
  test.net.AdvanceTo(20260427, 10);
  const Outcome late = test.ReviewIt(kGa, "ga-h1");
  ASSERT_TRUE(late.Accepted());
  EXPECT_EQ(late.flags, ledger::FlagBit(Flag::kLate));
  EXPECT_EQ(ClockOn(test.net, test.emergency, "D13", kGa).late, 1);
  EXPECT_TRUE(test.ReviewIt(kSj, "sj-h1", "EXCESSIVE").Has(Flag::kFieldMissing));
}

}  // namespace
}  // namespace jiandu::contracts::testing
