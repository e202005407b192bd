// A KvStore on LevelDB.
//
// LevelDB is always disposable: the blocks lie in segments. It is opened paranoid; when that fails,
// tolerantly, and the caller is told, so that it compares the state root with the certified one or
// rebuilds. RepairDB is never called: it drops tables it cannot read. Reads on any thread; Write on
// one. Options: docs/ledger-format.md (Database).
#pragma once

#include <filesystem>
#include <memory>

#include "ledger/store/kv_store.h"

namespace leveldb {
class DB;
}

namespace jiandu::store {

struct LevelDbOptions {
  std::size_t write_buffer_bytes = 32UL * 1024 * 1024;
  std::size_t file_bytes = 8UL * 1024 * 1024;
  std::size_t cache_bytes = 64UL * 1024 * 1024;
  int open_files_max = 512;
};

class LevelDbStore final : public KvStore {
 public:
  enum class Opened { kParanoid, kTolerant };
  // Creates the directory when it is absent. kIo when another process holds it, kCorrupt when it
  // does not even open tolerantly: then Destroy it.
  [[nodiscard]] static Result<std::unique_ptr<LevelDbStore>> Open(
      const std::filesystem::path& directory, const LevelDbOptions& options = {});
  // Removes everything, for a rebuild. The store must be closed.
  [[nodiscard]] static Result<void> Destroy(const std::filesystem::path& directory);
  ~LevelDbStore() override;

  // kTolerant: something on disk was damaged; what can be read may lack rows.
  [[nodiscard]] Opened HowOpened() const;
  // What the paranoid opening said, "" when it went well.
  [[nodiscard]] const std::string& OpenProblem() const;
  // Of its files, what is kept in memory. Any thread.
  [[nodiscard]] std::size_t CachedBytes() const;

  [[nodiscard]] Result<std::optional<Bytes>> Get(ByteView key) const override;
  // A pass over everything (no prefix) leaves CachedBytes as it is: most of it nobody asks for
  // again.
  [[nodiscard]] Result<void> Scan(ByteView prefix, ByteView from,
                                  const Visitor& visit) const override;
  [[nodiscard]] Result<void> Write(const KvBatch& batch, Durability durability) override;
  [[nodiscard]] std::shared_ptr<const KvReader> Snapshot() const override;

 private:
  struct Parts;  // database, cache, filter policy: closed in this order
  explicit LevelDbStore(std::shared_ptr<Parts> parts);

  std::shared_ptr<Parts> parts_;  // shared with snapshots, so that the database outlives them
};

}  // namespace jiandu::store
