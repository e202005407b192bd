// Figures of accesses over days and months, both sides counted (docs/contracts.md 4.10.2).
#include <algorithm>
#include <map>

#include "contracts/access_trace.h"
#include "contracts/derived_flags.h"
#include "contracts/parts.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::TimeMs;

constexpr TimeMs kDayMs = 86'400'000;
constexpr std::int64_t kDaysShown = 92;
constexpr std::size_t kGapsMax = 256;

class AccessFigures {
 public:
  AccessFigures(BlockState& state, const EntityId& grant, std::vector<DerivedFlag>& flags)
      : state_(state),
        grant_(grant),
        body_(*state.Body(grant)),
        profile_(state.ProfileNamed(body_.Text("profile"))),
        terms_(*state.Terms(grant)),
        now_(state.Context().time),
        flags_(flags) {}

  void Add() {
    const TimeMs first = std::max(body_.born_at, now_ - kDaysShown * kDayMs);
    AddDays(first, now_);
    AddGaps();
    AddMonths(first, now_);
  }
  // Of the days from `from` to `until`, at most kDaysShown; gaps belong to no day.
  void AddOf(TimeMs from, TimeMs until) {
    const TimeMs last = std::min(until, now_);
    const TimeMs first = std::max(from, last - kDaysShown * kDayMs);
    if (first > last) return;
    AddDays(first, last);
    AddGaps();
    AddMonths(first, last);
  }

 private:
  void Put(std::string_view flag, std::uint64_t value, std::string_view party, std::string detail) {
    flags_.push_back({.flag = flag,
                      .subject = grant_,
                      .value = static_cast<std::int64_t>(value),
                      .department = std::string(body_.Party(party)),
                      .detail = std::move(detail)});
  }
  [[nodiscard]] bool IsSilent(TimeMs since) const { return now_ - since >= profile_.ack_ms; }

  // Days without a trace of either side are most: they are read and nothing more.
  template <typename Counter, typename Key, typename Decode>
  Counter Read(std::int32_t date, Key key, Decode decode) const {
    const auto bytes = state_.View().Get(key(grant_, date));
    return bytes ? decode(*bytes) : Counter();
  }
  // Uses of which the provider is silent count once its time to answer is over.
  [[nodiscard]] std::uint64_t UnreportedUses(const SideCounter& side) const {
    return IsSilent(side.last_consumer) ? side.consumer_only : 0;
  }
  [[nodiscard]] std::uint64_t UsesOn(std::int32_t date) const {
    return Read<DayCounter>(date, DayKey, DecodeDay).counted +
           UnreportedUses(Read<SideCounter>(date, SideKey, DecodeSide));
  }

  void AddDays(TimeMs first, TimeMs last) {
    for (TimeMs day = first; ledger::DateOf(day) <= ledger::DateOf(last); day += kDayMs) {
      AddDay(ledger::DateOf(day));
    }
  }
  void AddDay(std::int32_t date) {
    const auto day = Read<DayCounter>(date, DayKey, DecodeDay);
    const auto side = Read<SideCounter>(date, SideKey, DecodeSide);
    const std::string detail = std::to_string(date);
    if (day.counted > side.acknowledged && IsSilent(day.last_reported)) {
      Put("ONE_SIDED", day.counted - side.acknowledged, "consumer", detail);
    }
    const std::uint64_t unreported = UnreportedUses(side);
    if (unreported > 0) Put("ONE_SIDED", unreported, "provider", detail);
    const std::uint64_t uses = day.counted + unreported;
    if (terms_.daily_cap > 0 && uses > terms_.daily_cap) {
      Put("DAY_OVER_CAP", uses - terms_.daily_cap, "consumer", detail);
    }
    if (day.deny_ignored > 0) Put("DENY_IGNORED", day.deny_ignored, "provider", detail);
    if (day.denied_peak >= static_cast<std::uint64_t>(profile_.denied_burst)) {
      Put("DENIED_BURST", day.denied_peak, "consumer", detail);
    }
  }

  void AddGaps() {
    const Bytes prefix = GapKey(grant_, "");
    std::size_t count = 0;
    state_.View().Scan(prefix, {}, [&](ByteView key, ByteView) {
      Put("GAP", 1, "provider", ToText(key.subspan(prefix.size())));
      return ++count < kGapsMax;
    });
    if (count == kGapsMax) Put("GAP", 0, "provider", "MORE");  // than are listed
  }

  [[nodiscard]] std::uint64_t DeclaredAverage() const {
    const EntityId* source = body_.Link("request");
    const EntityBody* request = source != nullptr ? state_.Body(*source) : nullptr;
    const std::int64_t declared =
        request != nullptr ? request->Form().IntegerOr("daily_avg_declared") : 0;
    return declared > 0 ? static_cast<std::uint64_t>(declared) : 0;
  }
  // The grant was ACTIVE at some time of the day.
  [[nodiscard]] bool IsActiveOn(TimeMs start) const {
    const TimeMs end = start + kDayMs;
    if (start >= terms_.valid_to || end <= terms_.valid_from) return false;
    if (terms_.StatusAt(start) == ledger::GrantStatus::kActive) return true;
    return std::ranges::any_of(terms_.timeline, [start, end](const StatusChange& change) {
      return change.from >= start && change.from < end &&
             change.status == ledger::GrantStatus::kActive;
    });
  }
  // Whole months as far as they have run; the month of `first` from its own first day.
  void AddMonths(TimeMs first, TimeMs last) {
    const std::uint64_t declared = DeclaredAverage();
    if (declared == 0) return;
    struct Month {
      std::uint64_t uses = 0;
      std::uint64_t days = 0;
    };
    std::map<std::int32_t, Month> months;
    const std::int32_t begin = ledger::MonthOf(first) * 100 + 1;
    for (TimeMs day = ledger::StartOfDate(begin); day <= last; day += kDayMs) {
      Month& month = months[ledger::MonthOf(day)];
      month.uses += UsesOn(ledger::DateOf(day));
      if (IsActiveOn(day)) ++month.days;
    }
    for (const auto& [number, month] : months) {
      const std::uint64_t days = std::max<std::uint64_t>(month.days, 1);
      if (month.uses <= declared * days) continue;
      Put("AVG_OVER", (month.uses + days - 1) / days, "consumer", std::to_string(number));
    }
  }

  BlockState& state_;
  const EntityId& grant_;
  const EntityBody& body_;
  const Profile& profile_;
  const AccessTerms& terms_;
  TimeMs now_;
  std::vector<DerivedFlag>& flags_;
};

}  // namespace

void AddAccessFlags(BlockState& state, const EntityId& grant, std::vector<DerivedFlag>& flags) {
  if (state.Terms(grant) == nullptr) return;
  AccessFigures(state, grant, flags).Add();
}

std::vector<DerivedFlag> AccessFlagsOf(const ledger::StateView& view, const AsOf& at,
                                       const EntityId& grant, TimeMs from, TimeMs until) {
  const BlockContext context{.chain = {}, .height = at.height, .time = at.time, .log_size = 0};
  BlockState state(view, context);
  std::vector<DerivedFlag> flags;
  if (state.Body(grant) == nullptr || state.Terms(grant) == nullptr) return flags;
  AccessFigures(state, grant, flags).AddOf(from, until);
  return flags;
}

}  // namespace jiandu::contracts
