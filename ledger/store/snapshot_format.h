// A snapshot of the state, byte by byte: the manifest and the chunks it names (docs/snapshots.md).
//
// A snapshot at height s is every row of the database as of s in key order but the newest height's
// own (`meta`, which the manifest carries), and under J the stored transactions that the lineage
// index cannot be made without. It is a function of the chain: the same bytes on every node.
//
//   chunk     repeated row: varint n (1 ..), key n, varint m, value m; keys ascend, also from chunk
//             to chunk. A chunk is closed before a row would take it beyond 1 MiB; a row that is
//             longer stands alone in one of at most 2 MiB.
//   manifest  wire {1 format (1), 2 MetaRow without the seen commit, 3 rows,
//             4 chunks: for each length 4 (big-endian), SHA-256 32}
//   digest    SHA-256("JIANDU-SNAPSHOT-1\0" || manifest)
//
// Varints are minimal. Pure; any thread.
#pragma once

#include <functional>
#include <vector>

#include "base/error.h"
#include "ledger/store/keyspace.h"

namespace jiandu::store {

struct SnapshotManifest {
  struct Chunk {
    std::uint32_t size = 0;
    Hash256 digest;
    bool operator==(const Chunk&) const = default;
  };
  MetaRow meta;
  std::uint64_t rows = 0;
  std::vector<Chunk> chunks;  // at least one
  bool operator==(const SnapshotManifest&) const = default;

  [[nodiscard]] ledger::Height Height() const { return meta.height; }
  [[nodiscard]] std::uint64_t RowBytes() const;  // of all chunks
  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<SnapshotManifest> Decode(ByteView bytes);
};
[[nodiscard]] Hash256 SnapshotDigest(ByteView manifest);

// Rows in key order, cut into chunks.
class SnapshotCutter {
 public:
  using OnChunk = std::function<Result<void>(ByteView chunk)>;
  explicit SnapshotCutter(OnChunk on_chunk) : on_chunk_(std::move(on_chunk)) {}

  // kTooLarge: a row that no chunk can hold.
  [[nodiscard]] Result<void> Add(ByteView key, ByteView value);
  [[nodiscard]] Result<void> Finish();
  [[nodiscard]] std::uint64_t Rows() const { return rows_; }
  [[nodiscard]] std::vector<SnapshotManifest::Chunk> TakeChunks() { return std::move(chunks_); }

 private:
  [[nodiscard]] Result<void> Close();

  OnChunk on_chunk_;
  Bytes open_;
  std::uint64_t rows_ = 0;
  std::vector<SnapshotManifest::Chunk> chunks_;
};

// The rows of one chunk. `last` is the key before them (empty: none) and becomes the last of them.
// Returns how many there were; kInvalid when it is no chunk, or its keys do not ascend.
using SnapshotRowVisitor = std::function<void(ByteView key, ByteView value)>;
[[nodiscard]] Result<std::uint64_t> ReadSnapshotChunk(ByteView chunk, Bytes& last,
                                                      const SnapshotRowVisitor& visit);

}  // namespace jiandu::store
