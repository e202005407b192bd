// ledger/store/leveldb_store.h in memory, on the simulated disk: LevelDB itself has threads of its
// own and is tried under crashes elsewhere.
#include <utility>

#include "ledger/store/leveldb_store.h"
#include "tests/simulator/disk.h"
#include "tests/simulator/kernel.h"
#include "tests/simulator/process.h"

namespace jiandu::store {
namespace {

using simulator::DatabasePtr;
using simulator::DiskStep;
using simulator::Kernel;

std::shared_ptr<simulator::Disk> DatabaseDisk() { return Kernel::Get().Current()->disk; }

Result<std::optional<Bytes>> GetFrom(const DatabasePtr& rows, std::uint64_t version, ByteView key) {
  const Bytes* const value = rows->Find(key, version);
  if (value == nullptr) return std::nullopt;
  return *value;
}

class VersionReader final : public KvReader {
 public:
  explicit VersionReader(DatabasePtr rows) : rows_(std::move(rows)), version_(rows_->Newest()) {}
  [[nodiscard]] Result<std::optional<Bytes>> Get(ByteView key) const override {
    return GetFrom(rows_, version_, key);
  }
  [[nodiscard]] Result<void> Scan(ByteView prefix, ByteView from,
                                  const Visitor& visit) const override {
    rows_->Scan(prefix, from, version_, visit);
    return {};
  }

 private:
  DatabasePtr rows_;
  std::uint64_t version_;
};

}  // namespace

struct LevelDbStore::Parts {
  std::shared_ptr<simulator::Disk> disk;
  std::string name;
  DatabasePtr rows;
};

LevelDbStore::LevelDbStore(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {}
LevelDbStore::~LevelDbStore() = default;

Result<std::unique_ptr<LevelDbStore>> LevelDbStore::Open(const std::filesystem::path& directory,
                                                         const LevelDbOptions& /*options*/) {
  auto parts = std::make_shared<Parts>();
  parts->disk = DatabaseDisk();
  parts->name = directory.lexically_normal().string();
  parts->disk->directories.insert(parts->name);
  DatabasePtr& rows = parts->disk->databases[parts->name];
  if (rows == nullptr) rows = std::make_shared<simulator::Database>();
  parts->rows = rows;
  return std::unique_ptr<LevelDbStore>(new LevelDbStore(std::move(parts)));
}

Result<void> LevelDbStore::Destroy(const std::filesystem::path& directory) {
  DatabaseDisk()->databases.erase(directory.lexically_normal().string());
  return {};
}

LevelDbStore::Opened LevelDbStore::HowOpened() const {
  return parts_->rows->damaged ? Opened::kTolerant : Opened::kParanoid;
}
const std::string& LevelDbStore::OpenProblem() const {
  static const std::string kDamaged = "Corruption: a block's checksum does not hold";
  static const std::string kNone;
  return parts_->rows->damaged ? kDamaged : kNone;
}

std::size_t LevelDbStore::CachedBytes() const { return 0; }

Result<std::optional<Bytes>> LevelDbStore::Get(ByteView key) const {
  return GetFrom(parts_->rows, parts_->rows->Newest(), key);
}

Result<void> LevelDbStore::Scan(ByteView prefix, ByteView from, const Visitor& visit) const {
  parts_->rows->Scan(prefix, from, parts_->rows->Newest(), visit);
  return {};
}

Result<void> LevelDbStore::Write(const KvBatch& batch, Durability durability) {
  simulator::Disk& disk = *parts_->disk;
  Kernel::Get().Sleep(Kernel::Get().Chance().Between(1, 30));
  disk.Tell(DiskStep::kDatabaseWrite, parts_->name);
  if (disk.fails_writes) return Fail(Errc::kIo, "write: IO error");
  if (disk.room_bytes < batch.ByteSize())
    return Fail(Errc::kFull, "write: No space left on device");
  if (disk.room_bytes != ~0ULL) disk.room_bytes -= batch.ByteSize();
  batch.ForEach([&](ByteView key, std::optional<ByteView> value) {
    parts_->rows->Put(ToBytes(key), value ? std::optional<Bytes>(ToBytes(*value)) : std::nullopt);
  });
  parts_->rows->EndBatch();
  if (durability == Durability::kUnsynced) return {};
  Kernel::Get().Sleep(Kernel::Get().Chance().Between(disk.sync_us / 2, disk.sync_us * 2));
  disk.Tell(DiskStep::kDatabaseSync, parts_->name);
  if (disk.fails_syncs) return Fail(Errc::kIo, "sync: IO error");
  if (!disk.lies) parts_->rows->Sync();
  return {};
}

std::shared_ptr<const KvReader> LevelDbStore::Snapshot() const {
  return std::make_shared<VersionReader>(parts_->rows);
}

}  // namespace jiandu::store
