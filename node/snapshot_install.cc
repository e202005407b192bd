// Building the database, and the renames.
#include "node/snapshot_install.h"

#include <charconv>
#include <utility>

#include "base/snapshot_limits.h"
#include "ledger/store/segment_format.h"
#include "node/snapshot_check.h"

namespace jiandu::node {
namespace {

constexpr std::size_t kBatchBytes = 4 * limits::kMiB;
constexpr std::size_t kReadyBytesMax = 64;

using store::Exists;
using store::RemoveAll;

Result<void> Move(const std::filesystem::path& from, const std::filesystem::path& to) {
  JD_CHECK(store::Rename(from, to));
  return store::SyncDirectory(to.parent_path());
}

// Rows in batches of some MiB; the row of the newest height last and synced: a database without it
// holds no ledger.
class Filling {
 public:
  Filling(store::KvStore& store, const InstallProgress& progress)
      : store_(store), progress_(progress) {}

  Result<void> All(const store::SnapshotFile& snapshot, Bytes seen_commit) {
    const auto& manifest = snapshot.Manifest();
    Bytes last;
    std::uint64_t rows = 0;
    for (std::uint32_t i = 0; i < manifest.chunks.size(); ++i) {
      JD_TRY(const Bytes chunk, snapshot.Chunk(i));
      JD_TRY(const std::uint64_t count,
             store::ReadSnapshotChunk(
                 chunk, last, [this](ByteView key, ByteView value) { batch_.Put(key, value); }));
      rows += count;
      if (batch_.ByteSize() >= kBatchBytes) JD_CHECK(WriteOut(store::Durability::kUnsynced));
      if (!progress_("rows", i + 1, manifest.chunks.size())) {
        return Fail(Errc::kUnavailable, "snapshot: not put in place, the node stops");
      }
    }
    if (rows != manifest.rows) {
      return Fail(Errc::kInvalid, "snapshot: other rows than its manifest counts");
    }
    store::MetaRow meta = manifest.meta;
    meta.seen_commit = std::move(seen_commit);
    batch_.Put(store::MetaKey(), meta.Encode());
    return WriteOut(store::Durability::kSynced);
  }

 private:
  Result<void> WriteOut(store::Durability durability) {
    JD_CHECK(store_.Write(batch_, durability));
    batch_ = {};
    return {};
  }

  store::KvStore& store_;
  const InstallProgress& progress_;
  store::KvBatch batch_;
};

Result<void> BuildInto(const CertifiedState& certified, const store::SnapshotFile& snapshot,
                       const std::filesystem::path& directory, const InstallProgress& progress) {
  JD_CHECK(store::CreateDirectories(directory));
  JD_TRY(const auto store, store::LevelDbStore::Open(directory));
  Filling filling(*store, progress);
  JD_CHECK(filling.All(snapshot, certified.commit.Encode()));
  JD_TRY(const auto view, store::LedgerView::Open(store->Snapshot()));
  return CheckSnapshotState(certified, *view, progress);
}

Result<ledger::Height> ReadReady(const std::filesystem::path& path) {
  JD_TRY(const store::File file, store::File::Open(path, store::File::Mode::kRead));
  JD_TRY(const std::uint64_t size, file.Size());
  if (size > kReadyBytesMax) return Fail(Errc::kCorrupt, path.string() + ": too long");
  JD_TRY(const Bytes bytes, file.Read(0, static_cast<std::size_t>(size)));
  const std::string_view text = AsText(bytes);
  ledger::Height height = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), height);
  if (bad != std::errc() || end != text.data() + text.size() || height == 0) {
    return Fail(Errc::kCorrupt, path.string() + ": no height");
  }
  return height;
}

// Blocks that were here before are kept, apart: between them and the snapshot some are missing.
Result<void> PlaceSegments(const DataPaths& paths, ledger::Height height) {
  const auto fresh = paths.Join() / "segments";
  if (!Exists(fresh)) return {};
  if (Exists(paths.Segments())) {
    JD_TRY(const std::vector<std::string> names, store::ListDirectory(paths.Segments()));
    if (names.empty()) {
      JD_CHECK(RemoveAll(paths.Segments()));
    } else {
      JD_CHECK(
          Move(paths.Segments(), paths.root / ("segments-before-" + std::to_string(height + 1))));
    }
  }
  return Move(fresh, paths.Segments());
}

