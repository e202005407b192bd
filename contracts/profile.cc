// The three shipped profiles.
#include "contracts/profile.h"

#include <algorithm>
#include <array>

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

// Of the three, without a version.
std::span<const Profile> Shipped() {
  static const std::array<Profile, 3> kProfiles = {{
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
       .complete_only = kCompleteOnly,
       .substitute = false,
       .third_party = false,
       .has_answer_deadlines = false},
      {.name = "order809",
       .unconditional = kProviderOnly,
       .conditional = kProviderOnly,
       .opener = Step::kProvider,
       .consultation = false,
       .modes = kAllModes,
       .complete_only = kCompleteOnly,
       .substitute = false,
       .emergency = false,
       .third_party_manager = false},
  }};
  return kProfiles;
}

struct Setting {
  std::string_view name;
  std::int64_t Profile::* number;
};
// What a genesis document or a version may override; who writes them has held the values to their
// bounds (ledger::ProfileSettings).
constexpr std::array kSettings = {
    Setting{"ack_ms", &Profile::ack_ms},
    Setting{"auto_suspend_cap_days", &Profile::auto_suspend_cap_days},
    Setting{"auto_suspend_items", &Profile::auto_suspend_items},
    Setting{"clock_tolerance_ms", &Profile::clock_tolerance_ms},
    Setting{"daily_cap_multiplier", &Profile::daily_cap_multiplier},
    Setting{"denied_burst", &Profile::denied_burst},
    Setting{"evidence_lag_max_ms", &Profile::evidence_lag_max_ms},
    Setting{"grace_wd", &Profile::grace_days},
    Setting{"key_overlap_hours", &Profile::key_overlap_hours},
    Setting{"pending_wd", &Profile::pending_days},
};

Json ReadConfig(const ledger::StateView& view, std::string_view name) {
  const auto bytes = view.Get(ledger::ConfigKey(name));
  auto parsed = bytes ? ParseJson(AsText(*bytes), limits::kGenesisBytesMax)
                      : Result<Json>(Fail(Errc::kNotFound, "no such setting"));
  return parsed ? std::move(*parsed) : Json();
}

}  // namespace

std::string_view PartyOf(Step step) {
  switch (step) {
    case Step::kProvider: return "provider";
    case Step::kManager: return "manager";
  }
  return "";
}

std::int64_t Profile::NumberOf(const DeadlineRule& rule, Pace pace) const {
  if (!has_answer_deadlines && (rule.code == "D03" || rule.code == "D04")) return 0;
  const bool is_short = pace == Pace::kShort && rule.n_short > 0;
  const auto own = deadlines.find(is_short ? std::string(rule.code) + "/short" : rule.code);
  if (own != deadlines.end()) return own->second;
  return is_short ? rule.n_short : rule.n;
}

std::span<const Profile> AllProfiles() { return Shipped(); }

const Profile* FindProfile(std::string_view name) {
  const auto profiles = Shipped();
  const auto found = std::ranges::find(profiles, name, &Profile::name);
  return found != profiles.end() ? &*found : nullptr;
}

std::string ProfileInForce(const ledger::StateView& view, ledger::Height height) {
  const Json versions = ReadConfig(view, "profile");
  std::string current;
  if (!versions.IsArray()) return current;
  for (const Json& version : versions.Items()) {
    if (version.IntegerOr("from") <= static_cast<std::int64_t>(height)) {
      current = version.TextOr("id");
    }
  }
  return current;
}

Profile ReadProfile(const ledger::StateView& view, std::string_view version) {
  const Profile* base = FindProfile(version.substr(0, version.find('@')));
  // The names stand in the genesis document, which is refused when it names another one, in
  // versions voted upon it, and in bodies that copied them from there.
  JD_ASSERT(base != nullptr);
  Profile profile = *base;
  profile.version = version;
  const Json stored = ReadConfig(view, "profile/" + std::string(version));
  if (const Json* settings = stored.Find("settings")) {
    for (const Setting& setting : kSettings) {
      profile.*setting.number = settings->IntegerOr(setting.name, profile.*setting.number);
    }
  }
  for (const Json& code : stored.ItemsOf("may_seal")) {
    if (code.IsText()) profile.may_seal.push_back(code.AsString());
  }
  if (const Json* deadlines = stored.Find("deadlines"); deadlines != nullptr) {
    for (const Json::Member& member : deadlines->Members()) {
      profile.deadlines[member.name] = member.value.AsInteger();
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
