// Keys of the rows, and the merge of their lengths.
#include "ledger/model/clock_index.h"

#include <algorithm>
#include <tuple>

#include "base/limits.h"

namespace jiandu::ledger {
namespace {

constexpr TimeMs kHourMs = 3'600'000;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kLengthsMax = 512;  // lengths one listing looks at

Bytes ScopeOf(std::string_view department) {
  Bytes prefix = {'O'};
  prefix.push_back(department.empty() ? 'a' : 'd');
  Append(prefix, AsBytes(department));
  return prefix;
}

// Unit and length: clocks that are due in the order in which they started.
struct Length {
  ClockUnit unit = ClockUnit::kWorkingDays;
  std::uint32_t days = 0;
};
Bytes LengthKey(const Bytes& scope, const Length& length) {
  Bytes key = scope;
  key.push_back(static_cast<std::uint8_t>(length.unit));
  AppendU32Be(key, length.days);
  return key;
}

Length LengthOf(const Clock& clock) {
  if (clock.unit != ClockUnit::kWorkingDays) return {.unit = clock.unit, .days = 0};
  return {.unit = clock.unit, .days = static_cast<std::uint32_t>(clock.n + clock.extra)};
}
TimeMs SortTimeOf(const Clock& clock) {
  if (clock.unit == ClockUnit::kHours) return clock.start + (clock.n + clock.extra) * kHourMs;
  return clock.unit == ClockUnit::kUntil ? clock.n : clock.start;
}

Bytes RowKey(const Bytes& scope, const Clock& clock, const EntityId& entity) {
  Bytes key = LengthKey(scope, LengthOf(clock));
  AppendU64Be(key, static_cast<std::uint64_t>(std::max<TimeMs>(SortTimeOf(clock), 0)));
  Append(key, entity.View());
  Append(key, AsBytes(clock.code));
  // Several departments may owe the same of one case: a correction passed on, a dispute's two
  // sides.
  key.push_back(0);
  Append(key, AsBytes(clock.department));
  return key;
}

std::optional<OverdueClock> ReadRow(const WorkCalendar& calendar, const Length& length,
                                    std::size_t prefix, ByteView key, ByteView value) {
  if (key.size() <= prefix + kTimeBytes + EntityId::kSize) return std::nullopt;
  const auto time = static_cast<TimeMs>(ReadU64Be(key.subspan(prefix)));
  const auto id = EntityId::From(key.subspan(prefix + kTimeBytes, EntityId::kSize));
  if (!id) return std::nullopt;
  const std::string name = ToText(key.subspan(prefix + kTimeBytes + EntityId::kSize));
  OverdueClock row{.entity = *id,
                   .code = name.substr(0, name.find('\0')),
                   .department = ToText(value),
                   .start = time,
                   .due = {.at = time, .provisional = false}};
  if (length.unit == ClockUnit::kWorkingDays) row.due = calendar.DueAfter(time, length.days);
  return row;
}

std::int64_t LateAt(const WorkCalendar& calendar, const Length& length, TimeMs due, TimeMs now) {
  if (length.unit == ClockUnit::kHours) return (now - due) / kHourMs + 1;
  return std::max<std::int64_t>(calendar.WorkdaysBetween(due - 1, now), 1);
}

auto OrderOf(const OverdueClock& row) {
  return std::tuple(row.due.at, row.start, row.entity, std::string_view(row.code),
                    std::string_view(row.department));
}

// The lengths in use, each found by one step of the scan.
std::vector<Length> LengthsOf(const StateView& view, const Bytes& scope) {
  std::vector<Length> lengths;
  Bytes from = scope;
  while (lengths.size() < kLengthsMax) {
    std::optional<Length> found;
    view.Scan(scope, from, [&](ByteView key, ByteView) {
      if (key.size() >= scope.size() + 1 + kLengthBytes) {
        found = Length{.unit = static_cast<ClockUnit>(key[scope.size()]),
                       .days = ReadU32Be(key.subspan(scope.size() + 1))};
      }
      return false;
    });
    if (!found) break;
    lengths.push_back(*found);
    from = LengthKey(scope, {.unit = found->unit, .days = found->days + 1});
  }
  return lengths;
}

}  // namespace

WorkCalendar::Due DueOf(const WorkCalendar& calendar, const Clock& clock) {
  switch (clock.unit) {
    case ClockUnit::kWorkingDays: return calendar.DueAfter(clock.start, clock.n + clock.extra);
    case ClockUnit::kHours:
      return {.at = clock.start + (clock.n + clock.extra) * kHourMs, .provisional = false};
    case ClockUnit::kUntil: return {.at = clock.n, .provisional = false};
  }
  return {};
}

Bytes ClockRowKey(const Clock& clock, const EntityId& entity) {
  return RowKey(ScopeOf(""), clock, entity);
}
Bytes OwnClockRowKey(const Clock& clock, const EntityId& entity) {
  return RowKey(ScopeOf(clock.department), clock, entity);
}

std::vector<OverdueClock> ListOverdue(const StateView& view, const WorkCalendar& calendar,
                                      TimeMs now, std::string_view department, std::size_t count,
                                      const OverdueClock* after) {
  const Bytes scope = ScopeOf(department);
  std::vector<OverdueClock> rows;
  for (const Length& length : LengthsOf(view, scope)) {
    const bool days = length.unit == ClockUnit::kWorkingDays;
    const TimeMs end = days ? calendar.PastDueBefore(now, length.days) : now + 1;
    const Bytes prefix = LengthKey(scope, length);
    Bytes from = prefix;
    if (after != nullptr) {
      // What is due earlier than the last one shown has been shown.
      const TimeMs first =
          days ? calendar.PastDueBefore(after->due.at - 1, length.days) : after->due.at;
      AppendU64Be(from, static_cast<std::uint64_t>(std::max<TimeMs>(first, 0)));
    }
    std::size_t taken = 0;
    view.Scan(prefix, from, [&](ByteView key, ByteView value) {
      auto row = ReadRow(calendar, length, prefix.size(), key, value);
      if (!row || row->start >= end) return false;
      if (after != nullptr && OrderOf(*row) <= OrderOf(*after)) return true;
      row->late = LateAt(calendar, length, row->due.at, now);
      rows.push_back(std::move(*row));
      return ++taken < count;
    });
  }
  std::ranges::sort(rows, [](const auto& a, const auto& b) { return OrderOf(a) < OrderOf(b); });
  if (rows.size() > count) rows.resize(count);
  return rows;
}

}  // namespace jiandu::ledger
