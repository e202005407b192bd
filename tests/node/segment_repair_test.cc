// Damaged segments mended with blocks fetched by their digest.
#include "node/segment_repair.h"

#include <gtest/gtest.h>

#include "ledger/store/segment_format.h"
#include "node/data_lock.h"
#include "tests/node/ledger_fixture.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node {
namespace {

using support::TempFolder;
using testing::ReadAll;
using testing::TestLedger;
using testing::WriteAll;

class SegmentRepair : public ::testing::Test {
 protected:
  SegmentRepair() {
    ledger_.GrowTo(20);
    // 1 to 10 sealed, the rest being written.
    ledger_.WriteSegments(paths_, {.bytes_max = 1U << 30U, .heights_max = 10});
  }

  Result<RepairReport> Repair() {
    RepairOptions options;
    options.paths = paths_;
    options.fetch = [this](ledger::Height height, const consensus::BlockId& id) -> Result<Bytes> {
      asked_.push_back(height);
      if (nobody_) return Fail(Errc::kUnavailable, "no other node could be reached");
      const auto& block = *ledger_.At(lie_ ? height % 20 + 1 : height).block;
      EXPECT_EQ(id, ledger_.At(height).block->id);
      return *block.bytes;
    };
    return RepairSegments(options);
  }

  [[nodiscard]] std::filesystem::path FileOf(ledger::Height from) const {
    return paths_.Segments() / store::SegmentName(from);
  }
  // Where the record of a height begins in its file.
  [[nodiscard]] std::size_t At(ledger::Height height) const {
    std::size_t at = 0;
    for (ledger::Height before = height <= 10 ? 1 : 11; before < height; ++before) {
      at += store::kRecordHeadBytes + ledger_.At(before).block->bytes->size();
    }
    return at;
  }
  void Flip(ledger::Height height, std::size_t offset) {
    const auto file = FileOf(height <= 10 ? 1 : 11);
    Bytes bytes = ReadAll(file);
    bytes[At(height) + offset] ^= 1;
    WriteAll(file, bytes);
  }
  // Every block can be read and is the one that was decided.
  void ExpectBlocks(ledger::Height last) {
    const auto segments =
        store::Segments::Open(paths_.Segments(), {.bytes_max = 1U << 30U, .heights_max = 10});
    ASSERT_TRUE(segments.has_value());
    EXPECT_TRUE((*segments)->Damage().empty());
    EXPECT_GE((*segments)->DecidedHeight() + 1, last);
    for (ledger::Height height = 1; height < last; ++height) {
      const auto block = (*segments)->Read(height);
      ASSERT_TRUE(block.has_value()) << height << block.error().detail;
      EXPECT_EQ(block->bytes, *ledger_.At(height).block->bytes) << height;
    }
    EXPECT_TRUE((*segments)->Check().has_value());
  }

