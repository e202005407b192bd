// What an access is judged by: a grant's terms ready for use, its timeline, and its counters.
//
// Terms and timeline are read from the grant once a block. A grant's terms may be amended, and a
// change announced for a day to come: an access is judged by those in force when it happened, so
// superseded terms stay beside the body. Counters are per (grant, UTC+8 day);
// their invariant is docs/contracts.md 4.10.2: per day, excess flagged == max(0, counted - cap).
// Plain values.
#pragma once

#include <array>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ledger/model/body.h"
#include "ledger/model/net_address.h"
#include "ledger/model/state_view.h"

namespace jiandu::contracts {

struct DayCounter {
  std::uint64_t counted = 0;  // uses with result OK or NOT_FOUND
  std::uint64_t excess = 0;   // of them flagged OVER_DAILY_CAP
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t denied_peak = 0;     // most DENIED calls in a minute of the day
  ledger::TimeMs last_reported = 0;  // block time of the last report that counted
  std::uint64_t deny_ignored = 0;    // uses while a check was to deny
  bool operator==(const DayCounter&) const = default;
};
[[nodiscard]] Bytes EncodeDay(const DayCounter& day);
[[nodiscard]] DayCounter DecodeDay(ByteView bytes);  // zeros when it is not one
[[nodiscard]] Bytes DayKey(const ledger::EntityId& grant, std::int32_t date);

// What the two sides of a day say of each other: kept apart, for few grants need it.
struct SideCounter {
  std::uint64_t acknowledged = 0;    // counted uses of which the consumer has spoken
  std::uint64_t consumer_only = 0;   // uses the consumer reported and the provider has not
  ledger::TimeMs last_consumer = 0;  // block time of the last of these
  bool operator==(const SideCounter&) const = default;
};
[[nodiscard]] Bytes EncodeSide(const SideCounter& side);
[[nodiscard]] SideCounter DecodeSide(ByteView bytes);
[[nodiscard]] Bytes SideKey(const ledger::EntityId& grant, std::int32_t date);

// Counted calls by minute of an hour since 1970; DENIED ones likewise under a key of their own.
using HourCounter = std::array<std::uint32_t, 60>;
[[nodiscard]] Bytes EncodeHour(const HourCounter& hour);
[[nodiscard]] HourCounter DecodeHour(ByteView bytes);
[[nodiscard]] Bytes HourKey(const ledger::EntityId& grant, std::uint32_t hour);
[[nodiscard]] Bytes DeniedKey(const ledger::EntityId& grant, std::uint32_t hour);
// A grant over its life.
struct UseCounter {
  std::uint64_t uses = 0;
  ledger::TimeMs ran_out_at = 0;  // of the block in which `uses_max` was reached; 0: it was not
  bool early_evidence = false;    // the consumer spoke of an access not reported by then
  std::uint64_t not_granted = 0;  // calls flagged ITEM_NOT_GRANTED since the last AUTO suspension
};
[[nodiscard]] Bytes EncodeUses(const UseCounter& uses);
[[nodiscard]] UseCounter DecodeUses(ByteView bytes);
[[nodiscard]] Bytes UsesKey(const ledger::EntityId& grant);

// Status of a grant from a time on; kept beside the body because acts are bounded.
struct StatusChange {
  ledger::TimeMs from = 0;
  ledger::GrantStatus status = ledger::GrantStatus::kOpened;
};
[[nodiscard]] Bytes TimelineKey(const ledger::EntityId& grant);
[[nodiscard]] std::vector<StatusChange> DecodeTimeline(ByteView bytes);
void AppendStatus(Bytes& timeline, const StatusChange& change);

// Terms that were in force before, newest last; the oldest make room.
struct PastTerms {
  ledger::TimeMs from = 0;  // 0: since the grant was opened
  ledger::TimeMs until = 0;
  std::string terms;  // canonical JSON, as in the body
};
inline constexpr std::uint32_t kPastTermsMax = 32;
[[nodiscard]] Bytes PastTermsKey(const ledger::EntityId& grant, std::uint32_t n);
// Those announced and not yet in force at the last act: their canonical JSON.
[[nodiscard]] Bytes NextTermsKey(const ledger::EntityId& grant);
[[nodiscard]] Bytes EncodePastTerms(const PastTerms& past);
[[nodiscard]] PastTerms DecodePastTerms(ByteView bytes);

// A dataset version and the ledger time from which it was current.
struct Version {
  ledger::TimeMs from = 0;
  std::int64_t number = 0;
};
[[nodiscard]] Bytes VersionsKey(const ledger::EntityId& resource);
[[nodiscard]] Bytes EncodeVersions(std::span<const Version> versions);
[[nodiscard]] std::vector<Version> DecodeVersions(ByteView bytes);

// Why a resource lets nobody in, and from when until when (docs/contracts.md 4.3).
enum class StopCause : std::uint8_t { kCore = 1, kIncident = 2 };
struct StopSpan {
  ledger::TimeMs from = 0;
  ledger::TimeMs until = 0;  // first moment after it; 0: it is not ended
  StopCause cause = StopCause::kCore;
  [[nodiscard]] bool Holds(ledger::TimeMs time) const {
    return time >= from && (until == 0 || time < until);
  }
};
[[nodiscard]] Bytes StopsKey(const ledger::EntityId& resource);
[[nodiscard]] Bytes EncodeStops(std::span<const StopSpan> stops);
[[nodiscard]] std::vector<StopSpan> DecodeStops(ByteView bytes);

struct AllowedSystem {
  ledger::EntityId system;
  std::vector<ledger::Network> networks;
};
struct AllowedAccount {
  std::string tag;
  Bytes items;  // mask; empty: all of the grant
};
struct AccessTerms {
  ledger::DepartmentId consumer;
  ledger::DepartmentId provider;
  ledger::EntityId resource;
  ledger::EntityId pair;       // of resource and consumer
  ledger::EntityId emergency;  // with which the grant ends; zero: none
  std::vector<StatusChange> timeline;
  ledger::TimeMs since = 0;  // these terms were in force from here
  ledger::TimeMs until = std::numeric_limits<ledger::TimeMs>::max();  // first moment after it
  ledger::TimeMs valid_from = 0;
  ledger::TimeMs valid_to = 0;     // first moment after it
  Bytes items;                     // mask over the resource's items
  Bytes masked;                    // mask over the items that must be masked; empty: none
  std::vector<std::string> masks;  // mask profiles
  int window_from = -1;            // minute of the day in UTC+8; -1: any time
  int window_to = -1;
  std::uint64_t daily_cap = 0;  // 0 here and below: no bound
  std::uint64_t rate_per_min = 0;
  std::uint64_t rows_per_call_max = 0;
  std::uint64_t bytes_per_day = 0;
  std::uint64_t uses_max = 0;
  std::string purpose;
  std::string matter;            // empty: any
  bool strict_grade = false;     // G3 or higher: purpose and case are asked for
  bool single_calls = false;     // G4 or higher: no digest batches
  bool awaits_delivery = false;  // the first one satisfies D06
  std::vector<AllowedSystem> systems;
  std::vector<AllowedAccount> accounts;
  std::vector<std::string> client_nets;

  [[nodiscard]] bool Cover(ledger::TimeMs time) const { return since <= time && time < until; }
  // Status by the grant's own history; kOpened before it was opened.
  [[nodiscard]] ledger::GrantStatus StatusAt(ledger::TimeMs time) const;
};
[[nodiscard]] std::unique_ptr<const AccessTerms> ReadTerms(const ledger::EntityBody& grant,
                                                           ByteView timeline);
// The same of terms that are announced, or were in force before.
[[nodiscard]] std::unique_ptr<const AccessTerms> ReadTerms(const ledger::EntityBody& grant,
                                                           ByteView timeline,
                                                           const PastTerms& other);
// Bits of `items` (ids) in the order of `all`; unknown ids are left out.
[[nodiscard]] Bytes MaskOf(std::span<const std::string> items, std::span<const std::string> all);

}  // namespace jiandu::contracts
