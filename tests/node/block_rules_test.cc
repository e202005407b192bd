// What a header must say of the heights before it, field by field.

#include "node/block_rules.h"

#include <gtest/gtest.h>

#include "tests/node/ledger_fixture.h"

namespace jiandu::node {
namespace {

using consensus::Header;
using testing::TestLedger;

class BlockRules : public ::testing::Test {
 protected:
  BlockRules() { ledger_.GrowTo(2); }

  [[nodiscard]] consensus::Block Next() const {
    const ChainTip& tip = ledger_.Tip();
    return MakeBlock(tip, tip.set->BySeat(0).address, tip.time_ms + 50, {});
  }
  [[nodiscard]] bool Fits(const consensus::Block& block) const {
    return CheckHeader(ledger_.Tip(), block, ledger_.Tip().set.get()).has_value();
  }
  [[nodiscard]] bool FitsWith(const std::function<void(Header&)>& change) const {
    consensus::Block block = Next();
    change(block.header);
    return Fits(block);
  }

  TestLedger ledger_;
};

TEST_F(BlockRules, WhatAProposerMakesFits) { EXPECT_TRUE(Fits(Next())); }

TEST_F(BlockRules, AHeaderIsOfThisChainHeightAndParent) {
  EXPECT_FALSE(FitsWith([](Header& h) { h.version_block = 12; }));
  EXPECT_FALSE(FitsWith([](Header& h) { h.version_app = 2; }));
  EXPECT_FALSE(FitsWith([](Header& h) { h.chain_id = "other"; }));
  EXPECT_FALSE(FitsWith([](Header& h) { h.height = 2; }));
  EXPECT_FALSE(FitsWith([](Header& h) { h.height = 4; }));
  EXPECT_FALSE(FitsWith([](Header& h) { h.last_block_id.hash.bytes[0] ^= 1; }));
  EXPECT_FALSE(FitsWith([](Header& h) { h.consensus_hash.bytes[0] ^= 1; }));
}

TEST_F(BlockRules, AHeaderNamesTheSetsOfItsHeightAndTheNext) {
  EXPECT_FALSE(FitsWith([](Header& h) { h.validators_hash.bytes[0] ^= 1; }));
  EXPECT_FALSE(FitsWith([](Header& h) { h.next_validators_hash.bytes[0] ^= 1; }));
  EXPECT_FALSE(FitsWith([](Header& h) { h.proposer.bytes[0] ^= 1; }));
}

// The state after H is certified by header H + 1: a node that came to another state must not vote.
TEST_F(BlockRules, AHeaderCertifiesTheStateAfterTheBlockBefore) {
  EXPECT_FALSE(FitsWith([](Header& h) { h.app_hash.bytes[0] ^= 1; }));
  EXPECT_FALSE(FitsWith([](Header& h) { h.last_results_hash.bytes[0] ^= 1; }));
}

TEST_F(BlockRules, TimeIncreasesByWholeMilliseconds) {
  const std::int64_t last_ms = ledger_.Tip().time_ms;
  const auto at = [this](const consensus::Time& time) {
    return FitsWith([&time](Header& h) { h.time = time; });
  };
  EXPECT_FALSE(at(consensus::Time::FromMs(last_ms - 1)));
  EXPECT_FALSE(at(consensus::Time::FromMs(last_ms)));
  EXPECT_TRUE(at(consensus::Time::FromMs(last_ms + 1)));
  consensus::Time fraction = consensus::Time::FromMs(last_ms + 1);
  ++fraction.nanos;
  EXPECT_FALSE(at(fraction));
}

TEST_F(BlockRules, TheCommitOfTheBlockBeforeMustHold) {
  const auto fits_with = [this](const std::function<void(consensus::Commit&)>& change) {
    consensus::Block block = Next();
    change(block.last_commit);
    return Fits(block);
  };
  using consensus::Commit;
  EXPECT_FALSE(fits_with([](Commit& c) { c.signatures[0].signature.bytes[3] ^= 1; }));
  EXPECT_FALSE(fits_with([](Commit& c) { c.signatures[0] = {}; }));
  EXPECT_FALSE(fits_with([](Commit& c) { c.height = 1; }));
  EXPECT_FALSE(fits_with([](Commit& c) { c.id.hash.bytes[0] ^= 1; }));
}

}  // namespace
}  // namespace jiandu::node
