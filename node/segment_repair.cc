// Scanning, fetching, writing anew.
#include "node/segment_repair.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "consensus/block.h"
#include "crypto/merkle.h"
#include "ledger/store/file.h"
#include "ledger/store/segment_scan.h"
#include "node/data_lock.h"

namespace jiandu::node {
namespace {

namespace fs = std::filesystem;
using ledger::Height;

Result<std::set<Height>> ListSegments(const fs::path& directory) {
  std::set<Height> files;
  std::error_code problem;
  for (auto at = fs::directory_iterator(directory, problem);
       !problem && at != fs::directory_iterator(); at.increment(problem)) {
    const auto from = store::FromOfSegmentName(at->path().filename().string());
    if (from) files.insert(*from);
  }
  if (problem) return Fail(Errc::kIo, directory.string() + ": " + problem.message());
  return files;
}

class Repair {
 public:
  explicit Repair(const RepairOptions& options) : options_(options) {}

  Result<RepairReport> Run() {
    std::error_code problem;
    if (!fs::is_directory(options_.paths.Segments(), problem)) {
      return Fail(Errc::kNotFound, options_.paths.Segments().string() + ": no segments");
    }
    JD_TRY(const FileLock lock, LockDataDirectory(options_.paths.root));
    JD_TRY(const auto files, ListSegments(options_.paths.Segments()));
    Height next = 0;
    // Downwards: each file's last block is named by the first one of the file above.
    for (auto at = files.rbegin(); at != files.rend(); ++at) {
      JD_CHECK(MendFile(*at, next));
      next = *at;
    }
    JD_CHECK(MendDatabase());
    return std::move(report_);
  }

 private:
  // One record of a file as it will be; fetched ones have their bytes here.
  struct Place {
    Height height = 0;
    std::optional<store::FoundRecord> found;
    Bytes fetched;
  };

  void Tell(const std::string& text) const {
    if (options_.progress) options_.progress(text);
  }

  // `next`: where the file above begins, 0 when there is none.
  Result<void> MendFile(Height from, Height next) {
    const std::string name = store::SegmentName(from);
    Tell("reading " + name);
    JD_TRY(const store::File file,
           store::File::Open(options_.paths.Segments() / name, store::File::Mode::kRead));
    JD_TRY(const store::ScannedSegment scanned,
           store::ScanSegment(file, name, from, store::ScanDepth::kChecksums));
    JD_TRY(std::vector<Place> places, Plan(name, from, next, scanned));
    JD_TRY(const bool is_mended, Fetch(name, file, places));
    const bool has_gap = !scanned.damage.empty() || is_mended || scanned.torn != 0;
    if (has_gap) JD_CHECK(Rewrite(name, file, places, scanned));
    if (!places.empty()) {
      report_.height = std::max(report_.height, places.back().height);
      JD_TRY(const Bytes lowest, RecordOf(file, places.front()));
      JD_CHECK(NoteBelow(name, lowest));
    }
    if (next != 0 || HasSeal(from)) JD_CHECK(MendSeal(from, file, places));
    return {};
  }

  // Every height up to the last that is known to be there, or that the file above begins behind.
  Result<std::vector<Place>> Plan(const std::string& name, Height from, Height next,
                                  const store::ScannedSegment& scanned) const {
    const Height last = next != 0                 ? next - 1
                        : scanned.records.empty() ? from - 1
                                                  : scanned.records.back().height;
    if (last >= from && last - from > limits::kSegmentHeightsMax) {
      return Fail(Errc::kCorrupt, name + ": more heights than a segment has");
    }
    std::vector<Place> places;
    std::size_t at = 0;
    for (Height height = from; height <= last; ++height) {
      bool is_there = false;
      for (; at < scanned.records.size() && scanned.records[at].height == height; ++at) {
        places.push_back({.height = height, .found = scanned.records[at], .fetched = {}});
        is_there = true;
      }
      if (!is_there) places.push_back({.height = height, .found = std::nullopt, .fetched = {}});
    }
    return places;
  }

  // True when something was fetched. From the last to the first: each names the one below.
  Result<bool> Fetch(const std::string& name, const store::File& file, std::vector<Place>& places) {
    bool any = false;
    std::optional<consensus::BlockId> wanted = below_;  // id of the place at hand
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
      if (!place->found) {
        JD_CHECK(FetchOne(name, *place, wanted));
        any = true;
      }
      // Only where the next place is missing is its id needed: blocks are large.
      const auto lower = std::next(place);
      wanted.reset();
      if (lower == places.rend() || lower->found) continue;
      JD_TRY(const Bytes record, RecordOf(file, *place));
      JD_TRY(wanted, BelowOf(name, record));
    }
    return any;
  }

  Result<void> FetchOne(const std::string& name, Place& place,
                        const std::optional<consensus::BlockId>& wanted) {
    const std::string where = "segments/" + name + ", height " + std::to_string(place.height);
    if (!wanted) {
      return Fail(Errc::kCorrupt, where + ": cannot be read, and no block above it names it");
    }
    Tell("fetching " + where);
    auto bytes = options_.fetch(place.height, *wanted);
    if (!bytes) return FailWith(bytes.error(), where);
    const auto block = consensus::Block::Decode(*bytes);
    if (!block || block->header.height != place.height ||
        consensus::MakeBlockId(block->header.Hash(), *bytes) != *wanted) {
      return Fail(Errc::kInvalid, where + ": what was sent is not the block of this digest");
    }
    place.fetched =
        store::EncodeRecord(store::RecordKind::kBlock, place.height, wanted->hash, *bytes);
    report_.refetched.push_back({.file = "segments/" + name, .height = place.height});
    return {};
  }

