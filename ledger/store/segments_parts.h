// What Segments is made of; included by segments*.cc alone.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <memory>

#include "ledger/store/segment_format.h"
#include "ledger/store/segment_scan.h"
#include "ledger/store/segments.h"

namespace jiandu::store {

// Behind every record stands one head of zeros: the end of the walk.
inline constexpr std::array<std::uint8_t, kRecordHeadBytes> kTerminator{};

// Where the decided records of one file lie. Published to readers: the signer thread fills slots
// and then raises `count`; a slot never changes afterwards.
struct SegmentIndex {
  struct Slot {
    std::atomic<std::uint64_t> offset = 0;
    std::atomic<std::uint64_t> size = 0;  // 0: damaged
  };
  SegmentIndex(ledger::Height first, std::size_t slot_count)
      : from(first), slots(std::make_unique<Slot[]>(slot_count)) {}

  ledger::Height from;
  std::unique_ptr<Slot[]> slots;
  std::atomic<std::uint64_t> count = 0;

  void Set(std::uint64_t place, std::uint64_t offset, std::uint64_t size) {
    slots[place].offset.store(offset, std::memory_order_relaxed);
    slots[place].size.store(size, std::memory_order_release);
  }
};
using SegmentIndexPtr = std::shared_ptr<SegmentIndex>;  // shared by the signer and by readers
using SegmentList = std::vector<SegmentIndexPtr>;       // ascending; immutable once published

struct Segments::Parts {
  std::filesystem::path directory;
  SegmentLimits limits;

  // For readers.
  std::atomic<std::shared_ptr<const SegmentList>> list{std::make_shared<const SegmentList>()};
  std::atomic<ledger::Height> decided = 0;

  // The signer thread's.
  std::vector<SegmentDamage> damage;
  std::uint64_t torn = 0;
  bool failed = false;
  SegmentIndexPtr active;       // null: none is being written
  File file;                    // of `active`
  std::uint64_t tail = 0;       // behind the last decided record
  std::uint64_t end = 0;        // behind the last candidate
  std::vector<Hash256> leaves;  // seal leaves of the decided records of `active`
  std::vector<Candidate> candidates;
  std::vector<FoundRecord> places;  // of `candidates`

  // segments_open.cc
  [[nodiscard]] Result<void> FinishMove();
  [[nodiscard]] Result<void> LoadAll();
  // The height after the last one of a file.
  [[nodiscard]] Result<ledger::Height> EndOf(ledger::Height from) const;
  // A file that is not ours: fails with its name and what to do.
  [[nodiscard]] Result<void> CheckStray(ledger::Height from, ledger::Height before) const;
  [[nodiscard]] Result<void> LoadSealed(ledger::Height from, ledger::Height next);
  [[nodiscard]] Result<void> LoadActive(ledger::Height from);
  [[nodiscard]] Result<void> WriteLastAgain(const FoundRecord& last);
  void Publish(SegmentIndexPtr index);

  // segments.cc
  [[nodiscard]] Result<void> Begin(ledger::Height from);
  [[nodiscard]] Result<void> WriteRecord(const Bytes& record);
  [[nodiscard]] Result<void> MoveToFront(const FoundRecord& place);
  [[nodiscard]] Result<void> Seal();
  [[nodiscard]] bool IsSealDue() const {
    return active != nullptr && !leaves.empty() &&
           (tail >= limits.bytes_max || leaves.size() >= limits.heights_max);
  }
  // The file being written has a hole: nothing may be put behind it.
  [[nodiscard]] bool IsActiveDamaged() const {
    return active != nullptr && std::ranges::any_of(damage, [this](const SegmentDamage& one) {
             return one.file == SegmentName(active->from);
           });
  }
  // Remembers a failure: nobody knows what is on disk after one.
  Result<void> Final(Result<void> result) {
    if (!result.has_value()) failed = true;
    return result;
  }
  [[nodiscard]] std::filesystem::path PathOf(ledger::Height from) const {
    return directory / SegmentName(from);
  }
  [[nodiscard]] std::filesystem::path MovePath() const { return directory / "move.redo"; }
};

// The file of a move: CRC-32C of what follows 4, from 8, offset 8, then the record.
struct SegmentMove {
  ledger::Height from = 0;
  std::uint64_t offset = 0;
  Bytes record;

  [[nodiscard]] Bytes Encode() const;
  // Nothing when it is torn: then the move had not begun.
  [[nodiscard]] static std::optional<SegmentMove> Decode(ByteView bytes);
};

}  // namespace jiandu::store
