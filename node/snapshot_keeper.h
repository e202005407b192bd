// The thread that writes snapshots of the state while the node goes on (docs/snapshots.md).
//
// Every `every` heights the writer hands over the database as of exactly that height; the snapshot
// is written from it beside the others, the newest `keep` stay, and the one the node began from.
// When one is still being written the next height waits, and only the newest that waits is made. A
// failure is an alarm, never the end of the node.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ledger/store/ledger_view.h"
#include "ledger/store/snapshot_files.h"
#include "node/mutex.h"
#include "node/thread.h"

namespace jiandu::node {

struct SnapshotSettings {
  std::filesystem::path folder;
  ledger::Height every = 0;  // 0: none are made; those there are served
  std::size_t keep = 2;
  ledger::Height origin = 0;  // the one this node began from; 0: none
  // Stored bytes of a transaction, by height and position in the block.
  std::function<Result<Bytes>(ledger::Height, std::uint64_t)> transaction;
  // On the keeper's thread; must only post.
  std::function<void(std::string)> on_alarm;
  std::function<void(ledger::Height, std::uint64_t bytes)> on_made;
};

class SnapshotKeeper {
 public:
  explicit SnapshotKeeper(SnapshotSettings settings);
  ~SnapshotKeeper();
  SnapshotKeeper(const SnapshotKeeper&) = delete;
  SnapshotKeeper& operator=(const SnapshotKeeper&) = delete;

  // The database is as of this height. The writer's thread.
  void Follow(ledger::Height height, std::shared_ptr<const store::KvReader> written);
  void Stop();

  // Whole snapshots, ascending. Any thread.
  using List = std::vector<store::SnapshotFilePtr>;
  [[nodiscard]] std::shared_ptr<const List> Made() const;

 private:
  void Run();
  void LoadAll();
  void Make(const std::shared_ptr<const store::KvReader>& written);
  [[nodiscard]] Result<void> Prune();
  void Publish(List list);
  [[nodiscard]] bool IsStopping() const;

  const SnapshotSettings settings_;
  // The reason for a lock: the writer hands over, the loop and gateway threads read the list.
  mutable Mutex mutex_;
  Condition changed_;
  std::shared_ptr<const store::KvReader> written_ JD_GUARDED_BY(mutex_);
  std::shared_ptr<const List> made_ JD_GUARDED_BY(mutex_);
  bool stopping_ JD_GUARDED_BY(mutex_) = false;
  Thread thread_;
};

}  // namespace jiandu::node
