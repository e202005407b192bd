// What the verify pool remembers: envelopes that hold, and parsed keys.
//
// Shared by the pool's threads, in shards with a lock each: the one table of the node that many
// threads write, because a lock of 50 ns stands against a verification of 40 us. Only successes are
// kept, found by the hash of the exact stored bytes. Bounded; the oldest go first. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>

#include "crypto/ecdsa.h"
#include "ledger/model/transaction.h"
#include "node/digest_hash.h"
#include "node/mempool.h"
#include "node/mutex.h"

namespace jiandu::node {

class EnvelopeCache {
 public:
  // A transaction whose signatures hold. Its form was right at `formed_at`, its keys were
  // registered at the end of `keys_at`; both stay so later, but for `exp`.
  struct Held {
    TransactionPtr transaction;
    ledger::TimeMs formed_at = 0;
    ledger::Height keys_at = 0;
    std::size_t charge = 0;  // Insert sets it
  };

  // `bytes_max` of what they count for (node/tx_charge.h).
  EnvelopeCache(std::size_t count_max, std::size_t bytes_max);
  [[nodiscard]] std::optional<Held> Find(const ledger::EnvHash& env) const;
  void Insert(const ledger::EnvHash& env, Held held);
  void Forget(std::span<const ledger::EnvHash> envs);
  [[nodiscard]] std::size_t Count() const;

 private:
  static constexpr std::size_t kShards = 16;
  struct Shard {
    mutable Mutex mutex;
    DigestMap<Held> held JD_GUARDED_BY(mutex);
    std::deque<ledger::EnvHash> order JD_GUARDED_BY(mutex);  // may name what is forgotten already
    std::size_t bytes JD_GUARDED_BY(mutex) = 0;
  };
  [[nodiscard]] Shard& ShardOf(const ledger::EnvHash& env) {
    return shards_.at(env.bytes[0] % kShards);
  }
  [[nodiscard]] const Shard& ShardOf(const ledger::EnvHash& env) const {
    return shards_.at(env.bytes[0] % kShards);
  }
  static void Drop(Shard& shard, const ledger::EnvHash& env) JD_REQUIRES(shard.mutex);

  std::size_t shard_count_max_;
  std::size_t shard_bytes_max_;
  std::array<Shard, kShards> shards_;
};

// Registered public keys, each parsed once. A key id is the hash of its key, and a key registered
// at a height stays registered (revoked ones too) with its department, so nothing here ever becomes
// wrong.
class KeyCache {
 public:
  struct Entry {
    crypto::EcdsaPublicKey key;
    ledger::DepartmentId department;
  };
  using EntryPtr = std::shared_ptr<const Entry>;  // published, immutable

  // Null unless the key was registered at the end of `height`.
  [[nodiscard]] EntryPtr Find(const ledger::KeyId& id, ledger::Height height) const;
  // The parsed key, or null when the bytes are no key.
  [[nodiscard]] EntryPtr Parse(const ledger::KeyId& id, const crypto::EcdsaPublicKeyBytes& bytes,
                               const ledger::DepartmentId& department, ledger::Height height);
  [[nodiscard]] std::uint64_t Parsed() const { return parsed_; }

 private:
  struct Known {
    EntryPtr entry;
    ledger::Height since = 0;  // the lowest height at whose end it was seen registered
  };
  static constexpr std::size_t kKeysMax = 1U << 20U;

  mutable Mutex mutex_;
  std::map<ledger::KeyId, Known> keys_ JD_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> parsed_ = 0;
};

}  // namespace jiandu::node
