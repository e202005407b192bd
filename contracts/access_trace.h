// What is kept of an access or a batch beside the log: a part of its grant, or of the resource when
// there was none.
//
// It says that an id was used, what the other side's digest is compared with, and how often each
// flag was raised. Plain values.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "ledger/model/code_numbers.h"
#include "ledger/model/entity.h"
#include "ledger/model/flag_counts.h"

namespace jiandu::contracts {

enum class AccessResult : std::uint8_t { kOk = 1, kNotFound, kDenied, kError };
[[nodiscard]] constexpr bool IsCounted(AccessResult result) {
  return result == AccessResult::kOk || result == AccessResult::kNotFound;
}

// Of a digest batch, as far as its counts tell.
using ledger::FlagCount;

// Adds up the flags of records.
class FlagTally {
 public:
  void Add(std::uint64_t flags, std::uint64_t n = 1);
  [[nodiscard]] std::vector<FlagCount> Counts() const;  // those raised, ascending

 private:
  std::array<std::uint64_t, 64> counts_{};
};

struct AccessTrace {
  ledger::TimeMs occurred_at = 0;
  std::uint64_t flags = 0;
  std::uint64_t excess = 0;  // counted above the daily cap by this report
  std::uint64_t count = 0;   // uses counted
  AccessResult result = AccessResult::kOk;
  std::optional<Hash256> digest = std::nullopt;  // of the answer; of a digest batch, its root
  std::vector<FlagCount> flag_counts;            // of a batch
};
// Marks of parts of a grant; others have d, h, n, p, s, t, u, v, x (access_terms.cc).
enum class TraceKind : char {
  kAccess = 'a',
  kBatch = 'b',
  kConsumerAccess = 'c',  // of the other side, who may use the same ids
  kConsumerBatch = 'e',
  kAck = 'k'
};
[[nodiscard]] Bytes TraceKey(const ledger::EntityId& target, TraceKind kind, std::string_view id);
[[nodiscard]] Bytes EncodeTrace(const AccessTrace& trace);
[[nodiscard]] std::optional<AccessTrace> DecodeTrace(ByteView bytes);

// Batches named as the one before by a batch on the ledger, and not on it themselves.
[[nodiscard]] Bytes GapKey(const ledger::EntityId& grant, std::string_view batch_id);

// What is sealed of an access until it is opened.
struct Seal {
  Hash256 commitment;
  ledger::TimeMs until = 0;
  bool opened = false;
};
[[nodiscard]] Bytes SealKey(const ledger::EntityId& grant, std::string_view acc_id);
[[nodiscard]] Bytes EncodeSeal(const Seal& seal);
[[nodiscard]] std::optional<Seal> DecodeSeal(ByteView bytes);

}  // namespace jiandu::contracts
