// The thread that keeps the lineage index (docs/lineage.md) behind the ledger it is derived from.
//
// It follows what the writer has written, in a database of its own beside the ledger's, and is
// never waited for by consensus. An index that is missing, of another ledger, ahead of this one or
// damaged is thrown away and made anew from the log. What it cannot do it says once, as an alarm;
// queries are then answered as of the height it had come to.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "ledger/store/ledger_view.h"
#include "ledger/store/leveldb_store.h"
#include "ledger/store/lineage_graph.h"
#include "node/mutex.h"
#include "node/thread.h"

namespace jiandu::node {

struct LineageSettings {
  std::filesystem::path directory;
  Hash256 genesis_hash;
  std::size_t graph_bytes_max = 0;  // 0: no graph in memory
  // Stored bytes of a transaction, by height and position in the block.
  std::function<Result<Bytes>(ledger::Height, std::uint64_t)> transaction;
  std::function<void(std::string)> on_alarm;  // on the keeper's thread; must only post
};

class LineageKeeper {
 public:
  explicit LineageKeeper(LineageSettings settings);
  ~LineageKeeper();
  LineageKeeper(const LineageKeeper&) = delete;
  LineageKeeper& operator=(const LineageKeeper&) = delete;

  // The ledger is written up to this snapshot; an older one that was not looked at is forgotten.
  // The writer's thread, and once before it starts.
  void Follow(std::shared_ptr<const store::KvReader> written);
  void Stop();

  // The height the index has come to; waits up to `wait_ms` for `wanted`. Nothing while there is
  // no index. Any thread.
  [[nodiscard]] std::optional<ledger::Height> WaitFor(ledger::Height wanted, std::int64_t wait_ms);

  // Index and graph (null: none in memory) for the time of the call. Any thread; the keeper waits
  // meanwhile, and nobody else does.
  struct Reading {
    const store::KvReader* index = nullptr;
    const store::LineageGraph* graph = nullptr;
    store::LineageMeta meta;
  };
  using Reader = std::function<Result<void>(const Reading&)>;
  [[nodiscard]] Result<void> Read(const Reader& read);

 private:
  void Run();
  [[nodiscard]] std::shared_ptr<const store::KvReader> AwaitWritten();
  [[nodiscard]] bool IsStopping() const;
  [[nodiscard]] Result<void> KeepUp(const store::LedgerView& view);
  [[nodiscard]] Result<void> OpenIndex(const store::LedgerView& view);
  [[nodiscard]] Result<void> Wipe();
  [[nodiscard]] Result<void> CatchUp(const store::LedgerView& view);
  [[nodiscard]] Result<void> IndexBlocks(const store::LedgerView& view);
  [[nodiscard]] Result<void> TendGraph();
  void Show(ledger::Height height);

  const LineageSettings settings_;

  // The reason for a lock: one thread writes the index, gateway threads read it. Held for a whole
  // walk, which is why the writer's side never takes it.
  Mutex index_mutex_;
  std::unique_ptr<store::LevelDbStore> index_ JD_GUARDED_BY(index_mutex_);
  std::optional<store::LineageGraph> graph_ JD_GUARDED_BY(index_mutex_);
  store::LineageMeta meta_ JD_GUARDED_BY(index_mutex_);
  bool graph_too_large_ = false;  // the keeper's thread

  // What the writer hands over, and how far the index has come.
  mutable Mutex state_mutex_;
  Condition changed_;
  std::shared_ptr<const store::KvReader> written_ JD_GUARDED_BY(state_mutex_);
  std::optional<ledger::Height> shown_ JD_GUARDED_BY(state_mutex_);
  bool stopping_ JD_GUARDED_BY(state_mutex_) = false;
  Thread thread_;
};

}  // namespace jiandu::node
