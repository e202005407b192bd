// A snapshot put in place: only what holds as a whole, whole or not at all, however often the power
// fails; and what a node that began with one does afterwards.
#include "node/snapshot_install.h"

#include <gtest/gtest.h>

#include <future>

#include "node/db_check.h"
#include "node/snapshot_intake.h"
#include "tests/node/snapshot_fixture.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node {
namespace {

using support::TempFolder;
using testing::kLedgerHeight;
using testing::kSnapshotHeight;
using testing::ReadAll;
using testing::SnapshotSource;
using testing::WriteAll;

bool GoOn(const char*, std::uint64_t, std::uint64_t) { return true; }

class SnapshotInstallTest : public ::testing::Test {
 protected:
  // The files as the fetch leaves them.
  void Arrive(const DataPaths& paths) const {
    std::filesystem::create_directories(paths.Incoming());
    for (const auto& path_of : {store::SnapshotRowsPath, store::SnapshotManifestPath}) {
      std::filesystem::copy_file(path_of(source_.Folder(), kSnapshotHeight),
                                 path_of(paths.Incoming(), kSnapshotHeight));
    }
    WriteAll(SnapshotProofPath(paths.Incoming(), kSnapshotHeight), source_.Proof().Encode());
  }
  void Join(const DataPaths& paths) const {
    Arrive(paths);
    const auto prepared = PrepareJoin(paths, source_.Certified(), GoOn);
    ASSERT_TRUE(prepared.has_value()) << prepared.error().detail;
    const auto finished = FinishJoin(paths);
    ASSERT_TRUE(finished.has_value()) << finished.error().detail;
    EXPECT_NE(*finished, "");
  }
  void ExpectAtSnapshot(const DataPaths& paths) const {
    const auto recovered = source_.Ledger().Recover(paths);
    ASSERT_TRUE(recovered.has_value()) << recovered.error().detail;
    EXPECT_EQ(recovered->tip.height, kSnapshotHeight);
    EXPECT_EQ(recovered->tip.app_hash, source_.Certified().header.app_hash);
    EXPECT_EQ(recovered->tip.block_id, source_.Ledger().At(kSnapshotHeight).block->id);
    EXPECT_EQ(recovered->segments->BaseHeight(), kSnapshotHeight + 1);
    EXPECT_TRUE(recovered->alarms.empty());
  }
  // Blocks behind the snapshot, as block sync brings them.
  void GoOnTo(const DataPaths& paths, consensus::Height height) const {
    auto recovered = source_.Ledger().Recover(paths);
    ASSERT_TRUE(recovered.has_value());
    for (consensus::Height h = kSnapshotHeight + 1; h <= height; ++h) {
      const auto& one = source_.Ledger().At(h);
      ASSERT_TRUE(recovered->segments->Append(h, one.block->id.hash, *one.block->bytes));
      ASSERT_TRUE(recovered->segments->Decide(h, one.block->id.hash));
      const std::array<store::OverlayPtr, 1> overlay{one.overlay};
      ASSERT_TRUE(recovered->store->Write(store::MakeStateBatch(overlay, one.commit.Encode()),
                                          store::Durability::kSynced));
    }
  }

  // With digests of its own, so that only the rows can give it away.
  void ExpectRefused(const std::vector<std::pair<Bytes, Bytes>>& rows) const {
    const TempFolder folder;
    const DataPaths paths{folder.Path()};
    std::filesystem::create_directories(paths.Incoming());
    Bytes all;
    store::SnapshotCutter cutter([&all](ByteView chunk) -> Result<void> {
      Append(all, chunk);
      return {};
    });
    for (const auto& [key, value] : rows) ASSERT_TRUE(cutter.Add(key, value).has_value());
    ASSERT_TRUE(cutter.Finish().has_value());
    store::SnapshotManifest manifest = source_.Snapshot().Manifest();
    manifest.rows = cutter.Rows();
    manifest.chunks = cutter.TakeChunks();
    WriteAll(store::SnapshotRowsPath(paths.Incoming(), kSnapshotHeight), all);
    WriteAll(store::SnapshotManifestPath(paths.Incoming(), kSnapshotHeight), manifest.Encode());
    const auto prepared = PrepareJoin(paths, source_.Certified(), GoOn);
    EXPECT_FALSE(prepared.has_value());
    EXPECT_FALSE(std::filesystem::exists(paths.Ready()));
  }

