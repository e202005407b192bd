// A simulated disk: what the page cache shows, what lies on the platter, and what a cut leaves.
//
// Files are kept in sectors of 512 bytes. A write changes the cache; Sync brings the file's sectors
// and size to the platter, SyncDirectory the names. When the power goes, of what was not synced any
// subset of sectors, sizes and names has reached the platter. Directories themselves are durable
// when made. Databases stand apart: LevelDB's log keeps order, so a cut takes a tail of what was
// written since the last sync. Every change is one numbered step, at which a plan may cut the
// power, fail or fill the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "tests/sim/sim_random.h"

namespace jiandu::simulator {

using sim::Random;

class Inode {
 public:
  [[nodiscard]] std::uint64_t Size() const { return size_; }
  void Read(std::uint64_t offset, std::span<std::uint8_t> out) const;
  void Write(std::uint64_t offset, ByteView bytes);
  void Truncate(std::uint64_t size);
  void Sync();
  // A sync has failed: what was dirty can be read, is not on the platter, and counts as clean.
  void ForgetDirty() { dirty_.clear(); }
  // As the platter would show it, had the power gone now.
  [[nodiscard]] std::shared_ptr<Inode> AfterCut(Random& random, std::uint64_t percent_kept) const;
  void FlipBit(std::uint64_t bit);
  [[nodiscard]] std::uint64_t ContentBytes() const { return cache_.size(); }

 private:
  static constexpr std::size_t kSector = 512;
  static void Grow(Bytes& bytes, std::uint64_t size);

  Bytes cache_;    // up to the last byte ever written; zeros behind
  Bytes platter_;  // the same, of what is synced
  std::uint64_t size_ = 0;
  std::uint64_t platter_size_ = 0;
  std::set<std::uint64_t> dirty_;  // numbers of sectors
};
using InodePtr = std::shared_ptr<Inode>;

// The rows of a database in every version since the last cut.
class Database {
 public:
  using Version = std::uint64_t;
  void Put(const Bytes& key, std::optional<Bytes> value) {
    rows_[key].emplace_back(version_ + 1, std::move(value));
  }
  void EndBatch() { ++version_; }
  void Sync() { synced_ = version_; }
  [[nodiscard]] Version Newest() const { return version_; }
  [[nodiscard]] Version Synced() const { return synced_; }
  [[nodiscard]] const Bytes* Find(ByteView key, Version as_of) const;
  // False from the visitor ends it.
  void Scan(ByteView prefix, ByteView from, Version as_of,
            const std::function<bool(ByteView, ByteView)>& visit) const;
  [[nodiscard]] std::shared_ptr<Database> CopyUpTo(Version version) const;

  bool damaged = false;  // opens only tolerantly, and lacks rows

 private:
  struct Less {
    using is_transparent = void;
    bool operator()(ByteView one, ByteView two) const {
      return std::ranges::lexicographical_compare(one, two);
    }
  };
  using History = std::vector<std::pair<Version, std::optional<Bytes>>>;
  [[nodiscard]] static const Bytes* ValueAt(const History& history, Version as_of);
  std::map<Bytes, History, Less> rows_;
  Version version_ = 0;
  Version synced_ = 0;
};
using DatabasePtr = std::shared_ptr<Database>;

enum class DiskStep : std::uint8_t {
  kCreate,
  kWrite,
  kTruncate,
  kSync,
  kRename,
  kRemove,
  kSyncNames,
  kDatabaseWrite,
  kDatabaseSync,
};
[[nodiscard]] const char* NameOf(DiskStep step);

struct Disk {
  std::map<std::string, InodePtr> names;    // as the cache shows them
  std::map<std::string, InodePtr> durable;  // as the platter has them
  std::set<std::string> directories;
  std::map<std::string, DatabasePtr> databases;  // by path

  // Faults, all off at first.
  bool lies = false;                 // says that it synced, and did not
  bool fails_syncs = false;          // EIO
  bool fails_writes = false;         // EIO
  std::uint64_t room_bytes = ~0ULL;  // what may still be written before it is full
  std::uint64_t sync_us = 80;
  // Before each step, with its number (from 1 on) and the name of the file.
  std::function<void(std::uint64_t, DiskStep, const std::string&)> on_step;
  std::uint64_t steps = 0;
  // What is written where, and when it is synced; for the checker.
  std::function<void(const std::string&, ByteView)> on_write;
  std::function<void(const std::string&)> on_synced;

  void Tell(DiskStep step, const std::string& name) {
    ++steps;
    if (on_step) on_step(steps, step, name);
  }
  void SyncNames(const std::string& directory);
  // The disk another life finds. Faults are gone, but for lying.
  [[nodiscard]] std::shared_ptr<Disk> AfterCut(Random& random) const;
  // The disk another life finds when the process alone has died: the cache lives on.
  [[nodiscard]] std::shared_ptr<Disk> AfterKill() const;
  [[nodiscard]] InodePtr Find(const std::string& name) const;
};

}  // namespace jiandu::simulator
