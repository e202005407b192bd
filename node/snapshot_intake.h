// The thread that keeps a snapshot under way on disk: makes room, stores chunks, installs.
//
// Files of `snapshots/incoming`: the same as of a whole snapshot, and the proof. Chunks found there
// after a restart are compared with the manifest and kept when they are whole, so that what a kill
// or a torn write left costs no more than the chunk it hit. Results come on this thread; the events
// must only post.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/job_thread.h"
#include "node/recover.h"
#include "node/snapshot_fetch.h"

namespace jiandu::node {

struct SnapshotIntakeEvents {
  std::function<void(std::vector<bool>)> on_opened;
  std::function<void(std::uint32_t)> on_stored;
  std::function<void(Result<void>)> on_installed;  // also: there is no room for it
  std::function<void(const char* what, std::uint64_t done, std::uint64_t all)> on_progress;
  std::function<void(Error)> on_failed;  // the disk
};

class SnapshotIntake {
 public:
  SnapshotIntake(DataPaths paths, SnapshotIntakeEvents events);
  ~SnapshotIntake() { Stop(); }
  SnapshotIntake(const SnapshotIntake&) = delete;
  SnapshotIntake& operator=(const SnapshotIntake&) = delete;

  void Open(SnapshotTarget target, Bytes manifest, Bytes proof);
  void Store(std::uint32_t chunk, Bytes bytes);
  void Install(CertifiedState certified);
  void Stop();

  // Of which snapshot part is on disk. Before the first Open; any thread.
  [[nodiscard]] static std::optional<SnapshotTarget> FindPartial(const DataPaths& paths);

 private:
  using Job = std::function<Result<void>()>;

  [[nodiscard]] Result<void> DoOpen(const SnapshotTarget& target, const Bytes& manifest,
                                    const Bytes& proof);
  [[nodiscard]] Result<void> RemoveOthers(const SnapshotTarget& target) const;
  [[nodiscard]] Result<void> FindChunks(bool is_new);
  [[nodiscard]] Result<void> DoStore(std::uint32_t chunk, const Bytes& bytes);
  [[nodiscard]] Result<void> DoInstall(const CertifiedState& certified);

  const DataPaths paths_;
  const SnapshotIntakeEvents events_;
  store::SnapshotManifest manifest_;
  std::vector<std::uint64_t> offsets_;
  store::File rows_;
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<JobThread<Job>> thread_;  // last: its jobs use the rest
};

}  // namespace jiandu::node