  SnapshotSource source_;
  TempFolder folder_;
  DataPaths paths_{folder_.Path()};
};

TEST_F(SnapshotInstallTest, ANewNodeStandsAtTheSnapshotAndGoesOnFromThere) {
  Join(paths_);
  ExpectAtSnapshot(paths_);
  GoOnTo(paths_, kLedgerHeight);
  const auto recovered = source_.Ledger().Recover(paths_);
  ASSERT_TRUE(recovered.has_value()) << recovered.error().detail;
  EXPECT_EQ(recovered->tip.height, kLedgerHeight);
  EXPECT_EQ(recovered->tip.app_hash, source_.Ledger().Tip().app_hash);
}

TEST_F(SnapshotInstallTest, BlocksThatWereThereBeforeAreKeptApart) {
  source_.Ledger().WriteSegments(paths_);
  const auto name = store::SegmentName(1);
  const Bytes before = ReadAll(paths_.Segments() / name);
  Join(paths_);
  ExpectAtSnapshot(paths_);
  EXPECT_EQ(
      ReadAll(paths_.root / ("segments-before-" + std::to_string(kSnapshotHeight + 1)) / name),
      before);
}

// The steps of FinishJoin are renames; a kill between any two leaves some done and some not.
TEST_F(SnapshotInstallTest, PuttingInPlaceMayBeInterruptedAnywhere) {
  const std::vector<std::function<void(const DataPaths&)>> done = {
      [](const DataPaths&) {},
      [](const DataPaths& p) { std::filesystem::remove_all(p.Database()); },
      [](const DataPaths& p) {
        std::filesystem::remove_all(p.Database());
        std::filesystem::rename(p.Join() / "ledger", p.Database());
      },
      [](const DataPaths& p) {
        std::filesystem::remove_all(p.Database());
        std::filesystem::rename(p.Join() / "ledger", p.Database());
        std::filesystem::rename(p.Segments(), p.root / "segments-before-9");
      },
      [](const DataPaths& p) {
        std::filesystem::remove_all(p.Database());
        std::filesystem::rename(p.Join() / "ledger", p.Database());
        std::filesystem::rename(p.Segments(), p.root / "segments-before-9");
        std::filesystem::rename(p.Join() / "segments", p.Segments());
        std::filesystem::rename(store::SnapshotRowsPath(p.Incoming(), kSnapshotHeight),
                                store::SnapshotRowsPath(p.Snapshots(), kSnapshotHeight));
      }};
  for (std::size_t step = 0; step < done.size(); ++step) {
    SCOPED_TRACE(step);
    const TempFolder folder;
    const DataPaths paths{folder.Path()};
    source_.Ledger().WriteSegments(paths);
    source_.Ledger().WriteDatabase(paths);
    Arrive(paths);
    ASSERT_TRUE(PrepareJoin(paths, source_.Certified(), GoOn).has_value());
    done[step](paths);
    ASSERT_TRUE(FinishJoin(paths).has_value());
    ExpectAtSnapshot(paths);
    EXPECT_FALSE(std::filesystem::exists(paths.Join()));
    EXPECT_TRUE(store::SnapshotFile::Open(paths.Snapshots(), kSnapshotHeight).has_value());
  }
}

// Killed while the database was being built: what is there goes, the ledger stays as it was.
TEST_F(SnapshotInstallTest, WhatIsHalfBuiltIsNeverOpened) {
  source_.Ledger().WriteSegments(paths_);
  source_.Ledger().WriteDatabase(paths_);
  Arrive(paths_);
  ASSERT_TRUE(PrepareJoin(paths_, source_.Certified(), GoOn).has_value());
  std::filesystem::remove(paths_.Ready());
  const auto finished = FinishJoin(paths_);
  ASSERT_TRUE(finished.has_value());
  EXPECT_EQ(*finished, "");
  EXPECT_FALSE(std::filesystem::exists(paths_.Join()));
  const auto recovered = source_.Ledger().Recover(paths_);
  ASSERT_TRUE(recovered.has_value());
  EXPECT_EQ(recovered->segments->BaseHeight(), 1U);
}

// A snapshot with one row changed under right digests: as if a third of the validators lied.
TEST_F(SnapshotInstallTest, RowsThatDoNotGiveTheCertifiedRootsAreNotInstalled) {
  const auto& manifest = source_.Snapshot().Manifest();
  std::vector<std::pair<Bytes, Bytes>> rows;
  Bytes last;
  for (std::uint32_t i = 0; i < manifest.chunks.size(); ++i) {
    ASSERT_TRUE(store::ReadSnapshotChunk(*source_.Snapshot().Chunk(i), last,
                                         [&](ByteView key, ByteView value) {
                                           rows.emplace_back(ToBytes(key), ToBytes(value));
                                         })
                    .has_value());
  }
  // One of each kind of row that a certified hash binds.
  for (const std::string prefix : {"E", "T", "H", "M", "h", "C", "V", "ent/", "B", "key/", "val"}) {
    SCOPED_TRACE(prefix);
    auto changed = rows;
    const auto found = std::ranges::find_if(
        changed, [&](const auto& row) { return HasPrefix(row.first, AsBytes(prefix)); });
    ASSERT_NE(found, changed.end());
    ASSERT_FALSE(found->second.empty());
    found->second.back() ^= 1U;
    ExpectRefused(changed);
    auto missing = rows;
    missing.erase(missing.begin() + (found - changed.begin()));
    ExpectRefused(missing);
  }
  // A payload of a transaction that there never was.
  auto more = rows;
  more.emplace_back(store::PayloadKey(3, 0), ToBytes("x"));
  std::ranges::sort(more, ledger::BytesLess(), &std::pair<Bytes, Bytes>::first);
  ExpectRefused(more);
}

// A chunk that rotted on disk between its arrival and the installation.
TEST_F(SnapshotInstallTest, AChunkThatChangedSinceItCameIsNotInstalled) {
  Arrive(paths_);
  const auto path = store::SnapshotRowsPath(paths_.Incoming(), kSnapshotHeight);
  Bytes bytes = ReadAll(path);
  bytes[bytes.size() / 3] ^= 0x10U;
  WriteAll(path, bytes);
  EXPECT_FALSE(PrepareJoin(paths_, source_.Certified(), GoOn).has_value());
  EXPECT_FALSE(std::filesystem::exists(paths_.Ready()));
  EXPECT_FALSE(std::filesystem::exists(paths_.Join() / "ledger"));
}

TEST_F(SnapshotInstallTest, ALostDatabaseIsMadeFromTheSnapshotAndTheBlocksBehindIt) {
  Join(paths_);
  GoOnTo(paths_, kLedgerHeight);
  std::filesystem::remove_all(paths_.Database());
  const auto recovered = source_.Ledger().Recover(paths_);
  ASSERT_TRUE(recovered.has_value()) << recovered.error().detail;
  // The commit of the newest block stood in the database alone.
  EXPECT_GE(recovered->tip.height, kLedgerHeight - 1);
  EXPECT_EQ(*recovered->view->RowAt(kLedgerHeight - 1),
            *source_.Ledger().View()->RowAt(kLedgerHeight - 1));
  EXPECT_NE(recovered->note.find("from the snapshot"), std::string::npos) << recovered->note;
}

TEST_F(SnapshotInstallTest, WithoutTheSnapshotALostDatabaseStopsTheNodeWithAdvice) {
  Join(paths_);
  GoOnTo(paths_, kLedgerHeight);
  std::filesystem::remove_all(paths_.Database());
  std::filesystem::remove_all(paths_.Snapshots());
  const auto recovered = source_.Ledger().Recover(paths_);
  ASSERT_FALSE(recovered.has_value());
  EXPECT_NE(recovered.error().detail.find("move the data directory away"), std::string::npos);
}

TEST_F(SnapshotInstallTest, DbCheckSaysWhereTheBlocksBeginAndChecksTheRest) {
  Join(paths_);
  GoOnTo(paths_, kLedgerHeight);
  const auto report =
      CheckDatabase(source_.Genesis(),
                    {.data = folder_.Path(), .depth = DbCheckDepth::kEveryRow, .progress = {}});
  ASSERT_TRUE(report.has_value()) << report.error().detail;
  EXPECT_FALSE(report->lie.has_value()) << report->lie->detail;
  EXPECT_EQ(report->height, kLedgerHeight);
  EXPECT_EQ(report->blocks, kLedgerHeight - kSnapshotHeight);
  EXPECT_NE(report->note.find("snapshot of height"), std::string::npos) << report->note;
  std::filesystem::remove_all(paths_.Snapshots());
  const auto without =
      CheckDatabase(source_.Genesis(),
                    {.data = folder_.Path(), .depth = DbCheckDepth::kExecution, .progress = {}});
  ASSERT_TRUE(without.has_value());
  EXPECT_TRUE(without->lie.has_value());
}

// The intake alone: torn and half-written chunks are told from whole ones by their digests.
TEST_F(SnapshotInstallTest, AfterAKillWholeChunksAreKeptAndTornOnesAreNot) {
  Arrive(paths_);
  const auto path = store::SnapshotRowsPath(paths_.Incoming(), kSnapshotHeight);
  const auto opened = [&] {
    std::promise<std::vector<bool>> there;
    SnapshotIntakeEvents events;
    events.on_opened = [&](std::vector<bool> found) { there.set_value(std::move(found)); };
    events.on_progress = [](const char*, std::uint64_t, std::uint64_t) {};
    events.on_failed = [](const Error& error) { FAIL() << error.detail; };
    SnapshotIntake intake(paths_, std::move(events));
    EXPECT_EQ(SnapshotIntake::FindPartial(paths_)->digest, source_.Snapshot().Digest());
    intake.Open({.height = kSnapshotHeight, .digest = source_.Snapshot().Digest()},
                source_.Snapshot().ManifestBytes(), source_.Proof().Encode());
    return there.get_future().get();
  };
  EXPECT_EQ(opened(), std::vector<bool>(source_.Snapshot().Manifest().chunks.size(), true));
  Bytes torn = ReadAll(path);
  std::ranges::fill(std::span(torn).last(512), std::uint8_t{0});
  WriteAll(path, torn);
  EXPECT_FALSE(opened().back());
  // And a file of another length is made fit.
  torn.resize(torn.size() / 2);
  WriteAll(path, torn);
  EXPECT_FALSE(opened().back());
}

}  // namespace
}  // namespace jiandu::node
