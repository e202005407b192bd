// Snapshots of the state: the same bytes from every database, read back strictly.
#include <gtest/gtest.h>

#include "base/snapshot_limits.h"
#include "base/wire.h"
#include "ledger/store/snapshot_files.h"
#include "tests/ledger/store/chain_support.h"
#include "tests/support/temp_folder.h"

namespace jiandu::store {
namespace {

using support::TempFolder;

constexpr ledger::Height kHeight = 12;

// The chain's first heights in one store, in batches of `batch` blocks, with this node's own
// commit.
std::unique_ptr<MemoryStore> StoreOf(std::size_t batch, const char* seen) {
  TestChain chain(7);
  auto store = std::make_unique<MemoryStore>();
  std::vector<OverlayPtr> waiting{chain.Genesis()};
  for (ledger::Height height = 1; height <= kHeight; ++height) {
    waiting.push_back(chain.Grow(static_cast<int>(height % 4)));
    if (waiting.size() < batch && height < kHeight) continue;
    EXPECT_TRUE(
        store->Write(MakeStateBatch(waiting, AsBytes(seen)), Durability::kUnsynced).has_value());
    waiting.clear();
  }
  return store;
}

// Wants every third transaction of a block, whose bytes follow from its place.
SnapshotPayloads SomePayloads() {
  return {.wants = [](ledger::LogIndex, std::uint64_t position,
                      const ledger::Stub&) -> Result<bool> { return position % 3 == 0; },
          .read = [](ledger::Height height, std::uint64_t position) -> Result<Bytes> {
            return ToBytes("tx " + std::to_string(height) + "/" + std::to_string(position));
          }};
}

bool GoOn() { return true; }

Result<SnapshotFilePtr> Write(const KvReader& store, const std::filesystem::path& folder) {
  return WriteSnapshot(store, folder, SomePayloads(), GoOn);
}

std::map<Bytes, Bytes> RowsOf(const SnapshotFile& snapshot) {
  std::map<Bytes, Bytes> rows;
  Bytes last;
  for (std::uint32_t i = 0; i < snapshot.Manifest().chunks.size(); ++i) {
    const auto chunk = snapshot.Chunk(i);
    EXPECT_TRUE(chunk.has_value());
    const auto count = ReadSnapshotChunk(*chunk, last, [&](ByteView key, ByteView value) {
      rows.emplace(ToBytes(key), ToBytes(value));
    });
    EXPECT_TRUE(count.has_value());
  }
  return rows;
}

TEST(Snapshot, IsTheSameBytesFromTwoNodesThatWroteAndSawDifferently) {
  const auto one = StoreOf(1, "votes that one saw");
  const auto other = StoreOf(5, "votes that the other saw");
  const TempFolder first;
  const TempFolder second;
  const auto a = Write(*one, first.Path());
  const auto b = Write(*other, second.Path());
  ASSERT_TRUE(a.has_value()) << a.error().detail;
  ASSERT_TRUE(b.has_value());
  EXPECT_EQ((*a)->ManifestBytes(), (*b)->ManifestBytes());
  EXPECT_EQ((*a)->Digest(), (*b)->Digest());
  EXPECT_EQ(ReadFile(SnapshotRowsPath(first.Path(), kHeight)),
            ReadFile(SnapshotRowsPath(second.Path(), kHeight)));
}

TEST(Snapshot, HoldsEveryRowButTheNewestHeightsOwnAndThePayloadsAskedFor) {
  const auto store = StoreOf(3, "seen");
  const TempFolder folder;
  const auto made = Write(*store, folder.Path());
  ASSERT_TRUE(made.has_value());
  auto rows = RowsOf(**made);
  EXPECT_EQ(rows.size(), (*made)->Manifest().rows);
  std::size_t in_store = 0;
  ASSERT_TRUE(store
                  ->Scan({}, {},
                         [&](ByteView key, ByteView value) {
                           if (Equal(key, MetaKey())) return true;
                           ++in_store;
                           const auto found = rows.find(ToBytes(key));
                           EXPECT_TRUE(found != rows.end() && Equal(found->second, value));
                           return true;
                         })
                  .has_value());
  std::size_t payloads = 0;
  for (const auto& [key, value] : rows) payloads += HasPrefix(key, PayloadPrefix()) ? 1U : 0U;
  EXPECT_GT(payloads, 0U);
  EXPECT_EQ(rows.size(), in_store + payloads);
  EXPECT_EQ(rows.at(PayloadKey(3, 0)), ToBytes("tx 3/0"));
  EXPECT_FALSE(rows.contains(PayloadKey(3, 1)));
  EXPECT_TRUE((*made)->Manifest().meta.seen_commit.empty());
}

// What was carried into a database comes again from there, and nothing of it twice.
TEST(Snapshot, OfANodeThatBeganWithOneIsTheSame) {
  const auto store = StoreOf(3, "seen");
  const TempFolder folder;
  const TempFolder again;
  const auto made = Write(*store, folder.Path());
  ASSERT_TRUE(made.has_value());
  MemoryStore joined;
  KvBatch batch;
  for (const auto& [key, value] : RowsOf(**made)) batch.Put(key, value);
  MetaRow meta = (*made)->Manifest().meta;
  meta.seen_commit = ToBytes("of the proof");
  batch.Put(MetaKey(), meta.Encode());
  ASSERT_TRUE(joined.Write(batch, Durability::kUnsynced).has_value());
  const auto second = Write(joined, again.Path());
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ((*made)->Digest(), (*second)->Digest());
}

TEST(Snapshot, WithoutItsManifestIsNone) {
  const auto store = StoreOf(3, "seen");
  const TempFolder folder;
  ASSERT_TRUE(Write(*store, folder.Path()).has_value());
  EXPECT_EQ(*ListSnapshots(folder.Path()), std::vector<ledger::Height>{kHeight});
  std::filesystem::remove(SnapshotManifestPath(folder.Path(), kHeight));
  EXPECT_TRUE(ListSnapshots(folder.Path())->empty());
  EXPECT_FALSE(std::filesystem::exists(SnapshotRowsPath(folder.Path(), kHeight)));
  EXPECT_FALSE(SnapshotFile::Open(folder.Path(), kHeight).has_value());
}

TEST(Snapshot, ThatIsNotFinishedLeavesNothing) {
  const TempFolder folder;
  SnapshotPayloads failing = SomePayloads();
  failing.read = [](ledger::Height, std::uint64_t) -> Result<Bytes> {
    return Fail(Errc::kIo, "the disk");
  };
  EXPECT_FALSE(WriteSnapshot(*StoreOf(3, "seen"), folder.Path(), failing, GoOn).has_value());
  EXPECT_TRUE(std::filesystem::is_empty(folder.Path()));
}

TEST(Snapshot, AChunkThatChangedOnDiskIsNotGivenOut) {
  const auto store = StoreOf(3, "seen");
  const TempFolder folder;
  ASSERT_TRUE(Write(*store, folder.Path()).has_value());
  const auto path = SnapshotRowsPath(folder.Path(), kHeight);
  Bytes rows = ReadFile(path);
  rows[rows.size() / 2] ^= 1U;
  WriteFile(path, rows);
  const auto opened = SnapshotFile::Open(folder.Path(), kHeight);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ((*opened)->Chunk(0).error().code, Errc::kCorrupt);
}

TEST(SnapshotCutter, ClosesAChunkBeforeItGrowsBeyondItsBound) {
  std::vector<Bytes> chunks;
  SnapshotCutter cutter([&](ByteView chunk) -> Result<void> {
    chunks.push_back(ToBytes(chunk));
    return {};
  });
  constexpr int kRows = 10;
  for (int i = 0; i < kRows; ++i) {
    ASSERT_TRUE(cutter.Add(ToBytes("k" + std::to_string(i)), Bytes(300 * limits::kKiB, 1)));
  }
  ASSERT_TRUE(cutter.Add(ToBytes("l"), Bytes(3 * limits::kMiB / 2, 2)));
  EXPECT_FALSE(cutter.Add(ToBytes("m"), Bytes(limits::kSnapshotChunkBytesMax, 3)).has_value());
  EXPECT_FALSE(cutter.Add({}, Bytes(1, 3)).has_value());
  ASSERT_TRUE(cutter.Finish());
  ASSERT_EQ(chunks.size(), 5U);
  for (std::size_t i = 0; i + 1 < chunks.size(); ++i) {
    EXPECT_LE(chunks[i].size(), limits::kSnapshotChunkBytes);
  }
  Bytes last;
  std::uint64_t rows = 0;
  for (const Bytes& chunk : chunks) {
    rows += *ReadSnapshotChunk(chunk, last, [](ByteView, ByteView) {});
  }
  EXPECT_EQ(rows, kRows + 1U);
}

TEST(SnapshotChunk, RefusesWhatNoCutterMakes) {
  const auto read = [](Bytes chunk, Bytes last = {}) {
    return ReadSnapshotChunk(chunk, last, [](ByteView, ByteView) {}).has_value();
  };
  const Bytes good = {1, 'a', 1, 'x', 1, 'b', 0};
  EXPECT_TRUE(read(good));
  EXPECT_FALSE(read({}));
  EXPECT_FALSE(read(good, ToBytes("a")));      // not behind the chunk before
  EXPECT_FALSE(read({1, 'b', 0, 1, 'a', 0}));  // keys fall
  EXPECT_FALSE(read({1, 'a', 0, 1, 'a', 0}));  // a key twice
  EXPECT_FALSE(read({0, 0}));                  // no key
  EXPECT_FALSE(read({0x81, 0x00, 'a', 0}));    // a length in a longer form
  EXPECT_FALSE(read({0xff, 0xff, 0xff, 0xff, 0xff}));
  EXPECT_FALSE(read({4, 'm', 'e', 't', 'a', 0}));
  for (std::size_t cut = 1; cut < good.size(); ++cut) {
    if (cut == 4) continue;  // a whole row
    EXPECT_FALSE(read(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(cut)))) << cut;
  }
}

TEST(SnapshotManifest, DecodesOnlyItsOwnBytes) {
  const auto store = StoreOf(3, "seen");
  const TempFolder folder;
  const auto made = Write(*store, folder.Path());
  ASSERT_TRUE(made.has_value());
  const Bytes& bytes = (*made)->ManifestBytes();
  const auto decoded = SnapshotManifest::Decode(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(*decoded, (*made)->Manifest());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes flipped = bytes;
    flipped[i] ^= 1U;
    const auto read = SnapshotManifest::Decode(flipped);
    if (read) {
      EXPECT_EQ(read->Encode(), flipped) << i;
    }
    EXPECT_FALSE(SnapshotManifest::Decode(ByteView(bytes).first(i)).has_value()) << i;
  }
  SnapshotManifest seen = *decoded;
  seen.meta.seen_commit = {1};
  EXPECT_FALSE(SnapshotManifest::Decode(seen.Encode()).has_value());
  SnapshotManifest none = *decoded;
  none.chunks.clear();
  EXPECT_FALSE(SnapshotManifest::Decode(none.Encode()).has_value());
  SnapshotManifest large = *decoded;
  large.chunks[0].size = limits::kSnapshotChunkBytesMax + 1;
  EXPECT_FALSE(SnapshotManifest::Decode(large.Encode()).has_value());
}

}  // namespace
}  // namespace jiandu::store
