// Bounds by counting, and sums.
#include "contracts/digest_check.h"

#include <algorithm>

namespace jiandu::contracts {
namespace {

using ledger::TimeMs;

constexpr TimeMs kMinuteMs = 60'000;
constexpr TimeMs kDayMs = 24 * 60 * kMinuteMs;
constexpr TimeMs kChinaMs = 8 * 60 * kMinuteMs;
// As in the form (ledger/model/forms_access.cc): a list this long may have had no room for more.
constexpr std::size_t kAddressesMax = 32;
constexpr std::size_t kMasksMax = 64;

// The least that the fullest of `places` holds.
std::uint64_t Fullest(std::uint64_t things, std::uint64_t places) {
  return places == 0 ? 0 : things / places + (things % places != 0 ? 1 : 0);
}

// Minutes of the clock that [from, to] touches.
std::uint64_t Minutes(TimeMs from, TimeMs to) {
  return to < from ? 1 : static_cast<std::uint64_t>(to / kMinuteMs - from / kMinuteMs) + 1;
}

// When the minute of the day begins next, from `time` on.
TimeMs NextAt(int minute_of_day, TimeMs time) {
  const TimeMs wanted = static_cast<TimeMs>(minute_of_day) * kMinuteMs;
  const TimeMs in_day = (time + kChinaMs) % kDayMs;
  return time + (wanted - in_day + kDayMs) % kDayMs;
}
// Some moment of [from, to] lies within the hours of the terms, or all of them do.
bool MeetsHours(const AccessTerms& terms, TimeMs from, TimeMs to) {
  return IsWithinHours(terms, from) || NextAt(terms.window_from, from) <= to;
}
bool KeepsHours(const AccessTerms& terms, TimeMs from, TimeMs to) {
  return IsWithinHours(terms, from) && NextAt(terms.window_to, from) > to;
}

// What is said is more than there is, or less than there must be. Nothing said is no lie.
bool IsImpossible(const Json& digest, std::string_view name, std::uint64_t least,
                  std::uint64_t most) {
  if (digest.Find(name) == nullptr) return false;
  const std::uint64_t said = CountOf(digest, name);
  return said < least || said > most;
}

void ReadHours(const Json& digest, const AccessTerms& terms, DigestReading& reading) {
  const TimeMs from = digest.IntegerOr("from");
  const TimeMs to = digest.IntegerOr("to");
  std::uint64_t least = 0;
  std::uint64_t most = reading.calls;
  if (terms.window_from >= 0 && terms.window_from != terms.window_to) {
    if (!MeetsHours(terms, from, to)) least = reading.calls;
    if (KeepsHours(terms, from, to)) most = 0;
  }
  reading.out_of_hours = std::max(CountOf(digest, "out_of_window"), least);
  reading.contradicts_itself |= IsImpossible(digest, "out_of_window", least, most);
}

void ReadPeaks(const Json& digest, const Json& counts, DigestReading& reading) {
  const std::uint64_t minutes = Minutes(digest.IntegerOr("from"), digest.IntegerOr("to"));
  const std::uint64_t busiest = Fullest(reading.calls, minutes);
  reading.peak_per_min = std::max(CountOf(digest, "peak_per_min"), busiest);
  const std::uint64_t denied = CountOf(counts, "denied");
  const std::uint64_t most_denied = Fullest(denied, minutes);
  reading.peak_denied_per_min = std::max(CountOf(digest, "peak_denied_per_min"), most_denied);
  reading.contradicts_itself |= IsImpossible(digest, "peak_per_min", busiest, reading.calls) ||
                                IsImpossible(digest, "peak_denied_per_min", most_denied, denied);
}

void ReadRows(const Json& digest, DigestReading& reading) {
  const std::uint64_t rows = CountOf(digest, "rows");
  const std::uint64_t longest = Fullest(rows, reading.calls);
  reading.max_rows = std::max(CountOf(digest, "max_rows"), longest);
  const bool from_nothing = rows > 0 && reading.calls == 0;
  reading.contradicts_itself |= from_nothing || IsImpossible(digest, "max_rows", longest, rows);
}

// Of a list of counts: what it adds up to, and whether it names something twice.
struct Listed {
  std::size_t entries = 0;
  std::uint64_t calls = 0;
  bool twice = false;
};
Listed ListOf(const Json& digest, std::string_view list, std::string_view name) {
  Listed listed;
  std::vector<std::string_view> names;
  for (const Json& counted : digest.ItemsOf(list)) {
    listed.calls += CallsOf(counted);
    names.push_back(counted.TextOr(name));
  }
  listed.entries = names.size();
  std::ranges::sort(names);
  listed.twice = std::ranges::adjacent_find(names) != names.end();
  return listed;
}

// Every call has a mask; those a full list has no room for are in none.
void ReadMasks(const Json& digest, DigestReading& reading) {
  const Listed masks = ListOf(digest, "items_mask_counts", "mask");
  if (masks.entries == 0) return;  // missing: FIELD_MISSING by its form
  const bool fits =
      masks.entries < kMasksMax ? masks.calls == reading.calls : masks.calls <= reading.calls;
  reading.contradicts_itself |= masks.twice || !fits;
}

// Every call has an address. Those outside the grant come first (4.10.1): others stand under a root
// only when the list is full.
void ReadAddresses(const Json& digest, DigestReading& reading) {
  const Listed addresses = ListOf(digest, "ip_counts", "address");
  const std::uint64_t others = CountOf(digest, "ip_other_count");
  const bool hidden =
      others > 0 && (addresses.entries < kAddressesMax || digest.TextOr("ip_other_root").empty());
  reading.lacks |= hidden || (reading.calls > 0 && addresses.entries == 0);
  if (addresses.entries == 0 && others == 0) return;
  reading.contradicts_itself |= addresses.twice || addresses.calls + others != reading.calls;
}

}  // namespace

bool IsWithinHours(const AccessTerms& terms, TimeMs time) {
  if (terms.window_from < 0) return true;
  const auto minute = static_cast<int>((time + kChinaMs) % kDayMs / kMinuteMs);
  // A window may pass midnight: 22:00-06:00.
  return terms.window_from < terms.window_to
             ? minute >= terms.window_from && minute < terms.window_to
             : minute >= terms.window_from || minute < terms.window_to;
}

std::uint64_t CountOf(const Json& json, std::string_view name) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(json.IntegerOr(name), 0));
}

std::uint64_t CallsOf(const Json& counted) {
  return std::max<std::uint64_t>(CountOf(counted, "n"), 1);
}

DigestReading ReadDigest(const Json& digest, const AccessTerms& terms) {
  static const Json kNone = Json::MakeObject();
  const Json* found = digest.Find("counts");
  const Json& counts = found != nullptr ? *found : kNone;
  DigestReading reading;
  reading.calls = CountOf(counts, "ok") + CountOf(counts, "not_found");
  ReadHours(digest, terms, reading);
  ReadPeaks(digest, counts, reading);
  ReadRows(digest, reading);
  ReadMasks(digest, reading);
  ReadAddresses(digest, reading);
  return reading;
}

}  // namespace jiandu::contracts
