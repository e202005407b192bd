// Thresholds of the profile, and the suspension they lead to.
#include "contracts/auto_suspend.h"

#include <algorithm>

#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/grant.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::Flag;
using ledger::FlagBit;
using ledger::GrantStatus;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kDaysLookedAt = 10;

bool IsRunning(Case& judged) {
  const std::uint32_t status =
      EffectiveStatus(judged.state, judged.subject, *judged.body, judged.Time());
  return status == To(GrantStatus::kOpened) || status == To(GrantStatus::kActive);
}

// Of the ten days up to that of `time`, those over the cap since the last AUTO suspension.
std::int64_t DaysOverCap(Case& judged, ledger::TimeMs time) {
  const std::int64_t after = judged.body->Number("auto_suspended_on");
  std::int64_t days = 0;
  for (int back = 0; back < kDaysLookedAt; ++back) {
    const std::int32_t date = ledger::DateOf(time - back * kDayMs);
    if (date > after && judged.state.DayAsIs(judged.subject, date).excess > 0) ++days;
  }
  return days;
}

// The provider or the manager resumes it (GT4); it is reviewed within the longest term.
void Suspend(Case& judged) {
  EntityBody& grant = judged.state.Edit(judged.subject);
  grant.numbers["before_suspension"] = grant.status;
  grant.numbers["auto_suspended_on"] = ledger::DateOf(judged.Time());
  grant.texts["suspended_by"] = grant.Party("provider");
  grant.texts["ground"] = "AUTO";
  grant.texts.erase("order");
  StartTerm(grant, "D12", grant.Party("provider"), judged.Time(), LatestTerm(judged) + 1);
  judged.state.EditUses(judged.subject).not_granted = 0;
  judged.note = "AUTO";
  NoteStatus(judged, judged.subject, GrantStatus::kSuspended);
  RecordAct(judged, judged.subject, To(GrantStatus::kSuspended));
}

}  // namespace

void Breaches::Add(const AccessTrace& record) {
  if (!IsCounted(record.result)) return;
  if ((record.flags & FlagBit(Flag::kItemNotGranted)) != 0) ++not_granted_;
  if ((record.flags & FlagBit(Flag::kOverDailyCap)) != 0) {
    capped_at_ = std::max(capped_at_, record.occurred_at);
  }
}

void Breaches::AddDigest(const AccessTrace& batch) {
  for (const FlagCount& counted : batch.flag_counts) {
    if (counted.flag == Flag::kItemNotGranted) not_granted_ += counted.n;
    if (counted.flag == Flag::kOverDailyCap) capped_at_ = std::max(capped_at_, batch.occurred_at);
  }
}

void Breaches::Settle(Case& judged) const {
  if (judged.body == nullptr || (not_granted_ == 0 && capped_at_ == 0)) return;
  const Profile& profile = judged.state.ProfileNamed(judged.body->Text("profile"));
  bool reached = false;
  if (profile.auto_suspend_items > 0 && not_granted_ > 0) {
    std::uint64_t& count = judged.state.EditUses(judged.subject).not_granted;
    count += not_granted_;
    reached = count >= static_cast<std::uint64_t>(profile.auto_suspend_items);
  }
  if (profile.auto_suspend_cap_days > 0 && capped_at_ > 0) {
    reached = reached || DaysOverCap(judged, capped_at_) >= profile.auto_suspend_cap_days;
  }
  if (reached && IsRunning(judged)) Suspend(judged);
}

}  // namespace jiandu::contracts
