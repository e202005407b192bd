// The executor's answers do not depend on the way a block came.

#include <gtest/gtest.h>

#include <future>

#include "tests/node/executor_fixture.h"
#include "tests/node/ledger_fixture.h"

namespace jiandu::node {
namespace {

using testing::TestExecutor;
using testing::TestLedger;

constexpr auto kDeadline = std::chrono::seconds(20);

class ExecutorSpeculates : public ::testing::Test {
 protected:
  // Block 1 as it comes from others: its transactions are not decoded. Each time is another block.
  [[nodiscard]] BlockPtr Received(std::int64_t after_ms = 50) const {
    const ChainTip& tip = ledger_.Tip();
    auto data = std::make_shared<BlockData>();
    data->block = MakeBlock(tip, tip.set->BySeat(0).address, tip.time_ms + after_ms,
                            {testing::SignedTransaction(ledger_.Genesis(), 1)});
    data->bytes = std::make_shared<const Bytes>(data->block.Encode());
    data->id = consensus::MakeBlockId(data->block.header.Hash(), *data->bytes);
    return data;
  }

  void ExpectItsStateOnceDecided(const BlockPtr& block) {
    executor_->Decide(block, {.height = 1, .round = 2, .id = block->id, .signatures = {}});
    auto future = applied_.get_future();
    ASSERT_EQ(future.wait_for(kDeadline), std::future_status::ready);
    const AppliedBlock applied = future.get();
    const auto expected = ExecuteBlock(ledger_.Tip(), *ledger_.View(), **WithTransactions(block));
    ASSERT_TRUE(expected.has_value());
    EXPECT_EQ(applied.overlay->AppHash(), (*expected)->AppHash());
    EXPECT_TRUE(applied.app_hash_changed);
  }

  TestLedger ledger_;
  std::promise<AppliedBlock> applied_;
  TestExecutor executor_{
      ledger_,
      {.on_built = [](const BuiltBlock&) {},
       .on_checked = [](const CheckedBlock&) {},
       .on_applied = [this](AppliedBlock a) { applied_.set_value(std::move(a)); },
       .on_failed = [](const Error& error) { ADD_FAILURE() << error.detail; }}};
};

// A proposal of an early round, valid, dropped with it and proposed again in a later one.
TEST_F(ExecutorSpeculates, ABlockRunBeforeItsTransactionsWereDecodedHasTheStateOfItsTransactions) {
  const BlockPtr block = Received();
  ASSERT_TRUE(block->transactions.empty());
  executor_->Speculate(block);
  ExpectItsStateOnceDecided(block);
}

// Of a height without a quorum only the newest runs are kept, and a proposal of any round may still
// be decided.
TEST_F(ExecutorSpeculates, ABlockRunManyRoundsAgoHasTheStateOfItsTransactions) {
  const BlockPtr block = Received();
  executor_->Speculate(block);
  for (const std::int64_t after_ms : {60, 70, 80}) executor_->Speculate(Received(after_ms));
  ExpectItsStateOnceDecided(block);
}

TEST_F(ExecutorSpeculates, ABlockWhoseTransactionsAreNotDecodedIsNotTakenForAnEmptyOne) {
  EXPECT_FALSE(ExecuteBlock(ledger_.Tip(), *ledger_.View(), *Received()).has_value());
}

}  // namespace
}  // namespace jiandu::node
