// Policy profiles: the numbers and choices the law leaves to a network, as data
// (docs/contracts.md 4.2).
//
// `hangzhou` shows the flow standard as written, `order809` the Order without local additions,
// `combined` (the default) both. A profile in force has a version, "combined@1": that of genesis is
// 1, later ones are voted (profile.publish). A case keeps the one under which it was submitted.
// Plain values; the shipped ones are constants, a version overrides single numbers.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "contracts/deadlines.h"
#include "ledger/model/state_view.h"

namespace jiandu::contracts {

// Who answers a step of a chain.
enum class Step : std::uint8_t { kProvider = 1, kManager = 2 };
[[nodiscard]] std::string_view PartyOf(Step step);  // "provider", "manager"

struct Profile {
  std::string_view name;
  std::string version = {};  // "combined@1"; empty of a shipped one
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
  bool substitute = true;                 // M may answer an UNCONDITIONAL request in P's place
  bool emergency = true;                  // emergency sharing 应急共享
  bool third_party = true;                // data may be passed on with consent
  bool third_party_manager = true;        // M decides about it after P
  bool has_answer_deadlines = true;       // D03 and D04
  std::int64_t ack_ms = 24LL * 3600 * 1000;
  std::int64_t denied_burst = 20;  // DENIED calls in a minute
  std::int64_t grace_days = 10;    // working days an old department's systems may report
  std::int64_t key_overlap_hours = 72;
  std::int64_t vote_days = 20;   // working days until a proposal lapses
  std::int64_t notice_days = 5;  // working days of notice of a change by the provider
  std::int64_t emergency_hours_max = 72;
  std::int64_t auto_suspend_items = 0;     // ITEM_NOT_GRANTED that suspend a grant; 0: none do
  std::int64_t auto_suspend_cap_days = 0;  // days of ten over the cap that suspend one; 0: none do
  std::map<std::string, std::int64_t, std::less<>> deadlines =
      {};  // numbers that differ from the table

  std::vector<ledger::DepartmentId> may_seal = {};  // whose accesses may be sealed

  // The number of a deadline; 0 when the profile does not have it.
  [[nodiscard]] std::int64_t NumberOf(const DeadlineRule& rule, Pace pace = Pace::kUsual) const;
};

[[nodiscard]] std::span<const Profile> AllProfiles();
// Null when there is none of that name.
[[nodiscard]] const Profile* FindProfile(std::string_view name);
// The version in force at the height: "combined@1".
[[nodiscard]] std::string ProfileInForce(const ledger::StateView& view, ledger::Height height);
// The version named, as the state has it.
[[nodiscard]] Profile ReadProfile(const ledger::StateView& view, std::string_view version);
// Steps for a sharing class; empty for NOT_SHARED.
[[nodiscard]] std::span<const Step> ChainOf(const Profile& profile, std::string_view share_class);

}  // namespace jiandu::contracts
