// The verify pool: what it lets through, what it remembers, and that it never answers from memory
// what it has not seen byte for byte.
#include "node/verify_pool.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "crypto/hash.h"
#include "ledger/model/key_record.h"
#include "node/queue.h"

namespace jiandu::node {
namespace {

constexpr ledger::TimeMs kTime = 1'700'000'000'000;
constexpr std::string_view kChain = "test-chain";

// A state that holds what the test puts there.
class TestView final : public ledger::StateView {
 public:
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override {
    const auto found = values.find(ToBytes(key));
    if (found == values.end()) return std::nullopt;
    return found->second;
  }
  void Scan(ByteView /*prefix*/, ByteView /*from*/, const Visitor& /*visit*/) const override {}

  void Register(const crypto::EcdsaPublicKeyBytes& key,
                std::string_view department = "91330100MA27W0000X") {
    ledger::KeyRecord record;
    record.key = key;
    record.department = department;
    record.identity = ledger::NetworkEntity();
    values[ledger::KeyRecordKey(crypto::MakeKeyId(key))] = record.Encode();
  }

  std::map<Bytes, Bytes> values;
};

struct Officer {
  crypto::EcdsaPrivateKey key = crypto::EcdsaPrivateKey::Generate();
  [[nodiscard]] ledger::KeyId Id() const { return crypto::MakeKeyId(key.PublicKey()); }
};

ledger::Payload MakePayload(const std::vector<const Officer*>& signers, std::uint64_t number) {
  ledger::Payload payload;
  payload.chain = kChain;
  payload.op = "request.submit";
  payload.department = "91330100MA27W0000X";
  for (const Officer* officer : signers) payload.signers.push_back({.key = officer->Id()});
  std::ranges::sort(payload.signers);
  Bytes nonce;
  AppendU64Be(nonce, number);
  static constexpr std::string_view kHex = "0123456789abcdef";
  for (const std::uint8_t byte : nonce) {
    payload.nonce += kHex[byte >> 4U];
    payload.nonce += kHex[byte & 15U];
  }
  payload.exp = kTime + 3'600'000;
  payload.at = kTime;
  payload.body = Json::MakeObject();
  return payload;
}

StoredPtr Sign(const ledger::Payload& payload, const std::vector<const Officer*>& signers) {
  const std::string text = ledger::EncodePayload(payload);
  const Hash256 digest = crypto::Sha256(ledger::PreAuthEncoding(AsBytes(text)));
  std::vector<ledger::TxSignature> signatures;
  for (const Officer* officer : signers) {
    signatures.push_back({.key = officer->Id(), .signature = officer->key.SignDigest(digest)});
  }
  return std::make_shared<const Bytes>(ledger::EncodeStored(AsBytes(text), std::move(signatures)));
}

class VerifyPoolTest : public ::testing::Test {
 protected:
  VerifyPoolTest() {
    view_->Register(maker_.key.PublicKey());
    view_->Register(head_.key.PublicKey());
    options_.threads = 2;
    options_.check_form = [](const ledger::Transaction& transaction, std::string_view chain,
                             ledger::TimeMs time) -> std::optional<contracts::AdmissionIssue> {
      if (transaction.payload.chain == chain && transaction.payload.exp > time) return std::nullopt;
      return contracts::AdmissionIssue{
          .code = ledger::FindCode("TX_EXPIRED"), .pointer = "/exp", .detail = ""};
    };
  }

  [[nodiscard]] VerifyContextPtr Context(ledger::TimeMs time = kTime) const {
    return std::make_shared<const VerifyContext>(VerifyContext{
        .chain = std::string(kChain), .height = 5, .block_time = time, .view = view_});
  }
  VerifyPool& Pool() {
    if (pool_ == nullptr) {
      pool_ = std::make_unique<VerifyPool>(options_, Context(), [this] {
        const std::lock_guard lock(mutex_);
        woken_ = true;
        ready_.notify_one();
      });
    }
    return *pool_;
  }
  [[nodiscard]] StoredPtr Tx(std::uint64_t number) const {
    return Sign(MakePayload({&maker_}, number), {&maker_});
  }
  // Submits all and waits for as many results, in the order of tickets.
  std::vector<CheckedTx> Check(const std::vector<StoredPtr>& all) {
    std::vector<Submission> submissions;
    for (std::size_t i = 0; i < all.size(); ++i) submissions.push_back({all[i], i});
    EXPECT_EQ(Pool().Submit(std::move(submissions)), PushResult::kOk);
    std::vector<CheckedTx> results;
    while (results.size() < all.size()) {
      {
        std::unique_lock lock(mutex_);
        if (!ready_.wait_for(lock, std::chrono::seconds(20), [this] { return woken_; })) break;
        woken_ = false;
      }
      for (CheckedTx& checked : Pool().Drain()) results.push_back(std::move(checked));
    }
    std::ranges::sort(results, {}, &CheckedTx::ticket);
    return results;
  }
  VerifyPool::BlockVerdict CheckBlock(const std::vector<StoredPtr>& all, VerifyContextPtr context) {
    auto transactions = std::make_shared<std::vector<Bytes>>();
    for (const StoredPtr& stored : all) transactions->push_back(*stored);
    // Shared: the pool's thread may still be inside Push when the result is already taken.
    const auto verdicts = std::make_shared<Channel<VerifyPool::BlockVerdict>>(1);
    EXPECT_EQ(Pool().CheckBlock(transactions, std::move(context),
                                [verdicts](VerifyPool::BlockVerdict verdict) {
                                  EXPECT_EQ(verdicts->Push(std::move(verdict)), PushResult::kOk);
                                }),
              PushResult::kOk);
    return std::move(verdicts->Wait().at(0));
  }

