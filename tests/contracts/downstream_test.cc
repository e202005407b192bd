// What a wrong item of a version has reached: T29 to T31 of the worked scenario, and Q2.
#include "contracts/downstream.h"

#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Reached : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachDerived();
    derivation_of_d1 = test.derivation;
    const Json content = LineageCase::DerivedContent("D3");
    d3 = test.DraftOf("sw", content);
    Json map = Json::MakeArray();
    map.Push(LineageCase::Made("plate", "plate"));
    map.Push(LineageCase::Made("verdict", "verdict"));
    const Json input = LineageCase::Input(test.d1, 1, test.below, {"plate", "verdict"});
    ASSERT_EQ(test.Derive(LineageCase::DerivationBody(d3, input, map), "sw").flags, 0U);
    derivation_of_d3 = test.derivation;
  }
  [[nodiscard]] AsOf Now() const { return {.height = test.net.Height(), .time = test.net.Time()}; }
  [[nodiscard]] std::vector<Downstream> Of(const std::string& item,
                                           std::int64_t version = 7) const {
    return DownstreamOf(test.net.View(), Now(), test.resource, version, item).carriers;
  }
  void Fix() {
    Json file = Ref("resource", test.resource);
    file.Set("version_seen", 0).Set("item_ids", Texts({"status"})).Set("kind", "WRONG");
    file.Set("observed_digest", Hash('1')).Set("evidence_digest", Hash('2'));
    const Outcome filed = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, file);
    ASSERT_TRUE(filed.Accepted());
    correction = filed.Born(ledger::EntityKind::kCorrection);
    Json refresh = Ref("resource", test.resource);
    refresh.Set("dataset_version", 8).Set("dataset_digest", Hash('3'));
    ASSERT_TRUE(test.net.Do("resource.refresh", kGa, {System("ga-gw")}, refresh).Accepted());
    Json body = Ref("correction", correction);
    body.Set("verdict", "FIXED").Set("new_version", 8);
    ASSERT_TRUE(
        test.net.Do("correction.resolve", kGa, {Maker("ga-c2"), Head("ga-h1")}, body).Accepted());
  }
  void Refresh(const EntityId& derivation, const EntityId& input, std::int64_t version,
               std::string_view alias) {
    Json inputs = Json::MakeArray();
    Json named = Ref("resource", input);
    named.Set("version", version);
    inputs.Push(named);
    Json body = Ref("derivation", derivation);
    body.Set("out_version", 2).Set("inputs", inputs);
    ASSERT_TRUE(test.net
                    .Do("derivation.refresh", LineageCase::CodeOf(alias),
                        {Maker(std::string(alias) + "-c1")}, body)
                    .Accepted());
  }
  LineageCase test;
  EntityId derivation_of_d1;
  EntityId d3;
  EntityId derivation_of_d3;
  EntityId correction;
};

TEST_F(Reached, GoesByItemsThroughAllLevels) {
  const auto reached = Of("status");
  ASSERT_EQ(reached.size(), 2U);
  EXPECT_EQ(reached[0].resource, test.d1);
  EXPECT_EQ(reached[0].items, std::set<std::string>{"verdict"});
  EXPECT_EQ(reached[0].level, 1);
  EXPECT_TRUE(reached[0].stale.empty());
  EXPECT_EQ(reached[1].resource, d3);
  EXPECT_EQ(reached[1].input, test.d1);
  EXPECT_EQ(reached[1].level, 2);
  EXPECT_EQ(Of("plate").front().items, std::set<std::string>{"plate"});
  EXPECT_EQ(Of(std::string(kAnyItem)).front().items, (std::set<std::string>{"plate", "verdict"}));
  EXPECT_TRUE(Of("owner").empty());
}

// Whoever records the same version again, of other data, does not undo what it was made of.
TEST_F(Reached, IsNotUndoneByAnotherRecord) {
  Json map = Json::MakeArray();
  map.Push(LineageCase::Made("plate", "plate"));
  for (const std::int64_t version : {1, 2}) {
    const Json own = LineageCase::Input(d3, 1, {}, {"plate"});
    Json body = LineageCase::DerivationBody(test.d1, own, map);
    const Outcome again = test.Derive(body.Set("out_version", version));
    ASSERT_TRUE(again.Accepted()) << CodeName(again.code);
    const auto reached = Of("status");
    ASSERT_EQ(reached.size(), 2U);
    EXPECT_EQ(reached[0].resource, test.d1);
    EXPECT_EQ(reached[0].derivation, derivation_of_d1);
  }
}

