// The store on LevelDB.
#include "ledger/store/leveldb_store.h"

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

#include <cerrno>
#include <cstring>

#include "ledger/store/file.h"

namespace jiandu::store {
namespace {

// LevelDB hands a slice's pointer to memcmp, which wants one even for no bytes.
leveldb::Slice ToSlice(ByteView view) {
  if (view.empty()) return {};
  return {reinterpret_cast<const char*>(view.data()), view.size()};
}
ByteView ToView(const leveldb::Slice& slice) {
  return {reinterpret_cast<const std::uint8_t*>(slice.data()), slice.size()};
}

// LevelDB passes on what the system said as text only.
std::unexpected<Error> StatusError(const leveldb::Status& status, std::string_view doing) {
  std::string said = status.ToString();
  const bool full = status.IsIOError() && said.contains(std::strerror(ENOSPC));
  const Errc code = status.IsCorruption() ? Errc::kCorrupt : full ? Errc::kFull : Errc::kIo;
  return Fail(code, "leveldb: " + std::string(doing) + ": " + std::move(said));
}

leveldb::ReadOptions ReadOptionsOf(const leveldb::Snapshot* snapshot) {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  options.snapshot = snapshot;
  return options;
}

Result<std::optional<Bytes>> GetFrom(leveldb::DB& db, const leveldb::Snapshot* snapshot,
                                     ByteView key) {
  std::string value;
  const leveldb::Status status = db.Get(ReadOptionsOf(snapshot), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<Bytes>();
  if (!status.ok()) return StatusError(status, "get");
  return std::optional<Bytes>(ToBytes(value));
}

Result<void> ScanOf(leveldb::DB& db, const leveldb::Snapshot* snapshot, ByteView prefix,
                    ByteView from, const KvReader::Visitor& visit) {
  const leveldb::Slice first = ToSlice(prefix);
  const leveldb::Slice wanted = ToSlice(from);
  leveldb::ReadOptions options = ReadOptionsOf(snapshot);
  // A pass over everything, as a snapshot of the state makes it, would drive out of the cache what
  // is asked for again.
  options.fill_cache = !prefix.empty();
  const std::unique_ptr<leveldb::Iterator> at(db.NewIterator(options));
  for (at->Seek(wanted.compare(first) < 0 ? first : wanted);
       at->Valid() && at->key().starts_with(first); at->Next()) {
    if (!visit(ToView(at->key()), ToView(at->value()))) break;
  }
  if (!at->status().ok()) return StatusError(at->status(), "scan");
  return {};
}

}  // namespace

// Members are destroyed from the last to the first: the database before what it uses.
struct LevelDbStore::Parts {
  std::unique_ptr<const leveldb::FilterPolicy> filter;
  std::unique_ptr<leveldb::Cache> cache;
  std::unique_ptr<leveldb::DB> db;
  Opened opened = Opened::kParanoid;
  std::string problem;

  [[nodiscard]] leveldb::Status OpenDb(const std::filesystem::path& directory,
                                       const LevelDbOptions& options, Opened how) {
    leveldb::Options raw;
    raw.create_if_missing = true;
    raw.paranoid_checks = how == Opened::kParanoid;
    raw.write_buffer_size = options.write_buffer_bytes;
    raw.max_file_size = options.file_bytes;
    raw.max_open_files = options.open_files_max;
    raw.block_cache = cache.get();
    raw.filter_policy = filter.get();
    leveldb::DB* opened_db = nullptr;
    const leveldb::Status status = leveldb::DB::Open(raw, directory.string(), &opened_db);
    db.reset(opened_db);
    return status;
  }
};

namespace {

// A LevelDB snapshot, released when nobody reads it any more.
class LevelDbSnapshot final : public KvReader {
 public:
  LevelDbSnapshot(std::shared_ptr<void> parts, leveldb::DB& db)
      : parts_(std::move(parts)), db_(&db), snapshot_(db.GetSnapshot()) {}
  ~LevelDbSnapshot() override { db_->ReleaseSnapshot(snapshot_); }
  LevelDbSnapshot(const LevelDbSnapshot&) = delete;
  LevelDbSnapshot& operator=(const LevelDbSnapshot&) = delete;

  [[nodiscard]] Result<std::optional<Bytes>> Get(ByteView key) const override {
    return GetFrom(*db_, snapshot_, key);
  }
  [[nodiscard]] Result<void> Scan(ByteView prefix, ByteView from,
                                  const Visitor& visit) const override {
    return ScanOf(*db_, snapshot_, prefix, from, visit);
  }

 private:
  std::shared_ptr<void> parts_;  // keeps the database open
  leveldb::DB* db_;
  const leveldb::Snapshot* snapshot_;
};

}  // namespace

LevelDbStore::LevelDbStore(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {}
LevelDbStore::~LevelDbStore() = default;

Result<std::unique_ptr<LevelDbStore>> LevelDbStore::Open(const std::filesystem::path& directory,
                                                         const LevelDbOptions& options) {
  constexpr int kBloomBits = 10;
  JD_CHECK(CreateDirectories(directory));
  auto parts = std::make_shared<Parts>();
  parts->filter.reset(leveldb::NewBloomFilterPolicy(kBloomBits));
  parts->cache.reset(leveldb::NewLRUCache(options.cache_bytes));
  leveldb::Status status = parts->OpenDb(directory, options, Opened::kParanoid);
  if (status.IsCorruption()) {
    parts->problem = status.ToString();
    parts->opened = Opened::kTolerant;
    status = parts->OpenDb(directory, options, Opened::kTolerant);
  }
  if (!status.ok()) return StatusError(status, "open");
  return std::unique_ptr<LevelDbStore>(new LevelDbStore(std::move(parts)));
}

Result<void> LevelDbStore::Destroy(const std::filesystem::path& directory) {
  const leveldb::Status status = leveldb::DestroyDB(directory.string(), leveldb::Options());
  if (!status.ok()) return StatusError(status, "destroy");
  // Files that LevelDB does not know (a damaged CURRENT hides some) must go too.
  std::error_code problem;
  std::filesystem::remove_all(directory, problem);
  if (problem) return Fail(Errc::kIo, directory.string() + ": " + problem.message());
  return {};
}

LevelDbStore::Opened LevelDbStore::HowOpened() const { return parts_->opened; }
const std::string& LevelDbStore::OpenProblem() const { return parts_->problem; }
std::size_t LevelDbStore::CachedBytes() const { return parts_->cache->TotalCharge(); }

Result<std::optional<Bytes>> LevelDbStore::Get(ByteView key) const {
  return GetFrom(*parts_->db, nullptr, key);
}

Result<void> LevelDbStore::Scan(ByteView prefix, ByteView from, const Visitor& visit) const {
  return ScanOf(*parts_->db, nullptr, prefix, from, visit);
}

Result<void> LevelDbStore::Write(const KvBatch& batch, Durability durability) {
  leveldb::WriteBatch raw;
  batch.ForEach([&](ByteView key, std::optional<ByteView> value) {
    if (value.has_value()) {
      raw.Put(ToSlice(key), ToSlice(*value));
    } else {
      raw.Delete(ToSlice(key));
    }
  });
  leveldb::WriteOptions options;
  options.sync = durability == Durability::kSynced;
  const leveldb::Status status = parts_->db->Write(options, &raw);
  if (!status.ok()) return StatusError(status, "write");
  return {};
}

std::shared_ptr<const KvReader> LevelDbStore::Snapshot() const {
  return std::make_shared<LevelDbSnapshot>(parts_, *parts_->db);
}

}  // namespace jiandu::store
