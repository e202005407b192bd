// A verify pool over a state that holds what the test puts there, and signed transactions for it.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/limits.h"
#include "crypto/hash.h"
#include "ledger/model/key_record.h"
#include "node/queue.h"
#include "node/verify_pool.h"

namespace jiandu::node::testing {

inline constexpr ledger::TimeMs kTime = 1'700'000'000'000;
inline constexpr std::string_view kChain = "test-chain";

// A state that holds what the test puts there.
class TestView final : public ledger::StateView {
 public:
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override {
    const std::lock_guard lock(*mutex_);
    ++asked_[ToBytes(key)];
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

  // How often a key was read.
  [[nodiscard]] int Asked(const Bytes& key) const {
    const std::lock_guard lock(*mutex_);
    const auto found = asked_.find(key);
    return found == asked_.end() ? 0 : found->second;
  }
  void ClearAsked() {
    const std::lock_guard lock(*mutex_);
    asked_.clear();
  }

  std::map<Bytes, Bytes> values;

 private:
  std::shared_ptr<std::mutex> mutex_ = std::make_shared<std::mutex>();  // shared by copies
  mutable std::map<Bytes, int> asked_;
};

struct Officer {
  crypto::EcdsaPrivateKey key = crypto::EcdsaPrivateKey::Generate();
  [[nodiscard]] ledger::KeyId Id() const { return crypto::MakeKeyId(key.PublicKey()); }
};

inline ledger::Payload MakePayload(const std::vector<const Officer*>& signers,
                                   std::uint64_t number) {
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

inline StoredPtr Sign(const ledger::Payload& payload, const std::vector<const Officer*>& signers) {
  const std::string text = ledger::EncodePayload(payload);
  const Hash256 digest = crypto::Sha256(ledger::PreAuthEncoding(AsBytes(text)));
  std::vector<ledger::TxSignature> signatures;
  signatures.reserve(signers.size());
  for (const Officer* officer : signers) {
    signatures.push_back({.key = officer->Id(), .signature = officer->key.SignDigest(digest)});
  }
  return std::make_shared<const Bytes>(ledger::EncodeStored(AsBytes(text), std::move(signatures)));
}

inline std::shared_ptr<std::vector<Bytes>> BlockOf(const std::vector<StoredPtr>& all) {
  auto transactions = std::make_shared<std::vector<Bytes>>();
  transactions->reserve(all.size());
  for (const StoredPtr& stored : all) transactions->push_back(*stored);
  return transactions;
}

class VerifyPoolTest : public ::testing::Test {
 protected:
  VerifyPoolTest() {
    view_->Register(maker_.key.PublicKey());
    view_->Register(head_.key.PublicKey());
    options_.threads = 2;
    options_.clock = [this] { return clock_.load(); };
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
  [[nodiscard]] std::vector<StoredPtr> Txs(std::uint64_t count) const {
    std::vector<StoredPtr> all;
    all.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) all.push_back(Tx(i));
    return all;
  }
  // Submits all and waits for as many results, in the order of tickets.
  std::vector<CheckedTx> Check(const std::vector<StoredPtr>& all) {
    std::vector<Submission> submissions;
    submissions.reserve(all.size());
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
    const auto transactions = BlockOf(all);
    // Shared: the pool's thread may still be inside Push when the result is already taken.
    const auto verdicts = std::make_shared<Channel<VerifyPool::BlockVerdict>>(1);
    EXPECT_EQ(Pool().CheckBlock(transactions, std::move(context),
                                [verdicts](VerifyPool::BlockVerdict verdict) {
                                  EXPECT_EQ(verdicts->Push(std::move(verdict)), PushResult::kOk);
                                }),
              PushResult::kOk);
    return std::move(verdicts->Wait().at(0));
  }

  std::atomic<ledger::TimeMs> clock_ = 0;
  std::shared_ptr<TestView> view_ = std::make_shared<TestView>();
  Officer maker_;
  Officer head_;
  VerifyPoolOptions options_;
  std::mutex mutex_;
  std::condition_variable ready_;
  bool woken_ = false;
  std::unique_ptr<VerifyPool> pool_;
};

}  // namespace jiandu::node::testing
