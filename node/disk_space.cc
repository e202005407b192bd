// Free room by statvfs.
#include "node/disk_space.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

namespace jiandu::node {

Result<DiskSpace> ReadDiskSpace(const std::filesystem::path& path) {
  struct statvfs found{};
  if (statvfs(path.c_str(), &found) != 0) {
    return Fail(Errc::kIo, path.string() + ": " + std::strerror(errno));
  }
  return DiskSpace{.free_bytes = std::uint64_t{found.f_bavail} * found.f_frsize,
                   .total_bytes = std::uint64_t{found.f_blocks} * found.f_frsize};
}

}  // namespace jiandu::node
