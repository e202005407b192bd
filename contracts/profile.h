// Policy profiles: the numbers and choices the law leaves to a network, as data
// (docs/contracts.md 4.2).
//
// `hangzhou` shows the flow standard as written, `order809` the Order without local additions,
// `combined` (the default) both. Plain values; the named ones are constants, a network's settings
// override single numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/json.h"
#include "ledger/model/state_view.h"

namespace jiandu::contracts {

// Who answers a step of a chain.
enum class Step : std::uint8_t { kProvider = 1, kManager = 2 };
[[nodiscard]] std::string_view PartyOf(Step step);  // "provider", "manager"

struct Profile {
  std::string_view name;
  std::span<const Step> unconditional;
  std::span<const Step> conditional;  // RETURN_FLOW too
  Step opener = Step::kManager;       // of grants
  bool consultation = true;           // NOT_SHARED may be consulted about (一事一议)
  std::span<const std::string_view> modes;
  std::span<const std::string_view> complete_only;  // ops that never wait for a signature
  std::int64_t clock_tolerance_ms = 120'000;
  std::int64_t evidence_lag_max_ms = 24LL * 3600 * 1000;
  std::int64_t pending_days = 3;  // working days a pending object waits
  std::int64_t term_days_max = 10;
  std::int64_t one_off_days_max = 90;
  std::int64_t daily_cap_multiplier = 3;  // cap when none is asked for: times the declared average
};

[[nodiscard]] std::span<const Profile> AllProfiles();
// Null when there is none of that name.
[[nodiscard]] const Profile* FindProfile(std::string_view name);
// The profile named, with the settings of the state's `cfg/profile`; the current one for "".
[[nodiscard]] Profile ReadProfile(const ledger::StateView& view, std::string_view name);
// Steps for a sharing class; empty for NOT_SHARED.
[[nodiscard]] std::span<const Step> ChainOf(const Profile& profile, std::string_view share_class);

}  // namespace jiandu::contracts
