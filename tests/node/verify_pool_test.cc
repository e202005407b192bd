// The verify pool: what it lets through, what it remembers, and that it never answers from memory
// what it has not seen byte for byte.
#include <future>
#include <thread>

#include "tests/node/verify_pool_fixture.h"

namespace jiandu::node::testing {
namespace {

TEST_F(VerifyPoolTest, GoodTransactionIsDecodedAndVerified) {
  const auto results = Check({Tx(1)});
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].verdict, TxVerdict::kValid) << results[0].detail;
  ASSERT_NE(results[0].transaction, nullptr);
  EXPECT_EQ(results[0].transaction->payload.op, "request.submit");
  EXPECT_EQ(results[0].transaction->env, crypto::Sha256(*Tx(1)));
  EXPECT_EQ(Pool().Count().verified, 1U);
}

TEST_F(VerifyPoolTest, BlockOfPooledTransactionsCostsNoSecondVerification) {
  const std::vector<StoredPtr> all = Txs(300);
  const auto results = Check(all);
  const auto verdict = CheckBlock(all, Context());
  EXPECT_TRUE(verdict.valid);
  ASSERT_EQ(verdict.transactions.size(), 300U);
  for (std::size_t i = 0; i < 300; ++i) {
    // The very same decoded object.
    EXPECT_EQ(verdict.transactions[i].transaction, results[i].transaction);
  }
  EXPECT_EQ(Pool().Count().verified, 300U);
  EXPECT_EQ(Pool().Count().cache_hits, 300U);
  EXPECT_EQ(Pool().Count().keys_parsed, 1U);
}

// The txid does not cover signatures: the same payload with other signature bytes is another
// envelope, and is judged for itself.
TEST_F(VerifyPoolTest, VerifiedTxidWithSwappedSignaturesIsNotAcceptedFromTheCache) {
  const ledger::Payload payload = MakePayload({&maker_, &head_}, 7);
  const StoredPtr good = Sign(payload, {&maker_, &head_});
  ASSERT_EQ(Check({good})[0].verdict, TxVerdict::kValid);
  auto decoded = ledger::DecodeStored(*good);
  ASSERT_TRUE(decoded.has_value());
  std::swap(decoded->signatures[0].signature, decoded->signatures[1].signature);
  const auto swapped = std::make_shared<const Bytes>(
      ledger::EncodeStored(decoded->payload_bytes, decoded->signatures));
  const auto results = Check({swapped});
  EXPECT_EQ(results[0].verdict, TxVerdict::kBadSignature);
  ASSERT_NE(results[0].transaction, nullptr);
  EXPECT_EQ(results[0].transaction->txid, decoded->txid);
  EXPECT_FALSE(CheckBlock({swapped}, Context()).valid);
  EXPECT_FALSE(CheckBlock({good, swapped}, Context()).valid);
  EXPECT_TRUE(CheckBlock({good}, Context()).valid);
}

TEST_F(VerifyPoolTest, EveryFlippedBitOfASignatureIsRefused) {
  const StoredPtr good = Tx(1);
  ASSERT_EQ(Check({good})[0].verdict, TxVerdict::kValid);
  for (std::size_t i = 1; i <= 64; i += 7) {
    Bytes flipped = *good;
    flipped[flipped.size() - i] ^= 1U;
    const auto results = Check({std::make_shared<const Bytes>(flipped)});
    EXPECT_NE(results[0].verdict, TxVerdict::kValid) << i;
  }
}

TEST_F(VerifyPoolTest, GarbageTruncatedAndLengthenedAreMalformed) {
  const StoredPtr good = Tx(1);
  const auto garbage = std::make_shared<const Bytes>(100, 0xEE);
  const auto shorter = std::make_shared<const Bytes>(good->begin(), good->end() - 1);
  Bytes longer = *good;
  longer.push_back(0);
  const auto results = Check(
      {garbage, shorter, std::make_shared<const Bytes>(longer), std::make_shared<const Bytes>()});
  for (const CheckedTx& result : results) {
    EXPECT_EQ(result.verdict, TxVerdict::kMalformed);
    EXPECT_EQ(result.transaction, nullptr);
  }
}

TEST_F(VerifyPoolTest, UnknownKeyIsRefusedUntilItIsRegistered) {
  const Officer stranger;
  const StoredPtr stored = Sign(MakePayload({&stranger}, 1), {&stranger});
  const auto refused = Check({stored});
  EXPECT_EQ(refused[0].verdict, TxVerdict::kRefused);
  ASSERT_TRUE(refused[0].issue.has_value());
  EXPECT_EQ(refused[0].issue->code->name, "UNKNOWN_KEY");
  auto later = std::make_shared<TestView>(*view_);
  later->Register(stranger.key.PublicKey());
  Pool().Publish(std::make_shared<const VerifyContext>(VerifyContext{
      .chain = std::string(kChain), .height = 6, .block_time = kTime, .view = later}));
  EXPECT_EQ(Check({stored})[0].verdict, TxVerdict::kValid);
  // A block judged by the state before the registration must still refuse it, on every node alike.
  EXPECT_FALSE(CheckBlock({stored}, Context()).valid);
}

