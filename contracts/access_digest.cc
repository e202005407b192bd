// A `digest` batch against its grant: counts, peaks and lists instead of records.
#include <algorithm>

#include "base/hex.h"
#include "contracts/access.h"
#include "contracts/digest_check.h"

namespace jiandu::contracts {
namespace {

using ledger::Flag;
using ledger::FlagBit;

// Status, validity or terms changed between begin and end.
bool Straddles(const AccessTerms& terms, ledger::TimeMs valid_to, ledger::TimeMs from,
               ledger::TimeMs to) {
  if (from < terms.until && to >= terms.until) return true;
  if (std::ranges::any_of(terms.timeline, [from, to](const StatusChange& change) {
        return change.from > from && change.from <= to;
      })) {
    return true;
  }
  return (from < terms.valid_from && to >= terms.valid_from) || (from < valid_to && to >= valid_to);
}

// The resource was graded core data, or no longer, between begin and end.
bool StraddlesCore(std::span<const StopSpan> stops, ledger::TimeMs from, ledger::TimeMs to) {
  return std::ranges::any_of(stops, [from, to](const StopSpan& stop) {
    const bool begins = stop.from > from && stop.from <= to;
    const bool ends = stop.until > from && stop.until <= to;
    return stop.cause == StopCause::kCore && (begins || ends);
  });
}

bool HasOther(const Json& digest, std::string_view name, const std::string& own) {
  const auto codes = digest.ItemsOf(name);
  return !own.empty() && std::ranges::any_of(codes, [&own](const Json& code) {
    return !code.IsText() || code.AsString() != own;
  });
}

}  // namespace

void AccessJudge::TallyCallers(const Json& batch, const Json& digest, std::uint64_t calls,
                               FlagTally& tally) {
  const std::string_view system = batch.TextOr("system");
  const std::string_view account = batch.TextOr("acct_tag");
  if (!system.empty()) {
    tally.Add(SystemFlags(system), calls);
  } else if (!account.empty()) {
    TallyAccount(account, digest, calls, tally);
  } else {
    tally.Add(FlagBit(Flag::kFieldMissing), 1);
  }
  for (const Json& counted : digest.ItemsOf("ip_counts")) {
    const std::string_view from = counted.TextOr("address");
    const bool known_net =
        std::ranges::find(terms_->client_nets, from) != terms_->client_nets.end();
    if (!known_net && !IsNetworkAllowed(system, from)) {
      tally.Add(FlagBit(Flag::kIpNotAllowed), CallsOf(counted));
    }
  }
}

// Unknown to the grant, or items outside the account's own.
void AccessJudge::TallyAccount(std::string_view account, const Json& digest, std::uint64_t calls,
                               FlagTally& tally) {
  const auto found = std::ranges::find(terms_->accounts, account, &AllowedAccount::tag);
  if (found == terms_->accounts.end()) return tally.Add(FlagBit(Flag::kAccountNotAllowed), calls);
  if (found->items.empty()) return;
  for (const Json& counted : digest.ItemsOf("items_mask_counts")) {
    if (IsMaskWithin(counted.TextOr("mask"), found->items)) continue;
    tally.Add(FlagBit(Flag::kAccountNotAllowed), CallsOf(counted));
  }
}

void AccessJudge::TallyContent(const Json& digest, ledger::TimeMs from, FlagTally& tally) {
  std::uint64_t masked = 0;
  for (const Json& counted : digest.ItemsOf("items_mask_counts")) {
    const std::string_view mask = counted.TextOr("mask");
    if (!IsMaskWithin(mask, terms_->items)) {
      tally.Add(FlagBit(Flag::kItemNotGranted), CallsOf(counted));
    }
    if (MasksMeet(mask, terms_->masked)) masked += CallsOf(counted);
  }
  const auto profiles = digest.ItemsOf("mask_profiles");
  const bool all_masked =
      !profiles.empty() && std::ranges::all_of(profiles, [this](const Json& one) {
        return one.IsText() &&
               std::ranges::find(terms_->masks, one.AsString()) != terms_->masks.end();
      });
  if (masked > 0 && !all_masked) tally.Add(FlagBit(Flag::kMaskMissing), masked);
  if (HasOther(digest, "purpose_codes", terms_->purpose) ||
      HasOther(digest, "matter_codes", terms_->matter)) {
    tally.Add(FlagBit(Flag::kPurposeMismatch), 1);
  }
  const std::int64_t current = VersionAt(from);
  const auto versions = digest.ItemsOf("dataset_versions");
  if (std::ranges::any_of(versions, [current](const Json& version) {
        return version.IsInteger() && version.AsInteger() < current;
      })) {
    tally.Add(FlagBit(Flag::kStaleVersion), 1);
  }
}

// What it says of itself, or what must be whatever it says; and that it agrees with itself.
void AccessJudge::TallyReading(const DigestReading& reading, const Json& digest, FlagTally& tally) {
  tally.Add(FlagBit(Flag::kOutsideHours), reading.out_of_hours);
  if (terms_->rows_per_call_max > 0 && reading.max_rows > terms_->rows_per_call_max) {
    tally.Add(FlagBit(Flag::kOverRows), 1);
  }
  if (terms_->rate_per_min > 0 && reading.peak_per_min > terms_->rate_per_min) {
    tally.Add(FlagBit(Flag::kOverRate), 1);
  }
  // As a record: from G3 on purpose, matter and cases, in an emergency its cases.
  const bool no_case = digest.TextOr("case_root").empty();
  const bool lacks_case =
      terms_->strict_grade && (no_case || digest.ItemsOf("purpose_codes").empty() ||
                               digest.ItemsOf("matter_codes").empty());
  if (reading.lacks || (reading.calls > 0 && lacks_case) || (emergency_ && no_case)) {
    tally.Add(FlagBit(Flag::kFieldMissing), 1);
  }
  if (reading.contradicts_itself) tally.Add(FlagBit(Flag::kDigestMismatch), 1);
}

AccessTrace AccessJudge::JudgeDigest(const Json& batch) {
  AccessTrace trace;
  const Json* digest = batch.Find("digest");
  if (digest == nullptr || terms_ == nullptr) return trace;
  const ledger::TimeMs from = digest->IntegerOr("from");
  const ledger::TimeMs to = digest->IntegerOr("to");
  trace.occurred_at = from;
  TakeTermsOf(from);
  if (const auto root = HexDecodeFixed<32>(digest->TextOr("root"))) trace.digest = *root;
  const DigestReading reading = ReadDigest(*digest, *terms_);
  // What holds for the batch as a whole holds for each of its calls, and for the report itself
  // when none was answered.
  const std::uint64_t all = std::max<std::uint64_t>(reading.calls, 1);
  FlagTally tally;
  tally.Add(TimeFlags(state_, from, to) | StateFlags(from), all);
  TallyCallers(batch, *digest, all, tally);
  TallyContent(*digest, from, tally);
  TallyReading(reading, *digest, tally);
  // A digest is of one day (4.10.1): over several, its calls would all count on the first.
  const bool days = to > from && ledger::DateOf(from) != ledger::DateOf(to - 1);
  if (days || Straddles(*terms_, valid_to_, from, to) ||
      StraddlesCore(state_.Stops(terms_->resource), from, to)) {
    tally.Add(FlagBit(Flag::kStraddles), 1);
  }
  if (terms_->single_calls) tally.Add(FlagBit(Flag::kBatchNotAllowed), all);
  if (reporter_ == Reporter::kProvider) TallyUses(*digest, reading, trace, tally);
  trace.flag_counts = tally.Counts();
  for (const FlagCount& counted : trace.flag_counts) trace.flags |= FlagBit(counted.flag);
  return trace;
}

void AccessJudge::TallyUses(const Json& digest, const DigestReading& reading, AccessTrace& trace,
                            FlagTally& tally) {
  const ledger::TimeMs from = digest.IntegerOr("from");
  const std::uint64_t calls = reading.calls;
  trace.count = calls;
  std::uint64_t& peak = state_.Day(grant_, ledger::DateOf(from)).denied_peak;
  peak = std::max(peak, reading.peak_denied_per_min);
  const std::uint64_t before = state_.Uses(grant_).uses;
  const Usage usage{
      .uses = calls, .rows = CountOf(digest, "rows"), .bytes = CountOf(digest, "bytes")};
  const std::uint64_t flags = CountUses(from, usage, trace.excess);
  tally.Add(FlagBit(Flag::kOverDailyCap), trace.excess);
  if ((flags & FlagBit(Flag::kOverBytes)) != 0) tally.Add(FlagBit(Flag::kOverBytes), 1);
  if ((flags & FlagBit(Flag::kOverUses)) != 0) {
    const std::uint64_t left = terms_->uses_max > before ? terms_->uses_max - before : 0;
    tally.Add(FlagBit(Flag::kOverUses), std::max<std::uint64_t>(calls - std::min(calls, left), 1));
  }
}

}  // namespace jiandu::contracts
