// Locks by flock.
#include "node/data_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/errno_code.h"

namespace jiandu::node {
namespace {

std::unexpected<Error> FailErrno(const std::filesystem::path& path) {
  return Fail(ErrcOfErrno(errno), path.string() + ": " + std::strerror(errno));
}

}  // namespace

Result<FileLock> FileLock::Take(const std::filesystem::path& path) {
  int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) {
    descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  }
  if (descriptor < 0) return FailErrno(path);
  FileLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return FailErrno(path);
  return Fail(Errc::kConflict,
              path.string() +
                  ": another process holds it; stop that node first (LOCK in its data_dir holds "
                  "the process id), or use other files");
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<FileLock> LockDataDirectory(const std::filesystem::path& directory) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(directory, error);
  if (error) return Fail(ErrcOfErrno(error.value()), directory.string() + ": " + error.message());
  if (made) {
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
    if (error) return Fail(ErrcOfErrno(error.value()), directory.string() + ": " + error.message());
  }
  const std::filesystem::path path = directory / "LOCK";
  JD_TRY(FileLock lock, FileLock::Take(path));
  // Who holds it, for people: nothing is decided by what stands in the file.
  const std::string owner = std::to_string(getpid()) + "\n";
  const int descriptor = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (descriptor < 0) return FailErrno(path);
  const bool written =
      write(descriptor, owner.data(), owner.size()) == static_cast<ssize_t>(owner.size());
  close(descriptor);
  if (!written) return FailErrno(path);
  return lock;
}

}  // namespace jiandu::node
