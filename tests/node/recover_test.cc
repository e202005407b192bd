// From what is on disk to where the node goes on: what a crash or a bad disk leaves is mended or
// refused, never taken for granted.

#include "node/recover.h"

#include <gtest/gtest.h>

#include "tests/node/ledger_fixture.h"

namespace jiandu::node {
namespace {

using testing::TempFolder;
using testing::TestLedger;

class RecoverTest : public ::testing::Test {
 protected:
  RecoverTest() { ledger_.GrowTo(20); }

  // Everything is there as if nothing had happened.
  void ExpectWhole(const Result<Recovered>& recovered) const {
    ASSERT_TRUE(recovered.has_value()) << recovered.error().detail;
    EXPECT_EQ(recovered->tip.height, ledger_.Tip().height);
    EXPECT_EQ(recovered->tip.app_hash, ledger_.Tip().app_hash);
    EXPECT_EQ(recovered->tip.block_id, ledger_.Tip().block_id);
    for (consensus::Height height = 0; height <= ledger_.Tip().height; ++height) {
      const auto row = recovered->view->RowAt(height);
      ASSERT_TRUE(row.has_value()) << height;
      EXPECT_EQ(*row, *ledger_.View()->RowAt(height)) << height;
    }
  }

  TempFolder folder_;
  DataPaths paths_{folder_.Path()};
  TestLedger ledger_;
};

TEST_F(RecoverTest, WhatIsWholeIsTakenAsItIs) {
  ledger_.WriteSegments(paths_);
  ledger_.WriteDatabase(paths_);
  const auto recovered = ledger_.Recover(paths_);
  ExpectWhole(recovered);
  EXPECT_EQ(recovered->replayed, 0U);
  EXPECT_EQ(recovered->note, "");
  EXPECT_TRUE(recovered->alarms.empty());
}

// LevelDB begins a new log without syncing the old one: a power cut may take heights in the middle.
TEST_F(RecoverTest, AHoleInTheDatabaseIsRebuiltFromTheSegmentsLoudly) {
  ledger_.WriteSegments(paths_);
  ledger_.WriteDatabase(paths_, {1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17, 18, 19, 20});
  const auto recovered = ledger_.Recover(paths_);
  // The commit of the newest block stood in the database alone: it comes again from the others.
  ASSERT_TRUE(recovered.has_value()) << recovered.error().detail;
  for (consensus::Height height = 0; height <= recovered->tip.height; ++height) {
    ASSERT_TRUE(recovered->view->RowAt(height).has_value()) << height;
  }
  EXPECT_EQ(recovered->replayed, 19U);
  ASSERT_EQ(recovered->alarms.size(), 1U);
  EXPECT_NE(recovered->alarms[0].find("height 8 is missing"), std::string::npos)
      << recovered->alarms[0];
  ASSERT_TRUE(recovered->tip.height == 19U || recovered->tip.height == 20U);
}

}  // namespace
}  // namespace jiandu::node
