// Test vectors that others made, when they are at hand.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/json.h"
#include "base/limits.h"

namespace jiandu::testing {

// A folder of vectors; a test whose folder does not exist says so and is skipped.
inline std::filesystem::path VectorsFolder(const char* name) {
  const char* folder = std::getenv("JIANDU_VECTORS");
  const std::filesystem::path vectors =
      folder != nullptr ? std::filesystem::path(folder)
                        : std::filesystem::path(JIANDU_SOURCE_DIR) / ".." / "shared" / "vectors";
  return vectors / name;
}
inline std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
inline Json ReadVectors(const std::string& text) {
  return ParseJson(text, 16 * limits::kMiB).value();
}

}  // namespace jiandu::testing
