// Tiles of the log: appending, roots of ranges, proofs.
#include "ledger/store/log_tree.h"

#include <algorithm>
#include <bit>
#include <map>

#include "crypto/merkle.h"
#include "ledger/store/keyspace.h"

namespace jiandu::store {
namespace {

constexpr unsigned kTileBits = 8;
constexpr std::size_t kHashSize = Hash256::kSize;

// The hashes of a tile.
std::vector<Hash256> Hashes(ByteView tile) {
  std::vector<Hash256> hashes;
  hashes.reserve(tile.size() / kHashSize);
  for (std::size_t at = 0; at + kHashSize <= tile.size(); at += kHashSize) {
    hashes.push_back(*Hash256::From(tile.subspan(at, kHashSize)));
  }
  return hashes;
}

// Reads tiles of one view, each once.
class TileReader {
 public:
  explicit TileReader(const ledger::StateView& view) : view_(&view) {}

  // Root of the complete subtree number `n` of 2^height entries.
  Result<Hash256> Subtree(unsigned height, std::uint64_t n) {
    const auto level = static_cast<std::uint8_t>(height / kTileBits);
    const unsigned bits = height % kTileBits;
    const std::uint64_t first = n << bits;  // place within the row of hashes of that level
    const std::uint64_t width = std::uint64_t{1} << bits;
    JD_TRY(const std::vector<Hash256>* tile, Tile(level, first / kTileWidth));
    const std::uint64_t at = first % kTileWidth;
    if (at + width > tile->size()) return Missing(level, first / kTileWidth);
    return crypto::MerkleRoot(std::span(*tile).subspan(at, width));
  }

  // Root of entries [begin, end): RFC 6962's MTH. begin is a multiple of a power of two that is
  // not below end - begin.
  Result<Hash256> Range(std::uint64_t begin, std::uint64_t end) {
    const std::uint64_t size = end - begin;
    if (std::has_single_bit(size)) {
      const auto height = static_cast<unsigned>(std::countr_zero(size));
      return Subtree(height, begin >> height);
    }
    const std::uint64_t split = begin + std::bit_floor(size);
    JD_TRY(const Hash256 left, Range(begin, split));
    JD_TRY(const Hash256 right, Range(split, end));
    return crypto::MerkleNodeHash(left, right);
  }

 private:
  Result<const std::vector<Hash256>*> Tile(std::uint8_t level, std::uint64_t n) {
    Bytes key = TileKey(level, n);
    auto at = tiles_.find(key);
    if (at == tiles_.end()) {
      const auto stored = view_->Get(key);
      if (!stored.has_value()) return Missing(level, n);
      at = tiles_.emplace(std::move(key), Hashes(*stored)).first;
    }
    return &at->second;
  }

  static std::unexpected<Error> Missing(std::uint8_t level, std::uint64_t n) {
    return Fail(Errc::kCorrupt, "log tile " + std::to_string(level) + "/" + std::to_string(n) +
                                    ": missing or too short");
  }

