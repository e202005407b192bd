// Grants of emergencies: opened by one officer within the declared scope, and the accesses under
// them.
#include "contracts/derived_flags.h"
#include "tests/support/emergency_case.h"

namespace jiandu::contracts::testing {
namespace {

class EmergencyGrant : public ::testing::Test {
 protected:
  void Reach(const Json& content = Content()) {
    test.PublishResource(content);
    ASSERT_TRUE(test.Declare(test.DeclareBody()).Accepted());
  }
  Code With(std::string_view member, Json value) {
    Json body = test.GrantBody();
    body.Set(member, std::move(value));
    return test.OpenGrant(std::move(body)).code;
  }

  TestEmergency test;
};

TEST_F(EmergencyGrant, IsActiveAtOnceByOneOfficer) {
  test.ReachEmergencyGrant();
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
  const ledger::EntityBody grant = test.net.Body(test.grant);
  EXPECT_EQ(grant.Text("kind"), "EMERGENCY");
  EXPECT_EQ(grant.Party("provider"), kGa);
  EXPECT_EQ(*grant.Link("emergency"), test.emergency);
  EXPECT_EQ(grant.Terms().TextOr("items_mask"), "07");
  EXPECT_EQ(test.net.Body(test.emergency).acts.back().op, "emergency.open_grant");
}

TEST_F(EmergencyGrant, IsTheManagersOfTheResource) {
  Reach();
  EXPECT_EQ(test.OpenGrant(test.GrantBody(), kSdb, {Maker("sdb-c1")}).code, Code::kRoleDenied);
  EXPECT_EQ(test.OpenGrant(test.GrantBody(), kGa, {Maker("ga-c1")}).code, Code::kRoleDenied);
  EXPECT_TRUE(test.OpenGrant(test.GrantBody()).Accepted());
}

TEST_F(EmergencyGrant, IsOneByEmergencyConsumerAndResource) {
  Reach();
  ASSERT_TRUE(test.OpenGrant(test.GrantBody()).Accepted());
  EXPECT_EQ(test.OpenGrant(test.GrantBody()).code, Code::kDuplicate);
  ASSERT_TRUE(test.Declare(test.DeclareBody()).Accepted());
  EXPECT_TRUE(test.OpenGrant(test.GrantBody()).Accepted());
}

TEST_F(EmergencyGrant, NeedsAnEmergencyInForce) {
  Reach();
  test.net.Advance(73 * kHourMs);
  EXPECT_EQ(test.OpenGrant(test.GrantBody()).code, Code::kNoEmergency);
  ASSERT_TRUE(test.Declare(test.DeclareBody()).Accepted());
  ASSERT_TRUE(test.End().Accepted());
  EXPECT_EQ(test.OpenGrant(test.GrantBody()).code, Code::kNoEmergency);
}

TEST_F(EmergencyGrant, KeepsToTheDeclaredScope) {
  test.PublishResource();
  Json other_label = test.DeclareBody();
  other_label.Set("labels", Texts({"contact"}));
  ASSERT_TRUE(test.Declare(other_label).Accepted());
  EXPECT_EQ(test.OpenGrant(test.GrantBody()).code, Code::kEmergScope);
  Json other_department = test.DeclareBody();
  other_department.Set("departments", Texts({kSw}));
  ASSERT_TRUE(test.Declare(other_department).Accepted());
  EXPECT_EQ(test.OpenGrant(test.GrantBody()).code, Code::kEmergScope);
  Json by_name = test.DeclareBody();
  by_name.Set("resources", Texts({ledger::ToHex(test.resource)})).Remove("labels");
  ASSERT_TRUE(test.Declare(by_name).Accepted());
  EXPECT_TRUE(test.OpenGrant(test.GrantBody()).Accepted());
}

TEST_F(EmergencyGrant, NotSharedDataIsNamedAndByLaw) {
  Reach(Content("NOT_SHARED"));
  EXPECT_EQ(test.OpenGrant(test.GrantBody()).code, Code::kEmergScope);
  Json named = test.DeclareBody();
  named.Set("resources", Texts({ledger::ToHex(test.resource)}));
  Json by_plan = named;
  by_plan.Set("basis_kind", "PLAN");
  ASSERT_TRUE(test.Declare(by_plan).Accepted());
  EXPECT_EQ(test.OpenGrant(test.GrantBody()).code, Code::kEmergScope);
  ASSERT_TRUE(test.Declare(named).Accepted());
  EXPECT_TRUE(test.OpenGrant(test.GrantBody()).Accepted());
}

// The draft is never published, so the rule about CORE is seen before that.
TEST_F(EmergencyGrant, NeverCoreData) {
  ASSERT_TRUE(test.Draft(Content("CONDITIONAL", "CORE")).Accepted());
  ASSERT_TRUE(test.Declare(test.DeclareBody()).Accepted());
  EXPECT_EQ(test.OpenGrant(test.GrantBody()).code, Code::kCoreDataForbidden);
  ASSERT_TRUE(test.Draft(Content()).Accepted());
  EXPECT_EQ(test.OpenGrant(test.GrantBody()).code, Code::kResNotPublished);
}

TEST_F(EmergencyGrant, OverridesNothingElse) {
  Reach();
  EXPECT_EQ(With("items", Texts({"nothing"})), Code::kItemUnknown);
  EXPECT_EQ(With("mode", "FILE"), Code::kFieldInvalid);
  EXPECT_EQ(With("mode", "BATCH"), Code::kFieldRequired);  // without a date of retention
  EXPECT_EQ(With("mode", "PAGE"), Code::kFieldRequired);   // without an office network
  Json page = test.GrantBody();
  page.Set("mode", "PAGE").Set("client_nets", Texts({"10.1.0.0/16"}));
  EXPECT_EQ(test.OpenGrant(page).code, Code::kAccountsRequired);
  Json batch = test.GrantBody();
  batch.Set("mode", "BATCH").Set("retention_until", 20260601);
  EXPECT_EQ(test.OpenGrant(batch).code, Code::kSafeguardRequired);
  batch.Set("measures", Texts({"ENCRYPTED_STORAGE", "WATERMARK"}));
  EXPECT_TRUE(test.OpenGrant(batch).Accepted());
  // What was named is no gap afterwards.
  const auto flags = DerivedFlagsOf(
      test.net.View(), {.height = test.net.Height(), .time = test.net.Time()}, test.grant);
  EXPECT_EQ(std::ranges::find(flags, "SAFEGUARD_GAP", &DerivedFlag::flag), flags.end());
}

TEST_F(EmergencyGrant, SystemsAreTheConsumers) {
  Reach();
  Json other = test.GrantBody();
  other.Set("consumer", kSw);
  EXPECT_EQ(test.OpenGrant(other).code, Code::kSystemNotOwned);
  Json own = test.DeclareBody();
  own.Set("departments", Texts({kGa}));
  ASSERT_TRUE(test.Declare(own).Accepted());
  other.Set("consumer", kGa).Set("emergency", ledger::ToHex(test.emergency));
  EXPECT_EQ(test.OpenGrant(other).code, Code::kSelfRequest);
}

TEST_F(EmergencyGrant, EveryAccessIsMarkedAndNamesItsCase) {
  test.ReachEmergencyGrant();
  EXPECT_EQ(test.Report(test.LoneRecord("a1")).flags, ledger::FlagBit(Flag::kEmergency));
  Json bare = test.LoneRecord("a2");
  bare.Remove("case_commitment");
  EXPECT_EQ(test.Report(bare).flags,
            ledger::FlagBit(Flag::kEmergency) | ledger::FlagBit(Flag::kFieldMissing));
  test.net.AdvanceTo(20260419, 21);
  const Outcome after = test.Report(test.LoneRecord("a3"));
  EXPECT_TRUE(after.Has(Flag::kEmergency));
  EXPECT_TRUE(after.Has(Flag::kExpired));
}

// From a low grade no case is asked for, but in an emergency it is.
TEST_F(EmergencyGrant, ACaseIsNamedWhateverTheGrade) {
  Reach(Content("CONDITIONAL", "G1"));
  ASSERT_TRUE(test.OpenGrant(test.GrantBody()).Accepted());
  test.net.Advance(1000);
  Json bare = test.LoneRecord("a1");
  bare.Remove("case_commitment");
  EXPECT_TRUE(test.Report(bare).Has(Flag::kFieldMissing));
  EXPECT_EQ(test.Report(test.LoneRecord("a2")).flags, ledger::FlagBit(Flag::kEmergency));
}

TEST_F(EmergencyGrant, ADigestBatchIsMarkedToo) {
  test.ReachEmergencyGrant();
  const std::int64_t now = test.net.Time();
  Json masks = Json::MakeArray();
  masks.Push(Json::MakeObject({{"mask", "07"}, {"n", 3}}));
  Json digest = Json::MakeObject(
      {{"counts", Json::MakeObject({{"ok", 3}, {"denied", 0}, {"error", 0}, {"not_found", 0}})},
       {"from", now - 500},
       {"to", now - 100},
       {"max_rows", 1},
       {"peak_per_min", 3},
       {"root", Hash('d')},
       {"rows", 3}});
  Json ips = Json::MakeArray();
  ips.Push(Json::MakeObject({{"address", "10.20.3.7"}, {"n", 3}}));
  digest.Set("ip_counts", std::move(ips))
      .Set("purpose_codes", Texts({"SUPERVISION"}))
      .Set("matter_codes", Texts({"M-1"}));
  Json versions = Json::MakeArray();
  versions.Push(0);
  digest.Set("items_mask_counts", std::move(masks)).Set("dataset_versions", std::move(versions));
  const auto report = [&](std::string_view id) {
    Json batch = Json::MakeObject({{"grant", ledger::ToHex(test.grant)},
                                   {"batch_id", id},
                                   {"form", "digest"},
                                   {"system", ledger::ToHex(test.net.Identity("jt-app"))}});
    batch.Set("digest", digest);
    return test.net.Do("access.batch", kGa, {System("ga-gw")}, batch).flags;
  };
  EXPECT_EQ(report("b1"), ledger::FlagBit(Flag::kEmergency) | ledger::FlagBit(Flag::kFieldMissing));
  digest.Set("case_root", Hash('e'));
  EXPECT_EQ(report("b2"), ledger::FlagBit(Flag::kEmergency));
}

TEST_F(EmergencyGrant, TheProviderMayObject) {
  test.ReachEmergencyGrant();
  Json body = Ref("grant", test.grant);
  body.Set("reason_code", "SCOPE").Set("reason_digest", Hash('1'));
  EXPECT_EQ(test.net.Do("emergency.object", kJt, {Head("jt-h1")}, body).code, Code::kRoleDenied);
  EXPECT_EQ(test.net.Do("emergency.object", kGa, {Head("ga-h1")}, body).flags, 0U);
  EXPECT_EQ(test.net.Body(test.grant).acts.back().op, "emergency.object");
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
  EXPECT_TRUE(test.net.Do("emergency.object", kGa, {Head("ga-h1")}, Ref("grant", test.grant))
                  .Has(Flag::kFieldMissing));
}

TEST_F(EmergencyGrant, AnOrdinaryGrantIsNotObjectedTo) {
  test.ReachGrant();
  EXPECT_EQ(test.net.Do("emergency.object", kGa, {Head("ga-h1")}, Ref("grant", test.grant)).code,
            Code::kBadState);
}

}  // namespace
}  // namespace jiandu::contracts::testing
