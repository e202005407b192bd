// Walking from record to record, and looking for the next one behind damage.
#include "ledger/store/segment_scan.h"

#include <array>
#include <cstring>

namespace jiandu::store {
namespace {

// How far apart the heights around a gap may lie; more cannot be in one segment.
constexpr ledger::Height kHeightsAhead = limits::kSegmentHeightsMax;

// The bytes up to the last that is not zero; reserved space is skipped a page at a time.
ByteView WithoutZeros(ByteView bytes) {
  static constexpr std::array<std::uint8_t, 4096> kZeros{};
  std::size_t size = bytes.size();
  while (size >= kZeros.size() &&
         std::memcmp(bytes.data() + size - kZeros.size(), kZeros.data(), kZeros.size()) == 0) {
    size -= kZeros.size();
  }
  while (size > 0 && bytes[size - 1] == 0) --size;
  return bytes.first(size);
}

class Scanner {
 public:
  Scanner(const File& file, std::string name, ledger::Height from, ScanDepth depth,
          std::uint64_t size)
      : file_(&file), name_(std::move(name)), next_(from), depth_(depth), size_(size) {}

  Result<ScannedSegment> Run() {
    while (true) {
      JD_TRY(const bool taken, TakeRecord());
      if (taken) continue;
      JD_TRY(const bool skipped, SkipDamage());
      if (!skipped) break;
    }
    return std::move(found_);
  }

 private:
  // The record at the end of what was found, when a good one stands there.
  Result<bool> TakeRecord() {
    const std::uint64_t at = found_.end;
    if (at + kRecordHeadBytes > size_) return false;
    JD_TRY(const Bytes head_bytes, file_->Read(at, kRecordHeadBytes));
    const auto head = ParseRecordHead(head_bytes);
    if (!head.has_value() || !Fits(*head, at)) return false;
    if (depth_ == ScanDepth::kChecksums) {
      JD_TRY(const Bytes record, file_->Read(at, head->Size()));
      if (!HasGoodChecksum(record)) return false;
      found_.leaves.push_back(SealLeaf(record));
    }
    found_.records.push_back(
        {.height = head->height, .offset = at, .size = head->Size(), .id = head->id});
    found_.end = at + head->Size();
    next_ = head->height + 1;
    return true;
  }

  // The height in turn, or one more record of the last height.
  [[nodiscard]] bool Fits(const RecordHead& head, std::uint64_t at) const {
    const bool again = !found_.records.empty() && head.height == found_.records.back().height;
    const bool in_turn = head.height == next_ && !HasDouble();
    return (again || in_turn) && head.Size() <= size_ - at;
  }

  // Nothing may follow a height that stands several times.
  [[nodiscard]] bool HasDouble() const {
    const std::size_t n = found_.records.size();
    return n >= 2 && found_.records[n - 1].height == found_.records[n - 2].height;
  }

  // Looks for a record behind the place that has none. Only heights to come count: behind the tail
  // may lie remains of candidates that were cut off.
  Result<bool> SkipDamage() {
    const std::uint64_t at = found_.end;
    JD_TRY(const Bytes rest, file_->Read(at, static_cast<std::size_t>(size_ - at)));
    const ByteView view = WithoutZeros(rest);
    found_.torn = view.size();
    for (std::size_t i = 1; i + 4 < view.size() && i + kRecordHeadBytes <= rest.size(); ++i) {
      // Cheap first: kind, and a height within reach.
      if (view[i + 4] != 1 && view[i + 4] != 2) continue;
      const ByteView from_here = ByteView(rest).subspan(i);
      const ledger::Height height = ReadU64Be(from_here.subspan(5));
      if (height < next_ || height - next_ > kHeightsAhead) continue;
      const auto head = ParseRecordHead(from_here);
      if (!head.has_value() || head->Size() > from_here.size()) continue;
      if (!HasGoodChecksum(from_here.first(head->Size()))) continue;
      found_.damage.push_back({.file = name_,
                               .height = next_,
                               .offset = at,
                               .size = i,
                               .detail = Describe(rest, height)});
      found_.end = at + i;
      next_ = height;
      return true;
    }
    return false;
  }

  [[nodiscard]] std::string Describe(ByteView rest, ledger::Height found) const {
    std::string detail = name_ + ": height " + std::to_string(next_) + " at offset " +
                         std::to_string(found_.end) + ": ";
    const auto head = ParseRecordHead(rest);
    const bool known = head.has_value() && head->height == next_;
    detail += known ? "bad checksum" : "no record";
    if (found > next_ + 1) detail += "; the next that can be read is " + std::to_string(found);
    return detail;
  }

  const File* file_;
  std::string name_;
  ledger::Height next_;
  ScanDepth depth_;
  std::uint64_t size_;
  ScannedSegment found_;
};

}  // namespace

Result<ScannedSegment> ScanSegment(const File& file, const std::string& name, ledger::Height from,
                                   ScanDepth depth) {
  JD_TRY(const std::uint64_t size, file.Size());
  return Scanner(file, name, from, depth, size).Run();
}

}  // namespace jiandu::store
