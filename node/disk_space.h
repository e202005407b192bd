// How much room the disk has. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"

namespace jiandu::node {

struct DiskSpace {
  std::uint64_t free_bytes = 0;  // for us, without what is kept for root
  std::uint64_t total_bytes = 0;
};
// Of the file system that holds `path`.
[[nodiscard]] Result<DiskSpace> ReadDiskSpace(const std::filesystem::path& path);

}  // namespace jiandu::node
