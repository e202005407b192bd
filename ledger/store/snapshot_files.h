// A snapshot on disk: two files of one folder, and how they are written and read.
//
// `<height, 20 digits>.rows` holds the chunks one behind the other, `<height>.manifest` the
// manifest. The manifest is written last, so that a snapshot is there whole or not at all; what a
// crash left without one is removed at the next look. Files are immutable once there. Any thread
// may read; one writes.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "ledger/model/stub.h"
#include "ledger/store/file.h"
#include "ledger/store/kv_store.h"
#include "ledger/store/snapshot_format.h"

namespace jiandu::store {

// A whole snapshot, ready to be read.
class SnapshotFile {
 public:
  // kNotFound: no such snapshot; kCorrupt: not what was written. Chunks are checked as they are
  // read, not here.
  [[nodiscard]] static Result<std::shared_ptr<const SnapshotFile>> Open(
      const std::filesystem::path& folder, ledger::Height height);

  [[nodiscard]] const SnapshotManifest& Manifest() const { return manifest_; }
  [[nodiscard]] const Bytes& ManifestBytes() const { return manifest_bytes_; }
  [[nodiscard]] const Hash256& Digest() const { return digest_; }
  [[nodiscard]] ledger::Height Height() const { return manifest_.Height(); }
  // kCorrupt: the disk has changed it.
  [[nodiscard]] Result<Bytes> Chunk(std::uint32_t number) const;

 private:
  SnapshotFile() = default;

  Bytes manifest_bytes_;
  SnapshotManifest manifest_;
  Hash256 digest_;
  std::vector<std::uint64_t> offsets_;
  File rows_;
};
using SnapshotFilePtr = std::shared_ptr<const SnapshotFile>;  // immutable

[[nodiscard]] std::filesystem::path SnapshotRowsPath(const std::filesystem::path& folder,
                                                     ledger::Height height);
[[nodiscard]] std::filesystem::path SnapshotManifestPath(const std::filesystem::path& folder,
                                                         ledger::Height height);
// Heights of whole snapshots, ascending. Files of others are removed. No folder: none.
[[nodiscard]] Result<std::vector<ledger::Height>> ListSnapshots(
    const std::filesystem::path& folder);
[[nodiscard]] Result<void> RemoveSnapshot(const std::filesystem::path& folder,
                                          ledger::Height height);

// Which stored transactions go with the rows, and where they are. Asked of each stub in turn.
struct SnapshotPayloads {
  std::function<Result<bool>(ledger::LogIndex, std::uint64_t position, const ledger::Stub&)> wants;
  std::function<Result<Bytes>(ledger::Height, std::uint64_t position)> read;
};
// What SnapshotPayloads brings lies under this key.
[[nodiscard]] Bytes PayloadKey(ledger::Height height, std::uint64_t position);
[[nodiscard]] Bytes PayloadPrefix();

// Writes the snapshot of what is written there. `may_go_on` is asked now and then: false ends it
// with kUnavailable. One there already stays.
[[nodiscard]] Result<SnapshotFilePtr> WriteSnapshot(const KvReader& written,
                                                    const std::filesystem::path& folder,
                                                    const SnapshotPayloads& payloads,
                                                    const std::function<bool()>& may_go_on);

}  // namespace jiandu::store
