// The three shipped profiles.
#include "contracts/profile.h"

#include <algorithm>

#include "base/limits.h"

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

void Override(const Json& settings, std::string_view name, std::int64_t low, std::int64_t high,
              std::int64_t& value) {
  const std::int64_t given = settings.IntegerOr(name, value);
  if (given >= low && given <= high) value = given;
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
  Profile profile = found != nullptr ? *found : kProfiles[0];
  constexpr std::int64_t kWeekMs = 7LL * 24 * 3600 * 1000;
  if (const Json* settings = stored.Find("settings")) {
    Override(*settings, "clock_tolerance_ms", 120'000, kWeekMs, profile.clock_tolerance_ms);
    Override(*settings, "evidence_lag_max_ms", 60'000, 5 * kWeekMs, profile.evidence_lag_max_ms);
    Override(*settings, "pending_wd", 1, 60, profile.pending_days);
    Override(*settings, "daily_cap_multiplier", 1, 1000, profile.daily_cap_multiplier);
  }
  return profile;
}

std::span<const Step> ChainOf(const Profile& profile, std::string_view share_class) {
  if (share_class == "UNCONDITIONAL") return profile.unconditional;
  if (share_class == "CONDITIONAL") return profile.conditional;
  return {};
}

}  // namespace jiandu::contracts
