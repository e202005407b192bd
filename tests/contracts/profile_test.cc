// The shipped profiles, and what a genesis document may say of them (docs/contracts.md 4.2).
#include "contracts/profile.h"

#include <algorithm>

#include "ledger/model/genesis.h"
#include "tests/support/contract_fixture.h"

namespace jiandu::contracts::testing {
namespace {

TEST(Profiles, AreThoseGenesisMayName) {
  const auto names = ledger::ProfileNames();
  ASSERT_EQ(AllProfiles().size(), names.size());
  for (const std::string_view name : names) EXPECT_NE(FindProfile(name), nullptr) << name;
  EXPECT_TRUE(std::ranges::is_sorted(names));
  EXPECT_EQ(FindProfile("combine"), nullptr);
  EXPECT_EQ(FindProfile(""), nullptr);
}

TEST(Profiles, EverySettingChangesItsNumber) {
  const TestNet plain;
  const Profile before = ReadProfile(plain.View(), "combined@1");
  for (const ledger::ProfileSetting& setting : ledger::ProfileSettings()) {
    const TestNet net("combined", Json::MakeObject({{setting.name, setting.high}}));
    const Profile after = ReadProfile(net.View(), "combined@1");
    int changed = 0;
    for (const auto number :
         {&Profile::ack_ms, &Profile::auto_suspend_cap_days, &Profile::auto_suspend_items,
          &Profile::clock_tolerance_ms, &Profile::daily_cap_multiplier, &Profile::denied_burst,
          &Profile::evidence_lag_max_ms, &Profile::grace_days, &Profile::key_overlap_hours,
          &Profile::pending_days}) {
      if (after.*number == setting.high && before.*number != setting.high) ++changed;
    }
    EXPECT_EQ(changed, 1) << setting.name;
    EXPECT_EQ(after.name, before.name);
  }
}

}  // namespace
}  // namespace jiandu::contracts::testing