  const ledger::StateView* view_;
  std::map<Bytes, std::vector<Hash256>> tiles_;
};

// Appends hashes to the row of one level; returns the roots of the tiles that became full.
Result<std::vector<Hash256>> AppendToLevel(const ledger::StateView& view, std::uint8_t level,
                                           std::uint64_t present, std::span<const Hash256> hashes,
                                           LogAppend& append) {
  std::vector<Hash256> full;
  std::uint64_t tile = present / kTileWidth;
  Bytes bytes;
  if (present % kTileWidth != 0) {
    auto stored = view.Get(TileKey(level, tile));
    if (!stored.has_value() || stored->size() < present % kTileWidth * kHashSize) {
      return Fail(Errc::kCorrupt, "log tile " + std::to_string(level) + "/" + std::to_string(tile) +
                                      ": missing or too short");
    }
    stored->resize(present % kTileWidth * kHashSize);
    bytes = std::move(*stored);
  }
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    Append(bytes, hashes[i].View());
    const bool is_full = bytes.size() == kTileWidth * kHashSize;
    if (is_full) full.push_back(crypto::MerkleRoot(Hashes(bytes)));
    if (is_full || i + 1 == hashes.size()) {
      append.tiles.emplace_back(TileKey(level, tile), std::move(bytes));
      bytes = Bytes();
      ++tile;
    }
  }
  return full;
}

// RFC 6962 section 2.1.2, SUBPROOF. `whole`: [begin, end) is a subtree the verifier knows.
enum class Known { kYes, kNo };
Result<void> SubProof(TileReader& tiles, std::uint64_t m, std::uint64_t begin, std::uint64_t end,
                      Known known, std::vector<Hash256>& proof) {
  const std::uint64_t n = end - begin;
  if (m == n) {
    if (known == Known::kYes) return {};
    JD_TRY(const Hash256 hash, tiles.Range(begin, end));
    proof.push_back(hash);
    return {};
  }
  const std::uint64_t split = std::bit_floor(n - 1);
  if (m <= split) {
    JD_CHECK(SubProof(tiles, m, begin, begin + split, known, proof));
    JD_TRY(const Hash256 right, tiles.Range(begin + split, end));
    proof.push_back(right);
  } else {
    JD_CHECK(SubProof(tiles, m - split, begin + split, end, Known::kNo, proof));
    JD_TRY(const Hash256 left, tiles.Range(begin, begin + split));
    proof.push_back(left);
  }
  return {};
}

// Roots of the largest subtrees of [begin, end) without any of the indexes, which lie in it.
Result<void> CollectOthers(TileReader& tiles, std::span<const std::uint64_t> indexes,
                           std::uint64_t begin, std::uint64_t end, std::vector<Hash256>& others) {
  if (indexes.empty()) {
    JD_TRY(const Hash256 hash, tiles.Range(begin, end));
    others.push_back(hash);
    return {};
  }
  if (end - begin == 1) return {};
  const std::uint64_t split = begin + std::bit_floor(end - begin - 1);
  const auto right = std::ranges::lower_bound(indexes, split);
  const auto count = static_cast<std::size_t>(right - indexes.begin());
  JD_CHECK(CollectOthers(tiles, indexes.first(count), begin, split, others));
  return CollectOthers(tiles, indexes.subspan(count), split, end, others);
}

}  // namespace

Result<LogAppend> AppendToLog(const ledger::StateView& view, const crypto::MerkleFrontier& before,
                              std::span<const Hash256> leaf_hashes) {
  LogAppend append;
  append.frontier = before;
  for (const Hash256& hash : leaf_hashes) append.frontier.AppendLeafHash(hash);
  std::vector<Hash256> hashes(leaf_hashes.begin(), leaf_hashes.end());
  std::uint64_t present = before.Size();
  for (std::uint8_t level = 0; !hashes.empty(); ++level) {
    JD_TRY(hashes, AppendToLevel(view, level, present, hashes, append));
    present /= kTileWidth;
  }
  return append;
}

Result<std::vector<Hash256>> LogInclusionProof(const ledger::StateView& view, std::uint64_t index,
                                               std::uint64_t size) {
  if (index >= size) return Fail(Errc::kNotFound, "log: no such entry in a log of that size");
  TileReader tiles(view);
  std::vector<Hash256> proof;  // from the root down, turned round at the end
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  while (end - begin > 1) {
    const std::uint64_t split = begin + std::bit_floor(end - begin - 1);
    const bool left = index < split;
    JD_TRY(const Hash256 sibling, left ? tiles.Range(split, end) : tiles.Range(begin, split));
    proof.push_back(sibling);
    (left ? end : begin) = split;
  }
  std::ranges::reverse(proof);
  return proof;
}

Result<std::vector<Hash256>> LogInclusionsProof(const ledger::StateView& view,
                                                std::span<const std::uint64_t> indexes,
                                                std::uint64_t size) {
  if (indexes.empty() || indexes.back() >= size) {
    return Fail(Errc::kNotFound, "log: no such entry in a log of that size");
  }
  TileReader tiles(view);
  std::vector<Hash256> proof;
  JD_CHECK(CollectOthers(tiles, indexes, 0, size, proof));
  return proof;
}

Result<std::vector<Hash256>> LogConsistencyProof(const ledger::StateView& view, std::uint64_t size1,
                                                 std::uint64_t size2) {
  if (size1 == 0 || size1 > size2) return Fail(Errc::kInvalid, "log: sizes out of order");
  TileReader tiles(view);
  std::vector<Hash256> proof;
  JD_CHECK(SubProof(tiles, size1, 0, size2, Known::kYes, proof));
  return proof;
}

Result<Hash256> LogRoot(const ledger::StateView& view, std::uint64_t size) {
  if (size == 0) return crypto::MerkleEmptyRoot();
  TileReader tiles(view);
  return tiles.Range(0, size);
}

}  // namespace jiandu::store
