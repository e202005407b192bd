// A log on disk, as any gateway serves it (docs/log.md): checkpoint, tile/<L>/..., tile/entries/...
//
// Files are written whole or not at all. What is read is believed by nobody until it leads to the
// root of a checkpoint. One thread.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "ledger/model/log_policy.h"
#include "ledger/model/log_tiles.h"

namespace jiandu::cli {

class LogFolder {
 public:
  explicit LogFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // "checkpoint", "tile/0/x001/234.p/5", "tile/entries/000": paths below the folder, and of a
  // gateway below /log/.
  [[nodiscard]] static std::string TilePath(std::uint32_t level, const ledger::TileAt& tile);
  [[nodiscard]] static std::string BundlePath(const ledger::TileAt& tile);

  // Nothing: there is no such file. kTooLarge: it is longer than any such file is.
  [[nodiscard]] Result<std::optional<std::string>> Read(const std::string& path) const;
  // Leaves a file that has these bytes already as it is.
  [[nodiscard]] Result<void> Write(const std::string& path, std::string_view content) const;
  // As Read; the beginning of the whole tile serves as well as the partial one.
  [[nodiscard]] Result<std::optional<std::vector<Hash256>>> ReadTile(
      std::uint32_t level, const ledger::TileAt& tile) const;
  // With fewer entries than the bundle has when the whole one is there.
  [[nodiscard]] Result<std::optional<std::string>> ReadBundle(const ledger::TileAt& tile) const;
  [[nodiscard]] bool HasEntries() const;
  [[nodiscard]] const std::filesystem::path& Path() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

// Whether these are the entries with these leaf hashes; kCorrupt says which is not.
[[nodiscard]] Result<void> CheckBundle(std::string_view bundle, const ledger::TileAt& tile,
                                       std::span<const Hash256> leaf_hashes);

}  // namespace jiandu::cli
