// One access against its grant.
#include "contracts/access.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "base/wire.h"
#include "contracts/resource.h"

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

// Members of text type and where they go.
struct TextSlot {
  std::string_view name;
  std::string_view AccessRecord::* member;
};
constexpr std::array<TextSlot, 13> kTextSlots = {{
    {"acc_id", &AccessRecord::acc_id},
    {"acct_tag", &AccessRecord::acct_tag},
    {"case_commitment", &AccessRecord::case_commitment},
    {"client_ip", &AccessRecord::client_ip},
    {"client_net", &AccessRecord::client_net},
    {"items_mask", &AccessRecord::items_mask},
    {"mask_profile", &AccessRecord::mask_profile},
    {"matter_code", &AccessRecord::matter_code},
    {"purpose_code", &AccessRecord::purpose_code},
    {"request_digest", &AccessRecord::request_digest},
    {"response_digest", &AccessRecord::response_digest},
    {"system", &AccessRecord::system},
    {"wm_id", nullptr},
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

const AllowedSystem* FindSystem(const AccessTerms& terms, std::string_view hex) {
  const auto id = ledger::ParseEntityId(hex);
  if (!id) return nullptr;
  const auto found = std::ranges::find(terms.systems, *id, &AllowedSystem::system);
  return found != terms.systems.end() ? &*found : nullptr;
}

// Who called: system or account, and from where.
std::uint64_t CallerFlags(BlockState& state, const AccessTerms& terms, const AccessRecord& record) {
  std::uint64_t flags = 0;
  if (!record.system.empty()) {
    if (FindSystem(terms, record.system) == nullptr) {
      flags |= FlagBit(Flag::kSystemNotAllowed);
      const auto id = ledger::ParseEntityId(record.system);
      const ledger::EntityBody* identity = id ? state.Body(*id) : nullptr;
      if (identity != nullptr && identity->department != terms.consumer) {
        flags |= FlagBit(Flag::kDepartmentMismatch);
      }
    }
  } else if (!record.acct_tag.empty()) {
    const auto account = std::ranges::find(terms.accounts, record.acct_tag, &AllowedAccount::tag);
    if (account == terms.accounts.end() ||
        (!account->items.empty() && !IsMaskWithin(record.items_mask, account->items))) {
      flags |= FlagBit(Flag::kAccountNotAllowed);
    }
  } else {
    flags |= FlagBit(Flag::kFieldMissing);
  }
  if (!record.client_ip.empty()) {
    if (!IsNetworkAllowed(terms, record.system, record.client_ip)) {
      flags |= FlagBit(Flag::kIpNotAllowed);
    }
  } else if (!record.client_net.empty()) {
    const auto net = std::ranges::find(terms.client_nets, record.client_net);
    if (net == terms.client_nets.end()) flags |= FlagBit(Flag::kIpNotAllowed);
  } else {
    flags |= FlagBit(Flag::kFieldMissing);
  }
  return flags;
}

// What was delivered: items, masks, purpose, version.
std::uint64_t ContentFlags(BlockState& state, const AccessTerms& terms,
                           const AccessRecord& record) {
  std::uint64_t flags = 0;
  const bool ok = record.result == AccessResult::kOk;
  if (!IsMaskWithin(record.items_mask, terms.items)) flags |= FlagBit(Flag::kItemNotGranted);
  if (ok && MasksMeet(record.items_mask, terms.masked) &&
      std::ranges::find(terms.masks, record.mask_profile) == terms.masks.end()) {
    flags |= FlagBit(Flag::kMaskMissing);
  }
  const bool other_purpose = !record.purpose_code.empty() && record.purpose_code != terms.purpose;
  const bool other_matter =
      !record.matter_code.empty() && !terms.matter.empty() && record.matter_code != terms.matter;
  if (other_purpose || other_matter) flags |= FlagBit(Flag::kPurposeMismatch);
  if (record.dataset_version >= 0 &&
      record.dataset_version < VersionAt(state, terms.resource, record.occurred_at)) {
    flags |= FlagBit(Flag::kStaleVersion);
  }
  const bool lacks_digests =
      ok && (record.request_digest.empty() || record.response_digest.empty());
  const bool lacks_case =
      terms.strict_grade &&
      (record.purpose_code.empty() || record.matter_code.empty() || record.case_commitment.empty());
  if (lacks_digests || lacks_case) flags |= FlagBit(Flag::kFieldMissing);
  return flags;
}

// How much: counted for the provider's report of a call that was answered.
std::uint64_t CountFlags(BlockState& state, const EntityId& grant, const AccessTerms& terms,
                         const AccessRecord& record, std::uint64_t& excess) {
  std::uint64_t flags = 0;
  excess = CountUses(state, grant, terms, record.occurred_at, 1);
  if (excess > 0) flags |= FlagBit(Flag::kOverDailyCap);
  DayCounter& day = state.Day(grant, ledger::DateOf(record.occurred_at));
  day.rows += record.rows;
  day.bytes += record.bytes;
  if (terms.bytes_per_day > 0 && day.bytes > terms.bytes_per_day) {
    flags |= FlagBit(Flag::kOverBytes);
  }
  if (terms.uses_max > 0 && state.Uses(grant) > terms.uses_max) flags |= FlagBit(Flag::kOverUses);
  if (terms.rate_per_min > 0) {
    const std::int64_t minute = record.occurred_at / kMinuteMs;
    const auto hour = static_cast<std::uint32_t>(minute / 60);
    std::uint32_t& calls = state.Hour(grant, hour)[static_cast<std::size_t>(minute % 60)];
    if (++calls > terms.rate_per_min) flags |= FlagBit(Flag::kOverRate);
  }
  return flags;
}

}  // namespace

AccessRecord ReadRecord(const Json& json) {
  AccessRecord record;
  // Both sides ascend by name: one merge finds every member.
  std::size_t slot = 0;
  for (const Json::Member& member : json.Members()) {
    while (slot < kTextSlots.size() && kTextSlots[slot].name < member.name) ++slot;
    if (slot < kTextSlots.size() && kTextSlots[slot].name == member.name) {
      if (kTextSlots[slot].member != nullptr) {
        record.*kTextSlots[slot].member = TextOf(member.value);
      }
      continue;
    }
    if (member.value.IsInteger()) {
      const std::int64_t value = member.value.AsInteger();
      const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
      if (member.name == "occurred_at") record.occurred_at = value;
      if (member.name == "rows") record.rows = count;
      if (member.name == "bytes") record.bytes = count;
      if (member.name == "dataset_version") record.dataset_version = value;
    } else if (member.name == "result") {
      record.result = ResultOf(TextOf(member.value));
    }
  }
  return record;
}

AccessVerdict JudgeRecord(BlockState& state, const EntityId& grant, const AccessRecord& record,
                          Reporter reporter) {
  AccessVerdict verdict{.flags = TimeFlags(state, record.occurred_at, record.occurred_at)};
  const AccessTerms* terms = state.Terms(grant);
  if (terms == nullptr) return verdict;
  verdict.flags |= StateFlags(*terms, record.occurred_at);
  verdict.flags |= CallerFlags(state, *terms, record);
  verdict.flags |= ContentFlags(state, *terms, record);
  if (!IsWithinHours(*terms, record.occurred_at)) verdict.flags |= FlagBit(Flag::kOutsideHours);
  if (terms->rows_per_call_max > 0 && record.rows > terms->rows_per_call_max) {
    verdict.flags |= FlagBit(Flag::kOverRows);
  }
  if (reporter == Reporter::kProvider && IsCounted(record.result)) {
    verdict.flags |= CountFlags(state, grant, *terms, record, verdict.excess);
  }
  return verdict;
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

std::uint64_t StateFlags(const AccessTerms& terms, TimeMs time) {
  std::uint64_t flags = 0;
  const GrantStatus status = terms.StatusAt(time);
  if (time < terms.valid_from || status == GrantStatus::kOpened) {
    flags |= FlagBit(Flag::kNotYetValid);
  }
  if (status == GrantStatus::kSuspended) flags |= FlagBit(Flag::kWhileSuspended);
  if (time >= terms.valid_to || status >= GrantStatus::kExpired) flags |= FlagBit(Flag::kExpired);
  return flags;
}

bool IsNetworkAllowed(const AccessTerms& terms, std::string_view system, std::string_view address) {
  const auto parsed = ledger::ParseAddress(address);
  if (!parsed) return false;
  const AllowedSystem* own = FindSystem(terms, system);
  for (const AllowedSystem& allowed : terms.systems) {
    if (own != nullptr && own != &allowed) continue;
    for (const ledger::Network& network : allowed.networks) {
      if (network.Contains(*parsed)) return true;
    }
  }
  return false;
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

bool IsWithinHours(const AccessTerms& terms, TimeMs time) {
  if (terms.window_from < 0) return true;
  const auto minute = static_cast<int>((time + kChinaMs) / kMinuteMs % 1440);
  // A window may pass midnight: 22:00-06:00.
  return terms.window_from < terms.window_to
             ? minute >= terms.window_from && minute < terms.window_to
             : minute >= terms.window_from || minute < terms.window_to;
}

std::uint64_t CountUses(BlockState& state, const EntityId& grant, const AccessTerms& terms,
                        TimeMs time, std::uint64_t n) {
  DayCounter& day = state.Day(grant, ledger::DateOf(time));
  day.counted += n;
  state.Uses(grant) += n;
  const std::uint64_t over =
      terms.daily_cap > 0 && day.counted > terms.daily_cap ? day.counted - terms.daily_cap : 0;
  const std::uint64_t excess = std::min(n, over);
  day.excess += excess;
  return excess;
}

Bytes TraceKey(const EntityId& target, TraceKind kind, std::string_view id) {
  Bytes suffix;
  suffix.reserve(1 + id.size());
  suffix.push_back(static_cast<std::uint8_t>(kind));
  Append(suffix, id);
  return ledger::PartKey(target, suffix);
}

Bytes EncodeTrace(const AccessTrace& trace) {
  WireWriter writer;
  writer.Int64(1, trace.occurred_at);
  writer.Varint(2, trace.flags);
  writer.Varint(3, trace.excess);
  writer.Varint(4, trace.count);
  writer.Varint(5, static_cast<std::uint64_t>(trace.result));
  if (trace.digest) writer.BytesField(6, trace.digest->View());
  return writer.Take();
}

std::optional<AccessTrace> DecodeTrace(ByteView bytes) {
  WireReader reader(bytes);
  AccessTrace trace;
  const auto occurred_at = reader.Int64(1);
  const auto flags = reader.Varint(2);
  const auto excess = reader.Varint(3);
  const auto count = reader.Varint(4);
  const auto result = reader.Varint(5);
  const auto digest = reader.OptionalFixed<32>(6);
  if (!occurred_at || !flags || !excess || !count || !result || !digest || !reader.Finish()) {
    return std::nullopt;
  }
  if (*result < 1 || *result > 4) return std::nullopt;
  trace.occurred_at = *occurred_at;
  trace.flags = *flags;
  trace.excess = *excess;
  trace.count = *count;
  trace.result = static_cast<AccessResult>(*result);
  if (*digest) trace.digest = Hash256{(*digest)->bytes};
  return trace;
}

}  // namespace jiandu::contracts
