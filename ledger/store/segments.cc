// Writing segments: append, decide, seal.
#include "ledger/store/segments.h"

#include <algorithm>

#include "crypto/merkle.h"
#include "ledger/store/segments_parts.h"

namespace jiandu::store {
namespace {

std::string Named(ledger::Height height) { return "segments: height " + std::to_string(height); }

}  // namespace

Segments::Segments(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Segments::~Segments() = default;

ledger::Height Segments::DecidedHeight() const { return parts_->decided.load(); }

ledger::Height Segments::FirstHeight() const {
  const auto list = parts_->list.load();
  if (list->empty() || list->front()->count == 0) return 0;
  return list->front()->from;
}

ledger::Height Segments::BaseHeight() const {
  const auto list = parts_->list.load();
  return list->empty() ? 1 : list->front()->from;
}

const std::vector<SegmentDamage>& Segments::Damage() const { return parts_->damage; }
bool Segments::IsTailDamaged() const { return parts_->IsActiveDamaged(); }
std::uint64_t Segments::TornBytes() const { return parts_->torn; }
const std::vector<Candidate>& Segments::Candidates() const { return parts_->candidates; }
bool Segments::IsSealDue() const { return parts_->IsSealDue(); }

Result<void> Segments::Parts::Begin(ledger::Height from) {
  if (active != nullptr) {
    // Nothing was ever decided in it, and the first height is another one than thought.
    JD_CHECK(RemoveFile(PathOf(active->from)));
    auto shorter = std::make_shared<SegmentList>(*list.load());
    shorter->pop_back();
    list.store(std::move(shorter));
  }
  JD_TRY(file, File::Open(PathOf(from), File::Mode::kCreate));
  JD_CHECK(file.Truncate(0));
  JD_CHECK(file.Reserve(limits.reserve_bytes));
  JD_CHECK(SyncDirectory(directory));
  active = std::make_shared<SegmentIndex>(from, limits.heights_max + 1);
  tail = 0;
  end = 0;
  leaves.clear();
  decided = from - 1;
  Publish(active);
  return {};
}

Result<void> Segments::Parts::WriteRecord(const Bytes& record) {
  const std::uint64_t needed = end + record.size() + kTerminator.size();
  JD_TRY(const std::uint64_t size, file.Size());
  if (size < needed) JD_CHECK(file.Reserve(needed + limits.reserve_bytes));
  JD_CHECK(file.WriteAt(end, record));
  JD_CHECK(file.WriteAt(end + record.size(), kTerminator));
  JD_CHECK(file.Sync());
  end += record.size();
  return {};
}

Result<void> Segments::Append(ledger::Height height, const Hash256& id, ByteView block) {
  Parts& parts = *parts_;
  if (parts.failed) return Fail(Errc::kUnavailable, "segments: failed before");
  if (parts.IsActiveDamaged()) {
    return Fail(Errc::kCorrupt, "segments: the file being written is damaged");
  }
  if (block.empty() || block.size() > kRecordPayloadMax) {
    return Fail(Errc::kTooLarge, Named(height) + ": empty or too large");
  }
  const bool is_fresh = FirstHeight() == 0 && parts.candidates.empty();
  if (height == 0 || (!is_fresh && height != DecidedHeight() + 1)) {
    return Fail(Errc::kConflict, Named(height) + ": not in turn");
  }
  if (std::ranges::find(parts.candidates, id, &Candidate::id) != parts.candidates.end()) return {};
  if (parts.IsSealDue()) JD_CHECK(parts.Final(parts.Seal()));
  if (parts.active == nullptr || (is_fresh && parts.active->from != height)) {
    JD_CHECK(parts.Final(parts.Begin(height)));
  }
  const Bytes record = EncodeRecord(RecordKind::kBlock, height, id, block);
  const FoundRecord place{.height = height, .offset = parts.end, .size = record.size(), .id = id};
  JD_CHECK(parts.Final(parts.WriteRecord(record)));
  parts.candidates.push_back({.height = height, .id = id, .block = ToBytes(block)});
  parts.places.push_back(place);
  return {};
}

// The redo file is whole and on disk before the first byte of the tail changes.
Result<void> Segments::Parts::MoveToFront(const FoundRecord& place) {
  SegmentMove move{.from = active->from, .offset = tail, .record = {}};
  JD_TRY(move.record, file.Read(place.offset, static_cast<std::size_t>(place.size)));
  JD_CHECK(WriteFileWhole(MovePath(), move.Encode()));
  JD_CHECK(file.WriteAt(tail, move.record));
  JD_CHECK(file.WriteAt(tail + place.size, kTerminator));
  JD_CHECK(file.Sync());
  return RemoveFile(MovePath());
}

Result<void> Segments::Decide(ledger::Height height, const Hash256& id) {
  Parts& parts = *parts_;
  if (parts.failed) return Fail(Errc::kUnavailable, "segments: failed before");
  const auto at = std::ranges::find(parts.places, id, &FoundRecord::id);
  if (at == parts.places.end() || at->height != height) {
    return Fail(Errc::kNotFound, Named(height) + ": no such candidate");
  }
  const FoundRecord place = *at;
  if (place.offset != parts.tail) {
    JD_CHECK(parts.Final(parts.MoveToFront(place)));
  } else if (parts.places.size() > 1) {
    JD_CHECK(parts.Final(parts.file.WriteAt(parts.tail + place.size, kTerminator)));
  }
  auto record = parts.file.Read(parts.tail, static_cast<std::size_t>(place.size));
  if (!record.has_value()) {
    parts.failed = true;
    return std::unexpected<Error>(std::move(record).error());
  }
  parts.leaves.push_back(SealLeaf(*record));
  parts.active->Set(height - parts.active->from, parts.tail, place.size);
  parts.active->count.store(height - parts.active->from + 1, std::memory_order_release);
  parts.tail += place.size;
  parts.end = parts.tail;
  parts.candidates.clear();
  parts.places.clear();
  parts.decided = height;
  return {};
}

Result<void> Segments::Parts::Seal() {
  JD_CHECK(file.Truncate(tail));
  JD_CHECK(file.Sync());
  std::vector<Hash256> hashes;
  hashes.reserve(leaves.size());
  for (const Hash256& leaf : leaves) hashes.push_back(crypto::MerkleLeafHash(leaf.View()));
  const SegmentSeal seal{.from = active->from,
                         .to = active->from + leaves.size() - 1,
                         .bytes = tail,
                         .digest = crypto::MerkleRoot(hashes)};
  JD_CHECK(WriteFileWhole(directory / SealName(seal.from), AsBytes(seal.Encode())));
  // Readers get an index that is no longer than what it holds.
  auto exact = std::make_shared<SegmentIndex>(seal.from, leaves.size());
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    exact->Set(i, active->slots[i].offset.load(), active->slots[i].size.load());
  }
  exact->count = leaves.size();
  auto same = std::make_shared<SegmentList>(*list.load());
  same->back() = std::move(exact);
  list.store(std::move(same));
  active = nullptr;
  file = File();
  leaves.clear();
  tail = 0;
  end = 0;
  return {};
}

Result<void> Segments::Seal() {
  Parts& parts = *parts_;
  if (parts.failed) return Fail(Errc::kUnavailable, "segments: failed before");
  if (!parts.IsSealDue() || !parts.places.empty()) {
    return Fail(Errc::kConflict, "segments: no file is to be sealed");
  }
  return parts.Final(parts.Seal());
}

}  // namespace jiandu::store
