// Snapshots as files: names, removal, reading chunks.
#include "ledger/store/snapshot_files.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "base/snapshot_limits.h"
#include "crypto/hash.h"

namespace jiandu::store {
namespace {

constexpr std::size_t kDigits = 20;
constexpr std::string_view kRows = ".rows";
constexpr std::string_view kManifest = ".manifest";

std::string NameOf(ledger::Height height, std::string_view ending) {
  std::string digits = std::to_string(height);
  return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits +
         std::string(ending);
}

std::optional<ledger::Height> HeightOf(std::string_view name, std::string_view ending) {
  if (name.size() != kDigits + ending.size() || !name.ends_with(ending)) return std::nullopt;
  ledger::Height height = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + kDigits, height);
  if (problem != std::errc() || end != name.data() + kDigits) return std::nullopt;
  return height;
}

}  // namespace

std::filesystem::path SnapshotRowsPath(const std::filesystem::path& folder, ledger::Height height) {
  return folder / NameOf(height, kRows);
}

std::filesystem::path SnapshotManifestPath(const std::filesystem::path& folder,
                                           ledger::Height height) {
  return folder / NameOf(height, kManifest);
}

Result<std::vector<ledger::Height>> ListSnapshots(const std::filesystem::path& folder) {
  if (!Exists(folder)) return std::vector<ledger::Height>();
  std::set<ledger::Height> rows;
  std::set<ledger::Height> manifests;
  JD_TRY(const std::vector<std::string> names, ListDirectory(folder));
  for (const std::string& name : names) {
    if (const auto height = HeightOf(name, kRows)) rows.insert(*height);
    if (const auto height = HeightOf(name, kManifest)) manifests.insert(*height);
  }
  std::vector<ledger::Height> whole;
  for (const ledger::Height height : rows) {
    if (manifests.contains(height)) {
      whole.push_back(height);
    } else {
      JD_CHECK(RemoveFile(SnapshotRowsPath(folder, height)));
    }
  }
  for (const ledger::Height height : manifests) {
    if (!rows.contains(height)) JD_CHECK(RemoveFile(SnapshotManifestPath(folder, height)));
  }
  return whole;
}

Result<void> RemoveSnapshot(const std::filesystem::path& folder, ledger::Height height) {
  JD_CHECK(RemoveFile(SnapshotManifestPath(folder, height)));
  return RemoveFile(SnapshotRowsPath(folder, height));
}

Result<SnapshotFilePtr> SnapshotFile::Open(const std::filesystem::path& folder,
                                           ledger::Height height) {
  const auto path = SnapshotManifestPath(folder, height);
  if (!Exists(path)) {
    return Fail(Errc::kNotFound, path.string() + ": no such snapshot");
  }
  std::shared_ptr<SnapshotFile> snapshot(new SnapshotFile());
  JD_TRY(const File manifest, File::Open(path, File::Mode::kRead));
  JD_TRY(const std::uint64_t size, manifest.Size());
  if (size > limits::kSnapshotManifestBytesMax) {
    return Fail(Errc::kCorrupt, path.string() + ": too long");
  }
  JD_TRY(snapshot->manifest_bytes_, manifest.Read(0, static_cast<std::size_t>(size)));
  auto decoded = SnapshotManifest::Decode(snapshot->manifest_bytes_);
  if (!decoded) return Fail(Errc::kCorrupt, path.string() + ": " + decoded.error().detail);
  snapshot->manifest_ = *std::move(decoded);
  if (snapshot->Height() != height) {
    return Fail(Errc::kCorrupt, path.string() + ": of another height");
  }
  snapshot->digest_ = SnapshotDigest(snapshot->manifest_bytes_);
  std::uint64_t offset = 0;
  for (const SnapshotManifest::Chunk& chunk : snapshot->manifest_.chunks) {
    snapshot->offsets_.push_back(offset);
    offset += chunk.size;
  }
  JD_TRY(snapshot->rows_, File::Open(SnapshotRowsPath(folder, height), File::Mode::kRead));
  return SnapshotFilePtr(std::move(snapshot));
}

Result<Bytes> SnapshotFile::Chunk(std::uint32_t number) const {
  if (number >= offsets_.size()) return Fail(Errc::kNotFound, "snapshot: no such chunk");
  const SnapshotManifest::Chunk& wanted = manifest_.chunks[number];
  JD_TRY(Bytes chunk, rows_.Read(offsets_[number], wanted.size));
  if (crypto::Sha256(chunk) != wanted.digest) {
    return Fail(Errc::kCorrupt, "snapshot at height " + std::to_string(Height()) + ": chunk " +
                                    std::to_string(number) + " has changed on disk");
  }
  return chunk;
}

}  // namespace jiandu::store
