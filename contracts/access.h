// Judging accesses by the grant's state as of when they happened (docs/contracts.md 4.10.2,
// flags 4.21).
//
// An access is never refused for what it did: it is recorded and flagged, once. Only the provider's
// side counts. Pure; the thread of the block.
#pragma once

#include "contracts/access_trace.h"
#include "contracts/case_table.h"
#include "contracts/event_flags.h"

namespace jiandu::contracts {

struct DigestReading;  // contracts/digest_check.h

// The members of a record, found in one pass. Views borrow the body.
struct AccessRecord {
  std::string_view acc_id;
  ledger::TimeMs occurred_at = 0;
  AccessResult result = AccessResult::kError;
  std::string_view result_name;
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
  const Json* seal = nullptr;
  const Json* subject_tags = nullptr;
};
[[nodiscard]] AccessRecord ReadRecord(const Json& json);

// Who reports: only the provider's side counts.
enum class Reporter : std::uint8_t { kProvider, kConsumer };

// Late or early evidence; needs no grant.
[[nodiscard]] std::uint64_t TimeFlags(BlockState& state, ledger::TimeMs first, ledger::TimeMs last);

// What one report adds to the counters of its day.
struct Usage {
  std::uint64_t uses = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

// Judges what one transaction reports under a grant, and counts it.
//
// What the records of a batch share is looked up once: the terms and the counters. Lives as long as
// the transaction; the grant's terms must not change meanwhile.
class AccessJudge {
 public:
  AccessJudge(BlockState& state, const ledger::EntityId& grant, Reporter reporter);

  // One record: flags, excess and what was counted, as it is to be kept.
  [[nodiscard]] AccessTrace Judge(const AccessRecord& record);
  // A `digest` batch: counts and a root, judged by the state at its begin.
  [[nodiscard]] AccessTrace JudgeDigest(const Json& batch);

 private:
  // Judges by the terms in force at `time` from now on.
  void TakeTermsOf(ledger::TimeMs time);
  [[nodiscard]] std::uint64_t StateFlags(ledger::TimeMs time);
  [[nodiscard]] std::uint64_t CallerFlags(const AccessRecord& record);
  [[nodiscard]] std::uint64_t SystemFlags(std::string_view system);
  [[nodiscard]] std::uint64_t ContentFlags(const AccessRecord& record);
  [[nodiscard]] bool IsSealedByRight(const AccessRecord& record) const;
  [[nodiscard]] std::uint64_t RateFlags(ledger::TimeMs time);
  void CountDenied(ledger::TimeMs time);
  // Adds to the counters of the day; `excess` is what this report carries of it.
  [[nodiscard]] std::uint64_t CountUses(ledger::TimeMs time, const Usage& usage,
                                        std::uint64_t& excess);
  [[nodiscard]] std::int64_t VersionAt(ledger::TimeMs time);
  [[nodiscard]] const AllowedSystem* FindSystem(std::string_view hex);
  [[nodiscard]] bool IsNetworkAllowed(std::string_view system, std::string_view address);
  // Parts of a digest batch, each adding to the tally.
  void TallyCallers(const Json& batch, const Json& digest, std::uint64_t calls, FlagTally& tally);
  void TallyAccount(std::string_view account, const Json& digest, std::uint64_t calls,
                    FlagTally& tally);
  void TallyContent(const Json& digest, ledger::TimeMs from, FlagTally& tally);
  void TallyReading(const DigestReading& reading, const Json& digest, FlagTally& tally);
  void TallyUses(const Json& digest, const DigestReading& reading, AccessTrace& trace,
                 FlagTally& tally);

  BlockState& state_;
  const ledger::EntityId& grant_;
  Reporter reporter_;
  const AccessTerms* terms_;      // owned by the block state; null: no grant
  bool emergency_;                // of an emergency, with which the grant ends
  ledger::TimeMs valid_to_;       // first moment after the grant
  std::string_view last_system_;  // looked for last, and what was found
  const AllowedSystem* last_allowed_ = nullptr;
  std::optional<DenyRule> deny_;  // read when the first use is counted
  DayCounter* day_ = nullptr;     // counters of the day judged last
  std::int64_t day_number_ = -1;
  HourCounter* hour_ = nullptr;
  std::int64_t hour_number_ = -1;
};

[[nodiscard]] bool IsMaskWithin(std::string_view hex, ByteView allowed);
[[nodiscard]] bool MasksMeet(std::string_view hex, ByteView other);

}  // namespace jiandu::contracts
