// The whole path of a sharing case, from catalogue to recorded access and correction, under each
// profile.
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class PathTest : public ::testing::TestWithParam<std::string> {};

TEST_P(PathTest, LeadsFromCatalogueToAccessAndCorrection) {
  TestCase test(GetParam());
  test.ReachGrant();
  EXPECT_EQ(test.net.Status(test.resource), "PUBLISHED");
  EXPECT_EQ(test.net.Status(test.request), "GRANTED");
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
  ASSERT_TRUE(test.net.Do("grant.service_ready", kGa, {System("ga-gw")}, Ref("grant", test.grant))
                  .Accepted());

  const Outcome access = test.Report(test.LoneRecord("acc-1"));
  ASSERT_TRUE(access.Accepted()) << CodeName(access.code);
  EXPECT_EQ(access.flags, 0U);

  Json filing = Ref("resource", test.resource);
  filing.Set("version_seen", 0)
      .Set("item_ids", Texts({"status"}))
      .Set("kind", "WRONG")
      .Set("observed_digest", Hash('1'))
      .Set("evidence_digest", Hash('2'));
  const Outcome filed = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, filing);
  ASSERT_TRUE(filed.Accepted());
  EXPECT_EQ(filed.flags, 0U);
  const EntityId correction = filed.Born(ledger::EntityKind::kCorrection);
  ASSERT_TRUE(test.net.Do("correction.accept", kGa, {Maker("ga-c1")}, Ref("correction", correction))
                  .Accepted());
  Json refresh = Ref("resource", test.resource);
  refresh.Set("dataset_version", 1).Set("dataset_digest", Hash('3'));
  ASSERT_TRUE(test.net.Do("resource.refresh", kGa, {System("ga-gw")}, refresh).Accepted());
  Json resolve = Ref("correction", correction);
  resolve.Set("verdict", "FIXED").Set("new_version", 1);
  ASSERT_TRUE(
      test.net.Do("correction.resolve", kGa, {Maker("ga-c1"), Head("ga-h1")}, resolve).Accepted());
  Json confirm = Ref("correction", correction);
  confirm.Set("confirmed", true);
  ASSERT_TRUE(test.net.Do("correction.confirm", kJt, {Maker("jt-c1")}, confirm).Accepted());
  EXPECT_EQ(test.net.Status(correction), "CONFIRMED");
}

INSTANTIATE_TEST_SUITE_P(Profiles, PathTest, ::testing::Values("combined", "hangzhou", "order809"),
                         [](const auto& profile) { return profile.param; });

TEST(Path, AnUnconditionalRequestIsApprovedByTheManagersOpening) {
  for (const std::string_view profile : {"combined", "hangzhou"}) {
    TestCase test(profile);
    test.PublishResource(Content("UNCONDITIONAL", "G1"));
    ASSERT_TRUE(test.SubmitRequest(test.RequestBody("UNCONDITIONAL")).Accepted());
    if (profile == "combined") {
      EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kNotApproved);
      ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
    }
    const Outcome opened = test.Open(test.OpenBody());
    EXPECT_TRUE(opened.Accepted()) << profile << " " << CodeName(opened.code);
  }
}

TEST(Path, Order809AsksTheProviderAloneForUnconditional) {
  TestCase test("order809");
  test.PublishResource(Content("UNCONDITIONAL", "G1"));
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody("UNCONDITIONAL")).Accepted());
  EXPECT_EQ(test.Decide("db", test.DecisionBody()).code, Code::kRoleDenied);
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kNotApproved);
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  EXPECT_TRUE(test.Open(test.OpenBody()).Accepted());
}

TEST(Path, ReplayGivesTheSameWrites) {
  TestCase first;
  first.ReachGrant();
  TestCase second;
  second.ReachGrant();
  EXPECT_EQ(first.net.Digests(), second.net.Digests());
}

TEST(Path, OneBlockOrManyGiveTheSameStubs) {
  TestCase test;
  test.ReachGrant();
  std::vector<TransactionPtr> records;
  for (int i = 0; i < 20; ++i) {
    records.push_back(test.net.Make("access.record", kGa, {System("ga-gw")},
                                    test.LoneRecord("acc-" + std::to_string(i))));
  }
  const BlockOutcome block = test.net.Block(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(block.codes[i], 0U);
    // Grant, resource, pair and department-month: each history grows by one per access.
    ASSERT_EQ(block.stubs[i].touched.size(), 4U);
    if (i == 0) continue;
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_EQ(block.stubs[i].touched[k].entity, block.stubs[0].touched[k].entity);
      EXPECT_EQ(block.stubs[i].touched[k].seq, block.stubs[0].touched[k].seq + i);
    }
  }
  const auto leaf = test.net.Leaf(test.grant);
  ASSERT_TRUE(leaf.has_value());
  // Opened, acknowledged, and twenty accesses.
  EXPECT_EQ(leaf->size, 22U);
}

}  // namespace
}  // namespace jiandu::contracts::testing
