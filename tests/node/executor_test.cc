// The executor's own part in the check of a proposal, and what it does with a decided block that
// does not fit its state.

#include "node/executor.h"

#include <gtest/gtest.h>

#include "tests/node/executor_fixture.h"
#include "tests/node/ledger_fixture.h"

namespace jiandu::node {
namespace {

using testing::TestExecutor;
using testing::TestLedger;

class ExecutorTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::int64_t Now() const { return ledger_.Tip().time_ms + 50; }
  // A transaction known by its name; its signatures are the verify pool's affair.
  [[nodiscard]] contracts::TransactionPtr Tx(const std::string& name, std::int64_t exp_ms) const {
    auto transaction = std::make_shared<ledger::Transaction>();
    transaction->payload.department = "119901000990010105";
    transaction->payload.exp = exp_ms;
    transaction->txid = crypto::Sha256(AsBytes(name));
    return transaction;
  }
  [[nodiscard]] BlockPtr Next(std::vector<contracts::TransactionPtr> transactions) const {
    auto data = std::make_shared<BlockData>();
    data->block = MakeBlock(ledger_.Tip(), ledger_.Tip().set->BySeat(0).address, Now(), {});
    data->transactions = std::move(transactions);
    return data;
  }
  [[nodiscard]] std::vector<std::string> Judged(std::vector<BlockPtr> blocks) {
    for (BlockPtr& block : blocks) executor_->Check(std::move(block));
    executor_.Stop();
    return why_not_;
  }

  TestLedger ledger_;
  std::vector<std::string> why_not_;
  std::vector<std::string> failed_;
  int applied_ = 0;
  TestExecutor executor_{
      ledger_,
      {.on_built = [](const auto&) {},
       .on_checked = [this](const auto& one) { why_not_.push_back(one.why_not); },
       .on_applied = [this](const auto&) { ++applied_; },
       .on_failed = [this](const Error& e) { failed_.push_back(e.detail); }}};
};

// The verify pool looks up each alone, in the state before the block: two of one block both pass.
TEST_F(ExecutorTest, ATransactionTwiceInABlockIsRefused) {
  const std::int64_t exp = Now() + 60'000;
  const auto told = Judged(
      {Next({Tx("a", exp), Tx("b", exp)}), Next({Tx("a", exp), Tx("b", exp), Tx("a", exp)})});
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0], "");
  EXPECT_NE(told[1].find("stands twice"), std::string::npos) << told[1];
}

TEST_F(ExecutorTest, AnExpiredTransactionIsRefused) {
  const auto told = Judged({Next({Tx("a", Now() + 1)}), Next({Tx("a", Now())})});
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0], "");
  EXPECT_NE(told[1].find("expired"), std::string::npos) << told[1];
}

TEST_F(ExecutorTest, AProposalOverAnotherStateIsRefused) {
  auto other = std::make_shared<BlockData>(*Next({}));
  other->block.header.app_hash.bytes[0] ^= 1;
  const auto told = Judged({Next({}), other});
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0], "");
  EXPECT_NE(told[1].find("app_hash"), std::string::npos) << told[1];
}

// The others went another way: going on would only hide it.
TEST_F(ExecutorTest, ADecidedBlockOverAnotherStateStopsTheNode) {
  auto other = std::make_shared<BlockData>(*Next({}));
  other->block.header.app_hash.bytes[0] ^= 1;
  executor_->Decide(other, {});
  executor_.Stop();
  ASSERT_EQ(failed_.size(), 1U);
  EXPECT_NE(failed_[0].find("does not fit the state"), std::string::npos) << failed_[0];
  EXPECT_EQ(applied_, 0);
}

}  // namespace
}  // namespace jiandu::node
