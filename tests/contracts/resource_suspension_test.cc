// Suspension 暂停 of published resources, and its end (docs/contracts.md 4.3; 809 Art. 27).
#include "contracts/resource_state.h"
#include "tests/support/catalogue_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Suspension : public CatalogueCase {
 protected:
  void SetUp() override { test.PublishResource(); }
  [[nodiscard]] Json Body(std::string_view ground = "QUALITY") const {
    Json body = Ref("resource", test.resource);
    body.Set("ground", ground).Set("reason_digest", Hash('1'));
    return body;
  }
  Outcome Suspend(Json body, std::string_view alias = "ga") {
    return test.net.Do("resource.suspend", alias == "ga" ? kGa : kDb,
                       {Head(std::string(alias) + "-h1")}, std::move(body));
  }
  Outcome Resume(std::string_view alias) {
    const std::string_view department = alias == "ga" ? kGa : alias == "db" ? kDb : kJt;
    return test.net.Do("resource.resume", department, {Head(std::string(alias) + "-h1")},
                       Ref("resource", test.resource));
  }
  [[nodiscard]] bool DeniesAt(ledger::TimeMs time) const {
    const BlockContext context = Now();
    BlockState state(test.net.View(), context);
    return IsStopped(state, test.resource, time);
  }
  [[nodiscard]] static ledger::TimeMs Evening(std::int32_t date) {
    return ledger::StartOfDate(date) + 24 * kHourMs - 1;
  }
};

TEST_F(Suspension, NeedsGroundAndReasons) {
  for (const std::string_view member : {"ground", "reason_digest"}) {
    Json body = Body();
    body.Remove(member);
    EXPECT_EQ(Suspend(body).code, Code::kReasonRequired) << member;
  }
  EXPECT_EQ(Suspend(Body().Set("until", test.net.Time() - 1)).code, Code::kFieldInvalid);
  EXPECT_EQ(test.net.Do("resource.suspend", kJt, {Head("jt-h1")}, Body()).code, Code::kRoleDenied);
  EXPECT_EQ(Resume("db").code, Code::kBadState);
}

TEST_F(Suspension, TheProvidersEndsByItselfAfterTenDaysAtMost) {
  EXPECT_EQ(Suspend(Body().Set("until", Evening(20260316) + 1)).code, Code::kSuspendTooLong);
  ASSERT_TRUE(Suspend(Body()).Accepted());
  EXPECT_EQ(test.net.Status(test.resource), "SUSPENDED");
  EXPECT_EQ(test.SubmitRequest(test.RequestBody()).code, Code::kResNotPublished);
  EXPECT_EQ(Suspend(Body()).code, Code::kBadState);
  test.net.AdvanceTo(20260316, 23);
  EXPECT_EQ(test.SubmitRequest(test.RequestBody()).code, Code::kResNotPublished);
  test.net.AdvanceTo(20260317, 0);
  EXPECT_EQ(Resume("ga").code, Code::kBadState);
  const Outcome requested = test.SubmitRequest(test.RequestBody());
  EXPECT_TRUE(requested.Accepted()) << CodeName(requested.code);
}

TEST_F(Suspension, TheManagersLastsUntilItIsLifted) {
  ASSERT_TRUE(Suspend(Body().Set("until", Evening(20260501)), "db").Accepted());
  ASSERT_TRUE(Resume("db").Accepted());
  ASSERT_TRUE(Suspend(Body(), "db").Accepted());
  test.net.AdvanceTo(20260501);
  EXPECT_EQ(test.SubmitRequest(test.RequestBody()).code, Code::kResNotPublished);
  EXPECT_EQ(Resume("ga").code, Code::kRoleDenied);  // the manager's is not the provider's to lift
  EXPECT_EQ(Resume("jt").code, Code::kRoleDenied);
  ASSERT_TRUE(Resume("db").Accepted());
  EXPECT_EQ(test.net.Status(test.resource), "PUBLISHED");
  EXPECT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
}

TEST_F(Suspension, TheManagerMayLiftTheProviders) {
  ASSERT_TRUE(Suspend(Body()).Accepted());
  ASSERT_TRUE(Resume("db").Accepted());
  EXPECT_EQ(test.net.Status(test.resource), "PUBLISHED");
  ASSERT_TRUE(Suspend(Body()).Accepted());
  ASSERT_TRUE(Resume("ga").Accepted());
}

