// Writing a snapshot: every row of the database in key order, and the payloads among them.
#include <utility>

#include "base/limits.h"
#include "ledger/store/snapshot_files.h"

namespace jiandu::store {
namespace {

constexpr std::uint8_t kPayload = 'J';
constexpr std::uint8_t kEntry = 'E';
static_assert(kEntry < kPayload, "entries are seen before the payloads are due");
constexpr std::uint64_t kAskEvery = 1024;  // rows

class Writing {
 public:
  Writing(const KvReader& written, const SnapshotPayloads& payloads,
          const std::function<bool()>& may_go_on, File& rows)
      : written_(written),
        payloads_(payloads),
        may_go_on_(may_go_on),
        cutter_([this, &rows](ByteView chunk) -> Result<void> {
          JD_CHECK(rows.WriteAt(size_, chunk));
          size_ += chunk.size();
          return {};
        }) {}

  Result<SnapshotManifest> All() {
    JD_TRY(const auto meta, written_.Get(MetaKey()));
    if (!meta) return Fail(Errc::kNotFound, "the database holds no ledger");
    SnapshotManifest manifest;
    JD_TRY(manifest.meta, MetaRow::Decode(*meta));
    // Which votes this node saw of a commit is its own; everything else is everybody's.
    manifest.meta.seen_commit.clear();
    Result<void> result;
    JD_CHECK(written_.Scan({}, {}, [&](ByteView key, ByteView value) {
      result = Take(key, value);
      return result.has_value();
    }));
    JD_CHECK(result);
    JD_CHECK(AddPayloads());
    JD_CHECK(cutter_.Finish());
    manifest.rows = cutter_.Rows();
    manifest.chunks = cutter_.TakeChunks();
    return manifest;
  }

 private:
  Result<void> Take(ByteView key, ByteView value) {
    if (++seen_ % kAskEvery == 0 && !may_go_on_()) {
      return Fail(Errc::kUnavailable, "snapshot: not finished, the node stops");
    }
    // Of a node that began with a snapshot; they are read again below, as on any other node.
    if (key[0] == kPayload || Equal(key, MetaKey())) return {};
    if (key[0] > kPayload) JD_CHECK(AddPayloads());
    if (key[0] == kEntry && key.size() == kEntryKeyBytes) JD_CHECK(LookAt(key, value));
    return cutter_.Add(key, value);
  }

  // Stubs of one block follow one another and its entry comes last.
  Result<void> LookAt(ByteView key, ByteView value) {
    JD_TRY(const ledger::LogEntry entry, ledger::DecodeEntry(value));
    const auto* stub = std::get_if<ledger::Stub>(&entry);
    if (stub == nullptr) {
      position_ = 0;
      return {};
    }
    JD_TRY(const bool wanted, payloads_.wants(ReadU64Be(key.subspan(1)), position_, *stub));
    if (wanted) wanted_.emplace_back(stub->height, position_);
    ++position_;
    return {};
  }

  Result<void> AddPayloads() {
    for (const auto& [height, position] : std::exchange(wanted_, {})) {
      JD_TRY(const Bytes stored, payloads_.read(height, position));
      JD_CHECK(cutter_.Add(PayloadKey(height, position), stored));
    }
    return {};
  }

  static constexpr std::size_t kEntryKeyBytes = 9;

  const KvReader& written_;
  const SnapshotPayloads& payloads_;
  const std::function<bool()>& may_go_on_;
  SnapshotCutter cutter_;
  std::uint64_t size_ = 0;
  std::uint64_t seen_ = 0;
  std::uint64_t position_ = 0;  // in the block
  std::vector<std::pair<ledger::Height, std::uint64_t>> wanted_;
};

}  // namespace

Bytes PayloadKey(ledger::Height height, std::uint64_t position) {
  Bytes key = PayloadPrefix();
  AppendU64Be(key, height);
  AppendU32Be(key, static_cast<std::uint32_t>(position));
  return key;
}

Bytes PayloadPrefix() { return {kPayload}; }

Result<SnapshotFilePtr> WriteSnapshot(const KvReader& written, const std::filesystem::path& folder,
                                      const SnapshotPayloads& payloads,
                                      const std::function<bool()>& may_go_on) {
  JD_TRY(const auto meta, written.Get(MetaKey()));
  if (!meta) return Fail(Errc::kNotFound, "the database holds no ledger");
  JD_TRY(const MetaRow newest, MetaRow::Decode(*meta));
  if (auto there = SnapshotFile::Open(folder, newest.height)) return there;
  JD_CHECK(CreateDirectories(folder));
  const auto path = SnapshotRowsPath(folder, newest.height);
  SnapshotManifest manifest;
  {
    JD_TRY(File rows, File::Open(path, File::Mode::kCreate));
    JD_CHECK(rows.Truncate(0));
    Writing writing(written, payloads, may_go_on, rows);
    auto made = writing.All();
    if (!made) {
      (void)Remove(path);
      return std::unexpected(made.error());
    }
    manifest = *std::move(made);
    JD_CHECK(rows.Sync());
  }
  JD_CHECK(WriteFileWhole(SnapshotManifestPath(folder, newest.height), manifest.Encode()));
  return SnapshotFile::Open(folder, newest.height);
}

}  // namespace jiandu::store
