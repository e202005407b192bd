// What a block counts and notes beside grants and resources: each read once, when it is first asked
// for. DayAsIs alone keeps nothing: who looks at a day counts nothing.
#include "contracts/block_state.h"

namespace jiandu::contracts {

using ledger::EntityId;

DayCounter BlockState::DayAsIs(const EntityId& grant, std::int32_t date) const {
  const auto known = days_.find({grant, date});
  if (known != days_.end()) return known->second.now;
  const auto bytes = view_->Get(DayKey(grant, date));
  return bytes ? DecodeDay(*bytes) : DayCounter();
}

DayCounter& BlockState::Day(const EntityId& grant, std::int32_t date) {
  const auto [place, is_new] = days_.try_emplace({grant, date});
  Known<DayCounter>& day = place->second;
  if (is_new) {
    if (const auto bytes = view_->Get(DayKey(grant, date))) day.stored = DecodeDay(*bytes);
    day.now = day.stored.value_or(DayCounter());
  }
  return day.now;
}

HourCounter& BlockState::Hour(const EntityId& grant, std::uint32_t hour) {
  const auto [place, is_new] = hours_.try_emplace({grant, hour});
  if (is_new) {
    const auto bytes = view_->Get(HourKey(grant, hour));
    place->second = DecodeHour(bytes.value_or(Bytes()));
  }
  return place->second;
}

HourCounter& BlockState::Denied(const EntityId& grant, std::uint32_t hour) {
  const auto [place, is_new] = denied_.try_emplace({grant, hour});
  if (is_new) {
    const auto bytes = view_->Get(DeniedKey(grant, hour));
    place->second = DecodeHour(bytes.value_or(Bytes()));
  }
  return place->second;
}

SideCounter& BlockState::Side(const EntityId& grant, std::int32_t date) {
  const auto [place, is_new] = sides_.try_emplace({grant, date});
  Known<SideCounter>& side = place->second;
  if (is_new) {
    if (const auto bytes = view_->Get(SideKey(grant, date))) side.stored = DecodeSide(*bytes);
    side.now = side.stored.value_or(SideCounter());
  }
  return side.now;
}

BlockState::KnownUses& BlockState::FindUses(const EntityId& grant) {
  const auto [place, is_new] = uses_.try_emplace(grant);
  if (is_new) {
    if (const auto bytes = view_->Get(UsesKey(grant))) place->second.counter = DecodeUses(*bytes);
  }
  return place->second;
}

const UseCounter& BlockState::Uses(const EntityId& grant) { return FindUses(grant).counter; }

UseCounter& BlockState::EditUses(const EntityId& grant) {
  KnownUses& known = FindUses(grant);
  known.changed = true;
  return known.counter;
}

std::vector<Version>& BlockState::Versions(const EntityId& resource) {
  const auto [place, is_new] = versions_.try_emplace(resource);
  if (is_new) {
    if (const auto bytes = view_->Get(VersionsKey(resource))) {
      place->second = DecodeVersions(*bytes);
    }
  }
  return place->second;
}

std::vector<StopSpan>& BlockState::Stops(const EntityId& resource) {
  const auto [place, is_new] = stops_.try_emplace(resource);
  if (is_new) {
    if (const auto bytes = view_->Get(StopsKey(resource))) place->second = DecodeStops(*bytes);
  }
  return place->second;
}

}  // namespace jiandu::contracts
