// Paths, widths and contents of tiles: the standard's numbers, and a log others have written.
#include "ledger/model/log_tiles.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/vectors.h"

namespace jiandu::ledger {
namespace {

std::vector<Hash256> Leaves(std::size_t count) {
  std::vector<Hash256> leaves;
  leaves.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(crypto::MerkleLeafHash(AsBytes("entry " + std::to_string(i))));
  }
  return leaves;
}

// c2sp.org/tlog-tiles, "Merkle Tree".
TEST(TileAt, PathsAreGroupsOfThreeDigits) {
  const std::vector<std::pair<TileAt, std::string>> known{
      {{.n = 0}, "000"},
      {{.n = 67}, "067"},
      {{.n = 999}, "999"},
      {{.n = 1000}, "x001/000"},
      {{.n = 1234067}, "x001/x234/067"},
      {{.n = 1234067, .width = 8}, "x001/x234/067.p/8"},
      {{.n = 0, .width = 255}, "000.p/255"},
      {{.n = (std::uint64_t{1} << 48U) - 1}, "x281/x474/x976/x710/655"}};
  for (const auto& [tile, path] : known) {
    EXPECT_EQ(tile.ToPath(), path);
    EXPECT_EQ(TileAt::FromPath(path), tile) << path;
  }
}

TEST(TileAt, APathHasOneWriting) {
  for (const std::string_view bad : {"",
                                     "0",
                                     "00",
                                     "0000",
                                     "x000/001",
                                     "000/001",
                                     "x001",
                                     "x001/",
                                     "/000",
                                     "000/",
                                     "x001/x234",
                                     "000.p",
                                     "000.p/",
                                     "000.p/0",
                                     "000.p/256",
                                     "000.p/08",
                                     "000.p/-1",
                                     "000.p/1/2",
                                     "00a",
                                     "000.p/1 ",
                                     "+00",
                                     "x001//000",
                                     "x281/x474/x976/x710/656",
                                     "x999/x999/x999/x999/x999/999",
                                     "entries/000",
                                     "../000"}) {
    EXPECT_FALSE(TileAt::FromPath(bad).has_value()) << bad;
  }
  EXPECT_EQ(TileLevelFromText("0"), 0U);
  EXPECT_EQ(TileLevelFromText("63"), 63U);
  for (const std::string_view bad : {"", "64", "00", "01", "-1", "a", " 1"}) {
    EXPECT_FALSE(TileLevelFromText(bad).has_value()) << bad;
  }
}

// "A tree of size 70,000 ..." and "a tree of size 256 ...", c2sp.org/tlog-tiles, "Partial Tiles".
TEST(TileCount, IsTheStandards) {
  EXPECT_EQ(TileCount(0, 70'000), 274U);
  EXPECT_EQ(TileNumber(0, 273, 70'000), (TileAt{.n = 273, .width = 112}));
  EXPECT_EQ(TileCount(1, 70'000), 2U);
  EXPECT_EQ(TileNumber(1, 0, 70'000), (TileAt{.n = 0}));
  EXPECT_EQ(TileNumber(1, 1, 70'000), (TileAt{.n = 1, .width = 17}));
  EXPECT_EQ(TileCount(2, 70'000), 1U);
  EXPECT_EQ(TileNumber(2, 0, 70'000), (TileAt{.n = 0, .width = 1}));
  EXPECT_EQ(TileCount(3, 70'000), 0U);
  EXPECT_EQ(TileCount(0, 256), 1U);
  EXPECT_EQ(TileNumber(0, 0, 256), (TileAt{.n = 0}));
  EXPECT_EQ(TileCount(1, 256), 1U);
  EXPECT_EQ(TileNumber(1, 0, 256), (TileAt{.n = 0, .width = 1}));
  EXPECT_EQ(TileCount(0, 0), 0U);
  EXPECT_EQ(TileCount(1, 255), 0U);
  EXPECT_EQ(TileCount(0, 257), 2U);
}

// A tile stands at the edge of exactly the sizes that SizesWith says.
TEST(SizesWith, AreThoseInWhichTheTileStands) {
  for (const std::uint64_t size : {1ULL, 255ULL, 256ULL, 257ULL, 511ULL, 65535ULL, 65536ULL,
                                   65537ULL, 70000ULL, 16777216ULL}) {
    for (std::uint32_t level = 0; level < 4; ++level) {
      const std::uint64_t count = TileCount(level, size);
      if (count == 0) continue;
      const TileAt last = TileNumber(level, count - 1, size);
      const auto sizes = SizesWith(level, last);
      ASSERT_TRUE(sizes.has_value());
      EXPECT_LE(sizes->first, size);
      if (last.width == kLogTileWidth) {
        EXPECT_FALSE(sizes->last.has_value());
        continue;
      }
      EXPECT_GE(*sizes->last, size);
      EXPECT_EQ(TileNumber(level, last.n, sizes->first), last);
      EXPECT_EQ(TileNumber(level, last.n, *sizes->last), last);
      EXPECT_NE(TileNumber(level, last.n, *sizes->last + 1), last);
    }
  }
  EXPECT_FALSE(SizesWith(7, {.n = 0}).has_value());
  EXPECT_FALSE(SizesWith(63, {.n = 0}).has_value());
  EXPECT_FALSE(SizesWith(6, {.n = 1}).has_value());
  EXPECT_TRUE(SizesWith(6, {.n = 0}).has_value());
  EXPECT_FALSE(SizesWith(1, {.n = (std::uint64_t{1} << 48U) - 1}).has_value());
}

// Every tile of every level against the definition, MTH(D[...]).
TEST(TileBuilder, MakesTheTilesOfTheDefinition) {
  for (const std::size_t size : {0U, 1U, 255U, 256U, 257U, 65536U, 65793U}) {
    const std::vector<Hash256> leaves = Leaves(size);
    TileBuilder builder;
    std::vector<TileBuilder::Made> made;
    for (const Hash256& leaf : leaves) builder.Append(leaf, made);
    EXPECT_EQ(builder.Root(), crypto::MerkleRoot(leaves)) << size;
    for (auto& one : builder.Partial()) made.push_back(std::move(one));
    std::map<std::pair<std::uint32_t, TileAt>, Bytes> tiles;
    for (auto& one : made) tiles[{one.level, one.tile}] = std::move(one.bytes);
    std::size_t expected = 0;
    for (std::uint32_t level = 0; level < 4; ++level) {
      const std::uint64_t below = std::uint64_t{1} << (8 * level);
      for (std::uint64_t n = 0; n < TileCount(level, size); ++n, ++expected) {
        const TileAt tile = TileNumber(level, n, size);
        ASSERT_TRUE(tiles.contains({level, tile})) << size << ": " << level << "/" << tile.ToPath();
        const auto hashes = DecodeTile(tiles[{level, tile}], tile.width);
        ASSERT_TRUE(hashes.has_value());
        for (const std::uint64_t i : {std::uint64_t{0}, std::uint64_t{tile.width} - 1}) {
          const auto range = std::span(leaves).subspan((tile.Begin() + i) * below, below);
          EXPECT_EQ((*hashes)[i], crypto::MerkleRoot(range));
        }
      }
    }
    EXPECT_EQ(tiles.size(), expected) << size;
  }
}

TEST(EntryBundle, HoldsExactlyItsEntries) {
  const std::vector<Bytes> entries{ToBytes("one"), {}, Bytes(65535, 7)};
  const Bytes bundle = EncodeEntryBundle(entries);
  EXPECT_EQ(bundle.size(), 3 * 2 + 3 + 65535U);
  const auto read = DecodeEntryBundle(bundle, 3);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(ToText((*read)[0]), "one");
  EXPECT_TRUE((*read)[1].empty());
  EXPECT_EQ((*read)[2].size(), 65535U);
  EXPECT_FALSE(DecodeEntryBundle(bundle, 2).has_value());
  EXPECT_FALSE(DecodeEntryBundle(bundle, 4).has_value());
  EXPECT_FALSE(DecodeEntryBundle(ByteView(bundle).first(bundle.size() - 1), 3).has_value());
  EXPECT_FALSE(DecodeEntryBundle(ByteView(bundle).first(1), 1).has_value());
  EXPECT_FALSE(DecodeTile(Bytes(33), 1).has_value());
}

// transparency-dev/tessera, testdata/log: 15 entries, their tiles and bundles byte for byte.
TEST(TileBuilder, MakesTheFilesOfTheTesseraSample) {
  const auto folder = testing::VectorsFolder("tlog-tiles-sample");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no sample log here";
  const Json about = testing::ReadVectors(testing::ReadText(folder / "ABOUT.json"));
  TileBuilder builder;
  std::vector<TileBuilder::Made> full;
  std::vector<Bytes> entries;
  for (const Json& entry : about.ItemsOf("entries")) {
    entries.push_back(ToBytes(entry.AsString()));
    builder.Append(crypto::MerkleLeafHash(entries.back()), full);
    const auto partial = builder.Partial();
    ASSERT_EQ(partial.size(), 1U);
    const std::string path = partial[0].tile.ToPath();
    EXPECT_EQ(ToText(partial[0].bytes), testing::ReadText(folder / "tile" / "0" / path)) << path;
    EXPECT_EQ(ToText(EncodeEntryBundle(entries)),
              testing::ReadText(folder / "tile" / "entries" / path))
        << path;
  }
  EXPECT_EQ(entries.size(), 15U);
  EXPECT_TRUE(full.empty());
}

}  // namespace
}  // namespace jiandu::ledger
