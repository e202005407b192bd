// The writer's bounds, and that nobody waits on it for ever when another part has failed.

#include "node/writer.h"

#include <gtest/gtest.h>

#include <future>

#include "base/limits.h"
#include "tests/node/ledger_fixture.h"

namespace jiandu::node {
namespace {

using testing::TestLedger;

constexpr auto kDeadline = std::chrono::seconds(20);

class WriterTest : public ::testing::Test {
 protected:
  WriterTest() {
    ledger_.GrowTo(limits::kWriterBacklogBlocksMax + 2);
    const std::array<store::OverlayPtr, 1> first{ledger_.GenesisOverlay()};
    EXPECT_TRUE(store_.Write(store::MakeStateBatch(first, {}), store::Durability::kSynced));
  }
  // `store_` has genesis; nothing is at the segment tail yet.
  std::unique_ptr<Writer> Start() {
    return std::make_unique<Writer>(
        &store_, 0,
        WriterEvents{.on_written = [](auto, const auto&) {}, .on_failed = [](const Error&) {}});
  }
  void Enqueue(Writer& writer, consensus::Height height) const {
    writer.Enqueue(ledger_.At(height).overlay, ledger_.At(height).commit.Encode());
  }
  void Fill(Writer& writer) const {
    for (consensus::Height height = 1; height <= limits::kWriterBacklogBlocksMax; ++height) {
      EXPECT_FALSE(writer.IsLate());
      Enqueue(writer, height);
    }
    EXPECT_TRUE(writer.IsLate());
  }

  TestLedger ledger_;
  store::MemoryStore store_;
};

TEST_F(WriterTest, WhatIsAtTheSegmentTailIsWrittenAndNoMore) {
  const auto writer = Start();
  for (consensus::Height height = 1; height <= 4; ++height) Enqueue(*writer, height);
  writer->Stored(3);
  EXPECT_TRUE(writer->Flush(3));
  EXPECT_EQ(writer->Written(), 3U);
  writer->Stop();
  EXPECT_EQ(writer->Written(), 3U) << "block 4 is not durable: its state must not be";
  EXPECT_FALSE(writer->Flush(4));
}

// Blocks are written several at a time; a snapshot is of one height exactly.
TEST_F(WriterTest, EndsABatchAtEachHeightOfWhichASnapshotIsMade) {
  std::vector<consensus::Height> written;
  Writer writer(&store_, 0,
                WriterEvents{.on_written =
                                 [&](ledger::Height height, const auto& there) {
                                   written.push_back(height);
                                   EXPECT_EQ((*store::LedgerView::Open(there))->Height(), height);
                                 },
                             .on_failed = [](const Error&) {}},
                3);
  for (consensus::Height height = 1; height <= 8; ++height) Enqueue(writer, height);
  writer.Stored(8);
  EXPECT_TRUE(writer.Flush(8));
  writer.Stop();
  EXPECT_EQ(written, (std::vector<consensus::Height>{3, 6, 8}));
}

// The signer has failed while the executor waits for room that only it can make.
TEST_F(WriterTest, GivingUpFreesWhoWaitsForRoom) {
  const auto writer = Start();
  Fill(*writer);
  auto waiting = std::async(std::launch::async,
                            [&] { Enqueue(*writer, limits::kWriterBacklogBlocksMax + 1); });
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
  writer->GiveUp();
  ASSERT_EQ(waiting.wait_for(kDeadline), std::future_status::ready);
  writer->Stop();
}

// The executor has failed while the signer waits for its block before it seals.
TEST_F(WriterTest, GivingUpFreesWhoWaitsForASyncAndSaysThatThereWasNone) {
  const auto writer = Start();
  Enqueue(*writer, 1);
  writer->Stored(2);
  auto waiting = std::async(std::launch::async, [&] { return writer->Flush(2); });
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
  writer->GiveUp();
  ASSERT_EQ(waiting.wait_for(kDeadline), std::future_status::ready);
  EXPECT_FALSE(waiting.get());
  writer->Stop();
  EXPECT_EQ(writer->Written(), 1U) << "what could be written was";
}

}  // namespace
}  // namespace jiandu::node
