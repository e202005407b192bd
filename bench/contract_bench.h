// A state in LevelDB on which blocks of one op after another are played, and what each op cost.
//
// For bench_cases.cc alone. Each Bench belongs to one thread; several take turns by the block, so
// that what a shared machine gives at one moment is given to all of them.
#pragma once

#include <time.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "ledger/store/leveldb_store.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts {

inline constexpr std::size_t kBlock = 1000;

inline std::int64_t ClockNs(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}
inline std::int64_t CpuNs() { return ClockNs(CLOCK_THREAD_CPUTIME_ID); }
inline std::int64_t ProcessNs() { return ClockNs(CLOCK_PROCESS_CPUTIME_ID); }

[[noreturn]] inline void Die(const std::string& why) {
  std::fprintf(stderr, "bench_cases: %s\n", why.c_str());
  std::exit(1);
}

// What a block, or all blocks of a type, asked of the store and gave it.
struct Traffic {
  std::size_t gets = 0;
  std::size_t absent = 0;
  std::size_t scans = 0;
  std::size_t rows = 0;
  std::size_t bytes = 0;  // of keys and values written
  std::int64_t apply_ns = 0;
  std::int64_t write_ns = 0;
};

// The state as a node's executor reads it from disk.
class DiskView final : public ledger::StateView {
 public:
  DiskView(store::KvStore& store, Traffic& traffic) : store_(store), traffic_(traffic) {}
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override {
    auto value = store_.Get(key);
    if (!value) Die(value.error().detail);
    ++traffic_.gets;
    if (!*value) ++traffic_.absent;
    return *std::move(value);
  }
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override {
    ++traffic_.scans;
    if (auto done = store_.Scan(prefix, from, visit); !done) Die(done.error().detail);
  }

 private:
  store::KvStore& store_;
  Traffic& traffic_;
};

inline double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

struct Figure {
  std::vector<double> costs;  // of each block: ns for one transaction or record
  Traffic traffic;
  double transactions = 0;
  [[nodiscard]] double PerSecond() const { return 1e9 / Median(costs); }
  // Of blocks played next to each other, for what the machine gives changes by the second.
  [[nodiscard]] double RatioTo(const Figure& first) const {
    std::vector<double> ratios;
    const std::size_t pairs = std::min(costs.size(), first.costs.size());
    for (std::size_t i = 0; i < pairs; ++i) ratios.push_back(first.costs[i] / costs[i]);
    return Median(std::move(ratios));
  }
  [[nodiscard]] double Each(std::size_t count) const {
    return static_cast<double>(count) / transactions;
  }
  [[nodiscard]] double WriteShare() const {
    return static_cast<double>(traffic.write_ns) /
           static_cast<double>(traffic.apply_ns + traffic.write_ns);
  }
};

// Who may play the next block: all of them one after another, again and again.
class Turns {
 public:
  explicit Turns(std::size_t players) : players_(players) {}
  void Take(std::size_t player) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return next_ == player; });
  }
  void Pass() {
    const std::lock_guard lock(mutex_);
    next_ = (next_ + 1) % players_;
    changed_.notify_all();
  }

 private:
  std::size_t players_;
  std::size_t next_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
};

class Bench {
 public:
  explicit Bench(const std::filesystem::path& folder) {
    auto opened = store::LevelDbStore::Open(folder);
    if (!opened) Die(opened.error().detail);
    store_ = *std::move(opened);
    view_ = std::make_unique<DiskView>(*store_, traffic_);
    test_.PublishResource();
    log_size_ = 100;
    store::KvBatch batch;
    test_.net.View().Scan({}, {}, [&](ByteView key, ByteView value) {
      batch.Put(key, value);
      return true;
    });
    Write(batch);
  }