  TempFolder folder_;
  DataPaths paths_{folder_.Path()};
  TestLedger ledger_;
  std::vector<ledger::Height> asked_;
  bool nobody_ = false;
  bool lie_ = false;
};

TEST_F(SegmentRepair, WhatIsWholeIsLeftAlone) {
  const Bytes before = ReadAll(FileOf(1));
  const auto report = Repair();
  ASSERT_TRUE(report.has_value()) << report.error().detail;
  EXPECT_TRUE(report->IsClean());
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(report->height, 20U);
  EXPECT_EQ(ReadAll(FileOf(1)), before);
}

TEST_F(SegmentRepair, AFlippedBitOfASealedFileComesBackByteForByte) {
  const Bytes before = ReadAll(FileOf(1));
  for (const std::size_t offset : {0U, 4U, 6U, 15U, 20U, 60U}) {  // crc, kind, height, length, id
    SCOPED_TRACE(offset);
    asked_.clear();
    Flip(5, offset);
    const Bytes damaged = ReadAll(FileOf(1));
    const auto report = Repair();
    ASSERT_TRUE(report.has_value()) << report.error().detail;
    ASSERT_EQ(report->refetched.size(), 1U);
    EXPECT_EQ(report->refetched[0].height, 5U);
    EXPECT_EQ(report->refetched[0].file, "segments/" + store::SegmentName(1));
    EXPECT_TRUE(report->resealed.empty());
    EXPECT_EQ(ReadAll(FileOf(1)), before);
    ASSERT_EQ(report->kept.size(), 1U);
    EXPECT_EQ(ReadAll(folder_.Path() / report->kept[0]), damaged) << "the evidence";
  }
  ExpectBlocks(20);
}

TEST_F(SegmentRepair, SeveralDamagedBlocksInARowAreNamedOneByTheOther) {
  for (const ledger::Height height : {8U, 9U, 10U, 12U, 13U}) Flip(height, 55);
  const auto report = Repair();
  ASSERT_TRUE(report.has_value()) << report.error().detail;
  EXPECT_EQ(asked_, (std::vector<ledger::Height>{13, 12, 10, 9, 8}));
  ExpectBlocks(20);
}

TEST_F(SegmentRepair, ASenderThatLiesIsFoundOutAndNothingIsChanged) {
  Flip(5, 60);
  const Bytes before = ReadAll(FileOf(1));
  lie_ = true;
  const auto report = Repair();
  ASSERT_FALSE(report.has_value());
  EXPECT_NE(report.error().detail.find("height 5"), std::string::npos) << report.error().detail;
  EXPECT_NE(report.error().detail.find("not the block of this digest"), std::string::npos);
  EXPECT_EQ(ReadAll(FileOf(1)), before);
}

TEST_F(SegmentRepair, WhenNobodySendsItFileAndHeightAreNamed) {
  Flip(5, 60);
  nobody_ = true;
  const auto report = Repair();
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code, Errc::kUnavailable);
  for (const char* word : {"00000000000000000001.seg", "height 5", "no other node"}) {
    EXPECT_NE(report.error().detail.find(word), std::string::npos) << report.error().detail;
  }
}

TEST_F(SegmentRepair, ADamagedOrMissingSealIsDerivedAnew) {
  const auto seal = paths_.Segments() / store::SealName(1);
  const Bytes before = ReadAll(seal);
  Bytes changed = before;
  changed[changed.size() / 2] ^= 1;
  WriteAll(seal, changed);
  auto report = Repair();
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->resealed.size(), 1U);
  EXPECT_EQ(ReadAll(seal), before);
  std::filesystem::remove(seal);
  report = Repair();
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(ReadAll(seal), before);
  EXPECT_TRUE(asked_.empty());
}

// Nothing on disk names the newest block but what may be damaged with it: it comes by catching up.
TEST_F(SegmentRepair, ADamagedTailIsCutAndADatabaseAheadOfItGoes) {
  ledger_.WriteDatabase(paths_);
  Flip(20, 60);
  const auto report = Repair();
  ASSERT_TRUE(report.has_value()) << report.error().detail;
  EXPECT_EQ(report->height, 19U);
  EXPECT_GT(report->cut_bytes, 0U);
  EXPECT_TRUE(report->database_removed);
  const auto recovered = ledger_.Recover(paths_);
  ASSERT_TRUE(recovered.has_value()) << recovered.error().detail;
  EXPECT_GE(recovered->tip.height, 18U);
  EXPECT_EQ(recovered->tip.app_hash, ledger_.At(recovered->tip.height).overlay->AppHash());
}

TEST_F(SegmentRepair, TheDatabaseStaysWhereItFits) {
  ledger_.WriteDatabase(paths_);
  Flip(5, 60);
  const auto report = Repair();
  ASSERT_TRUE(report.has_value()) << report.error().detail;
  EXPECT_FALSE(report->database_removed);
  const auto recovered = ledger_.Recover(paths_);
  ASSERT_TRUE(recovered.has_value()) << recovered.error().detail;
  EXPECT_EQ(recovered->replayed, 0U);
  EXPECT_EQ(recovered->tip.height, 20U);
}

TEST_F(SegmentRepair, NothingIsTouchedWhileTheNodeRuns) {
  Flip(5, 60);
  const auto lock = LockDataDirectory(folder_.Path());
  ASSERT_TRUE(lock.has_value());
  const auto report = Repair();
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code, Errc::kConflict);
  EXPECT_TRUE(asked_.empty());
}

}  // namespace
}  // namespace jiandu::node
