// Bytes of a segment: records, names and seals. The layout stands in segments.h.
//
// Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "ledger/model/types.h"

namespace jiandu::store {

inline constexpr std::size_t kRecordHeadBytes = 49;
// A block with its wire overhead; the consensus layer bounds blocks more strictly.
inline constexpr std::size_t kRecordPayloadMax = 2 * limits::kBlockBytesMax;

enum class RecordKind : std::uint8_t { kBlock = 1, kRedacted = 2 };

struct RecordHead {
  std::uint32_t crc = 0;
  RecordKind kind = RecordKind::kBlock;
  ledger::Height height = 0;
  std::uint32_t length = 0;
  Hash256 id;

  [[nodiscard]] std::uint64_t Size() const { return kRecordHeadBytes + std::uint64_t{length}; }
};

// The whole record, checksum included.
[[nodiscard]] Bytes EncodeRecord(RecordKind kind, ledger::Height height, const Hash256& id,
                                 ByteView payload);
// Nothing when these bytes cannot begin a record (kind or length out of range, too few bytes).
[[nodiscard]] std::optional<RecordHead> ParseRecordHead(ByteView bytes);
// `record` is head and payload.
[[nodiscard]] bool HasGoodChecksum(ByteView record);
// What the seal hashes of a record: its SHA-256, or what a redacted one says it was.
[[nodiscard]] Hash256 SealLeaf(ByteView record);

struct Redacted {
  Hash256 sha256;            // of the record that was
  std::uint64_t length = 0;  // of that record
};
[[nodiscard]] Bytes EncodeRedacted(const Redacted& redacted);
[[nodiscard]] Result<Redacted> DecodeRedacted(ByteView payload);

// "00000000000000000001.seg", "….seal".
[[nodiscard]] std::string SegmentName(ledger::Height from);
[[nodiscard]] std::string SealName(ledger::Height from);
[[nodiscard]] std::optional<ledger::Height> FromOfSegmentName(std::string_view name);

// Canonical JSON {"bytes","digest","from","to"}.
struct SegmentSeal {
  ledger::Height from = 0;
  ledger::Height to = 0;
  std::uint64_t bytes = 0;
  Hash256 digest;
  bool operator==(const SegmentSeal&) const = default;

  [[nodiscard]] std::string Encode() const;
  [[nodiscard]] static Result<SegmentSeal> Decode(std::string_view text);
};

}  // namespace jiandu::store
