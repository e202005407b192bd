// Doubts of others do not hide a true one, and a doubt about what nobody ever saw has no effect
// (docs/contracts.md 4.13).
#include "contracts/derived_flags.h"
#include "contracts/propagation.h"
#include "contracts/resource.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class CorrectionFlood : public ::testing::Test {
 protected:
  Outcome File(std::string_view department, const std::string& key) {
    Json body = Ref("resource", test.resource);
    body.Set("version_seen", 0).Set("item_ids", Texts({"status"})).Set("kind", "WRONG");
    body.Set("observed_digest", Hash('1')).Set("evidence_digest", Hash('2'));
    return test.net.Do("correction.file", department, {Maker(key)}, body);
  }
  EntityId Filed(std::string_view department, const std::string& key) {
    const Outcome filed = File(department, key);
    EXPECT_TRUE(filed.Accepted()) << CodeName(filed.code);
    return filed.Born(ledger::EntityKind::kCorrection);
  }
  Outcome Resolve(const EntityId& correction) {
    Json body = Ref("correction", correction);
    body.Set("verdict", "NOT_WRONG").Set("reason_code", "OTHER");
    body.Set("reason_digest", Hash('1')).Set("evidence_digest", Hash('2'));
    return test.net.Do("correction.resolve", kGa, {Maker("ga-c1"), Head("ga-h1")}, body);
  }
  Code Confirm(const EntityId& correction, bool confirmed) {
    Json body = Ref("correction", correction);
    return test.net
        .Do("correction.confirm", kJt, {Maker("jt-c1")}, body.Set("confirmed", confirmed))
        .code;
  }
  [[nodiscard]] std::set<EntityId> Disputed(const EntityId& shown) const {
    std::set<EntityId> subjects;
    const AsOf now{.height = test.net.Height(), .time = test.net.Time()};
    for (const DerivedFlag& flag : DerivedFlagsOf(test.net.View(), now, shown)) {
      if (flag.flag == "DISPUTED") subjects.insert(flag.subject);
    }
    return subjects;
  }
  [[nodiscard]] std::uint32_t Open() const {
    const BlockContext context{.chain = std::string(kChain),
                               .height = test.net.Height(),
                               .time = test.net.Time(),
                               .log_size = 0};
    const BlockState state(test.net.View(), context);
    return OpenCases(state, test.resource);
  }

  TestCase test;
};

// Keys are hashes: without a place of its own the one true doubt would sooner or later stand
// behind the others, whoever files them.
TEST_F(CorrectionFlood, HidesNoTrueDoubt) {
  test.ReachGrant();
  const EntityId before = Filed(kJt, "jt-c1");
  for (int i = 0; i < 300; ++i) Filed(kSw, "sw-c1");
  const EntityId after = Filed(kJt, "jt-c1");
  const EntityId stranger = Filed(kDb, "db-c1");
  for (const EntityId& shown : {test.resource, test.grant}) {
    const std::set<EntityId> disputed = Disputed(shown);
    EXPECT_TRUE(disputed.contains(before));
    EXPECT_TRUE(disputed.contains(after));
    EXPECT_TRUE(disputed.contains(stranger));
    EXPECT_EQ(disputed.size(), 3 + kDisputesOfStranger);
  }
  // Those that are listed no more are open all the same, and leave as they came.
  EXPECT_EQ(Open(), 303U);
  ASSERT_TRUE(Resolve(before).Accepted());
  EXPECT_FALSE(Disputed(test.resource).contains(before));
  EXPECT_TRUE(Disputed(test.resource).contains(after));
}

// Nor does one user's list reach into another's.
TEST_F(CorrectionFlood, OfAUserHidesNoOther) {
  test.ReachGrant();
  const EntityId stranger = Filed(kSw, "sw-c1");
  for (std::size_t i = 0; i < 2 * kDisputesOfUser; ++i) Filed(kJt, "jt-c1");
  const std::set<EntityId> disputed = Disputed(test.grant);
  EXPECT_TRUE(disputed.contains(stranger));
  EXPECT_EQ(disputed.size(), 1 + kDisputesOfUser);
}

// A draft was seen by nobody: the report stands, flagged, and burdens neither its provider nor the
// entry.
TEST_F(CorrectionFlood, ADoubtAboutADraftIsOnRecordAlone) {
  ASSERT_TRUE(test.Draft(Content()).Accepted());
  const Outcome filed = File(kJt, "jt-c1");
  ASSERT_TRUE(filed.Accepted()) << CodeName(filed.code);
  EXPECT_EQ(filed.flags, ledger::FlagBit(Flag::kNotAUser));
  const EntityId correction = filed.Born(ledger::EntityKind::kCorrection);
  EXPECT_EQ(test.net.Status(correction), "FILED");
  EXPECT_EQ(test.net.Body(correction).FindClock("D07"), nullptr);
  EXPECT_TRUE(Disputed(test.resource).empty());
  EXPECT_TRUE(Disputed(correction).empty());
  EXPECT_EQ(Open(), 0U);
  ASSERT_TRUE(Resolve(correction).Accepted());
  EXPECT_EQ(Confirm(correction, false), Code::kAccepted);
  EXPECT_EQ(test.net.Status(correction), "REOPENED");
  EXPECT_EQ(test.net.Body(correction).FindClock("D07"), nullptr);
  EXPECT_EQ(Open(), 0U);
}

// Data that flowed before its entry was published is used: the doubt has its effect.
TEST_F(CorrectionFlood, WhoHasTheDataOfADraftIsAUser) {
  ASSERT_TRUE(test.Draft(Content()).Accepted());
  Json record = test.Record("a1");
  record.Remove("grant");
  record.Set("resource", ledger::ToHex(test.resource))
      .Set("grant_missing", true)
      .Set("consumer", kJt);
  const Outcome reported = test.net.Do("access.record", kGa, {System("ga-gw")}, record);
  ASSERT_TRUE(reported.Accepted()) << CodeName(reported.code);
  const Outcome filed = File(kJt, "jt-c1");
  EXPECT_EQ(filed.flags, 0U);
  EXPECT_NE(test.net.Body(filed.Born(ledger::EntityKind::kCorrection)).FindClock("D07"), nullptr);
  EXPECT_EQ(Disputed(test.resource).size(), 1U);
}

// Published once is enough: data of a suspended entry is still held.
TEST_F(CorrectionFlood, ASuspendedEntryIsDoubtedLikeAnyOther) {
  test.PublishResource();
  Json suspend = Ref("resource", test.resource);
  suspend.Set("ground", "QUALITY").Set("reason_digest", Hash('1'));
  const Outcome suspended = test.net.Do("resource.suspend", kDb, {Head("db-h1")}, suspend);
  ASSERT_TRUE(suspended.Accepted()) << CodeName(suspended.code);
  const EntityId correction = Filed(kJt, "jt-c1");
  EXPECT_NE(test.net.Body(correction).FindClock("D07"), nullptr);
  EXPECT_EQ(Open(), 1U);
}

}  // namespace
}  // namespace jiandu::contracts::testing
