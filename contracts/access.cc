// One access against its grant.
#include "contracts/access.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "contracts/digest_check.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityId;
using ledger::Flag;
using ledger::FlagBit;
using ledger::GrantStatus;
using ledger::TimeMs;

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kChinaMs = 8 * kHourMs;

AccessResult ResultOf(std::string_view name) {
  if (name == "OK") return AccessResult::kOk;
  if (name == "NOT_FOUND") return AccessResult::kNotFound;
  return name == "DENIED" ? AccessResult::kDenied : AccessResult::kError;
}

std::string_view TextOf(const Json& json) {
  return json.IsText() ? std::string_view(json.AsString()) : std::string_view();
}

// The members of a record in the order of canonical JSON, as in its form, and where they go.
struct Slot {
  std::string_view name;
  std::string_view AccessRecord::* text = nullptr;
  std::uint64_t AccessRecord::* count = nullptr;
  std::int64_t AccessRecord::* number = nullptr;
  const Json* AccessRecord::* object = nullptr;
};
constexpr std::array<Slot, 32> kSlots = {{
    {.name = "acc_id", .text = &AccessRecord::acc_id},
    {.name = "acct_tag", .text = &AccessRecord::acct_tag},
    {.name = "action"},
    {.name = "bulk"},
    {.name = "bytes", .count = &AccessRecord::bytes},
    {.name = "case_commitment", .text = &AccessRecord::case_commitment},
    {.name = "client_ip", .text = &AccessRecord::client_ip},
    {.name = "client_ip_tag"},
    {.name = "client_net", .text = &AccessRecord::client_net},
    {.name = "consumer"},
    {.name = "dataset_version", .number = &AccessRecord::dataset_version},
    {.name = "deny_code"},
    {.name = "duration_ms"},
    {.name = "grant"},
    {.name = "grant_missing"},
    {.name = "items_mask", .text = &AccessRecord::items_mask},
    {.name = "mask_profile", .text = &AccessRecord::mask_profile},
    {.name = "matter_code", .text = &AccessRecord::matter_code},
    {.name = "occurred_at", .number = &AccessRecord::occurred_at},
    {.name = "operator_tag"},
    {.name = "platform_ids"},
    {.name = "purpose_code", .text = &AccessRecord::purpose_code},
    {.name = "request_digest", .text = &AccessRecord::request_digest},
    {.name = "resource"},
    {.name = "response_digest", .text = &AccessRecord::response_digest},
    {.name = "result", .text = &AccessRecord::result_name},
    {.name = "rows", .count = &AccessRecord::rows},
    {.name = "seal", .object = &AccessRecord::seal},
    {.name = "subject_root"},
    {.name = "subject_tags", .object = &AccessRecord::subject_tags},
    {.name = "system", .text = &AccessRecord::system},
    {.name = "wm_id"},
}};

