// From what is on disk to where the node goes on: what a crash or a bad disk leaves is mended or
// refused, never taken for granted.

#include "node/recover.h"

#include <gtest/gtest.h>

#include <functional>

#include "node/db_check.h"
#include "tests/node/ledger_fixture.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node {
namespace {

using support::TempFolder;
using testing::ReadAll;
using testing::TestLedger;
using testing::WriteAll;

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

// The record of one height in the only segment file: flips a bit of its block.
void FlipABitOf(const DataPaths& paths, const TestLedger& ledger, consensus::Height height) {
  const auto file = paths.Segments() / store::SegmentName(1);
  Bytes bytes = ReadAll(file);
  std::size_t at = 0;
  for (consensus::Height before = 1; before < height; ++before) {
    at += store::kRecordHeadBytes + ledger.At(before).block->bytes->size();
  }
  bytes[at + store::kRecordHeadBytes + 20] ^= 1;
  WriteAll(file, bytes);
}

TEST_F(RecoverTest, AFlippedBitInTheFileBeingWrittenIsRefusedWithWhatToDo) {
  for (const bool database_too : {true, false}) {
    const TempFolder folder;
    const DataPaths paths{folder.Path()};
    ledger_.WriteSegments(paths);
    if (database_too) ledger_.WriteDatabase(paths);
    FlipABitOf(paths, ledger_, 5);
    const auto refused = ledger_.Recover(paths);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, Errc::kCorrupt);
    for (const char* word : {"segments/00000000000000000001.seg", "height 5", "bad checksum",
                             "safety.rec", "fetches the ledger"}) {
      EXPECT_NE(refused.error().detail.find(word), std::string::npos) << refused.error().detail;
    }
  }
}

TEST_F(RecoverTest, DamageOfASealedFileIsAnAlarmAndTheNodeGoesOn) {
  // Two files: 1 to 10 sealed, the rest being written.
  {
    const auto segments =
        store::Segments::Open(paths_.Segments(), {.bytes_max = 1U << 30U, .heights_max = 10});
    ASSERT_TRUE(segments.has_value());
    for (consensus::Height height = 1; height <= 20; ++height) {
      const auto& block = *ledger_.At(height).block;
      ASSERT_TRUE((*segments)->Append(height, block.id.hash, *block.bytes).has_value());
      ASSERT_TRUE((*segments)->Decide(height, block.id.hash).has_value());
      if (height == 10) {
        ASSERT_TRUE((*segments)->Seal().has_value());
      }
    }
  }
  ledger_.WriteDatabase(paths_);
  const auto file = paths_.Segments() / store::SegmentName(1);
  Bytes bytes = ReadAll(file);
  bytes[4] = 9;  // the kind in the first record's head: the others can still be found
  WriteAll(file, bytes);
  const auto recovered = ledger_.Recover(paths_);
  ExpectWhole(recovered);
  ASSERT_EQ(recovered->alarms.size(), 1U);
  EXPECT_NE(recovered->alarms[0].find("height 1"), std::string::npos) << recovered->alarms[0];
}

TEST_F(RecoverTest, BlocksWithoutARecordOfWhatWasSignedAreRefused) {
  const auto none = [](const std::filesystem::path&) {};
  const auto empty = [](const std::filesystem::path& file) { WriteAll(file, {}); };
  const auto zeros = [](const std::filesystem::path& file) { WriteAll(file, Bytes(65536)); };
  const std::vector<std::pair<std::string, std::function<void(const std::filesystem::path&)>>>
      cases = {{"is missing", none}, {"is empty", empty}, {"is empty", zeros}};
  for (const auto& [word, make] : cases) {
    const TempFolder folder;
    const DataPaths paths{folder.Path()};
    // A directory without blocks is a new node's, whatever stands in it of a first start cut short.
    make(paths.Safety());
    ASSERT_TRUE(ledger_.Recover(paths, true).has_value());
    std::filesystem::remove_all(paths.Database());
    std::filesystem::remove_all(paths.Segments());
    std::filesystem::remove(paths.Safety());
    make(paths.Safety());
    ledger_.WriteSegments(paths);
    ledger_.WriteDatabase(paths);
    const auto refused = ledger_.Recover(paths, true);
    ASSERT_FALSE(refused.has_value()) << word;
    EXPECT_EQ(refused.error().code, Errc::kConflict);
    EXPECT_NE(refused.error().detail.find(word), std::string::npos) << refused.error().detail;
    EXPECT_TRUE(ledger_.Recover(paths).has_value()) << "a follower needs none";
    EXPECT_FALSE(ledger_.Recover(paths, true, "another-chain").has_value());
    const auto confirmed = ledger_.Recover(paths, true, ledger_.Genesis().chain);
    ASSERT_TRUE(confirmed.has_value()) << confirmed.error().detail;
    EXPECT_TRUE(confirmed->safety.has_value());
    EXPECT_FALSE(confirmed->safety_state.has_value());
  }
}

