// Files by POSIX calls.
#include "ledger/store/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/errno_code.h"

namespace jiandu::store {
namespace {

std::unexpected<Error> SystemError(std::string_view what, const std::string& name) {
  const int number = errno;
  std::string detail(what);
  detail += ' ' + name + ": ";
  detail += std::strerror(number);
  return Fail(ErrcOfErrno(number), std::move(detail));
}

Result<void> Told(const std::error_code& problem, const std::filesystem::path& path) {
  if (!problem) return {};
  return Fail(ErrcOfErrno(problem.value()), path.string() + ": " + problem.message());
}

}  // namespace

Result<File> File::Open(const std::filesystem::path& path, Mode mode) {
  int flags = O_CLOEXEC;
  switch (mode) {
    case Mode::kRead: flags |= O_RDONLY; break;
    case Mode::kReadWrite: flags |= O_RDWR; break;
    case Mode::kCreate: flags |= O_RDWR | O_CREAT; break;
    case Mode::kCreateOwn: flags |= O_RDWR | O_CREAT | O_EXCL; break;
  }
  File file;
  file.name_ = path.string();
  const mode_t rights = mode == Mode::kCreateOwn ? 0600 : 0640;
  file.fd_ = ::open(path.c_str(), flags, rights);  // NOLINT(cppcoreguidelines-pro-type-vararg)
  if (file.fd_ < 0) return SystemError("open", file.name_);
  return file;
}

File::File(File&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), name_(std::move(other.name_)) {}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
    name_ = std::move(other.name_);
  }
  return *this;
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> File::ReadAt(std::uint64_t offset, std::span<std::uint8_t> out) const {
  while (!out.empty()) {
    const ssize_t n = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError("read", name_);
    if (n == 0) return Fail(Errc::kCorrupt, "read " + name_ + ": the file ends too early");
    offset += static_cast<std::uint64_t>(n);
    out = out.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<Bytes> File::Read(std::uint64_t offset, std::size_t size) const {
  Bytes bytes(size);
  JD_CHECK(ReadAt(offset, bytes));
  return bytes;
}

Result<void> File::WriteAt(std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError("write", name_);
    offset += static_cast<std::uint64_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::uint64_t> File::Size() const {
  struct stat status = {};
  if (::fstat(fd_, &status) != 0) return SystemError("stat", name_);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<void> File::Truncate(std::uint64_t size) {
  if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return SystemError("truncate", name_);
  return {};
}

Result<void> File::Reserve(std::uint64_t size) {
  JD_TRY(const std::uint64_t now, Size());
  if (now >= size) return {};
  const int problem =
      ::posix_fallocate(fd_, static_cast<off_t>(now), static_cast<off_t>(size - now));
  if (problem == 0) return {};
  errno = problem;
  return SystemError("reserve", name_);
}

Result<void> File::Sync() {
  if (::fdatasync(fd_) != 0) return SystemError("sync", name_);
  return {};
}

Result<void> SyncDirectory(const std::filesystem::path& directory) {
  const int fd = ::open(directory.c_str(),  // NOLINT(cppcoreguidelines-pro-type-vararg)
                        O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return SystemError("open", directory.string());
  const bool synced = ::fsync(fd) == 0;
  const int number = errno;
  ::close(fd);
  errno = number;
  if (!synced) return SystemError("sync", directory.string());
  return {};
}

bool Exists(const std::filesystem::path& path) {
  std::error_code problem;
  return std::filesystem::exists(path, problem);
}

Result<std::vector<std::string>> ListDirectory(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  std::error_code problem;
  for (auto at = std::filesystem::directory_iterator(directory, problem);
       !problem && at != std::filesystem::directory_iterator(); at.increment(problem)) {
    names.push_back(at->path().filename().string());
  }
  JD_CHECK(Told(problem, directory));
  std::ranges::sort(names);
  return names;
}

Result<void> CreateDirectories(const std::filesystem::path& directory) {
  std::error_code problem;
  std::filesystem::create_directories(directory, problem);
  return Told(problem, directory);
}

Result<void> Rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code problem;
  std::filesystem::rename(from, to, problem);
  return Told(problem, from);
}

Result<void> Remove(const std::filesystem::path& path) {
  std::error_code problem;
  std::filesystem::remove(path, problem);
  return Told(problem, path);
}

Result<void> RemoveAll(const std::filesystem::path& path) {
  std::error_code problem;
  std::filesystem::remove_all(path, problem);
  return Told(problem, path);
}

}  // namespace jiandu::store
