#include "cli/log_folder.h"

#include <utility>

#include "cli/files.h"

namespace jiandu::cli {
namespace {

using ledger::TileAt;

// The largest: 256 entries of 64 KiB with their lengths.
constexpr std::size_t kFileBytesMax = std::size_t{ledger::kLogTileWidth} * 65537;

TileAt Whole(const TileAt& tile) { return {.n = tile.n}; }

// What the first `count` entries of a bundle take; nothing when they are not all there.
std::optional<std::size_t> SizeOfFirst(std::string_view bundle, std::size_t count) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (bundle.size() - at < 2) return std::nullopt;
    const auto high = static_cast<unsigned char>(bundle[at]);
    const auto low = static_cast<unsigned char>(bundle[at + 1]);
    const std::size_t size = (std::size_t{high} << 8U) | low;
    at += 2;
    if (bundle.size() - at < size) return std::nullopt;
    at += size;
  }
  return at;
}

}  // namespace

std::string LogFolder::TilePath(std::uint32_t level, const TileAt& tile) {
  return "tile/" + std::to_string(level) + "/" + tile.ToPath();
}

std::string LogFolder::BundlePath(const TileAt& tile) { return "tile/entries/" + tile.ToPath(); }

Result<std::optional<std::string>> LogFolder::Read(const std::string& path) const {
  std::error_code error;
  const auto type = std::filesystem::status(folder_ / path, error).type();
  if (type == std::filesystem::file_type::not_found || error == std::errc::not_a_directory) {
    return std::optional<std::string>();
  }
  // A pipe would keep the reader waiting for ever.
  if (!error && type != std::filesystem::file_type::regular) {
    return Fail(Errc::kCorrupt, path + ": not a file");
  }
  auto content = ReadFile(folder_ / path, kFileBytesMax);
  if (content) return std::optional(std::move(*content));
  if (content.error().code == Errc::kNotFound) return std::optional<std::string>();
  return std::unexpected(std::move(content).error());
}

Result<void> LogFolder::Write(const std::string& path, std::string_view content) const {
  const auto present = Read(path);
  if (present && *present && **present == content) return {};
  // What is no file of a log makes room for one; a folder does not, and says so below.
  const bool is_bad = !present && (present.error().code == Errc::kCorrupt ||
                                   present.error().code == Errc::kTooLarge);
  if (!present && !is_bad) return std::unexpected(present.error());
  const std::filesystem::path file = folder_ / path;
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) return Fail(Errc::kIo, file.parent_path().string() + ": " + error.message());
  return ReplaceFile(file, content, FileMode::kPublic);
}

Result<std::optional<std::vector<Hash256>>> LogFolder::ReadTile(std::uint32_t level,
                                                                const TileAt& tile) const {
  JD_TRY(auto content, Read(TilePath(level, tile)));
  std::size_t count = tile.width;
  if (!content && tile.width < ledger::kLogTileWidth) {
    JD_TRY(content, Read(TilePath(level, Whole(tile))));
    count = ledger::kLogTileWidth;
  }
  if (!content) return std::optional<std::vector<Hash256>>();
  auto hashes = ledger::DecodeTile(AsBytes(*content), count);
  if (!hashes) return FailWith(std::move(hashes).error(), TilePath(level, tile));
  hashes->resize(tile.width);
  return std::optional(std::move(*hashes));
}

Result<std::optional<std::string>> LogFolder::ReadBundle(const TileAt& tile) const {
  JD_TRY(auto content, Read(BundlePath(tile)));
  if (content || tile.width == ledger::kLogTileWidth) return content;
  JD_TRY(content, Read(BundlePath(Whole(tile))));
  if (!content) return content;
  const auto size = SizeOfFirst(*content, tile.width);
  if (!size) return Fail(Errc::kCorrupt, BundlePath(Whole(tile)) + ": cut off");
  content->resize(*size);
  return content;
}

bool LogFolder::HasEntries() const {
  std::error_code error;
  return std::filesystem::exists(folder_ / "tile" / "entries", error);
}

Result<void> CheckBundle(std::string_view bundle, const TileAt& tile,
                         std::span<const Hash256> leaf_hashes) {
  const std::string name = LogFolder::BundlePath(tile);
  const auto entries = ledger::DecodeEntryBundle(AsBytes(bundle), tile.width);
  if (!entries) return FailWith(entries.error(), name);
  for (std::size_t i = 0; i < entries->size(); ++i) {
    if (crypto::MerkleLeafHash((*entries)[i]) == leaf_hashes[i]) continue;
    return Fail(Errc::kCorrupt, name + ": entry " + std::to_string(tile.Begin() + i) +
                                    " is not the one in the tree");
  }
  return {};
}

}  // namespace jiandu::cli
