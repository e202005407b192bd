#include "cli/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "cli/text.h"

namespace jiandu::cli {
namespace {

std::unexpected<Error> IoError(const std::filesystem::path& path, const char* what) {
  return Fail(errno == ENOENT ? Errc::kNotFound : Errc::kIo,
              path.string() + ": " + what + ": " + std::strerror(errno));
}

Result<void> WriteAll(int fd, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return IoError(path, "write");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return IoError(path, "fsync");
  return {};
}

// The new name itself outlives a power cut only when its folder is on disk too.
Result<void> SyncFolder(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return IoError(folder, "open");
  // Some file systems cannot sync a folder; there the rename is as durable as it gets.
  const bool synced = ::fsync(fd) == 0 || errno == EINVAL;
  auto result = synced ? Result<void>() : Result<void>(IoError(folder, "fsync"));
  ::close(fd);
  return result;
}

}  // namespace

Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t size_max) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return IoError(path, "open");
  // In pieces: what may be read is up to 512 MiB, what is there most often some KiB.
  constexpr std::size_t kPieceMax = std::size_t{4} * 1024 * 1024;
  std::string content;
  for (std::size_t piece = std::size_t{16} * 1024; in; piece = std::min(2 * piece, kPieceMax)) {
    const std::size_t had = content.size();
    content.resize(had + std::min(piece, size_max - had + 1));
    in.read(content.data() + had, static_cast<std::streamsize>(content.size() - had));
    if (in.bad()) return IoError(path, "read");
    content.resize(had + static_cast<std::size_t>(in.gcount()));
    if (content.size() > size_max)
      return jiandu::Fail(Errc::kTooLarge, path.string() + ": more than " + SizeText(size_max));
  }
  return content;
}

Result<void> ReplaceFile(const std::filesystem::path& path, std::string_view content,
                         FileMode mode) {
  const std::filesystem::path beside = path.string() + ".new";
  const mode_t bits = mode == FileMode::kSecret ? 0600 : 0644;
  ::unlink(beside.c_str());
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, bits);
  if (fd < 0) return IoError(beside, "create");
  auto written = WriteAll(fd, content, beside);
  if (::close(fd) != 0 && written) written = IoError(beside, "close");
  if (!written) {
    ::unlink(beside.c_str());
    return written;
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return IoError(path, "rename");
  return SyncFolder(path);
}

Result<void> WriteNewFile(const std::filesystem::path& path, std::string_view content,
                          FileMode mode) {
  if (std::filesystem::exists(path)) {
    return jiandu::Fail(Errc::kDuplicate, path.string() + " exists already and is kept");
  }
  return ReplaceFile(path, content, mode);
}

}  // namespace jiandu::cli
