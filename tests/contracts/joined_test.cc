// Departments that come into a case after its birth list it from then on, at the place of its
// birth; successors list what those had whom they follow (docs/contracts.md 4.1, 4.4, 4.13).
#include "contracts/department.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

using Listing = BlockOutcome::Listing;

Json Wanted() {
  Json items = Json::MakeArray();
  items.Push(Json::MakeObject({{"element_code", "DE-other"}, {"subject_kind", "PERSON"}}));
  Json body = Json::MakeObject(
      {{"basis", "网约车管理办法"}, {"scene", "驾驶员背景核查"}, {"urgency", "NORMAL"}});
  return body.Set("items_wanted", items);
}

class Joined : public ::testing::Test {
 protected:
  static const Listing* Find(const std::vector<Listing>& listings, const EntityId& id) {
    const auto found = std::ranges::find(listings, id, &Listing::id);
    return found != listings.end() ? &*found : nullptr;
  }
  EntityId Demand() {
    const Outcome outcome =
        test.net.Do("demand.submit", kJt, {Maker("jt-c1"), Head("jt-h1")}, Wanted());
    EXPECT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    return outcome.Born(ledger::EntityKind::kDemand);
  }
  TransactionPtr Assign(const EntityId& demand, std::string_view provider) {
    Json body = Ref("demand", demand);
    body.Set("verdict", "ASSIGN").Set("provider", provider);
    return test.net.Make("demand.assign", kDb, {Maker("db-c1"), Head("db-h1")}, body);
  }
  TestCase test;
};

TEST_F(Joined, TheProviderOfADemandListsItOnceItIsAssigned) {
  const EntityId demand = Demand();
  const BlockOutcome block = test.net.Block({Assign(demand, kGa)});
  ASSERT_EQ(block.codes.at(0), 0U);
  const Listing* joined = Find(block.joined, demand);
  ASSERT_NE(joined, nullptr);
  EXPECT_EQ(joined->departments, std::vector<ledger::DepartmentId>{std::string(kGa)});
  EXPECT_TRUE(block.births.empty());  // nothing new has come about
  EXPECT_EQ(joined->index, test.net.Leaf(demand)->birth);
}

TEST_F(Joined, TheSourceOfACorrectionListsItOnceItIsForwarded) {
  Json content = Content();
  Json items = Json::MakeArray();
  Json item = Item("plate", "G3");
  item.Set("authoritative_source", kSw);
  items.Push(item);
  content.Set("items", items);
  test.PublishResource(content);
  Json filing = Ref("resource", test.resource);
  filing.Set("version_seen", 0).Set("item_ids", Texts({"plate"})).Set("kind", "WRONG");
  filing.Set("observed_digest", Hash('1')).Set("evidence_digest", Hash('2'));
  const Outcome filed = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, filing);
  const EntityId correction = filed.Born(ledger::EntityKind::kCorrection);
  Json body = Ref("correction", correction);
  body.Set("source", kSw);
  const BlockOutcome block =
      test.net.Block({test.net.Make("correction.forward", kGa, {Maker("ga-c1")}, body)});
  ASSERT_EQ(block.codes.at(0), 0U);
  const Listing* joined = Find(block.joined, correction);
  ASSERT_NE(joined, nullptr);
  EXPECT_EQ(joined->departments, std::vector<ledger::DepartmentId>{std::string(kSw)});
}

// Born and joined in one block it has one place in the lists.
TEST_F(Joined, InTheBlockOfTheBirthItIsOneEntry) {
  const TransactionPtr submitted =
      test.net.Make("demand.submit", kJt, {Maker("jt-c1"), Head("jt-h1")}, Wanted());
  const EntityId demand = ledger::BornId(ledger::EntityKind::kDemand, submitted->txid, 0);
  const BlockOutcome block = test.net.Block({submitted, Assign(demand, kGa)});
  ASSERT_EQ(block.codes, (std::vector<std::uint32_t>{0, 0}));
  EXPECT_EQ(std::ranges::count(block.births, demand, &Listing::id), 1);
  EXPECT_TRUE(block.joined.empty());
  const auto& departments = Find(block.births, demand)->departments;
  EXPECT_TRUE(std::ranges::binary_search(departments, kGa));
  EXPECT_TRUE(std::ranges::binary_search(departments, kJt));
}

TEST_F(Joined, NobodyJoinsByActing) {
  test.ReachRequest();
  Json body = test.DecisionBody();
  const BlockOutcome block = test.net.Block(
      {test.net.Make("decision.submit", kGa, {Maker("ga-c1"), Head("ga-h1")}, body)});
  ASSERT_EQ(block.codes.at(0), 0U);
  EXPECT_TRUE(block.births.empty());
  EXPECT_TRUE(block.joined.empty());
}

TEST_F(Joined, SuccessorsAreKnownByThoseTheyFollow) {
  const auto merge = [this](std::string_view old, const std::string& head, std::string_view into,
                            const std::string& heir) {
    const Json body = Json::MakeObject({{"department", old},
                                        {"kind", "MERGED"},
                                        {"decision_no", "临编〔2026〕3号"},
                                        {"decision_digest", Hash('1')},
                                        {"date", 20260302},
                                        {"successors", Texts({into})},
                                        {"default_successor", into}});
    return test.net.Do("department.reorg", old, {Head(head), Peer(heir), Peer("db-h1")}, body);
  };
  EXPECT_TRUE(PredecessorsOf(test.net.View(), kJt).empty());
  ASSERT_TRUE(merge(kGa, "ga-h1", kSw, "sw-h1").Accepted());
  ASSERT_TRUE(merge(kSw, "sw-h1", kJt, "jt-h1").Accepted());
  EXPECT_EQ(PredecessorsOf(test.net.View(), kJt),
            (std::vector<ledger::DepartmentId>{std::string(kSw), std::string(kGa)}));
  EXPECT_TRUE(PredecessorsOf(test.net.View(), kGa).empty());
}

}  // namespace
}  // namespace jiandu::contracts::testing
