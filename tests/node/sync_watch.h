// Sees every fdatasync, fsync and pwrite of the test program, and can let a sync fail.
//
// The program's own functions of these names (sync_watch.cc) go before those of the C library, so
// what is under test needs no hook. One watch at a time; calls of all threads are recorded, in
// order.
#pragma once

#include <string>
#include <vector>

namespace jiandu::node::testing {

class SyncWatch {
 public:
  SyncWatch();
  ~SyncWatch();
  SyncWatch(const SyncWatch&) = delete;
  SyncWatch& operator=(const SyncWatch&) = delete;

  // Puts a word of the test between the syncs.
  void Note(const std::string& word);
  // "sync NAME" (the last part of the path) for each file or folder, and the words, in order.
  [[nodiscard]] std::vector<std::string> Events() const;
  // Bytes written into the file of this name.
  [[nodiscard]] std::size_t Written(const std::string& name) const;
  void Clear();
  // The next sync of the file of this name fails with EIO, those after it succeed.
  void FailNext(const std::string& name);
};

}  // namespace jiandu::node::testing
