// The blocks a node has committed, in append-only files.
//
// Files segments/<from, 20 digits>.seg hold records, one per height, in order:
//   0   4  CRC-32C of everything behind it
//   4   1  kind: 1 block, 2 redacted (payload: SHA-256 of the record it stands for 32, its length
//   8) 5   8  height, big-endian 13  4  length n of the payload, big-endian 17 32  id of the block
//   (header hash) 49  n  payload: the block's bytes
// Behind the last record of the file being written stand zeros (reserved space). Behind the last
// decided block may stand candidates: records of the next height, told apart by id. A file is
// sealed when it has limits::kSegmentBytesMax bytes or kSegmentHeightsMax heights: cut to its exact
// length and never touched again, byte-identical on every node; <from>.seal beside it holds its
// digest, the Merkle root (RFC 6962) over the SHA-256 of its records.
//
// The signer thread owns it and alone calls Append, Decide and Seal; Read may be on any
// thread and sees decided blocks only. An error of Append, Decide or Seal is fatal: the object
// refuses everything after it, because nobody knows what is on disk. Source: docs/consensus.md
// (Signing, Start).
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "ledger/model/types.h"
#include "ledger/store/file.h"

namespace jiandu::store {

// Something in a segment that is not what was written.
struct SegmentDamage {
  std::string file;           // name within the directory
  ledger::Height height = 0;  // of the damaged record (the first, when several cannot be read)
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  // bytes up to the next record that can be read
  std::string detail;
};

struct SegmentLimits {
  std::uint64_t bytes_max = limits::kSegmentBytesMax;
  std::uint64_t heights_max = limits::kSegmentHeightsMax;
  // Disk space is reserved in such steps: an append into it changes no file length, so that
  // fdatasync has no journal to wait for.
  std::uint64_t reserve_bytes = 4 * limits::kMiB;
};

struct Candidate {
  ledger::Height height = 0;
  Hash256 id;
  Bytes block;
};

class Segments {
 public:
  // Reads what is there and cuts a torn tail off. The last height may have several records, and
  // even a single one may be undecided: the caller knows from commits which it is, and calls
  // Decide. Blocks below the last height are decided.
  [[nodiscard]] static Result<std::unique_ptr<Segments>> Open(
      const std::filesystem::path& directory, const SegmentLimits& limits = {});
  ~Segments();
  Segments(const Segments&) = delete;
  Segments& operator=(const Segments&) = delete;

  // The newest decided height, 0 when none. Any thread.
  [[nodiscard]] ledger::Height DecidedHeight() const;
  // The oldest height kept, 0 when none. Any thread.
  [[nodiscard]] ledger::Height FirstHeight() const;
  // Where the first file begins, and so the blocks of this node: 1, or the height after the
  // snapshot it began with, also before there is one. Any thread.
  [[nodiscard]] ledger::Height BaseHeight() const;
  // Damage found at Open. Of sealed files the heads of records are read, not every byte; what Read
  // finds later is not here.
  [[nodiscard]] const std::vector<SegmentDamage>& Damage() const;
  // Some of it is in the file being written: Append refuses, the blocks are to be fetched again.
  [[nodiscard]] bool IsTailDamaged() const;
  // The tail was cut at Open: bytes cut off, 0 when it was whole.
  [[nodiscard]] std::uint64_t TornBytes() const;
  // Undecided records of DecidedHeight() + 1, in file order.
  [[nodiscard]] const std::vector<Candidate>& Candidates() const;

  // Returns when the bytes are on disk (fdatasync). `height` is DecidedHeight() + 1 (any height
  // when nothing is kept yet); the same id again does nothing. Seals first when the last decision
  // made that due. kCorrupt while the file being written is damaged.
  [[nodiscard]] Result<void> Append(ledger::Height height, const Hash256& id, ByteView block);
  // The candidate becomes the block of its height, other candidates go. Not synced, but for the
  // rare case that another candidate came first: a crash leaves candidates, never a wrong or no
  // block.
  [[nodiscard]] Result<void> Decide(ledger::Height height, const Hash256& id);
  // A file is full: LevelDB is to be synced, then Seal() called, before the next height.
  [[nodiscard]] bool IsSealDue() const;
  [[nodiscard]] Result<void> Seal();

  // The bytes of a decided block, checksum verified. kNotFound when it is not kept, kCorrupt with
  // file and height when damaged, kUnavailable when redacted. Any thread.
  struct Block {
    Hash256 id;
    Bytes bytes;
  };
  [[nodiscard]] Result<Block> Read(ledger::Height height) const;
  // How many bytes Read would read; 0 when the height is not kept. From memory. Any thread.
  [[nodiscard]] std::uint64_t SizeOf(ledger::Height height) const;

  // Reads every record and compares digests of sealed files; the first lie is named. Any thread.
  [[nodiscard]] Result<void> Check() const;

 private:
  struct Parts;  // segments_parts.h
  explicit Segments(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace jiandu::store
