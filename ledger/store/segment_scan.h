// Finding the records of a segment file, whole or damaged.
//
// Reads only. Used when segments are opened and checked.
#pragma once

#include <vector>

#include "ledger/store/file.h"
#include "ledger/store/segment_format.h"
#include "ledger/store/segments.h"

namespace jiandu::store {

struct FoundRecord {
  ledger::Height height = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  Hash256 id;
};

struct ScannedSegment {
  std::vector<FoundRecord> records;   // those that can be read, in file order
  std::vector<Hash256> leaves;        // of `records`, when checksums were verified
  std::vector<SegmentDamage> damage;  // gaps between them
  std::uint64_t end = 0;              // behind the last record
  std::uint64_t torn = 0;             // bytes behind `end` that are neither zero nor a record
};

// kHeads reads the heads alone: for sealed files, whose bytes Read and Check verify.
enum class ScanDepth { kHeads, kChecksums };

// Records begin at height `from` and rise by one; only the last height may stand several times.
// What is no such record, but has one behind it, is damage; with none behind it, the tail is torn.
[[nodiscard]] Result<ScannedSegment> ScanSegment(const File& file, const std::string& name,
                                                 ledger::Height from, ScanDepth depth);

}  // namespace jiandu::store
