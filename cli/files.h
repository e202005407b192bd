// Whole files, read with a bound and written so that a crash leaves the old or the new one.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace jiandu::cli {

[[nodiscard]] Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t size_max);

enum class FileMode { kPublic, kSecret };  // 0644 and 0600
// Written beside, synced and renamed. An existing file is kept: kDuplicate.
[[nodiscard]] Result<void> WriteNewFile(const std::filesystem::path& path, std::string_view content,
                                        FileMode mode);
[[nodiscard]] Result<void> ReplaceFile(const std::filesystem::path& path, std::string_view content,
                                       FileMode mode);

}  // namespace jiandu::cli
