// What is on disk before what is said (docs/consensus.md (Signing)): the order of real syncs
// and answers, and what follows when a sync fails.

#include <gtest/gtest.h>

#include "ledger/store/leveldb_store.h"
#include "node/signer.h"
#include "tests/node/ledger_fixture.h"
#include "tests/node/sync_watch.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node {
namespace {

using support::TempFolder;
using testing::ConsensusKey;
using testing::SyncWatch;
using testing::TestLedger;
using Events = std::vector<std::string>;

constexpr const char* kSegment = "00000000000000000001.seg";

class DurableOrder : public ::testing::Test {
 protected:
  DurableOrder() : key_(ConsensusKey("ga")) { ledger_.GrowTo(2); }

  // A signer over an empty disk; nothing of its making is in the events.
  void Start() {
    segments_ = std::move(*store::Segments::Open(folder_.Path() / "segments"));
    auto safety =
        SafetyFile::Create(folder_.Path() / "safety.rec", ledger_.Tip().chain, key_.PublicKey());
    ASSERT_TRUE(safety.has_value()) << safety.error().detail;
    SignerEvents events{.on_signed = [this](const auto&) { watch_.Note("signed"); },
                        .on_refused = [this](const auto&) { watch_.Note("refused"); },
                        .on_stored = [this](auto) { watch_.Note("stored"); },
                        .before_seal = [](auto) { return true; },
                        .on_failed = [this](const Error&) { watch_.Note("failed"); }};
    watch_.Clear();
    signer_ = std::make_unique<Signer>(
        SignerOptions{.chain_id = ledger_.Tip().chain,
                      .key = ConsensusKey("ga"),
                      .address = consensus::AddressOf(key_.PublicKey())},
        segments_.get(), std::move(*safety), std::nullopt, std::move(events));
  }
  void AskPrevote(consensus::Height height, consensus::Round round, BlockPtr block) {
    SignRequest request;
    consensus::Vote vote;
    vote.type = consensus::VoteType::kPrevote;
    vote.height = height;
    vote.round = round;
    if (block != nullptr) vote.id = block->id;
    request.ask.unsigned_message = vote;
    request.ask.state.height = height;
    request.ask.state.round = round;
    request.ask.state.step = consensus::Step::kPrevote;
    request.block = std::move(block);
    signer_->Sign(std::move(request));
  }
  // Everything that was asked for is done.
  [[nodiscard]] Events Heard() {
    signer_->Stop();
    return watch_.Events();
  }

