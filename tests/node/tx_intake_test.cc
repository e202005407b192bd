// The way into the mempool: what came too late for it, and who answers for what does not hold.
#include "node/tx_intake.h"

#include <gtest/gtest.h>

#include <map>

#include "ledger/store/memory_store.h"
#include "node/block_rules.h"
#include "node/execution.h"
#include "tests/ledger/model/genesis_support.h"
#include "tests/node/ledger_fixture.h"

namespace jiandu::node {
namespace {

PeerId Peer(std::uint8_t number) {
  PeerId id;
  id.bytes.fill(number);
  return id;
}

class TxIntakeTest : public ::testing::Test {
 protected:
  explicit TxIntakeTest(const MempoolBounds& of_mempool = {}) : mempool_(of_mempool) {
    auto overlay = ExecuteGenesis(genesis_);
    EXPECT_TRUE(overlay.has_value());
    newest_ = store::LedgerView::FromGenesis(store::MemoryStore().Snapshot(), *overlay);
    tip_ = *TipOf(genesis_, *newest_, {});
    VerifyPoolOptions options;
    options.threads = 1;  // the results of one submission come together
    options.check_form = [](const ledger::Transaction& transaction, std::string_view chain,
                            ledger::TimeMs) -> std::optional<contracts::AdmissionIssue> {
      if (transaction.payload.chain == chain) return std::nullopt;
      return contracts::AdmissionIssue{
          .code = ledger::FindCode("WRONG_CHAIN"), .pointer = "/chain", .detail = ""};
    };
    pool_ = std::make_unique<VerifyPool>(
        options,
        std::make_shared<const VerifyContext>(VerifyContext{
            .chain = genesis_.chain, .height = 0, .block_time = genesis_.time, .view = newest_}),
        [this] {
          loop_.Post([this] {
            intake_->OnPoolResults();
            loop_.Stop();
          });
        });
    intake_ = std::make_unique<TxIntake>(
        IntakeParts{.loop = &loop_,
                    .pool = pool_.get(),
                    .mempool = &mempool_,
                    .hub = nullptr,
                    .on_work = [this] { ++work_; },
                    .is_behind = [] { return true; },  // so that nothing is gossiped
                    .view = [this] { return newest_; },
                    .punish = [this](const PeerId& peer, std::uint32_t points,
                                     const std::string&) { points_[peer] += points; },
                    .log = Logger()});
  }
  void TearDown() override { pool_->Stop(); }

  [[nodiscard]] Bytes Sign(std::uint64_t number, std::string_view signer = "ga-c1") const {
    return testing::SignedTransaction(genesis_, number, signer);
  }
  void Gossip(const PeerId& peer, std::vector<Bytes> transactions) {
    intake_->OnTxBatch(peer, {.transactions = std::move(transactions)});
    loop_.Run();
  }
  // The executor publishes it; the pool has not been told yet.
  void Commit(const Bytes& stored) {
    auto data = std::make_shared<BlockData>();
    data->block = MakeBlock(tip_, tip_.set->BySeat(0).address, tip_.time_ms + 50, {stored});
    data->bytes = std::make_shared<const Bytes>(data->block.Encode());
    data->id = consensus::MakeBlockId(data->block.header.Hash(), *data->bytes);
    auto complete = WithTransactions(data);
    ASSERT_TRUE(complete.has_value());
    auto overlay = ExecuteBlock(tip_, *newest_, **complete);
    ASSERT_TRUE(overlay.has_value()) << overlay.error().detail;
    newest_ = newest_->With(*overlay);
  }

