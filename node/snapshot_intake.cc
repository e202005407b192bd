#include "node/snapshot_intake.h"

#include <utility>

#include "crypto/hash.h"
#include "node/disk_space.h"
#include "node/snapshot_install.h"

namespace jiandu::node {
namespace {

// The rows, the database made of them, and what LevelDB needs to compact it.
constexpr std::uint64_t kRoomFactor = 3;
constexpr std::uint64_t kProgressEvery = 256;

bool IsDiskFailure(const Error& error) {
  return error.code == Errc::kIo || error.code == Errc::kFull;
}

}  // namespace

SnapshotIntake::SnapshotIntake(DataPaths paths, SnapshotIntakeEvents events)
    : paths_(std::move(paths)), events_(std::move(events)) {
  thread_ =
      std::make_unique<JobThread<Job>>("intake", [](Job& job) { return job(); }, events_.on_failed);
}

void SnapshotIntake::Stop() {
  stopping_ = true;
  if (thread_) thread_->Stop();
}

void SnapshotIntake::Open(SnapshotTarget target, Bytes manifest, Bytes proof) {
  thread_->Push([this, target, manifest = std::move(manifest), proof = std::move(proof)] {
    return DoOpen(target, manifest, proof);
  });
}

void SnapshotIntake::Store(std::uint32_t chunk, Bytes bytes) {
  thread_->Push([this, chunk, bytes = std::move(bytes)] { return DoStore(chunk, bytes); });
}

void SnapshotIntake::Install(CertifiedState certified) {
  thread_->Push([this, certified = std::move(certified)] { return DoInstall(certified); });
}

std::optional<SnapshotTarget> SnapshotIntake::FindPartial(const DataPaths& paths) {
  const auto heights = store::ListSnapshots(paths.Incoming());
  if (!heights || heights->empty()) return std::nullopt;
  const auto snapshot = store::SnapshotFile::Open(paths.Incoming(), heights->back());
  if (!snapshot) return std::nullopt;
  return SnapshotTarget{.height = (*snapshot)->Height(), .digest = (*snapshot)->Digest()};
}

// One at a time: what was begun and is fetched no more goes.
Result<void> SnapshotIntake::RemoveOthers(const SnapshotTarget& target) const {
  if (FindPartial(paths_) == target) return {};
  return store::RemoveAll(paths_.Incoming());
}

Result<void> SnapshotIntake::DoOpen(const SnapshotTarget& target, const Bytes& manifest,
                                    const Bytes& proof) {
  JD_TRY(manifest_, store::SnapshotManifest::Decode(manifest));
  JD_CHECK(RemoveOthers(target));
  const auto path = store::SnapshotRowsPath(paths_.Incoming(), target.height);
  const bool is_new = !store::Exists(path);
  const auto space = ReadDiskSpace(paths_.root);
  const std::uint64_t needed = kRoomFactor * manifest_.RowBytes();
  if (is_new && space && space->free_bytes < needed) {
    events_.on_installed(Fail(Errc::kFull, "it needs " + std::to_string(needed >> 20U) +
                                               " MiB of disk, " +
                                               std::to_string(space->free_bytes >> 20U) +
                                               " MiB are free: make room and start again"));
    return {};
  }
  JD_CHECK(store::CreateDirectories(paths_.Incoming()));
  JD_TRY(rows_, store::File::Open(path, store::File::Mode::kCreate));
  offsets_.clear();
  std::uint64_t size = 0;
  for (const auto& chunk : manifest_.chunks) {
    offsets_.push_back(size);
    size += chunk.size;
  }
  JD_CHECK(rows_.Reserve(size));
  JD_CHECK(rows_.Truncate(size));
  JD_CHECK(store::WriteFileWhole(SnapshotProofPath(paths_.Incoming(), target.height), proof));
  // With the manifest the next start knows what the rows are of.
  JD_CHECK(store::WriteFileWhole(store::SnapshotManifestPath(paths_.Incoming(), target.height),
                                 manifest));
  return FindChunks(is_new);
}

Result<void> SnapshotIntake::FindChunks(bool is_new) {
  std::vector<bool> there(manifest_.chunks.size());
  for (std::size_t i = 0; i < there.size() && !is_new && !stopping_; ++i) {
    JD_TRY(const Bytes chunk, rows_.Read(offsets_[i], manifest_.chunks[i].size));
    there[i] = crypto::Sha256(chunk) == manifest_.chunks[i].digest;
    if (i % kProgressEvery == 0) events_.on_progress("kept", i, there.size());
  }
  events_.on_opened(std::move(there));
  return {};
}

Result<void> SnapshotIntake::DoStore(std::uint32_t chunk, const Bytes& bytes) {
  if (chunk >= offsets_.size() || bytes.size() != manifest_.chunks[chunk].size) return {};
  JD_CHECK(rows_.WriteAt(offsets_[chunk], bytes));
  events_.on_stored(chunk);
  return {};
}

Result<void> SnapshotIntake::DoInstall(const CertifiedState& certified) {
  JD_CHECK(rows_.Sync());
  const auto progress = [this](const char* what, std::uint64_t done, std::uint64_t all) {
    events_.on_progress(what, done, all);
    return !stopping_;
  };
  auto prepared = PrepareJoin(paths_, certified, progress);
  if (!prepared && stopping_) return {};
  if (!prepared && IsDiskFailure(prepared.error())) return prepared;
  if (!prepared) {
    // It is not fetched again, and a later one begins anew.
    rows_ = store::File();
    (void)store::RemoveAll(paths_.Incoming());
  }
  events_.on_installed(std::move(prepared));
  return {};
}

}  // namespace jiandu::node