  SyncWatch watch_;
  TempFolder folder_;
  TestLedger ledger_;
  crypto::Ed25519PrivateKey key_;
  std::unique_ptr<store::Segments> segments_;
  std::unique_ptr<Signer> signer_;
};

TEST_F(DurableOrder, AVoteIsToldWhenItsRecordIsOnDisk) {
  Start();
  AskPrevote(1, 0, nullptr);
  AskPrevote(1, 1, nullptr);
  EXPECT_EQ(Heard(), (Events{"sync safety.rec", "signed", "sync safety.rec", "signed"}));
}

TEST_F(DurableOrder, ABlockIsAtTheTailBeforeWhatIsSaidOfIt) {
  Start();
  AskPrevote(1, 0, ledger_.At(1).block);
  EXPECT_EQ(Heard(), (Events{"sync segments", std::string("sync ") + kSegment, "sync safety.rec",
                             "signed"}));
  ASSERT_EQ(segments_->Candidates().size(), 1U);
  EXPECT_EQ(segments_->Candidates()[0].id, ledger_.At(1).block->id.hash);
}

// A node may decide a block that it never voted for.
TEST_F(DurableOrder, ADecidedBlockIsAtTheTailBeforeTheNextHeightSpeaks) {
  Start();
  signer_->Store(ledger_.At(1).block);
  AskPrevote(2, 0, nullptr);
  EXPECT_EQ(Heard(), (Events{"sync segments", std::string("sync ") + kSegment, "stored",
                             "sync safety.rec", "signed"}));
  EXPECT_EQ(segments_->DecidedHeight(), 1U);
}

// The kernel reports a failed write-back once and forgets it: the next sync proves nothing.
TEST_F(DurableOrder, NothingIsSaidAfterARecordsSyncHasFailed) {
  Start();
  watch_.FailNext("safety.rec");
  AskPrevote(1, 0, nullptr);
  AskPrevote(1, 1, nullptr);
  EXPECT_EQ(Heard(), (Events{"failed sync safety.rec", "failed"}));
}

TEST_F(DurableOrder, NothingIsSaidAfterASegmentsSyncHasFailed) {
  Start();
  watch_.FailNext(kSegment);
  AskPrevote(1, 0, ledger_.At(1).block);
  AskPrevote(1, 1, nullptr);
  EXPECT_EQ(Heard(), (Events{"sync segments", std::string("failed sync ") + kSegment, "failed"}));
  const auto& block = *ledger_.At(1).block;
  EXPECT_FALSE(segments_->Append(1, block.id.hash, *block.bytes).has_value())
      << "the sync would succeed now, and prove nothing";
}

// The page cache may hold what a sync that failed, or never came, did not bring to the disk, and
// the kernel may think it clean.
TEST_F(DurableOrder, WhatAStartFindsIsWrittenAndSyncedOnceMore) {
  Start();
  AskPrevote(1, 0, ledger_.At(1).block);
  (void)Heard();
  segments_.reset();
  watch_.Clear();
  segments_ = std::move(*store::Segments::Open(folder_.Path() / "segments"));
  EXPECT_EQ(watch_.Events(), (Events{std::string("sync ") + kSegment, "sync segments"}));
  EXPECT_GE(watch_.Written(kSegment), ledger_.At(1).block->bytes->size());
  ASSERT_EQ(segments_->Candidates().size(), 1U);
  EXPECT_EQ(segments_->Candidates()[0].id, ledger_.At(1).block->id.hash);

  watch_.FailNext(kSegment);
  segments_.reset();
  EXPECT_FALSE(store::Segments::Open(folder_.Path() / "segments").has_value());
}

TEST_F(DurableOrder, ANewRecordAndItsNameAreOnDiskBeforeItIsUsed) {
  const auto made =
      SafetyFile::Create(folder_.Path() / "safety.rec", ledger_.Tip().chain, key_.PublicKey());
  ASSERT_TRUE(made.has_value());
  const std::string folder = folder_.Path().filename().string();
  EXPECT_EQ(watch_.Events(),
            (Events{"sync safety.rec.new", "sync safety.rec.new", "sync " + folder}));
}

// The very first start: what it leaves must not look like a record that was lost.
TEST_F(DurableOrder, ARecordWhoseMakingIsCutShortIsNotThere) {
  const auto path = folder_.Path() / "safety.rec";
  watch_.FailNext("safety.rec.new");
  EXPECT_FALSE(SafetyFile::Create(path, ledger_.Tip().chain, key_.PublicKey()).has_value());
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(SafetyFile::Create(path, ledger_.Tip().chain, key_.PublicKey()).has_value());
  EXPECT_TRUE(SafetyFile::Open(path, ledger_.Tip().chain, key_.PublicKey())->state.has_value());
  EXPECT_FALSE(SafetyFile::Create(path, ledger_.Tip().chain, key_.PublicKey()).has_value())
      << "a record that is there is never made anew";
}

// Two candidates, and the second is decided: its record is moved over the first by way of a redo
// file, which must be whole before the first byte changes.
TEST_F(DurableOrder, TheRedoOfAMoveIsOnDiskBeforeTheTailChanges) {
  segments_ = std::move(*store::Segments::Open(folder_.Path() / "segments"));
  const auto& block = *ledger_.At(1).block;
  const Hash256 other = crypto::Sha256(AsBytes("other"));
  ASSERT_TRUE(segments_->Append(1, other, Bytes(300, 7)).has_value());
  ASSERT_TRUE(segments_->Append(1, block.id.hash, *block.bytes).has_value());
  watch_.Clear();
  ASSERT_TRUE(segments_->Decide(1, block.id.hash).has_value());
  EXPECT_EQ(watch_.Events(), (Events{"sync move.redo.part", "sync segments",
                                     std::string("sync ") + kSegment, "sync segments"}));
}

TEST_F(DurableOrder, ASealedFileIsOnDiskBeforeItsSeal) {
  segments_ = std::move(*store::Segments::Open(folder_.Path() / "segments",
                                               {.bytes_max = 1U << 30U, .heights_max = 1}));
  const auto& block = *ledger_.At(1).block;
  ASSERT_TRUE(segments_->Append(1, block.id.hash, *block.bytes).has_value());
  ASSERT_TRUE(segments_->Decide(1, block.id.hash).has_value());
  watch_.Clear();
  ASSERT_TRUE(segments_->Seal().has_value());
  EXPECT_EQ(watch_.Events(), (Events{std::string("sync ") + kSegment,
                                     "sync " + store::SealName(1) + ".part", "sync segments"}));
}

TEST_F(DurableOrder, ADatabaseWriteThatAsksForItIsSynced) {
  const auto database = store::LevelDbStore::Open(folder_.Path() / "state");
  ASSERT_TRUE(database.has_value());
  store::KvBatch batch;
  batch.Put(ToBytes("key"), ToBytes("value"));
  watch_.Clear();
  ASSERT_TRUE((*database)->Write(batch, store::Durability::kUnsynced).has_value());
  EXPECT_EQ(watch_.Events(), Events{});
  ASSERT_TRUE((*database)->Write(batch, store::Durability::kSynced).has_value());
  EXPECT_EQ(watch_.Events().size(), 1U);
}

// What is lost of an unsynced database is replayed: at most so many heights.
TEST_F(DurableOrder, TheDatabaseIsSyncedEvery64Heights) {
  using store::Durability;
  EXPECT_EQ(store::DurabilityOf(1, 63), Durability::kUnsynced);
  EXPECT_EQ(store::DurabilityOf(1, 64), Durability::kSynced);
  EXPECT_EQ(store::DurabilityOf(64, 64), Durability::kSynced);
  EXPECT_EQ(store::DurabilityOf(60, 70), Durability::kSynced);
  EXPECT_EQ(store::DurabilityOf(65, 127), Durability::kUnsynced);
}

}  // namespace
}  // namespace jiandu::node
