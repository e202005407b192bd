// The log as files (c2sp.org/tlog-tiles): which tiles a size has, their paths and contents.
//
// Tile n of level L holds up to 256 hashes: roots of complete subtrees of 256^L entries; an entry
// bundle holds up to 256 entries, each behind its length in two bytes. At the right edge stand
// partial ones, `.p/<width>`. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "crypto/merkle.h"
#include "ledger/model/types.h"

namespace jiandu::ledger {

inline constexpr std::uint32_t kLogTileWidth = 256;
// A tile of the last level spans 2^56 entries, more than there will be; the standard counts levels
// up to 63.
inline constexpr std::uint32_t kLogLevelsMax = 7;
// Of an entry, by its two bytes of length.
inline constexpr std::size_t kLogEntryBytesMax = 65535;

// Tile `n` of a row, whole (256) or partial.
struct TileAt {
  std::uint64_t n = 0;
  std::uint32_t width = kLogTileWidth;
  auto operator<=>(const TileAt&) const = default;

  [[nodiscard]] std::uint64_t Begin() const { return n * kLogTileWidth; }
  [[nodiscard]] std::uint64_t End() const { return Begin() + width; }
  // "x001/x234/067", "x001/x234/067.p/8".
  [[nodiscard]] std::string ToPath() const;
  // The path and no other way to write it; n below 2^48.
  [[nodiscard]] static std::optional<TileAt> FromPath(std::string_view path);
};
// "0" to "63"; what is above kLogLevelsMax has no tiles.
[[nodiscard]] std::optional<std::uint32_t> TileLevelFromText(std::string_view text);

// The tiles of a level (entry bundles: of level 0) in a log of `size` entries, the partial one
// last. Their number is size / 256^(level + 1), rounded up: a caller walks them by n.
[[nodiscard]] std::uint64_t TileCount(std::uint32_t level, std::uint64_t size);
[[nodiscard]] TileAt TileNumber(std::uint32_t level, std::uint64_t n, std::uint64_t size);
// The sizes of the log under which this tile stands at the right edge, or that it is whole in: the
// first, and the last (no bound for a whole one). Nothing when no size that can be has it.
struct TileSizes {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;
};
[[nodiscard]] std::optional<TileSizes> SizesWith(std::uint32_t level, const TileAt& tile);

// Each behind its length. Precondition: none is over kLogEntryBytesMax.
[[nodiscard]] Bytes EncodeEntryBundle(const std::vector<Bytes>& entries);
// Exactly `count` entries; views into `bundle`.
[[nodiscard]] Result<std::vector<ByteView>> DecodeEntryBundle(ByteView bundle, std::size_t count);
// The hashes of a tile; kInvalid when its length is not that of `count`.
[[nodiscard]] Result<std::vector<Hash256>> DecodeTile(ByteView tile, std::size_t count);
[[nodiscard]] Bytes EncodeTile(std::span<const Hash256> hashes);

// Rebuilds a log from its leaf hashes, from the left: all upper tiles, and the root of any size on
// the way. Holds one tile a level.
class TileBuilder {
 public:
  struct Made {
    std::uint32_t level = 0;
    TileAt tile;
    Bytes bytes;
  };

  // Appends a leaf; tiles of any level that it filled are added to `full`.
  void Append(const Hash256& leaf_hash, std::vector<Made>& full);
  // The tiles at the right edge, which are partial.
  [[nodiscard]] std::vector<Made> Partial() const;
  [[nodiscard]] std::uint64_t Size() const { return frontier_.Size(); }
  [[nodiscard]] Hash256 Root() const { return frontier_.Root(); }

 private:
  crypto::MerkleFrontier frontier_;
  std::vector<std::vector<Hash256>> edges_;  // by level: hashes of the tile at the edge
};

}  // namespace jiandu::ledger
