// The three shipped profiles.
#include "contracts/profile.h"

#include <algorithm>

#include "base/limits.h"
#include "ledger/model/genesis.h"

namespace jiandu::contracts {
namespace {

constexpr Step kManagerOnly[] = {Step::kManager};
constexpr Step kProviderOnly[] = {Step::kProvider};
constexpr Step kProviderThenManager[] = {Step::kProvider, Step::kManager};
constexpr std::string_view kOnlineModes[] = {"API", "PAGE", "BATCH"};
constexpr std::string_view kAllModes[] = {"API", "PAGE", "BATCH", "FILE"};
constexpr std::string_view kCompleteOnly[] = {"grant.suspend", "emergency.declare",
                                              "identity.revoke"};

constexpr Profile kProfiles[] = {
    // The provider's own step is one working day in both; D03, D04 and D08 are deadlines, not
    // order.
    {.name = "combined",
     .unconditional = kProviderThenManager,
     .conditional = kProviderThenManager,
     .opener = Step::kManager,
     .consultation = true,
     .modes = kAllModes,
     .complete_only = kCompleteOnly},
    {.name = "hangzhou",
     .unconditional = kManagerOnly,
     .conditional = kProviderThenManager,
     .opener = Step::kManager,
     .consultation = true,
     .modes = kOnlineModes,
     .complete_only = kCompleteOnly},
    {.name = "order809",
     .unconditional = kProviderOnly,
     .conditional = kProviderOnly,
     .opener = Step::kProvider,
     .consultation = false,
     .modes = kAllModes,
     .complete_only = kCompleteOnly},
};

// What a genesis document may override; CheckGenesis has held the values to their bounds.
std::int64_t* SettingOf(Profile& profile, std::string_view name) {
  if (name == "clock_tolerance_ms") return &profile.clock_tolerance_ms;
  if (name == "daily_cap_multiplier") return &profile.daily_cap_multiplier;
  if (name == "evidence_lag_max_ms") return &profile.evidence_lag_max_ms;
  if (name == "pending_wd") return &profile.pending_days;
  return nullptr;
}

}  // namespace

std::string_view PartyOf(Step step) {
  switch (step) {
    case Step::kProvider: return "provider";
    case Step::kManager: return "manager";
  }
  return "";
}

std::span<const Profile> AllProfiles() { return kProfiles; }

const Profile* FindProfile(std::string_view name) {
  const auto* found = std::ranges::find(kProfiles, name, &Profile::name);
  return found != std::end(kProfiles) ? found : nullptr;
}

Profile ReadProfile(const ledger::StateView& view, std::string_view name) {
  Json stored = Json::MakeObject();
  if (const auto bytes = view.Get(ledger::ConfigKey("profile"))) {
    auto parsed = ParseJson(AsText(*bytes), limits::kGenesisBytesMax);
    if (parsed) stored = std::move(*parsed);
  }
  const Profile* found = FindProfile(name.empty() ? stored.TextOr("name", "combined") : name);
  // The names stand in the genesis document, which is refused when it names another one, and in
  // bodies that copied them from there.
  JD_ASSERT(found != nullptr);
  Profile profile = *found;
  if (const Json* settings = stored.Find("settings")) {
    for (const ledger::ProfileSetting& setting : ledger::ProfileSettings()) {
      std::int64_t* const number = SettingOf(profile, setting.name);
      const std::int64_t given = settings->IntegerOr(setting.name, *number);
      if (given >= setting.low && given <= setting.high) *number = given;
    }
  }
  return profile;
}

std::span<const Step> ChainOf(const Profile& profile, std::string_view share_class) {
  if (share_class == "UNCONDITIONAL") return profile.unconditional;
  if (share_class == "CONDITIONAL") return profile.conditional;
  return {};
}

}  // namespace jiandu::contracts
