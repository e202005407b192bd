// Opening segments: finishing an interrupted move, scanning files, cutting a torn tail.
#include <algorithm>
#include <set>

#include "base/crc32c.h"
#include "ledger/store/segments_parts.h"

namespace jiandu::store {
namespace {

constexpr std::size_t kMoveHeadBytes = 20;

Result<Bytes> ReadWhole(const std::filesystem::path& path, std::size_t size_max) {
  JD_TRY(const File file, File::Open(path, File::Mode::kRead));
  JD_TRY(const std::uint64_t size, file.Size());
  if (size > size_max) return Fail(Errc::kCorrupt, path.string() + ": too long");
  return file.Read(0, static_cast<std::size_t>(size));
}

Result<std::set<ledger::Height>> ListFiles(const std::filesystem::path& directory) {
  std::set<ledger::Height> files;
  JD_TRY(const std::vector<std::string> names, ListDirectory(directory));
  for (const std::string& name : names) {
    const auto from = FromOfSegmentName(name);
    if (from.has_value()) files.insert(*from);
  }
  return files;
}

}  // namespace

Bytes SegmentMove::Encode() const {
  Bytes bytes;
  AppendU32Be(bytes, 0);
  AppendU64Be(bytes, from);
  AppendU64Be(bytes, offset);
  Append(bytes, record);
  const std::uint32_t crc = Crc32c(ByteView(bytes).subspan(4));
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
  return bytes;
}

std::optional<SegmentMove> SegmentMove::Decode(ByteView bytes) {
  if (bytes.size() < kMoveHeadBytes + kRecordHeadBytes) return std::nullopt;
  if (Crc32c(bytes.subspan(4)) != ReadU32Be(bytes)) return std::nullopt;
  return SegmentMove{.from = ReadU64Be(bytes.subspan(4)),
                     .offset = ReadU64Be(bytes.subspan(12)),
                     .record = ToBytes(bytes.subspan(kMoveHeadBytes))};
}

Result<std::unique_ptr<Segments>> Segments::Open(const std::filesystem::path& directory,
                                                 const SegmentLimits& limits) {
  JD_CHECK(CreateDirectories(directory));
  auto parts = std::make_unique<Parts>();
  parts->directory = directory;
  parts->limits = limits;
  JD_CHECK(parts->FinishMove());
  JD_CHECK(parts->LoadAll());
  return std::unique_ptr<Segments>(new Segments(std::move(parts)));
}

// A whole redo file means that the copy was on disk before the move began: it is done again.
Result<void> Segments::Parts::FinishMove() {
  if (!Exists(MovePath())) return {};
  JD_TRY(const Bytes bytes, ReadWhole(MovePath(), kRecordPayloadMax + limits::kKiB));
  if (const auto move = SegmentMove::Decode(bytes)) {
    JD_TRY(File segment, File::Open(PathOf(move->from), File::Mode::kReadWrite));
    JD_CHECK(segment.WriteAt(move->offset, move->record));
    JD_CHECK(segment.Truncate(move->offset + move->record.size()));
    JD_CHECK(segment.Sync());
  }
  return RemoveFile(MovePath());
}

Result<void> Segments::Parts::LoadAll() {
  JD_TRY(const std::set<ledger::Height> files, ListFiles(directory));
  // Before anything is read as if the last file belonged to the others.
  if (files.size() > 1 && !Exists(directory / SealName(*files.rbegin()))) {
    JD_CHECK(CheckStray(*files.rbegin(), *std::next(files.rbegin())));
  }
  for (auto at = files.begin(); at != files.end(); ++at) {
    const bool sealed = Exists(directory / SealName(*at));
    const auto next = std::next(at);
    if (next == files.end() && !sealed) {
      JD_CHECK(LoadActive(*at));
    } else {
      JD_CHECK(LoadSealed(*at, next == files.end() ? 0 : *next));
    }
  }
  return {};
}

// The height after the last one of a file: what its seal says, or what it holds where the seal is
// gone or cannot be read.
Result<ledger::Height> Segments::Parts::EndOf(ledger::Height from) const {
  if (const auto seal = ReadWhole(directory / SealName(from), limits::kKiB)) {
    if (const auto read = SegmentSeal::Decode(AsText(*seal))) return read->to + 1;
  }
  JD_TRY(const File begun, File::Open(PathOf(from), File::Mode::kRead));
  JD_TRY(const ScannedSegment scanned,
         ScanSegment(begun, SegmentName(from), from, ScanDepth::kHeads));
  return scanned.records.empty() ? from : scanned.records.back().height + 1;
}

// A file is begun where the one before it ends, and its first record follows at once. One without a
// record that begins elsewhere was put there: read as ours it would make a hole of the file before.
Result<void> Segments::Parts::CheckStray(ledger::Height from, ledger::Height before) const {
  const std::string name = SegmentName(from);
  JD_TRY(const File stray, File::Open(directory / name, File::Mode::kRead));
  JD_TRY(const ScannedSegment own, ScanSegment(stray, name, from, ScanDepth::kHeads));
  if (!own.records.empty()) return {};
  JD_TRY(const ledger::Height follows, EndOf(before));
  if (from == follows) return {};
  return Fail(Errc::kCorrupt,
              PathOf(from).string() + ": holds no block, and begins at height " +
                  std::to_string(from) + " where " + SegmentName(before) + " ends at height " +
                  std::to_string(follows - 1) +
                  ": it does not belong here. Move it away and start again / 该文件不含区块，"
                  "且起始高度与前一文件不衔接：请将其移走后重新启动");
}

void Segments::Parts::Publish(SegmentIndexPtr index) {
  auto longer = std::make_shared<SegmentList>(*list.load());
  longer->push_back(std::move(index));
  list.store(std::move(longer));
}

// `next` is where the following file begins; 0 when there is none.
Result<void> Segments::Parts::LoadSealed(ledger::Height from, ledger::Height next) {
  const std::string name = SegmentName(from);
  JD_TRY(const File sealed, File::Open(directory / name, File::Mode::kRead));
  JD_TRY(ScannedSegment scanned, ScanSegment(sealed, name, from, ScanDepth::kHeads));
  ledger::Height last = scanned.records.empty() ? from : scanned.records.back().height + 1;
  auto seal = ReadWhole(directory / SealName(from), limits::kKiB);
  if (seal.has_value()) {
    auto read = SegmentSeal::Decode(AsText(*seal));
    if (read.has_value()) last = std::max(last, read->to + 1);
  } else {
    damage.push_back({.file = name, .height = from, .detail = name + ": has no seal"});
  }
  const ledger::Height stop = next != 0 ? next : last;
  if (last != stop || scanned.torn != 0 || last == from) {
    damage.push_back({.file = name,
                      .height = scanned.records.empty() ? from : scanned.records.back().height + 1,
                      .offset = scanned.end,
                      .size = scanned.torn,
                      .detail = name + ": ends at height " + std::to_string(last - 1) +
                                ", the next file begins at " + std::to_string(stop)});
  }
  std::ranges::move(scanned.damage, std::back_inserter(damage));
  const ledger::Height heights = std::max(stop, last) - from;
  if (heights > limits::kSegmentHeightsMax) {
    return Fail(Errc::kCorrupt, name + ": more heights than a segment has");
  }
  auto index = std::make_shared<SegmentIndex>(from, static_cast<std::size_t>(heights));
  for (const FoundRecord& record : scanned.records) {
    index->Set(record.height - from, record.offset, record.size);
  }
  index->count = heights;
  decided = from + heights - 1;
  Publish(std::move(index));
  return {};
}

// A process that ended between a write and its sync, or because that sync failed, leaves a record
// that can be read, is not on disk, and may count as written with the kernel. Each record was
// synced before the next one: only the last can be such.
Result<void> Segments::Parts::WriteLastAgain(const FoundRecord& last) {
  const std::uint64_t behind = last.offset + last.size;
  JD_TRY(const Bytes record, file.Read(last.offset, static_cast<std::size_t>(last.size)));
  JD_CHECK(file.WriteAt(last.offset, record));
  if (behind == end) JD_CHECK(file.WriteAt(end, kTerminator));
  return file.Sync();
}

Result<void> Segments::Parts::LoadActive(ledger::Height from) {
  const std::string name = SegmentName(from);
  JD_TRY(file, File::Open(directory / name, File::Mode::kReadWrite));
  JD_TRY(ScannedSegment scanned, ScanSegment(file, name, from, ScanDepth::kChecksums));
  torn = scanned.torn;
  if (torn != 0) {
    JD_CHECK(file.Truncate(scanned.end));
    JD_CHECK(file.Sync());
  }
  active = std::make_shared<SegmentIndex>(from, limits.heights_max + 1);
  const ledger::Height last = scanned.records.empty() ? from : scanned.records.back().height;
  if (last - from > limits.heights_max) {
    return Fail(Errc::kCorrupt, name + ": more heights than a segment has");
  }
  for (std::size_t i = 0; i < scanned.records.size(); ++i) {
    const FoundRecord& record = scanned.records[i];
    if (record.height < last) {
      active->Set(record.height - from, record.offset, record.size);
      leaves.push_back(scanned.leaves[i]);
      tail = record.offset + record.size;
      continue;
    }
    JD_TRY(const Bytes bytes, file.Read(record.offset, static_cast<std::size_t>(record.size)));
    candidates.push_back({.height = record.height,
                          .id = record.id,
                          .block = ToBytes(ByteView(bytes).subspan(kRecordHeadBytes))});
    places.push_back(record);
  }
  if (!places.empty()) tail = places.front().offset;
  for (SegmentDamage& hole : scanned.damage) {
    if (hole.height < last) {
      damage.push_back(std::move(hole));
      continue;
    }
    // A candidate that cannot be read is as good as torn; deciding another moves it into the hole.
    torn += hole.size;
    tail = std::min(tail, hole.offset);
  }
  end = scanned.end;
  if (!scanned.records.empty()) JD_CHECK(WriteLastAgain(scanned.records.back()));
  JD_CHECK(SyncDirectory(directory));
  active->count = last - from;
  if (last > 0) decided = last - 1;
  Publish(active);
  return {};
}

}  // namespace jiandu::store