// What LevelDB needs to find its tables, made unreadable in several ways.
TEST_F(RecoverTest, ADatabaseThatDoesNotOpenIsRebuiltFromTheSegments) {
  const auto current = [](const std::filesystem::path& folder) { return folder / "CURRENT"; };
  const auto manifest = [](const std::filesystem::path& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().filename().string().starts_with("MANIFEST-")) return entry.path();
    }
    return std::filesystem::path();
  };
  using Damage = std::function<void(const std::filesystem::path&)>;
  const std::vector<std::pair<std::string, Damage>> cases = {
      {"CURRENT without its end", [&](const auto& dir) { WriteAll(current(dir), {'x'}); }},
      {"CURRENT empty", [&](const auto& dir) { WriteAll(current(dir), {}); }},
      {"MANIFEST gone", [&](const auto& dir) { std::filesystem::remove(manifest(dir)); }},
      {"MANIFEST empty", [&](const auto& dir) { WriteAll(manifest(dir), {}); }},
      {"MANIFEST changed", [&](const auto& dir) {
         Bytes bytes = ReadAll(manifest(dir));
         bytes[8] ^= 1;
         WriteAll(manifest(dir), bytes);
       }}};
  for (const auto& [name, damage] : cases) {
    SCOPED_TRACE(name);
    const TempFolder folder;
    const DataPaths paths{folder.Path()};
    ledger_.WriteSegments(paths);
    ledger_.WriteDatabase(paths);
    damage(paths.Database());
    DbCheckOptions check;
    check.data = folder.Path();
    const auto checked = CheckDatabase(ledger_.Genesis(), check);
    ASSERT_TRUE(checked.has_value()) << checked.error().detail;
    ASSERT_TRUE(checked->lie.has_value());
    EXPECT_EQ(checked->lie->file, "ledger");
    const auto recovered = ledger_.Recover(paths);
    ASSERT_TRUE(recovered.has_value()) << recovered.error().detail;
    EXPECT_GE(recovered->tip.height, 19U);
    EXPECT_EQ(recovered->replayed, recovered->tip.height);
    ASSERT_EQ(recovered->alarms.size(), 1U);
    EXPECT_NE(recovered->alarms[0].find("rebuilt from the segments"), std::string::npos);
  }
}

TEST_F(RecoverTest, ADatabaseThatAnotherProcessHoldsIsLeftAlone) {
  ledger_.WriteSegments(paths_);
  ledger_.WriteDatabase(paths_);
  {
    const auto held = store::LevelDbStore::Open(paths_.Database());
    ASSERT_TRUE(held.has_value());
    const auto refused = ledger_.Recover(paths_);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, Errc::kIo);
  }
  ExpectWhole(ledger_.Recover(paths_));
}

// A segment file was put back from an old copy: the state knows of blocks that are gone.
TEST_F(RecoverTest, ADatabaseAheadOfTheSegmentsIsRefused) {
  TestLedger shorter;
  shorter.GrowTo(10);
  shorter.WriteSegments(paths_);
  ledger_.WriteDatabase(paths_);
  const auto refused = ledger_.Recover(paths_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::kCorrupt);
  EXPECT_NE(refused.error().detail.find("once durable are missing"), std::string::npos)
      << refused.error().detail;
}

}  // namespace
}  // namespace jiandu::node
