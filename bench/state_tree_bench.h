// A state tree of many keys in LevelDB, and what changing it costs.
//
// For bench_proofs.cc; one thread. Only the tree's nodes are kept: rows cost the same with any
// tree.
#pragma once

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>

#include "crypto/hash.h"
#include "ledger/store/leveldb_store.h"
#include "ledger/store/state_tree.h"

namespace jiandu::bench {

inline std::int64_t ClockNs(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}
inline std::int64_t CpuNs() { return ClockNs(CLOCK_THREAD_CPUTIME_ID); }
inline double Ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

[[noreturn]] inline void Die(const std::string& why) {
  std::fprintf(stderr, "bench_proofs: %s\n", why.c_str());
  std::exit(1);
}
template <typename T>
T Must(Result<T> result) {
  if (!result) Die(result.error().detail);
  return std::move(*result);
}

// Nodes from the store; the tree asks for nothing else.
class StoreView final : public ledger::StateView {
 public:
  explicit StoreView(const store::KvStore& store) : store_(store) {}
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override {
    return Must(store_.Get(key));
  }
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override {
    if (auto done = store_.Scan(prefix, from, visit); !done) Die(done.error().detail);
  }

 private:
  const store::KvStore& store_;
};

// CPU of the thread for one block, in ms: hashing with reading the nodes, and writing them.
struct TreeCost {
  double change_ms = 0;
  double write_ms = 0;
  std::size_t nodes = 0;
};

class TreeBench {
 public:
  explicit TreeBench(const std::filesystem::path& folder)
      : store_(Must(store::LevelDbStore::Open(folder))), view_(*store_) {}

  // `keys` random paths, and those of `others`, in batches that ascend.
  void Fill(std::size_t keys, std::vector<store::TreeWrite> others) {
    constexpr std::size_t kBatch = 100'000;
    paths_.reserve(keys);
    for (std::size_t i = 0; i < keys; ++i) {
      paths_.push_back(crypto::Sha256(AsBytes("filler " + std::to_string(i))));
    }
    std::ranges::sort(paths_);
    std::ranges::sort(others, {}, &store::TreeWrite::path);
    std::vector<store::TreeWrite> writes;
    auto other = others.begin();
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      for (; other != others.end() && other->path < paths_[i]; ++other) writes.push_back(*other);
      writes.push_back({.path = paths_[i], .value_hash = paths_[i]});
      if (writes.size() >= kBatch) Apply(writes);
    }
    writes.insert(writes.end(), other, others.end());
    Apply(writes);
  }

  // Median of `rounds` blocks that each change `count` random keys among `among` of all.
  TreeCost Measure(std::size_t count, std::size_t rounds, std::size_t among) {
    among = std::min(among, paths_.size());
    std::vector<TreeCost> costs;
    for (std::size_t round = 0; round < rounds; ++round) {
      std::vector<store::TreeWrite> writes;
      for (std::size_t i = 0; i < count; ++i) {
        const Hash256& path = paths_[random_() % among * (paths_.size() / among)];
        writes.push_back({.path = path,
                          .value_hash = crypto::Sha256(
                              writes.empty() ? path.View() : writes.back().path.View())});
      }
      std::ranges::sort(writes, {}, &store::TreeWrite::path);
      const auto same = std::ranges::unique(writes, {}, &store::TreeWrite::path);
      writes.erase(same.begin(), same.end());
      costs.push_back(Apply(writes));
    }
    const auto total = [](const TreeCost& cost) { return cost.change_ms + cost.write_ms; };
    std::ranges::sort(costs, {}, total);
    return costs[costs.size() / 2];
  }

  [[nodiscard]] const StoreView& View() const { return view_; }

 private:
  TreeCost Apply(std::vector<store::TreeWrite>& writes) {
    const std::int64_t began = CpuNs();
    const store::TreeChange change = Must(store::ChangeStateTree(view_, writes, &cache_));
    const std::int64_t changed = CpuNs();
    store::KvBatch batch;
    for (const auto& [key, node] : change.nodes) {
      if (node.has_value()) batch.Put(key, *node);
      if (!node.has_value()) batch.Delete(key);
    }
    if (auto done = store_->Write(batch, store::Durability::kUnsynced); !done) {
      Die(done.error().detail);
    }
    writes.clear();
    return {.change_ms = Ms(changed - began),
            .write_ms = Ms(CpuNs() - changed),
            .nodes = change.nodes.size()};
  }

  std::unique_ptr<store::LevelDbStore> store_;
  StoreView view_;
  store::TreeCache cache_;  // as an executor has one
  std::vector<Hash256> paths_;
  std::mt19937_64 random_{5200};
};

}  // namespace jiandu::bench
