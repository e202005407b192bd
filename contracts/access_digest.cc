// A `digest` batch against its grant: counts, peaks and lists instead of records.
#include <algorithm>

#include "base/hex.h"
#include "contracts/access.h"
#include "contracts/resource.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityId;
using ledger::Flag;
using ledger::FlagBit;

std::uint64_t Count(const Json& json, std::string_view name) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(json.IntegerOr(name), 0));
}

// Status or validity changed between begin and end.
bool Straddles(const AccessTerms& terms, ledger::TimeMs from, ledger::TimeMs to) {
  if (std::ranges::any_of(terms.timeline, [from, to](const StatusChange& change) {
        return change.from > from && change.from <= to;
      })) {
    return true;
  }
  return (from < terms.valid_from && to >= terms.valid_from) ||
         (from < terms.valid_to && to >= terms.valid_to);
}

bool HasOther(const Json& digest, std::string_view name, const std::string& own) {
  const auto codes = digest.ItemsOf(name);
  return !own.empty() && std::ranges::any_of(codes, [&own](const Json& code) {
    return !code.IsText() || code.AsString() != own;
  });
}

std::uint64_t CallerFlags(BlockState& state, const AccessTerms& terms, const Json& batch,
                          const Json& digest) {
  std::uint64_t flags = 0;
  const std::string_view system = batch.TextOr("system");
  const std::string_view account = batch.TextOr("acct_tag");
  const auto id = ledger::ParseEntityId(system);
  if (id) {
    if (std::ranges::find(terms.systems, *id, &AllowedSystem::system) == terms.systems.end()) {
      flags |= FlagBit(Flag::kSystemNotAllowed);
      const ledger::EntityBody* identity = state.Body(*id);
      if (identity != nullptr && identity->department != terms.consumer) {
        flags |= FlagBit(Flag::kDepartmentMismatch);
      }
    }
  } else if (!account.empty()) {
    if (std::ranges::find(terms.accounts, account, &AllowedAccount::tag) == terms.accounts.end()) {
      flags |= FlagBit(Flag::kAccountNotAllowed);
    }
  } else {
    flags |= FlagBit(Flag::kFieldMissing);
  }
  for (const Json& counted : digest.ItemsOf("ip_counts")) {
    const std::string_view from = counted.TextOr("address");
    const bool known_net = std::ranges::find(terms.client_nets, from) != terms.client_nets.end();
    if (!known_net && !IsNetworkAllowed(terms, system, from)) {
      flags |= FlagBit(Flag::kIpNotAllowed);
    }
  }
  return flags;
}

std::uint64_t ContentFlags(BlockState& state, const AccessTerms& terms, const Json& digest,
                           ledger::TimeMs from) {
  std::uint64_t flags = 0;
  bool masked = false;
  for (const Json& counted : digest.ItemsOf("items_mask_counts")) {
    const std::string_view mask = counted.TextOr("mask");
    if (!IsMaskWithin(mask, terms.items)) flags |= FlagBit(Flag::kItemNotGranted);
    masked = masked || MasksMeet(mask, terms.masked);
  }
  const auto profiles = digest.ItemsOf("mask_profiles");
  const bool all_masked =
      !profiles.empty() && std::ranges::all_of(profiles, [&terms](const Json& profile) {
        return profile.IsText() &&
               std::ranges::find(terms.masks, profile.AsString()) != terms.masks.end();
      });
  if (masked && !all_masked) flags |= FlagBit(Flag::kMaskMissing);
  if (HasOther(digest, "purpose_codes", terms.purpose) ||
      HasOther(digest, "matter_codes", terms.matter)) {
    flags |= FlagBit(Flag::kPurposeMismatch);
  }
  const std::int64_t current = VersionAt(state, terms.resource, from);
  for (const Json& version : digest.ItemsOf("dataset_versions")) {
    if (version.IsInteger() && version.AsInteger() < current) {
      flags |= FlagBit(Flag::kStaleVersion);
    }
  }
  if (Count(digest, "out_of_window") > 0) flags |= FlagBit(Flag::kOutsideHours);
  const std::uint64_t rows = Count(digest, "max_rows");
  if (terms.rows_per_call_max > 0 && rows > terms.rows_per_call_max) {
    flags |= FlagBit(Flag::kOverRows);
  }
  if (terms.rate_per_min > 0 && Count(digest, "peak_per_min") > terms.rate_per_min) {
    flags |= FlagBit(Flag::kOverRate);
  }
  return flags;
}

}  // namespace

AccessTrace JudgeDigest(BlockState& state, const EntityId& grant, const Json& batch,
                        Reporter reporter) {
  const Json* digest = batch.Find("digest");
  const AccessTerms* terms = state.Terms(grant);
  AccessTrace trace;
  if (digest == nullptr || terms == nullptr) return trace;
  const ledger::TimeMs from = digest->IntegerOr("from");
  const ledger::TimeMs to = digest->IntegerOr("to");
  trace.occurred_at = from;
  if (const auto root = HexDecodeFixed<32>(digest->TextOr("root"))) trace.digest = *root;
  trace.flags = TimeFlags(state, from, to) | StateFlags(*terms, from) |
                CallerFlags(state, *terms, batch, *digest) |
                ContentFlags(state, *terms, *digest, from);
  if (Straddles(*terms, from, to)) trace.flags |= FlagBit(Flag::kStraddles);
  if (terms->single_calls) trace.flags |= FlagBit(Flag::kBatchNotAllowed);
  const Json* counts = digest->Find("counts");
  if (counts == nullptr || reporter == Reporter::kConsumer) return trace;
  trace.count = Count(*counts, "ok") + Count(*counts, "not_found");
  trace.excess = CountUses(state, grant, *terms, from, trace.count);
  if (trace.excess > 0) trace.flags |= FlagBit(Flag::kOverDailyCap);
  DayCounter& day = state.Day(grant, ledger::DateOf(from));
  day.rows += Count(*digest, "rows");
  day.bytes += Count(*digest, "bytes");
  if (terms->bytes_per_day > 0 && day.bytes > terms->bytes_per_day) {
    trace.flags |= FlagBit(Flag::kOverBytes);
  }
  if (terms->uses_max > 0 && state.Uses(grant) > terms->uses_max) {
    trace.flags |= FlagBit(Flag::kOverUses);
  }
  return trace;
}

}  // namespace jiandu::contracts