// No deadline of the provider stands still for it.
TEST_F(Suspension, StopsNoDeadline) {
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  ASSERT_TRUE(Suspend(Body()).Accepted());
  EXPECT_TRUE(ClockOf(test.request, "D04").Runs());
  test.net.AdvanceTo(20260317);
  EXPECT_TRUE(test.Decide("ga", test.DecisionBody()).Has(Flag::kLate));
}

TEST_F(Suspension, OnlyForAnIncidentDoChecksDeny) {
  ASSERT_TRUE(Suspend(Body()).Accepted());
  EXPECT_FALSE(DeniesAt(test.net.Time()));
  ASSERT_TRUE(Resume("ga").Accepted());
  ASSERT_TRUE(Suspend(Body("INCIDENT")).Accepted());
  const ledger::TimeMs during = test.net.Time();
  EXPECT_TRUE(DeniesAt(during));
  EXPECT_FALSE(DeniesAt(Evening(20260316) + 1));  // it ends by itself
  test.net.Advance(kHourMs);
  ASSERT_TRUE(Resume("ga").Accepted());
  EXPECT_FALSE(DeniesAt(test.net.Time()));
  EXPECT_TRUE(DeniesAt(during));
}

class StopsWithGrants : public Suspension {
 protected:
  void SetUp() override { test.ReachGrant(); }
};

TEST_F(StopsWithGrants, TheProviderAloneStopsLiveGrantsOnlyForAnIncident) {
  EXPECT_TRUE(Suspend(Body()).Has(Flag::kUnilateralStop));
  ASSERT_TRUE(Resume("ga").Accepted());
  EXPECT_EQ(Suspend(Body("INCIDENT")).flags, 0U);
  ASSERT_TRUE(Resume("ga").Accepted());
  EXPECT_EQ(Suspend(Body(), "db").flags, 0U);
}

TEST_F(StopsWithGrants, EndedGrantsAreNotStopped) {
  Json body = Ref("grant", test.grant);
  body.Set("reason", "NOT_NEEDED");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, body).Accepted());
  EXPECT_EQ(Suspend(Body()).flags, 0U);
}

TEST_F(StopsWithGrants, NorAreThoseThatRanOut) {
  test.net.AdvanceTo(20270102);
  EXPECT_EQ(Suspend(Body()).flags, 0U);
}

// Of many grants only the latest are known by name; those before them count until their end.
TEST_F(StopsWithGrants, MoreGrantsThanAreKnownByNameStillCount) {
  for (int i = 0; i < 66; ++i) {
    Json request = test.RequestBody();
    request.Set("scene_code", "S-" + std::to_string(i));
    ASSERT_TRUE(test.SubmitRequest(request).Accepted());
    test.Approve();
    ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
    if (i == 0) continue;
    ASSERT_TRUE(
        test.net.Do("grant.decline", kJt, {Head("jt-h1")}, Ref("grant", test.grant)).Accepted());
  }
  EXPECT_TRUE(Suspend(Body()).Has(Flag::kUnilateralStop));
}

// A grant opened by an earlier transaction of the block lives as much as any.
TEST_F(Suspension, OfAGrantOpenedInTheSameBlockIsUnilateral) {
  TestCase other;
  other.ReachRequest();
  other.Approve();
  Json body = Ref("resource", other.resource);
  body.Set("ground", "QUALITY").Set("reason_digest", Hash('1'));
  const auto suspend = [&] {
    return other.net.Make("resource.suspend", kGa, {Head("ga-h1")}, body);
  };
  const TestNet before = other.net;
  const BlockOutcome alone = other.net.Block({suspend()});
  EXPECT_EQ(alone.codes[0], 0U);
  EXPECT_EQ(alone.stubs[0].flags & ledger::FlagBit(Flag::kUnilateralStop), 0U);
  other.net = before;
  const auto open =
      other.net.Make("grant.open", kDb, {Maker("db-c1"), Head("db-h1")}, other.OpenBody());
  const BlockOutcome both = other.net.Block({open, suspend()});
  EXPECT_EQ(both.codes, (std::vector<std::uint32_t>{0, 0}));
  EXPECT_NE(both.stubs[1].flags & ledger::FlagBit(Flag::kUnilateralStop), 0U);
}

}  // namespace
}  // namespace jiandu::contracts::testing
