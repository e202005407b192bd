// At most one process uses a data directory, or signs with a key file.
//
// flock on a file: the kernel lets go when the process ends, however it ends. Held as long as the
// value lives.
#pragma once

#include <filesystem>

#include "base/error.h"

namespace jiandu::node {

class FileLock {
 public:
  // Locks an existing file, or `path` made anew (0600). kConflict when another process holds it.
  [[nodiscard]] static Result<FileLock> Take(const std::filesystem::path& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

// Makes the directory (0700) if it is not there, and takes `<dir>/LOCK`, in which our process id
// is written for people.
[[nodiscard]] Result<FileLock> LockDataDirectory(const std::filesystem::path& directory);

}  // namespace jiandu::node