  Result<Bytes> RecordOf(const store::File& file, const Place& place) const {
    if (!place.found) return place.fetched;
    return file.Read(place.found->offset, static_cast<std::size_t>(place.found->size));
  }

  // The id of the block below; nothing of a redacted record, whose bytes are gone.
  static Result<std::optional<consensus::BlockId>> BelowOf(const std::string& name,
                                                           const Bytes& record) {
    const auto head = store::ParseRecordHead(record);
    if (!head || head->kind != store::RecordKind::kBlock) {
      return std::optional<consensus::BlockId>();
    }
    const auto block = consensus::Block::Decode(ByteView(record).subspan(store::kRecordHeadBytes));
    if (!block) return FailWith(block.error(), name);
    return std::optional(block->header.last_block_id);
  }

  Result<void> NoteBelow(const std::string& name, const Bytes& lowest) {
    JD_TRY(below_, BelowOf(name, lowest));
    return {};
  }

  Result<void> Rewrite(const std::string& name, const store::File& file,
                       const std::vector<Place>& places, const store::ScannedSegment& scanned) {
    std::size_t size = 0;
    for (const Place& place : places) {
      size += place.found ? place.found->size : place.fetched.size();
    }
    Bytes records;
    records.reserve(size);  // grown by doubling it would be held twice, and a segment is large
    for (const Place& place : places) {
      JD_TRY(const Bytes record, RecordOf(file, place));
      Append(records, record);
    }
    JD_CHECK(KeepOld(name));
    report_.cut_bytes += scanned.torn;
    return store::WriteFileWhole(options_.paths.Segments() / name, records);
  }

  // A copy of what was found: the file itself is replaced.
  Result<void> KeepOld(const std::string& name) {
    std::error_code problem;
    const fs::path folder = options_.paths.root / "damaged";
    fs::create_directories(folder, problem);
    constexpr int kCopiesMax = 1000;
    for (int n = 1; !problem && n <= kCopiesMax; ++n) {
      const fs::path copy = folder / (name + "." + std::to_string(n));
      if (fs::exists(copy, problem)) continue;
      fs::copy_file(options_.paths.Segments() / name, copy, problem);
      if (problem) break;
      // The file it is of goes for good.
      JD_TRY(store::File kept, store::File::Open(copy, store::File::Mode::kReadWrite));
      JD_CHECK(kept.Sync());
      JD_CHECK(store::SyncDirectory(folder));
      report_.kept.push_back("damaged/" + copy.filename().string());
      return {};
    }
    return Fail(Errc::kIo, folder.string() + ": the damaged file cannot be kept: " +
                               (problem ? problem.message() : "too many are there"));
  }

  [[nodiscard]] bool HasSeal(Height from) const {
    std::error_code problem;
    return fs::exists(options_.paths.Segments() / store::SealName(from), problem);
  }

  // A seal that does not fit whole records is itself what was damaged.
  Result<void> MendSeal(Height from, const store::File& old, const std::vector<Place>& places) {
    std::vector<Hash256> hashes;
    std::uint64_t bytes = 0;
    for (const Place& place : places) {
      JD_TRY(const Bytes record, RecordOf(old, place));
      const auto head = store::ParseRecordHead(record);
      bytes += record.size();
      if (head && head->kind == store::RecordKind::kRedacted) {
        JD_TRY(const auto was,
               store::DecodeRedacted(ByteView(record).subspan(store::kRecordHeadBytes)));
        bytes += was.length - record.size();
      }
      hashes.push_back(crypto::MerkleLeafHash(store::SealLeaf(record).View()));
    }
    const store::SegmentSeal derived{.from = from,
                                     .to = from + places.size() - 1,
                                     .bytes = bytes,
                                     .digest = crypto::MerkleRoot(hashes)};
    const fs::path path = options_.paths.Segments() / store::SealName(from);
    if (const auto file = store::File::Open(path, store::File::Mode::kRead)) {
      JD_TRY(const std::uint64_t size, file->Size());
      JD_TRY(const Bytes text, file->Read(0, std::min<std::size_t>(size, limits::kKiB)));
      const auto seal = store::SegmentSeal::Decode(AsText(text));
      if (seal && *seal == derived) return {};
    }
    report_.resealed.push_back("segments/" + store::SealName(from));
    return store::WriteFileWhole(path, AsBytes(derived.Encode()));
  }

  Result<void> MendDatabase() {
    std::error_code problem;
    if (!fs::exists(options_.paths.Database() / "CURRENT", problem)) return {};
    auto opened = store::LevelDbStore::Open(options_.paths.Database());
    if (!opened && opened.error().code != Errc::kCorrupt) return std::unexpected(opened.error());
    bool fits = false;
    if (opened) {
      const auto view = store::LedgerView::Open((*opened)->Snapshot());
      fits = view && (*view)->Height() <= report_.height;
      opened->reset();
    }
    if (fits) return {};
    report_.database_removed = true;
    return store::LevelDbStore::Destroy(options_.paths.Database());
  }

  const RepairOptions& options_;
  RepairReport report_;
  std::optional<consensus::BlockId> below_;  // of the last block of the file below
};

}  // namespace

Result<RepairReport> RepairSegments(const RepairOptions& options) { return Repair(options).Run(); }

}  // namespace jiandu::node