  std::shared_ptr<TestView> view_ = std::make_shared<TestView>();
  Officer maker_;
  Officer head_;
  VerifyPoolOptions options_;
  std::mutex mutex_;
  std::condition_variable ready_;
  bool woken_ = false;
  std::unique_ptr<VerifyPool> pool_;
};

TEST_F(VerifyPoolTest, GoodTransactionIsDecodedAndVerified) {
  const auto results = Check({Tx(1)});
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].verdict, TxVerdict::kValid) << results[0].detail;
  ASSERT_NE(results[0].transaction, nullptr);
  EXPECT_EQ(results[0].transaction->payload.op, "request.submit");
  EXPECT_EQ(Pool().Count().verified, 1U);
}

TEST_F(VerifyPoolTest, BlockOfPooledTransactionsCostsNoSecondVerification) {
  std::vector<StoredPtr> all;
  for (std::uint64_t i = 0; i < 300; ++i) all.push_back(Tx(i));
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
  Officer stranger;
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
  Officer other;
  payload = MakePayload({&maker_, &other}, 3);
  payload.department = "119901000990010105";
  auto later = std::make_shared<TestView>(*view_);
  later->Register(other.key.PublicKey(), payload.department);
  const auto context = std::make_shared<const VerifyContext>(
      VerifyContext{.chain = std::string(kChain), .height = 6, .block_time = kTime, .view = later});
  EXPECT_TRUE(CheckBlock({Sign(payload, {&maker_, &other})}, context).valid);
}

TEST_F(VerifyPoolTest, ExpiryIsJudgedByTheTimeOfEachBlock) {
  const StoredPtr stored = Tx(1);
  ASSERT_EQ(Check({stored})[0].verdict, TxVerdict::kValid);
  EXPECT_TRUE(CheckBlock({stored}, Context(kTime + 3'599'999)).valid);
  EXPECT_FALSE(CheckBlock({stored}, Context(kTime + 3'600'000)).valid);
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
  EXPECT_FALSE(CheckBlock({stored}, context).valid);
  EXPECT_TRUE(CheckBlock({stored}, Context()).valid);
}

TEST_F(VerifyPoolTest, EmptyBlockIsValid) { EXPECT_TRUE(CheckBlock({}, Context()).valid); }

TEST_F(VerifyPoolTest, OneBadTransactionSpoilsTheBlock) {
  std::vector<StoredPtr> all;
  for (std::uint64_t i = 0; i < 200; ++i) all.push_back(Tx(i));
  EXPECT_TRUE(CheckBlock(all, Context()).valid);
  all[150] = std::make_shared<const Bytes>(20, 1);
  const auto verdict = CheckBlock(all, Context());
  EXPECT_FALSE(verdict.valid);
  EXPECT_EQ(verdict.transactions.size(), 200U);
}

TEST_F(VerifyPoolTest, MoreThanTheBoundIsFullAndStaysWithTheCaller) {
  options_.outstanding_max = 10;
  std::vector<Submission> eleven;
  for (std::uint64_t i = 0; i < 11; ++i) eleven.push_back({Tx(i), i});
  EXPECT_EQ(Pool().Submit(std::move(eleven)), PushResult::kFull);
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
  std::vector<StoredPtr> all;
  for (std::uint64_t i = 0; i < 200; ++i) all.push_back(Tx(i));
  const auto results = Check(all);
  EXPECT_LE(Pool().Count().cached, 32U);
  std::vector<ledger::EnvHash> envs;
  for (const CheckedTx& result : results) envs.push_back(result.transaction->env);
  Pool().Forget(envs);
  EXPECT_EQ(Pool().Count().cached, 0U);
  EXPECT_EQ(Check({all[0]})[0].verdict, TxVerdict::kValid);
}

TEST_F(VerifyPoolTest, StopAnswersEveryBlockOnce) {
  std::vector<StoredPtr> all;
  for (std::uint64_t i = 0; i < 100; ++i) all.push_back(Tx(i));
  auto transactions = std::make_shared<std::vector<Bytes>>();
  for (const StoredPtr& stored : all) transactions->push_back(*stored);
  std::atomic<int> answers = 0;
  int accepted = 0;
  for (int i = 0; i < 10; ++i) {
    if (Pool().CheckBlock(transactions, Context(), [&](VerifyPool::BlockVerdict) { ++answers; }) ==
        PushResult::kOk) {
      ++accepted;
    }
  }
  Pool().Stop();
  EXPECT_EQ(answers, accepted);
  EXPECT_EQ(Pool().CheckBlock(transactions, Context(), [](VerifyPool::BlockVerdict) {}),
            PushResult::kClosed);
  std::vector<Submission> one;
  one.push_back({all[0], 0});
  EXPECT_EQ(Pool().Submit(std::move(one)), PushResult::kClosed);
}

TEST_F(VerifyPoolTest, ManySubmittersAndBlocksAtOnce) {
  std::vector<StoredPtr> all;
  for (std::uint64_t i = 0; i < 64; ++i) all.push_back(Tx(i));
  auto transactions = std::make_shared<std::vector<Bytes>>();
  for (const StoredPtr& stored : all) transactions->push_back(*stored);
  VerifyPool& pool = Pool();
  std::atomic<int> valid_blocks = 0;
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        std::vector<Submission> some;
        for (const StoredPtr& stored : all) some.push_back({stored, 0});
        if (pool.Submit(std::move(some)) != PushResult::kOk) continue;
        accepted += 64;
        if (i % 5 != 0) continue;
        auto done = [&](VerifyPool::BlockVerdict verdict) {
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
}  // namespace jiandu::node
