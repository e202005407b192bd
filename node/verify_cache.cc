// Sharded, bounded memory of what was verified.
#include "node/verify_cache.h"

#include <algorithm>
#include <utility>

#include "node/tx_charge.h"

namespace jiandu::node {

EnvelopeCache::EnvelopeCache(std::size_t count_max, std::size_t bytes_max)
    : shard_count_max_(std::max<std::size_t>(count_max / kShards, 1)),
      shard_bytes_max_(std::max<std::size_t>(bytes_max / kShards, 1)) {}

std::optional<EnvelopeCache::Held> EnvelopeCache::Find(const ledger::EnvHash& env) const {
  const Shard& shard = ShardOf(env);
  const MutexLock lock(shard.mutex);
  const auto found = shard.held.find(env);
  if (found == shard.held.end()) return std::nullopt;
  return found->second;
}

void EnvelopeCache::Drop(Shard& shard, const ledger::EnvHash& env) {
  const auto found = shard.held.find(env);
  if (found == shard.held.end()) return;
  shard.bytes -= found->second.charge;
  shard.held.erase(found);
}

void EnvelopeCache::Insert(const ledger::EnvHash& env, Held held) {
  Shard& shard = ShardOf(env);
  const std::size_t charge = ChargeOf(*held.transaction);
  held.charge = charge;
  const MutexLock lock(shard.mutex);
  if (!shard.held.emplace(env, std::move(held)).second) return;
  shard.bytes += charge;
  shard.order.push_back(env);
  // The second condition bounds the order itself, which keeps what was forgotten a little longer.
  while (shard.held.size() > shard_count_max_ || shard.bytes > shard_bytes_max_ ||
         shard.order.size() > 2 * shard_count_max_) {
    Drop(shard, shard.order.front());
    shard.order.pop_front();
  }
}

void EnvelopeCache::Forget(std::span<const ledger::EnvHash> envs) {
  for (const ledger::EnvHash& env : envs) {
    Shard& shard = ShardOf(env);
    const MutexLock lock(shard.mutex);
    Drop(shard, env);
  }
}

std::size_t EnvelopeCache::Count() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) {
    const MutexLock lock(shard.mutex);
    count += shard.held.size();
  }
  return count;
}

KeyCache::EntryPtr KeyCache::Find(const ledger::KeyId& id, ledger::Height height) const {
  const MutexLock lock(mutex_);
  const auto found = keys_.find(id);
  if (found == keys_.end() || found->second.since > height) return nullptr;
  return found->second.entry;
}

KeyCache::EntryPtr KeyCache::Parse(const ledger::KeyId& id,
                                   const crypto::EcdsaPublicKeyBytes& bytes,
                                   const ledger::DepartmentId& department, ledger::Height height) {
  // Under the lock, so that two threads that meet a key at once do not both parse it.
  const MutexLock lock(mutex_);
  const auto found = keys_.find(id);
  if (found != keys_.end()) {
    found->second.since = std::min(found->second.since, height);
    return found->second.entry;
  }
  auto parsed = crypto::EcdsaPublicKey::Parse(bytes.View());
  if (!parsed.has_value()) return nullptr;
  ++parsed_;
  auto entry = std::make_shared<const Entry>(Entry{.key = *parsed, .department = department});
  if (keys_.size() < kKeysMax) keys_.emplace(id, Known{.entry = entry, .since = height});
  return entry;
}

}  // namespace jiandu::node