  ledger::Genesis genesis_ = ledger::TestGenesis();
  store::LedgerViewPtr newest_;
  ChainTip tip_;
  EventLoop loop_;
  Mempool mempool_;
  std::map<PeerId, std::uint32_t> points_;
  int work_ = 0;
  std::unique_ptr<VerifyPool> pool_;
  std::unique_ptr<TxIntake> intake_;
};

TEST_F(TxIntakeTest, WhatHoldsLiesInTheMempool) {
  Gossip(Peer(1), {Sign(1), Sign(2)});
  EXPECT_EQ(mempool_.Count(), 2U);
  EXPECT_EQ(work_, 1);
  EXPECT_TRUE(points_.empty());
}

// Its block came while it was being verified against the state before: nothing would remove it.
TEST_F(TxIntakeTest, WhatABlockHasTakenMeanwhileIsNotKept) {
  Commit(Sign(1));
  Gossip(Peer(1), {Sign(1), Sign(2)});
  EXPECT_EQ(mempool_.Count(), 1U);
  EXPECT_FALSE(mempool_.Contains(ledger::DecodeStored(Sign(1))->txid));
  EXPECT_EQ(pool_->Count().cached, 1U);
  EXPECT_TRUE(points_.empty());
}

TEST_F(TxIntakeTest, WhoSentItLearnsWhatBecameOfIt) {
  Commit(Sign(1));
  std::vector<gateway::TxStatus> told;
  intake_->Submit(Sign(1),
                  [&told](std::expected<gateway::TxSubmitter::Accepted, gateway::Refusal> answer) {
                    ASSERT_TRUE(answer.has_value());
                    told.push_back(answer->known.status);
                  });
  loop_.Run();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0], gateway::TxStatus::kPending);
  EXPECT_EQ(mempool_.Count(), 0U);
}

class TxIntakeFullTest : public TxIntakeTest {
 protected:
  TxIntakeFullTest() : TxIntakeTest({.transactions_max = 1, .department_percent_max = 100}) {}
};

// A client makes as many as it likes; what a peer offers is offered again until it has a place.
TEST_F(TxIntakeFullTest, WhatAClientSendsAndHasNoPlaceIsNotKeptAsVerified) {
  Gossip(Peer(1), {Sign(1), Sign(2)});
  EXPECT_EQ(mempool_.Count(), 1U);
  EXPECT_EQ(pool_->Count().cached, 2U);
  std::vector<bool> taken;
  for (const std::uint64_t number : {3U, 4U}) {
    intake_->Submit(Sign(number),
                    [&taken](const auto& answer) { taken.push_back(answer.has_value()); });
  }
  while (taken.size() < 2) loop_.Run();
  EXPECT_EQ(taken, (std::vector<bool>{false, false}));
  EXPECT_EQ(pool_->Count().cached, 2U);
}

TEST_F(TxIntakeTest, APeerAnswersForWhatDoesNotHold) {
  Bytes forged = Sign(1);
  forged.back() ^= 1U;
  Gossip(Peer(1), {forged, Sign(2)});
  EXPECT_EQ(points_.size(), 1U);
  EXPECT_GT(points_[Peer(1)], 0U);
  EXPECT_LT(points_[Peer(1)], 100U);
  EXPECT_EQ(mempool_.Count(), 1U);
}

TEST_F(TxIntakeTest, APeerAnswersForWhatIsOfAnotherLedger) {
  ledger::Genesis other = genesis_;
  other.chain = "another-chain";
  Gossip(Peer(1), {testing::SignedTransaction(other, 1)});
  EXPECT_GT(points_[Peer(1)], 0U);
  EXPECT_EQ(mempool_.Count(), 0U);
}

TEST_F(TxIntakeTest, GarbageCountsOncePerBatch) {
  Gossip(Peer(2), {Bytes(50, 0xEE), Bytes(60, 0xEE), Sign(1)});
  EXPECT_GT(points_[Peer(2)], 0U);
  EXPECT_LT(points_[Peer(2)], 100U);
}

// A key that is not registered here may be so where the peer already is.
TEST_F(TxIntakeTest, APeerDoesNotAnswerForWhatWeDoNotKnowYet) {
  Gossip(Peer(1), {Sign(1, "stranger")});
  EXPECT_TRUE(points_.empty());
  EXPECT_EQ(mempool_.Count(), 0U);
}

TEST_F(TxIntakeTest, ABadSubmissionOfAClientIsNobodysGossip) {
  Bytes forged = Sign(1);
  forged.back() ^= 1U;
  bool refused = false;
  intake_->Submit(
      forged,
      [&refused](const std::expected<gateway::TxSubmitter::Accepted, gateway::Refusal>& answer) {
        refused = !answer.has_value();
      });
  loop_.Run();
  EXPECT_TRUE(refused);
  EXPECT_TRUE(points_.empty());
}

}  // namespace
}  // namespace jiandu::node
