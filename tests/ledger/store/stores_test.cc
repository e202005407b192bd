// Both key-value stores keep the same promises.
#include <gtest/gtest.h>

#include <functional>

#include "ledger/store/file.h"
#include "ledger/store/leveldb_store.h"
#include "ledger/store/memory_store.h"
#include "tests/ledger/store/store_support.h"
#include "tests/support/temp_folder.h"

namespace jiandu::store {
namespace {

using support::TempFolder;

struct StoreCase {
  const char* name;
  std::function<std::unique_ptr<KvStore>(const TempFolder&)> open;
};

class Stores : public testing::TestWithParam<StoreCase> {
 protected:
  TempFolder dir_;
  std::unique_ptr<KvStore> store_ = GetParam().open(dir_);
};

std::vector<std::string> Keys(const KvReader& reader, std::string_view prefix,
                              std::string_view from, std::size_t limit = 100) {
  std::vector<std::string> keys;
  EXPECT_TRUE(reader.Scan(AsBytes(prefix), AsBytes(from), [&](ByteView key, ByteView) {
    keys.push_back(ToText(key));
    return keys.size() < limit;
  }));
  return keys;
}

TEST_P(Stores, PutDeleteGetScanAndSnapshot) {
  KvBatch first;
  for (const char* key : {"a", "b1", "b2", "b3", "c"}) first.Put(AsBytes(key), AsBytes("v"));
  first.Put(AsBytes("empty"), {});
  ASSERT_TRUE(store_->Write(first, Durability::kSynced));
  EXPECT_EQ(*store_->Get(AsBytes("b2")), ToBytes("v"));
  EXPECT_EQ(*store_->Get(AsBytes("empty")), Bytes());
  EXPECT_EQ(*store_->Get(AsBytes("none")), std::nullopt);
  const auto snapshot = store_->Snapshot();
  KvBatch second;
  second.Delete(AsBytes("b2"));
  second.Delete(AsBytes("none"));
  second.Put(AsBytes("b4"), AsBytes("w"));
  ASSERT_TRUE(store_->Write(second, Durability::kUnsynced));
  using Names = std::vector<std::string>;
  EXPECT_EQ(Keys(*store_, "b", ""), (Names{"b1", "b3", "b4"}));
  EXPECT_EQ(Keys(*snapshot, "b", ""), (Names{"b1", "b2", "b3"}));
  EXPECT_EQ(Keys(*store_, "b", "b3"), (Names{"b3", "b4"}));
  EXPECT_EQ(Keys(*store_, "b", "a"), (Names{"b1", "b3", "b4"}));
  EXPECT_EQ(Keys(*store_, "b", "c"), Names{});
  EXPECT_EQ(Keys(*store_, "", "", 2), (Names{"a", "b1"}));
  EXPECT_EQ(*snapshot->Get(AsBytes("b2")), ToBytes("v"));
}

INSTANTIATE_TEST_SUITE_P(
    Both, Stores,
    testing::Values(StoreCase{.name = "Memory",
                              .open = [](const TempFolder&) -> std::unique_ptr<KvStore> {
                                return std::make_unique<MemoryStore>();
                              }},
                    StoreCase{.name = "LevelDb",
                              .open = [](const TempFolder& dir) -> std::unique_ptr<KvStore> {
                                return std::move(*LevelDbStore::Open(dir.Path() / "db"));
                              }}),
    [](const auto& one) { return one.param.name; });

TEST(LevelDbStore, KeepsWhatWasWrittenAndIsHeldByOneOnly) {
  const TempFolder dir;
  KvBatch batch;
  batch.Put(AsBytes("k"), AsBytes("v"));
  {
    const auto store = LevelDbStore::Open(dir.Path());
    ASSERT_TRUE(store.has_value());
    ASSERT_TRUE((*store)->Write(batch, Durability::kSynced));
    EXPECT_EQ(LevelDbStore::Open(dir.Path()).error().code, Errc::kIo);
  }
  auto store = LevelDbStore::Open(dir.Path());
  ASSERT_TRUE(store.has_value());
  EXPECT_EQ((*store)->HowOpened(), LevelDbStore::Opened::kParanoid);
  EXPECT_EQ(*(*store)->Get(AsBytes("k")), ToBytes("v"));
  store->reset();
  ASSERT_TRUE(LevelDbStore::Destroy(dir.Path()));
  EXPECT_FALSE(std::filesystem::exists(dir.Path()));
}

// A supervisor waits for a disk that is full, and for none that has failed.
TEST(LevelDbStore, AFullDiskIsToldAsOne) {
  const TempFolder dir;
  std::filesystem::create_symlink("/dev/full", dir.Path() / "MANIFEST-000001");
  EXPECT_EQ(LevelDbStore::Open(dir.Path()).error().code, Errc::kFull);
}

TEST(File, AFullDiskIsToldAsOne) {
  auto full = File::Open("/dev/full", File::Mode::kReadWrite);
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->WriteAt(0, AsBytes("x")).error().code, Errc::kFull);
}

TEST(LevelDbStore, ASnapshotOutlivesTheStoreObject) {
  const TempFolder dir;
  std::shared_ptr<const KvReader> snapshot;
  {
    const auto store = LevelDbStore::Open(dir.Path());
    KvBatch batch;
    batch.Put(AsBytes("k"), AsBytes("v"));
    ASSERT_TRUE((*store)->Write(batch, Durability::kUnsynced));
    snapshot = (*store)->Snapshot();
  }
  EXPECT_EQ(*snapshot->Get(AsBytes("k")), ToBytes("v"));
}

// Every snapshot of the state passes over all of it, on all nodes at the same height.
TEST(LevelDbStore, APassOverEverythingLeavesTheCacheToWhatIsAskedForAgain) {
  const TempFolder dir;
  {
    const auto store = LevelDbStore::Open(dir.Path());
    KvBatch batch;
    for (std::uint32_t number = 0; number < 1000; ++number) {
      Bytes key = ToBytes("k");
      AppendU32Be(key, number);
      batch.Put(key, Bytes(1000, static_cast<std::uint8_t>(number)));
    }
    ASSERT_TRUE((*store)->Write(batch, Durability::kSynced));
  }
  const auto store = LevelDbStore::Open(dir.Path());  // they are in a file now, not in its log
  const std::size_t before = (*store)->CachedBytes();
  EXPECT_EQ(Keys(**store, "", "", 1000).size(), 1000U);
  EXPECT_EQ((*store)->CachedBytes(), before);
  EXPECT_EQ(Keys(**store, "k", "", 1000).size(), 1000U);
  EXPECT_GT((*store)->CachedBytes(), before + 100'000);
}

TEST(LevelDbStore, ADamagedLogIsOpenedTolerantlyAndToldOf) {
  const TempFolder dir;
  {
    const auto store = LevelDbStore::Open(dir.Path());
    for (int i = 0; i < 50; ++i) {
      KvBatch batch;
      batch.Put(AsBytes("key " + std::to_string(i)), Bytes(1000, 0x5a));
      ASSERT_TRUE((*store)->Write(batch, Durability::kSynced));
    }
  }
  std::filesystem::path log;
  for (const auto& entry : std::filesystem::directory_iterator(dir.Path())) {
    if (entry.path().extension() == ".log" && entry.file_size() > 0) log = entry.path();
  }
  ASSERT_FALSE(log.empty());
  Bytes bytes = ReadFile(log);
  bytes[20000] ^= 1;
  WriteFile(log, bytes);
  const auto store = LevelDbStore::Open(dir.Path());
  ASSERT_TRUE(store.has_value()) << store.error().detail;
  EXPECT_EQ((*store)->HowOpened(), LevelDbStore::Opened::kTolerant);
  EXPECT_FALSE((*store)->OpenProblem().empty());
  EXPECT_EQ(*(*store)->Get(AsBytes("key 1")), Bytes(1000, 0x5a));
}

}  // namespace
}  // namespace jiandu::store
