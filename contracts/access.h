// Judging accesses by the grant's state as of when they happened (domain 4.10.2, flags 4.21).
//
// An access is never refused for what it did: it is recorded and flagged, once. Only the provider's
// side counts. Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

enum class AccessResult : std::uint8_t { kOk = 1, kNotFound, kDenied, kError };
[[nodiscard]] constexpr bool IsCounted(AccessResult result) {
  return result == AccessResult::kOk || result == AccessResult::kNotFound;
}

// The members of a record, found in one pass. Views borrow the body.
struct AccessRecord {
  std::string_view acc_id;
  ledger::TimeMs occurred_at = 0;
  AccessResult result = AccessResult::kOk;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::string_view system;
  std::string_view acct_tag;
  std::string_view client_ip;
  std::string_view client_net;
  std::string_view items_mask;
  std::string_view mask_profile;
  std::string_view purpose_code;
  std::string_view matter_code;
  std::string_view case_commitment;
  std::string_view request_digest;
  std::string_view response_digest;
  std::int64_t dataset_version = -1;
};
[[nodiscard]] AccessRecord ReadRecord(const Json& json);

// Who reports: only the provider's side counts.
enum class Reporter : std::uint8_t { kProvider, kConsumer };

struct AccessVerdict {
  std::uint64_t flags = 0;
  std::uint64_t excess = 0;  // counted above the daily cap by this report
};
// Judges one record under a grant and counts it.
[[nodiscard]] AccessVerdict JudgeRecord(BlockState& state, const ledger::EntityId& grant,
                                        const AccessRecord& record, Reporter reporter);
// Flags that need no grant: late or early evidence.
[[nodiscard]] std::uint64_t TimeFlags(BlockState& state, ledger::TimeMs first, ledger::TimeMs last);
// Flags by the grant's state at a time.
[[nodiscard]] std::uint64_t StateFlags(const AccessTerms& terms, ledger::TimeMs time);
[[nodiscard]] bool IsNetworkAllowed(const AccessTerms& terms, std::string_view system,
                                    std::string_view address);
[[nodiscard]] bool IsMaskWithin(std::string_view hex, ByteView allowed);
[[nodiscard]] bool MasksMeet(std::string_view hex, ByteView other);
[[nodiscard]] bool IsWithinHours(const AccessTerms& terms, ledger::TimeMs time);
// Counts `n` uses of a day; returns the excess this report carries.
[[nodiscard]] std::uint64_t CountUses(BlockState& state, const ledger::EntityId& grant,
                                      const AccessTerms& terms, ledger::TimeMs time,
                                      std::uint64_t n);

// What is kept of an access or a batch beside the log: `P` grant mark id.
struct AccessTrace {
  ledger::TimeMs occurred_at = 0;
  std::uint64_t flags = 0;
  std::uint64_t excess = 0;
  std::uint64_t count = 0;  // uses counted
  AccessResult result = AccessResult::kOk;
  std::optional<Hash256> digest;  // of the answer; of a digest batch, its root
};
enum class TraceKind : char { kAccess = 'a', kBatch = 'b', kConsumerAccess = 'c', kAck = 'k' };
[[nodiscard]] Bytes TraceKey(const ledger::EntityId& target, TraceKind kind, std::string_view id);
[[nodiscard]] Bytes EncodeTrace(const AccessTrace& trace);
[[nodiscard]] std::optional<AccessTrace> DecodeTrace(ByteView bytes);

// A `digest` batch: counts and a root, judged by the state at its begin.
[[nodiscard]] AccessTrace JudgeDigest(BlockState& state, const ledger::EntityId& grant,
                                      const Json& batch, Reporter reporter);

}  // namespace jiandu::contracts
