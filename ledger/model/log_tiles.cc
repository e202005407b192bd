// See log_tiles.h.
#include "ledger/model/log_tiles.h"

#include <algorithm>
#include <charconv>

namespace jiandu::ledger {
namespace {

constexpr std::uint64_t kTilesMax = std::uint64_t{1} << 48U;
constexpr std::size_t kGroup = 3;  // digits of a path element

// Without leading zeros, at most `high`.
std::optional<std::uint64_t> Number(std::string_view text, std::uint64_t high) {
  std::uint64_t value = 0;
  if (text.empty() || (text.size() > 1 && text.front() == '0') || text.front() == '-') {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > high) return std::nullopt;
  return value;
}

bool IsGroup(std::string_view text) {
  return text.size() == kGroup &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Entries below one hash of a level, as a shift.
unsigned Shift(std::uint32_t level) { return 8 * level; }

}  // namespace

std::string TileAt::ToPath() const {
  std::string path;
  std::uint64_t rest = n;
  do {
    std::string digits = std::to_string(rest % 1000);
    digits.insert(0, kGroup - digits.size(), '0');
    path.insert(0, path.empty() ? digits : "x" + digits + "/");
    rest /= 1000;
  } while (rest > 0);
  if (width < kLogTileWidth) path += ".p/" + std::to_string(width);
  return path;
}

std::optional<TileAt> TileAt::FromPath(std::string_view path) {
  TileAt tile;
  if (const std::size_t dot = path.find(".p/"); dot != std::string_view::npos) {
    const auto width = Number(path.substr(dot + 3), kLogTileWidth - 1);
    if (!width || *width == 0) return std::nullopt;
    tile.width = static_cast<std::uint32_t>(*width);
    path = path.substr(0, dot);
  }
  bool is_first = true;
  while (true) {
    const bool is_last = !path.starts_with('x');
    if (!is_last) path.remove_prefix(1);
    const std::string_view digits = path.substr(0, kGroup);
    if (!IsGroup(digits) || (is_first && !is_last && digits == "000")) return std::nullopt;
    for (const char c : digits) tile.n = tile.n * 10 + static_cast<std::uint64_t>(c - '0');
    if (tile.n >= kTilesMax) return std::nullopt;
    path.remove_prefix(kGroup);
    if (is_last) return path.empty() ? std::optional(tile) : std::nullopt;
    if (!path.starts_with('/')) return std::nullopt;
    path.remove_prefix(1);
    is_first = false;
  }
}

std::optional<std::uint32_t> TileLevelFromText(std::string_view text) {
  const auto level = Number(text, 63);
  return level ? std::optional(static_cast<std::uint32_t>(*level)) : std::nullopt;
}

std::uint64_t TileCount(std::uint32_t level, std::uint64_t size) {
  if (level >= kLogLevelsMax) return 0;
  const std::uint64_t hashes = size >> Shift(level);
  return hashes / kLogTileWidth + (hashes % kLogTileWidth != 0 ? 1 : 0);
}

TileAt TileNumber(std::uint32_t level, std::uint64_t n, std::uint64_t size) {
  const std::uint64_t hashes = size >> Shift(level);
  const std::uint64_t left = hashes - n * kLogTileWidth;
  return {.n = n,
          .width = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, kLogTileWidth))};
}

std::optional<TileSizes> SizesWith(std::uint32_t level, const TileAt& tile) {
  if (level >= kLogLevelsMax || tile.width == 0 || tile.width > kLogTileWidth) return std::nullopt;
  const unsigned shift = Shift(level);
  if (tile.n >= kTilesMax >> shift) return std::nullopt;
  const std::uint64_t first = tile.End() << shift;
  if (tile.width == kLogTileWidth) return TileSizes{.first = first, .last = std::nullopt};
  return TileSizes{.first = first, .last = ((tile.End() + 1) << shift) - 1};
}

Bytes EncodeEntryBundle(const std::vector<Bytes>& entries) {
  Bytes bundle;
  for (const Bytes& entry : entries) {
    JD_ASSERT(entry.size() <= kLogEntryBytesMax);
    AppendU16Be(bundle, static_cast<std::uint16_t>(entry.size()));
    Append(bundle, entry);
  }
  return bundle;
}

Result<std::vector<ByteView>> DecodeEntryBundle(ByteView bundle, std::size_t count) {
  std::vector<ByteView> entries;
  for (std::size_t i = 0; i < count; ++i) {
    if (bundle.size() < 2) return Fail(Errc::kInvalid, "entry bundle: too few entries");
    const auto size = static_cast<std::size_t>(bundle[0] << 8U | bundle[1]);
    if (bundle.size() - 2 < size) return Fail(Errc::kInvalid, "entry bundle: cut off");
    entries.push_back(bundle.subspan(2, size));
    bundle = bundle.subspan(2 + size);
  }
  if (!bundle.empty()) return Fail(Errc::kInvalid, "entry bundle: bytes after the last entry");
  return entries;
}

Result<std::vector<Hash256>> DecodeTile(ByteView tile, std::size_t count) {
  if (tile.size() != count * Hash256::kSize) {
    return Fail(Errc::kInvalid, "hash tile: " + std::to_string(tile.size()) + " bytes are not " +
                                    std::to_string(count) + " hashes");
  }
  std::vector<Hash256> hashes;
  hashes.reserve(count);
  for (std::size_t at = 0; at < tile.size(); at += Hash256::kSize) {
    hashes.push_back(*Hash256::From(tile.subspan(at, Hash256::kSize)));
  }
  return hashes;
}

Bytes EncodeTile(std::span<const Hash256> hashes) {
  Bytes tile;
  tile.reserve(hashes.size() * Hash256::kSize);
  for (const Hash256& hash : hashes) Append(tile, hash.View());
  return tile;
}

void TileBuilder::Append(const Hash256& leaf_hash, std::vector<Made>& full) {
  frontier_.AppendLeafHash(leaf_hash);
  Hash256 hash = leaf_hash;
  for (std::uint32_t level = 0; level < kLogLevelsMax; ++level) {
    if (level == edges_.size()) edges_.emplace_back();
    std::vector<Hash256>& edge = edges_[level];
    edge.push_back(hash);
    if (edge.size() < kLogTileWidth) return;
    const std::uint64_t n = (frontier_.Size() >> Shift(level + 1)) - 1;
    full.push_back({.level = level, .tile = {.n = n}, .bytes = EncodeTile(edge)});
    hash = crypto::MerkleRoot(edge);
    edge.clear();
  }
}

std::vector<TileBuilder::Made> TileBuilder::Partial() const {
  std::vector<Made> made;
  for (std::uint32_t level = 0; level < edges_.size(); ++level) {
    if (edges_[level].empty()) continue;
    const TileAt tile{.n = Size() >> Shift(level + 1),
                      .width = static_cast<std::uint32_t>(edges_[level].size())};
    made.push_back({.level = level, .tile = tile, .bytes = EncodeTile(edges_[level])});
  }
  return made;
}

}  // namespace jiandu::ledger