// The manifest last: with it the snapshot is there.
Result<void> PlaceSnapshot(const DataPaths& paths, ledger::Height height) {
  const auto move = [&](const auto& path_of) -> Result<void> {
    const std::filesystem::path from = path_of(paths.Incoming(), height);
    if (!Exists(from)) return {};
    return Move(from, path_of(paths.Snapshots(), height));
  };
  JD_CHECK(move(SnapshotProofPath));
  JD_CHECK(move(store::SnapshotRowsPath));
  return move(store::SnapshotManifestPath);
}

}  // namespace

std::filesystem::path SnapshotProofPath(const std::filesystem::path& folder,
                                        ledger::Height height) {
  return store::SnapshotManifestPath(folder, height).replace_extension(".proof");
}

Result<SnapshotProof> ReadSnapshotProof(const std::filesystem::path& folder,
                                        ledger::Height height) {
  const auto path = SnapshotProofPath(folder, height);
  if (!Exists(path)) return Fail(Errc::kNotFound, path.string() + ": no proof is kept");
  JD_TRY(const store::File file, store::File::Open(path, store::File::Mode::kRead));
  JD_TRY(const std::uint64_t size, file.Size());
  if (size > limits::kSnapshotProofBytesMax) {
    return Fail(Errc::kCorrupt, path.string() + ": too long");
  }
  JD_TRY(const Bytes bytes, file.Read(0, static_cast<std::size_t>(size)));
  return SnapshotProof::Decode(bytes);
}

Result<SnapshotOrigin> ReadOrigin(const ledger::Genesis& genesis, const DataPaths& paths,
                                  ledger::Height height) {
  JD_TRY(auto snapshot, store::SnapshotFile::Open(paths.Snapshots(), height));
  JD_TRY(const SnapshotProof proof, ReadSnapshotProof(paths.Snapshots(), height));
  JD_TRY(CertifiedState certified, VerifySnapshotProof(genesis, height, proof));
  JD_CHECK(CheckManifest(genesis, certified, snapshot->Manifest()));
  return SnapshotOrigin{.certified = std::move(certified), .snapshot = std::move(snapshot)};
}

Result<void> BuildDatabase(const CertifiedState& certified, const store::SnapshotFile& snapshot,
                           const std::filesystem::path& directory,
                           const InstallProgress& progress) {
  auto built = BuildInto(certified, snapshot, directory, progress);
  if (built) return {};
  (void)RemoveAll(directory);
  return built;
}

Result<void> PrepareJoin(const DataPaths& paths, const CertifiedState& certified,
                         const InstallProgress& progress) {
  const ledger::Height height = certified.Height();
  JD_CHECK(RemoveAll(paths.Join()));
  JD_TRY(const auto snapshot, store::SnapshotFile::Open(paths.Incoming(), height));
  JD_CHECK(BuildDatabase(certified, *snapshot, paths.Join() / "ledger", progress));
  const auto segments = paths.Join() / "segments";
  JD_CHECK(store::CreateDirectories(segments));
  // An empty file says where the blocks begin.
  {
    JD_TRY(store::File first, store::File::Open(segments / store::SegmentName(height + 1),
                                                store::File::Mode::kCreate));
    JD_CHECK(first.Sync());
  }
  JD_CHECK(store::SyncDirectory(segments));
  JD_CHECK(store::SyncDirectory(paths.Join() / "ledger"));
  JD_CHECK(store::SyncDirectory(paths.Join()));
  JD_CHECK(store::SyncDirectory(paths.root));
  return store::WriteFileWhole(paths.Ready(), AsBytes(std::to_string(height)));
}

Result<std::string> FinishJoin(const DataPaths& paths) {
  if (!Exists(paths.Ready())) {
    JD_CHECK(RemoveAll(paths.Join()));
    return std::string();
  }
  JD_TRY(const ledger::Height height, ReadReady(paths.Ready()));
  if (Exists(paths.Join() / "ledger")) {
    JD_CHECK(RemoveAll(paths.Database()));
    JD_CHECK(Move(paths.Join() / "ledger", paths.Database()));
  }
  JD_CHECK(PlaceSegments(paths, height));
  JD_CHECK(PlaceSnapshot(paths, height));
  JD_CHECK(RemoveAll(paths.Incoming()));
  // From here on nothing is to be done again: the mark goes first.
  JD_CHECK(RemoveAll(paths.Ready()));
  JD_CHECK(store::SyncDirectory(paths.Join()));
  JD_CHECK(RemoveAll(paths.Join()));
  return "began with the snapshot of height " + std::to_string(height);
}

}  // namespace jiandu::node