TEST_F(Reached, IsStaleFromTheFixUntilItIsMadeAnew) {
  Fix();
  const auto changes = ChangesAfter(test.net.View(), Now(), test.resource, 7, "status");
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].version, 8);
  EXPECT_EQ(changes[0].correction, correction);
  EXPECT_TRUE(ChangesAfter(test.net.View(), Now(), test.resource, 8, "status").empty());
  EXPECT_TRUE(ChangesAfter(test.net.View(), Now(), test.resource, 7, "plate").empty());
  auto reached = Of("status");
  EXPECT_EQ(reached[0].stale, std::set<std::string>{"verdict"});
  EXPECT_EQ(reached[1].stale, std::set<std::string>{"verdict"});
  Refresh(derivation_of_d1, test.resource, 8, "jt");
  reached = Of("status");
  ASSERT_EQ(reached.size(), 2U);
  EXPECT_TRUE(reached[0].stale.empty());
  EXPECT_EQ(reached[0].input_version, 8);
  EXPECT_EQ(reached[0].made_of, 0);
  EXPECT_EQ(reached[1].stale, std::set<std::string>{"verdict"});
  Refresh(derivation_of_d3, test.d1, 2, "sw");
  EXPECT_TRUE(Of("status")[1].stale.empty());
  // jt owes an answer for its grant and for D1.
  EXPECT_GE(TasksAsOf(test.net.View(), Now(), correction).size(), 2U);
}

// Two ways to one resource: an item comes by each of them, and goes on from there.
TEST_F(Reached, ByTwoWaysLosesNoItem) {
  // D5 of sw: its plate is made of D1's verdict, its verdict of D3's; D6 of D5's verdict.
  const EntityId d5 = test.DraftOf("sw", LineageCase::DerivedContent("D5"));
  Json map = Json::MakeArray();
  map.Push(LineageCase::Made("plate", "verdict", false, 0));
  map.Push(LineageCase::Made("verdict", "verdict", false, 1));
  Json body = LineageCase::DerivationBody(
      d5, LineageCase::Input(test.d1, 1, test.below, {"verdict"}), std::move(map));
  Json inputs = Json::MakeArray();
  inputs.Push(LineageCase::Input(test.d1, 1, test.below, {"verdict"}));
  inputs.Push(LineageCase::Input(d3, 1, {}, {"verdict"}));
  body.Set("inputs", std::move(inputs));
  ASSERT_TRUE(test.Derive(body, "sw").Accepted());
  const EntityId d6 = test.DraftOf("sw", LineageCase::DerivedContent("D6"));
  Json below = Json::MakeArray();
  below.Push(LineageCase::Made("plate", "plate"));
  below.Push(LineageCase::Made("verdict", "verdict"));
  const Json input = LineageCase::Input(d5, 1, {}, {"plate", "verdict"});
  ASSERT_TRUE(test.Derive(LineageCase::DerivationBody(d6, input, below), "sw").Accepted());
  std::map<EntityId, std::set<std::string>> items;
  std::set<std::pair<EntityId, EntityId>> ways;
  for (const Downstream& one : Of("status")) {
    items[one.resource].insert(one.items.begin(), one.items.end());
    EXPECT_TRUE(ways.emplace(one.resource, one.input).second);
  }
  EXPECT_EQ(items[d5], (std::set<std::string>{"plate", "verdict"}));
  EXPECT_EQ(items[d6], (std::set<std::string>{"plate", "verdict"}));
  EXPECT_TRUE(ways.contains({d5, test.d1}));
  EXPECT_TRUE(ways.contains({d5, d3}));
  EXPECT_EQ(ways.size(), 5U);  // D1, D3, D5 twice, D6
  EXPECT_TRUE(DownstreamOf(test.net.View(), Now(), test.resource, 7, "status").whole);
}

TEST_F(Reached, WhatWasMadeOfALaterVersionNeverHadIt) {
  Fix();
  const EntityId d4 = test.DraftOf("jt", LineageCase::DerivedContent("D4"));
  Json map = Json::MakeArray();
  map.Push(LineageCase::Made("verdict", "status"));
  const Json input = LineageCase::Input(test.resource, 8, test.grant, {"status"});
  ASSERT_TRUE(test.Derive(LineageCase::DerivationBody(d4, input, map)).Accepted());
  for (const Downstream& one : Of("status", 7)) EXPECT_NE(one.resource, d4);
  const auto later = Of("status", 8);
  EXPECT_TRUE(std::ranges::any_of(later, [&](const auto& one) { return one.resource == d4; }));
}

}  // namespace
}  // namespace jiandu::contracts::testing
