// Reading decided blocks, and checking everything.
#include <algorithm>

#include "crypto/merkle.h"
#include "ledger/store/segments_parts.h"

namespace jiandu::store {
namespace {

std::string Place(ledger::Height from, ledger::Height height, std::uint64_t offset) {
  return SegmentName(from) + ": height " + std::to_string(height) + " at offset " +
         std::to_string(offset);
}

// The file that holds a height; null when none does.
SegmentIndexPtr FindIndex(const SegmentList& list, ledger::Height height) {
  auto after = std::ranges::upper_bound(list, height, {}, &SegmentIndex::from);
  if (after == list.begin()) return nullptr;
  const SegmentIndexPtr& index = *std::prev(after);
  if (height - index->from >= index->count.load(std::memory_order_acquire)) return nullptr;
  return index;
}

// One record, with its checksum and its height verified.
Result<Bytes> ReadRecord(const File& file, const SegmentIndex& index, ledger::Height height) {
  const auto& slot = index.slots[height - index.from];
  const std::uint64_t size = slot.size.load(std::memory_order_acquire);
  const std::uint64_t offset = slot.offset.load(std::memory_order_relaxed);
  if (size == 0) {
    return Fail(Errc::kCorrupt,
                SegmentName(index.from) + ": height " + std::to_string(height) + ": damaged");
  }
  JD_TRY(Bytes record, file.Read(offset, static_cast<std::size_t>(size)));
  if (!HasGoodChecksum(record)) {
    return Fail(Errc::kCorrupt, Place(index.from, height, offset) + ": bad checksum");
  }
  const auto head = ParseRecordHead(record);
  if (!head.has_value() || head->height != height || head->Size() != size) {
    return Fail(Errc::kCorrupt, Place(index.from, height, offset) + ": another record");
  }
  return record;
}

// The length of the record when it was sealed.
Result<std::uint64_t> SealedSize(ByteView record) {
  const auto head = ParseRecordHead(record);
  if (!head.has_value() || head->kind == RecordKind::kBlock) return std::uint64_t{record.size()};
  JD_TRY(const Redacted redacted, DecodeRedacted(record.subspan(kRecordHeadBytes)));
  return redacted.length;
}

Result<void> CheckSeal(const std::filesystem::path& directory, const SegmentSeal& derived) {
  const std::string name = SealName(derived.from);
  JD_TRY(const File file, File::Open(directory / name, File::Mode::kRead));
  JD_TRY(const std::uint64_t size, file.Size());
  JD_TRY(const Bytes bytes, file.Read(0, std::min<std::size_t>(size, limits::kKiB)));
  auto seal = SegmentSeal::Decode(AsText(bytes));
  if (!seal.has_value()) return FailWith(std::move(seal).error(), name);
  if (*seal != derived) return Fail(Errc::kCorrupt, name + ": does not fit its segment");
  return {};
}

Result<void> CheckFile(const std::filesystem::path& directory, const SegmentIndex& index,
                       bool is_sealed) {
  JD_TRY(const File file, File::Open(directory / SegmentName(index.from), File::Mode::kRead));
  const std::uint64_t count = index.count.load(std::memory_order_acquire);
  std::vector<Hash256> hashes;
  hashes.reserve(count);
  std::uint64_t at = 0;     // in the file
  std::uint64_t bytes = 0;  // as sealed: a redacted record was longer or shorter
  for (std::uint64_t i = 0; i < count; ++i) {
    JD_TRY(const Bytes record, ReadRecord(file, index, index.from + i));
    if (index.slots[i].offset.load() != at) {
      return Fail(Errc::kCorrupt, Place(index.from, index.from + i, at) + ": a gap before it");
    }
    at += record.size();
    JD_TRY(const std::uint64_t sealed_size, SealedSize(record));
    bytes += sealed_size;
    hashes.push_back(crypto::MerkleLeafHash(SealLeaf(record).View()));
  }
  if (!is_sealed) return {};
  return CheckSeal(directory, {.from = index.from,
                               .to = index.from + count - 1,
                               .bytes = bytes,
                               .digest = crypto::MerkleRoot(hashes)});
}

}  // namespace

Result<Segments::Block> Segments::Read(ledger::Height height) const {
  const auto list = parts_->list.load();
  const SegmentIndexPtr index = FindIndex(*list, height);
  if (index == nullptr) {
    return Fail(Errc::kNotFound, "segments: height " + std::to_string(height) + ": not kept");
  }
  JD_TRY(const File file,
         File::Open(parts_->directory / SegmentName(index->from), File::Mode::kRead));
  JD_TRY(Bytes record, ReadRecord(file, *index, height));
  const auto head = ParseRecordHead(record);
  if (head->kind == RecordKind::kRedacted) {
    return Fail(Errc::kUnavailable, "segments: height " + std::to_string(height) + ": redacted");
  }
  record.erase(record.begin(), record.begin() + kRecordHeadBytes);
  return Block{.id = head->id, .bytes = std::move(record)};
}

std::uint64_t Segments::SizeOf(ledger::Height height) const {
  const auto list = parts_->list.load();
  const SegmentIndexPtr index = FindIndex(*list, height);
  return index == nullptr ? 0 : index->slots[height - index->from].size.load();
}

Result<void> Segments::Check() const {
  const auto list = parts_->list.load();
  for (std::size_t i = 0; i < list->size(); ++i) {
    const SegmentIndex& index = *(*list)[i];
    const bool is_sealed = i + 1 < list->size() || Exists(parts_->directory / SealName(index.from));
    if (i > 0) {
      const SegmentIndex& before = *(*list)[i - 1];
      if (before.from + before.count != index.from) {
        return Fail(Errc::kCorrupt, SegmentName(index.from) + ": heights are missing before it");
      }
    }
    JD_CHECK(CheckFile(parts_->directory, index, is_sealed));
  }
  return {};
}

}  // namespace jiandu::store