TEST_F(VerifyPoolTest, ADepartmentIsNamedByItsOwnPeopleOnly) {
  ledger::Payload payload = MakePayload({&maker_}, 1);
  payload.department = "119901000990010105";
  const StoredPtr foreign = Sign(payload, {&maker_});
  // With the key unknown to the pool, and with the key in its memory.
  for (int i = 0; i < 2; ++i) {
    const auto refused = Check({foreign});
    EXPECT_EQ(refused[0].verdict, TxVerdict::kRefused);
    ASSERT_TRUE(refused[0].issue.has_value());
    EXPECT_EQ(refused[0].issue->code->name, "ROLE_DENIED");
    EXPECT_FALSE(CheckBlock({foreign}, Context()).valid);
    EXPECT_EQ(Check({Tx(2)})[0].verdict, TxVerdict::kValid);
  }
  // Somebody of the department beside it is enough.
  const Officer other;
  payload = MakePayload({&maker_, &other}, 3);
  payload.department = "119901000990010105";
  auto later = std::make_shared<TestView>(*view_);
  later->Register(other.key.PublicKey(), payload.department);
  const auto context = std::make_shared<const VerifyContext>(
      VerifyContext{.chain = std::string(kChain), .height = 6, .block_time = kTime, .view = later});
  EXPECT_TRUE(CheckBlock({Sign(payload, {&maker_, &other})}, context).valid);
}

TEST_F(VerifyPoolTest, CommittedTxidIsKnown) {
  const StoredPtr stored = Tx(1);
  const auto first = Check({stored});
  ASSERT_EQ(first[0].verdict, TxVerdict::kValid);
  auto later = std::make_shared<TestView>(*view_);
  const ledger::Transaction& transaction = *first[0].transaction;
  later->values[ledger::ExpiryKey(transaction.payload.exp, transaction.txid)] = Bytes();
  const auto context = std::make_shared<const VerifyContext>(
      VerifyContext{.chain = std::string(kChain), .height = 6, .block_time = kTime, .view = later});
  Pool().Publish(context);
  EXPECT_EQ(Check({stored})[0].verdict, TxVerdict::kKnown);
  Pool().Forget(std::vector{transaction.env});
  EXPECT_EQ(Check({stored})[0].verdict, TxVerdict::kKnown);
  EXPECT_EQ(Pool().Count().cached, 0U) << "nobody needs it again, however often it is sent";
  EXPECT_FALSE(CheckBlock({stored}, context).valid);
  EXPECT_TRUE(CheckBlock({stored}, Context()).valid);
}

// The executor relies on it, whether the pool has the transaction in its memory or not.
TEST_F(VerifyPoolTest, TxidsOfABlockAreLookedUpOnce) {
  const StoredPtr held = Tx(1);
  ASSERT_EQ(Check({held})[0].verdict, TxVerdict::kValid);
  for (const StoredPtr& stored : {held, Tx(2)}) {
    const ledger::Transaction transaction = *ledger::DecodeStored(*stored);
    const Bytes key = ledger::ExpiryKey(transaction.payload.exp, transaction.txid);
    view_->ClearAsked();
    EXPECT_TRUE(CheckBlock({stored}, Context()).valid);
    EXPECT_EQ(view_->Asked(key), 1);
    auto later = std::make_shared<TestView>(*view_);
    later->values[key] = Bytes();
    EXPECT_FALSE(
        CheckBlock(
            {stored},
            std::make_shared<const VerifyContext>(VerifyContext{
                .chain = std::string(kChain), .height = 6, .block_time = kTime, .view = later}))
            .valid);
  }
}

TEST_F(VerifyPoolTest, EmptyBlockIsValid) { EXPECT_TRUE(CheckBlock({}, Context()).valid); }

TEST_F(VerifyPoolTest, OneBadTransactionSpoilsTheBlock) {
  std::vector<StoredPtr> all = Txs(200);
  EXPECT_TRUE(CheckBlock(all, Context()).valid);
  all[150] = std::make_shared<const Bytes>(20, 1);
  const auto verdict = CheckBlock(all, Context());
  EXPECT_FALSE(verdict.valid);
  EXPECT_EQ(verdict.transactions.size(), 200U);
}

TEST_F(VerifyPoolTest, MoreThanTheBoundIsFullAndStaysWithTheCaller) {
  options_.outstanding_max = 10;
  std::vector<Submission> eleven;
  eleven.reserve(11);
  for (std::uint64_t i = 0; i < 11; ++i) eleven.push_back({Tx(i), i});
  EXPECT_EQ(Pool().Submit(std::move(eleven)), PushResult::kFull);
  // NOLINTNEXTLINE(bugprone-use-after-move): what is refused is untouched
  ASSERT_EQ(eleven.size(), 11U);
  EXPECT_NE(eleven[10].stored, nullptr);
  eleven.pop_back();
  EXPECT_EQ(Pool().Submit(std::move(eleven)), PushResult::kOk);
  std::vector<Submission> one;
  one.push_back({Tx(20), 20});
  // Nothing has been drained, whether or not it is verified already.
  EXPECT_EQ(Pool().Submit(std::move(one)), PushResult::kFull);
}

