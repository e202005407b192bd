// Reading raw ITF traces (Apalache's JSON form): tags, big integers, tuples.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/limits.h"
#include "tests/consensus/core_test_net.h"
#include "tests/support/vectors.h"

namespace jiandu::consensus::test {

// The traces lie outside the project: JIANDU_VECTORS names the folder.
inline std::filesystem::path ItfFolder(std::string_view kind) {
  return testing::VectorsFolder("itf") / kind;
}

inline std::vector<std::filesystem::path> ItfFiles(std::string_view kind, std::string_view prefix) {
  std::vector<std::filesystem::path> files;
  const auto folder = ItfFolder(kind);
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(prefix)) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

inline Json ItfRead(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  auto json = ParseJson(text.str(), 16 * limits::kMiB);
  EXPECT_TRUE(json.has_value()) << path << ": " << json.error().detail;
  return json.has_value() ? *json : Json();
}

inline std::string ItfTag(const Json& tagged) { return std::string(tagged.TextOr("tag")); }
inline std::int64_t ItfInteger(const Json& json) {
  return std::strtoll(std::string(json.TextOr("#bigint")).c_str(), nullptr, 10);
}
inline const Json& ItfItem(const Json& tuple, std::size_t index) {
  return tuple.Find("#tup")->Items()[index];
}
// {"tag": "Nil"} or {"tag": "Val", "value": name}.
inline std::optional<BlockId> ItfValue(const Json& json) {
  if (ItfTag(json) == "Nil") return std::nullopt;
  return IdOf(json.TextOr("value"));
}

}  // namespace jiandu::consensus::test