  using MakeOne = std::function<TransactionPtr(std::size_t)>;
  // `n` transactions of a kind in blocks; the first entity born in each, when there is one.
  std::vector<ledger::EntityId> Play(const std::string& name, std::size_t n, const MakeOne& make,
                                     std::size_t per_block = kBlock, std::int64_t units = 1) {
    std::vector<ledger::EntityId> born;
    std::vector<double> costs;
    traffic_ = {};
    for (std::size_t done = 0; done < n; done += per_block) {
      if (turns_ != nullptr) turns_->Take(player_);
      std::vector<TransactionPtr> block;
      for (std::size_t i = done; i < std::min(n, done + per_block); ++i) block.push_back(make(i));
      const ledger::LogIndex first = log_size_;
      const std::int64_t before = CpuNs();
      const BlockOutcome outcome = Apply(block);
      costs.push_back(static_cast<double>(CpuNs() - before) /
                      static_cast<double>(static_cast<std::int64_t>(block.size()) * units));
      traffic_.rows += outcome.writes.Writes().size();
      traffic_.bytes += outcome.writes.ByteSize();
      if (outcome.codes.front() != 0) {
        Die(name + ": " + testing::CodeName(static_cast<ledger::Code>(outcome.codes.front())));
      }
      for (const auto& birth : outcome.births) {
        if (birth.index >= first) born.push_back(birth.id);  // the others are parties that joined
      }
      if (turns_ != nullptr) turns_->Pass();
    }
    figures_[name] = {.costs = std::move(costs),
                      .traffic = traffic_,
                      .transactions = static_cast<double>(n) * static_cast<double>(units)};
    order_.push_back(name);
    return born;
  }

  // The store merges its files behind the writes. A ledger grows over years, so what is measured is
  // not how it catches up with all of them in a minute. LevelDB does not tell when it is idle, so
  // this asks the process's CPU clock; CompactRange would leave one level, which no ledger in use
  // has.
  static void Settle() {
    constexpr std::int64_t kIdleNs = 5'000'000;
    std::int64_t before = 0;
    for (std::int64_t now = ProcessNs(); now - before > kIdleNs; now = ProcessNs()) {
      before = now;
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
  }
  // From now on each block waits for its turn.
  void Join(Turns& turns, std::size_t player) {
    turns_ = &turns;
    player_ = player;
  }
  testing::TestCase& Test() { return test_; }
  [[nodiscard]] const DiskView& View() const { return *view_; }
  [[nodiscard]] const std::map<std::string, Figure>& Figures() const { return figures_; }
  [[nodiscard]] const std::vector<std::string>& Order() const { return order_; }
  TransactionPtr Make(std::string_view op, std::string_view department,
                      const std::vector<testing::Signing>& signers, Json body) {
    return test_.net.Make(op, department, signers, std::move(body));
  }

 private:
  BlockOutcome Apply(const std::vector<TransactionPtr>& block) {
    const BlockContext context{.chain = std::string(testing::kChain),
                               .height = ++height_,
                               .time = test_.net.Time(),
                               .log_size = log_size_};
    const std::int64_t began = CpuNs();
    BlockOutcome outcome = ApplyBlock(*view_, context, block);
    const std::int64_t applied = CpuNs();
    store::KvBatch batch;
    batch.Reserve(outcome.writes.Writes().size(), outcome.writes.ByteSize());
    for (const auto& [key, value] : outcome.writes.Writes()) {
      if (value) batch.Put(key, *value);
      if (!value) batch.Delete(key);
    }
    Write(batch);
    traffic_.apply_ns += applied - began;
    traffic_.write_ns += CpuNs() - applied;
    log_size_ += outcome.stubs.size() + 1;
    test_.net.Advance(1000);
    return outcome;
  }
  void Write(const store::KvBatch& batch) {
    if (auto done = store_->Write(batch, store::Durability::kUnsynced); !done) {
      Die(done.error().detail);
    }
  }

  testing::TestCase test_;
  std::unique_ptr<store::LevelDbStore> store_;
  std::unique_ptr<DiskView> view_;
  ledger::Height height_ = 1000;
  ledger::LogIndex log_size_ = 0;
  Traffic traffic_;
  std::map<std::string, Figure> figures_;
  std::vector<std::string> order_;
  Turns* turns_ = nullptr;
  std::size_t player_ = 0;
};

}  // namespace jiandu::contracts