unsigned Nibble(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); }
// Byte `i` of a hex text; the form has checked that it is one.
unsigned HexByte(std::string_view hex, std::size_t i) {
  return (Nibble(hex[2 * i]) << 4U) | Nibble(hex[2 * i + 1]);
}
bool IsMask(std::string_view hex) {
  return hex.size() % 2 == 0 && std::ranges::all_of(hex, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

AccessRecord ReadRecord(const Json& json) {
  AccessRecord record;
  // Both sides ascend by name: one merge finds every member.
  std::size_t slot = 0;
  for (const Json::Member& member : json.Members()) {
    while (slot < kSlots.size() && kSlots[slot].name != member.name) ++slot;
    if (slot == kSlots.size()) break;  // the form has no other member
    const Slot& known = kSlots[slot];
    if (known.text != nullptr) {
      record.*known.text = TextOf(member.value);
    } else if (known.count != nullptr && member.value.IsInteger()) {
      record.*known.count =
          static_cast<std::uint64_t>(std::max<std::int64_t>(member.value.AsInteger(), 0));
    } else if (known.number != nullptr && member.value.IsInteger()) {
      record.*known.number = member.value.AsInteger();
    } else if (known.object != nullptr) {
      record.*known.object = &member.value;
    }
  }
  record.result = ResultOf(record.result_name);
  return record;
}

std::uint64_t TimeFlags(BlockState& state, TimeMs first, TimeMs last) {
  const TimeMs now = state.Context().time;
  const Profile& profile = state.CurrentProfile();
  std::uint64_t flags = 0;
  if (last > now + profile.clock_tolerance_ms || first > now + profile.clock_tolerance_ms) {
    flags |= FlagBit(Flag::kClockSkew);
  }
  if (now - last > profile.evidence_lag_max_ms) flags |= FlagBit(Flag::kLateEvidence);
  return flags;
}

bool IsMaskWithin(std::string_view hex, ByteView allowed) {
  if (!IsMask(hex)) return true;  // a malformed mask is FIELD_MISSING, by its form
  for (std::size_t i = 0; i < hex.size() / 2; ++i) {
    const unsigned may = i < allowed.size() ? allowed[i] : 0U;
    if ((HexByte(hex, i) & ~may) != 0) return false;
  }
  return true;
}

bool MasksMeet(std::string_view hex, ByteView other) {
  if (!IsMask(hex)) return false;
  for (std::size_t i = 0; i < hex.size() / 2 && i < other.size(); ++i) {
    if ((HexByte(hex, i) & other[i]) != 0) return true;
  }
  return false;
}

AccessJudge::AccessJudge(BlockState& state, const EntityId& grant, Reporter reporter)
    : state_(state),
      grant_(grant),
      reporter_(reporter),
      terms_(state.Terms(grant)),
      emergency_(terms_ != nullptr && !terms_->emergency.IsZero()),
      valid_to_(terms_ != nullptr ? terms_->valid_to : 0) {}

void AccessJudge::TakeTermsOf(TimeMs time) {
  if (terms_ == nullptr || terms_->Cover(time)) return;
  terms_ = state_.TermsAt(grant_, time);
  last_system_ = {};
  last_allowed_ = nullptr;
}

AccessTrace AccessJudge::Judge(const AccessRecord& record) {
  TakeTermsOf(record.occurred_at);
  AccessTrace trace{.occurred_at = record.occurred_at,
                    .flags = TimeFlags(state_, record.occurred_at, record.occurred_at),
                    .result = record.result,
                    .flag_counts = {}};
  if (const auto digest = HexDecodeFixed<32>(record.response_digest)) trace.digest = *digest;
  if (terms_ == nullptr) return trace;
  trace.flags |= StateFlags(record.occurred_at) | CallerFlags(record) | ContentFlags(record);
  if (!IsWithinHours(*terms_, record.occurred_at)) trace.flags |= FlagBit(Flag::kOutsideHours);
  if (terms_->rows_per_call_max > 0 && record.rows > terms_->rows_per_call_max) {
    trace.flags |= FlagBit(Flag::kOverRows);
  }
  if (reporter_ == Reporter::kProvider && IsCounted(record.result)) {
    trace.count = 1;
    trace.flags |= RateFlags(record.occurred_at);
    trace.flags |= CountUses(record.occurred_at,
                             {.uses = 1, .rows = record.rows, .bytes = record.bytes}, trace.excess);
  } else if (reporter_ == Reporter::kProvider && record.result == AccessResult::kDenied) {
    CountDenied(record.occurred_at);
  }
  return trace;
}

std::uint64_t AccessJudge::StateFlags(TimeMs time) {
  std::uint64_t flags = 0;
  const GrantStatus status = terms_->StatusAt(time);
  if (time < terms_->valid_from || status == GrantStatus::kOpened) {
    flags |= FlagBit(Flag::kNotYetValid);
  }
  // Grants of core data count as SUSPENDED from the moment the resource is graded so.
  const bool core = std::ranges::any_of(state_.Stops(terms_->resource), [time](const auto& stop) {
    return stop.cause == StopCause::kCore && stop.Holds(time);
  });
  if (core || status == GrantStatus::kSuspended) flags |= FlagBit(Flag::kWhileSuspended);
  bool ended = time >= valid_to_ || status >= GrantStatus::kExpired;
  if (terms_->uses_max > 0) {
    // From the block in which the last use was counted.
    const TimeMs ran_out_at = state_.Uses(grant_).ran_out_at;
    ended = ended || (ran_out_at > 0 && time >= ran_out_at);
  }
  if (ended) flags |= FlagBit(Flag::kExpired);
  if (emergency_) flags |= FlagBit(Flag::kEmergency);
  return flags;
}

std::uint64_t AccessJudge::SystemFlags(std::string_view system) {
  if (FindSystem(system) != nullptr) return 0;
  std::uint64_t flags = FlagBit(Flag::kSystemNotAllowed);
  const auto id = ledger::ParseEntityId(system);
  const ledger::EntityBody* identity = id ? state_.Body(*id) : nullptr;
  if (identity != nullptr && identity->department != terms_->consumer) {
    flags |= FlagBit(Flag::kDepartmentMismatch);
  }
  return flags;
}

// Who called: system or account, and from where.
std::uint64_t AccessJudge::CallerFlags(const AccessRecord& record) {
  std::uint64_t flags = 0;
  if (!record.system.empty()) {
    flags |= SystemFlags(record.system);
  } else if (!record.acct_tag.empty()) {
    const auto account = std::ranges::find(terms_->accounts, record.acct_tag, &AllowedAccount::tag);
    if (account == terms_->accounts.end() ||
        (!account->items.empty() && !IsMaskWithin(record.items_mask, account->items))) {
      flags |= FlagBit(Flag::kAccountNotAllowed);
    }
  } else if (!IsSealedByRight(record)) {
    flags |= FlagBit(Flag::kFieldMissing);
  }
  if (!record.client_ip.empty()) {
    if (!IsNetworkAllowed(record.system, record.client_ip)) flags |= FlagBit(Flag::kIpNotAllowed);
  } else if (!record.client_net.empty()) {
    const auto net = std::ranges::find(terms_->client_nets, record.client_net);
    if (net == terms_->client_nets.end()) flags |= FlagBit(Flag::kIpNotAllowed);
  } else {
    flags |= FlagBit(Flag::kFieldMissing);
  }
  return flags;
}

// Only accesses of the departments that the profile lists may be sealed: another seal hides what
// has to stand in the clear.
bool AccessJudge::IsSealedByRight(const AccessRecord& record) const {
  const ledger::EntityBody* grant = record.seal != nullptr ? state_.Body(grant_) : nullptr;
  if (grant == nullptr) return false;
  const auto& sealing = state_.ProfileNamed(grant->Text("profile")).may_seal;
  return std::ranges::find(sealing, terms_->consumer) != sealing.end();
}

// What was delivered: items, masks, purpose, version.
std::uint64_t AccessJudge::ContentFlags(const AccessRecord& record) {
  std::uint64_t flags = 0;
  const bool ok = record.result == AccessResult::kOk;
  if (!IsMaskWithin(record.items_mask, terms_->items)) flags |= FlagBit(Flag::kItemNotGranted);
  if (ok && MasksMeet(record.items_mask, terms_->masked) &&
      std::ranges::find(terms_->masks, record.mask_profile) == terms_->masks.end()) {
    flags |= FlagBit(Flag::kMaskMissing);
  }
  const bool other_purpose = !record.purpose_code.empty() && record.purpose_code != terms_->purpose;
  const bool other_matter = !record.matter_code.empty() && !terms_->matter.empty() &&
                            record.matter_code != terms_->matter;
  if (other_purpose || other_matter) flags |= FlagBit(Flag::kPurposeMismatch);
  if (record.dataset_version >= 0 && record.dataset_version < VersionAt(record.occurred_at)) {
    flags |= FlagBit(Flag::kStaleVersion);
  }
  const bool lacks_digests =
      ok && (record.request_digest.empty() || record.response_digest.empty());
  // Matter and case may stand inside the seal.
  const bool sealed = IsSealedByRight(record);
  const bool hides = record.seal != nullptr && !sealed;
  const bool lacks_case =
      terms_->strict_grade &&
      (record.purpose_code.empty() ||
       (!sealed && (record.matter_code.empty() || record.case_commitment.empty())));
  const bool lacks_event = emergency_ && !sealed && record.case_commitment.empty();
  if (lacks_digests || lacks_case || lacks_event || hides) flags |= FlagBit(Flag::kFieldMissing);
  return flags;
}

std::uint64_t AccessJudge::RateFlags(TimeMs time) {
  if (terms_->rate_per_min == 0) return 0;
  const std::int64_t minute = time / kMinuteMs;
  if (hour_ == nullptr || minute / 60 != hour_number_) {
    hour_number_ = minute / 60;
    hour_ = &state_.Hour(grant_, static_cast<std::uint32_t>(hour_number_));
  }
  std::uint32_t& calls = (*hour_)[static_cast<std::size_t>(minute % 60)];
  return ++calls > terms_->rate_per_min ? FlagBit(Flag::kOverRate) : 0;
}

// Kept for what is derived (DENIED_BURST); no call is flagged for it.
void AccessJudge::CountDenied(TimeMs time) {
  const std::int64_t minute = time / kMinuteMs;
  HourCounter& hour = state_.Denied(grant_, static_cast<std::uint32_t>(minute / 60));
  const std::uint32_t denied = ++hour[static_cast<std::size_t>(minute % 60)];
  std::uint64_t& peak = state_.Day(grant_, ledger::DateOf(time)).denied_peak;
  peak = std::max<std::uint64_t>(peak, denied);
}

std::uint64_t AccessJudge::CountUses(TimeMs time, const Usage& usage, std::uint64_t& excess) {
  const std::int64_t number = (time + kChinaMs) / (24 * kHourMs);
  if (day_ == nullptr || number != day_number_) {
    day_number_ = number;
    day_ = &state_.Day(grant_, ledger::DateOf(time));
  }
  day_->counted += usage.uses;
  day_->last_reported = state_.Context().time;
  if (!deny_) deny_.emplace(state_, terms_->consumer, terms_->resource);
  if (deny_->Denies(time)) day_->deny_ignored += usage.uses;
  day_->rows += usage.rows;
  day_->bytes += usage.bytes;
  const std::uint64_t cap = terms_->daily_cap;
  const std::uint64_t over = cap > 0 && day_->counted > cap ? day_->counted - cap : 0;
  excess = std::min(usage.uses, over);
  day_->excess += excess;
  std::uint64_t flags = excess > 0 ? FlagBit(Flag::kOverDailyCap) : 0;
  if (terms_->bytes_per_day > 0 && day_->bytes > terms_->bytes_per_day) {
    flags |= FlagBit(Flag::kOverBytes);
  }
  UseCounter& counter = state_.EditUses(grant_);
  counter.uses += usage.uses;
  if (terms_->uses_max == 0) return flags;
  if (counter.uses > terms_->uses_max) flags |= FlagBit(Flag::kOverUses);
  if (counter.uses >= terms_->uses_max && counter.ran_out_at == 0) {
    counter.ran_out_at = state_.Context().time;
  }
  return flags;
}

std::int64_t AccessJudge::VersionAt(TimeMs time) {
  std::int64_t current = 0;
  for (const Version& version : state_.Versions(terms_->resource)) {
    if (version.from > time) break;
    current = version.number;
  }
  return current;
}

const AllowedSystem* AccessJudge::FindSystem(std::string_view hex) {
  // The records of a batch mostly name the same system.
  if (hex == last_system_ && !hex.empty()) return last_allowed_;
  last_system_ = hex;
  last_allowed_ = nullptr;
  if (const auto id = ledger::ParseEntityId(hex)) {
    const auto found = std::ranges::find(terms_->systems, *id, &AllowedSystem::system);
    if (found != terms_->systems.end()) last_allowed_ = &*found;
  }
  return last_allowed_;
}

bool AccessJudge::IsNetworkAllowed(std::string_view system, std::string_view address) {
  const auto parsed = ledger::ParseAddress(address);
  if (!parsed) return false;
  const auto holds = [&parsed](const AllowedSystem& allowed) {
    return std::ranges::any_of(allowed.networks, [&parsed](const ledger::Network& network) {
      return network.Contains(*parsed);
    });
  };
  // A system of the grant calls from its own networks, anybody else from any of them.
  const AllowedSystem* own = FindSystem(system);
  return own != nullptr ? holds(*own) : std::ranges::any_of(terms_->systems, holds);
}

}  // namespace jiandu::contracts
