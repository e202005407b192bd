// A program and rules it does not know: nothing of the height they are in force from is judged, by
// nobody who executes blocks (docs/contracts.md 4.2).
#include "contracts/ruleset.h"

#include "tests/node/ledger_fixture.h"

namespace jiandu::node::testing {
namespace {

// A ledger in whose state another rule set was voted, in force from height 3 on.
class Ruleset : public ::testing::Test {
 protected:
  void SetUp() override {
    store::MemoryStore store;
    store::KvBatch batch;
    batch.Put(ledger::ConfigKey("ruleset-next"),
              ToBytes(R"({"from":3,"ruleset":2,"source_digest":""})"));
    ASSERT_TRUE(store.Write(batch, store::Durability::kUnsynced).has_value());
    view = store::LedgerView::FromGenesis(store.Snapshot(), ledger.GenesisOverlay());
    auto at_genesis = TipOf(ledger.Genesis(), *view, {});
    ASSERT_TRUE(at_genesis.has_value());
    tip = std::move(*at_genesis);
  }
  // The next block as its proposer would make it.
  [[nodiscard]] BlockData Next() const {
    BlockData data;
    data.block = MakeBlock(tip, tip.set->BySeat(0).address, tip.time_ms + 50, {});
    data.bytes = std::make_shared<const Bytes>(data.block.Encode());
    data.id = consensus::MakeBlockId(data.block.header.Hash(), *data.bytes);
    return data;
  }
  void Grow() {
    const BlockData data = Next();
    auto overlay = ExecuteBlock(tip, *view, data);
    ASSERT_TRUE(overlay.has_value());
    view = view->With(*overlay);
    auto next = NextTip(tip, data, **overlay, *view, {});
    ASSERT_TRUE(next.has_value());
    tip = std::move(*next);
  }
  TestLedger ledger;
  store::LedgerViewPtr view;
  ChainTip tip;
};

TEST_F(Ruleset, IsThatOfGenesisUntilTheOtherIsInForce) {
  EXPECT_EQ(tip.ruleset, 1U);
  Grow();
  EXPECT_EQ(tip.ruleset, 1U);
  EXPECT_TRUE(CheckRuleset(tip).has_value());
  EXPECT_EQ(contracts::ReadPlannedRuleset(*view)->from, 3U);
  Grow();
  EXPECT_EQ(tip.height, 2U);
  EXPECT_EQ(tip.ruleset, 2U);
}

TEST_F(Ruleset, AHeightOfUnknownRulesIsNotJudged) {
  Grow();
  Grow();
  const auto known = CheckRuleset(tip);
  ASSERT_FALSE(known.has_value());
  EXPECT_NE(known.error().detail.find("from height 3"), std::string::npos);
  EXPECT_NE(known.error().detail.find("rule set 2"), std::string::npos);
  const BlockData third = Next();
  EXPECT_EQ(third.block.header.version_app, 2U);
  const auto overlay = ExecuteBlock(tip, *view, third);
  ASSERT_FALSE(overlay.has_value());
  EXPECT_EQ(overlay.error().detail, known.error().detail);
}

// Nor is it proposed or voted for under the old rules: the header says which are meant.
TEST_F(Ruleset, AHeaderOfTheOldRulesDoesNotFit) {
  Grow();
  Grow();
  BlockData third = Next();
  third.block.header.version_app = 1;
  EXPECT_FALSE(CheckHeader(tip, third.block, nullptr).has_value());
}

}  // namespace
}  // namespace jiandu::node::testing