TEST_F(VerifyPoolTest, CacheIsBoundedAndForgets) {
  options_.cache_count_max = 32;
  const std::vector<StoredPtr> all = Txs(200);
  const auto results = Check(all);
  EXPECT_LE(Pool().Count().cached, 32U);
  std::vector<ledger::EnvHash> envs;
  envs.reserve(results.size());
  for (const CheckedTx& result : results) envs.push_back(result.transaction->env);
  Pool().Forget(envs);
  EXPECT_EQ(Pool().Count().cached, 0U);
  EXPECT_EQ(Check({all[0]})[0].verdict, TxVerdict::kValid);
}

TEST_F(VerifyPoolTest, StopAnswersEveryBlockOnce) {
  const std::vector<StoredPtr> all = Txs(100);
  const auto transactions = BlockOf(all);
  std::atomic<int> answers = 0;
  int accepted = 0;
  for (int i = 0; i < 10; ++i) {
    if (Pool().CheckBlock(transactions, Context(), [&](const auto&) { ++answers; }) ==
        PushResult::kOk) {
      ++accepted;
    }
  }
  Pool().Stop();
  EXPECT_EQ(answers, accepted);
  EXPECT_EQ(Pool().CheckBlock(transactions, Context(), [](const auto&) {}), PushResult::kClosed);
  std::vector<Submission> one;
  one.push_back({all[0], 0});
  EXPECT_EQ(Pool().Submit(std::move(one)), PushResult::kClosed);
}

TEST_F(VerifyPoolTest, OtherWorkBeyondTheBoundStaysWithTheCaller) {
  constexpr int kBound = 16;
  options_.threads = 1;
  std::promise<void> begun;
  std::promise<void> released;
  std::atomic<int> runs = 0;
  const auto count = [&runs] {
    ++runs;
    runs.notify_one();
  };
  VerifyPool::Job first = [&begun, wait = released.get_future().share()] {
    begun.set_value();
    wait.wait();
  };
  ASSERT_EQ(Pool().Run(std::move(first)), PushResult::kOk);
  begun.get_future().wait();
  for (int i = 0; i < kBound; ++i) EXPECT_EQ(Pool().Run(count), PushResult::kOk);
  VerifyPool::Job beyond = count;
  EXPECT_EQ(Pool().Run(std::move(beyond)), PushResult::kFull);
  // NOLINTNEXTLINE(bugprone-use-after-move): as it says
  EXPECT_TRUE(beyond) << "what is refused stays with the caller";
  released.set_value();
  for (int seen = runs; seen < kBound; seen = runs) runs.wait(seen);
  EXPECT_EQ(Pool().Run(std::move(beyond)), PushResult::kOk) << "there is room again";
  runs.wait(kBound);
  Pool().Stop();  // it uses what stands here
}

TEST_F(VerifyPoolTest, RunsOtherWorkUntilItStops) {
  std::atomic<int> runs = 0;
  VerifyPool::Job job = [&runs] {
    ++runs;
    runs.notify_one();
  };
  EXPECT_EQ(Pool().Run(std::move(job)), PushResult::kOk);
  runs.wait(0);
  Pool().Stop();
  job = [&runs] { ++runs; };
  EXPECT_EQ(Pool().Run(std::move(job)), PushResult::kClosed);
  // NOLINTNEXTLINE(bugprone-use-after-move): as it says
  ASSERT_TRUE(job) << "what is refused stays with the caller";
  EXPECT_EQ(runs, 1);
}

TEST_F(VerifyPoolTest, ManySubmittersAndBlocksAtOnce) {
  const std::vector<StoredPtr> all = Txs(64);
  const auto transactions = BlockOf(all);
  VerifyPool& pool = Pool();
  std::atomic<int> valid_blocks = 0;
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        std::vector<Submission> some;
        some.reserve(all.size());
        for (const StoredPtr& stored : all) some.push_back({stored, 0});
        if (pool.Submit(std::move(some)) != PushResult::kOk) continue;
        accepted += 64;
        if (i % 5 != 0) continue;
        auto done = [&](const VerifyPool::BlockVerdict& verdict) {
          valid_blocks += verdict.valid ? 1 : 0;
        };
        while (pool.CheckBlock(transactions, Context(), done) == PushResult::kFull) {
          std::this_thread::yield();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int drained = 0;
  while (drained < accepted) {
    const auto results = pool.Drain();
    drained += static_cast<int>(results.size());
    for (const CheckedTx& result : results) ASSERT_EQ(result.verdict, TxVerdict::kValid);
    std::this_thread::yield();
  }
  pool.Stop();
  EXPECT_EQ(valid_blocks, 12);
  EXPECT_EQ(pool.Count().outstanding, 0U);
}

}  // namespace
}  // namespace jiandu::node::testing
