#include "node/speculative_runs.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "tests/node/ledger_fixture.h"

namespace jiandu::node {
namespace {

consensus::BlockId Id(std::uint8_t number) {
  return {.hash = crypto::Sha256(Bytes{number}), .parts = 1, .parts_hash = {}};
}

class SpeculativeRunsTest : public ::testing::Test {
 protected:
  void Run(std::uint8_t number) {
    runs_.MakeRoom();
    runs_.Add(Id(number), overlay_);
  }
  [[nodiscard]] bool Has(std::uint8_t number) { return runs_.Find(Id(number)) != nullptr; }

  testing::TestLedger ledger_;
  store::OverlayPtr overlay_ = ledger_.GenesisOverlay();
  SpeculativeRuns runs_;
};

TEST_F(SpeculativeRunsTest, TheNewestAreKeptAndTheOldestGoes) {
  Run(1);
  Run(2);
  Run(3);
  EXPECT_TRUE(Has(3));
  EXPECT_TRUE(Has(2));
  EXPECT_FALSE(Has(1));
}

TEST_F(SpeculativeRunsTest, WhatIsProposedAgainIsAmongTheNewest) {
  Run(1);
  Run(2);
  EXPECT_TRUE(Has(1));
  Run(3);
  EXPECT_TRUE(Has(1));
  EXPECT_FALSE(Has(2));
}

TEST_F(SpeculativeRunsTest, RoomIsMadeBeforeABlockIsRun) {
  Run(1);
  Run(2);
  const long held = overlay_.use_count();
  runs_.MakeRoom();
  EXPECT_EQ(overlay_.use_count(), held - 1);
  EXPECT_TRUE(Has(2));
}

TEST_F(SpeculativeRunsTest, NothingIsKeptOnceTheHeightIsDecided) {
  Run(1);
  runs_.Clear();
  EXPECT_FALSE(Has(1));
}

}  // namespace
}  // namespace jiandu::node
