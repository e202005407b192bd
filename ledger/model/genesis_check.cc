// The rules a genesis document keeps: docs/contracts.md 4.0 and 4.1 as far as they hold before any
// block.
#include "ledger/model/genesis_check.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "base/limits.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519_point.h"

namespace jiandu::ledger {
namespace {

constexpr std::array<std::string_view, 5> kLevels = {"NATIONAL", "PROVINCE", "CITY", "DISTRICT",
                                                     "TOWN"};
constexpr std::array<std::string_view, 3> kKinds = {"GOV", "AUTHORIZED_BODY", "EXTERNAL"};
constexpr std::array<std::string_view, 7> kRoles = {
    "AUDITOR", "DEPARTMENT", "GOVERNMENT", "MANAGER", "OBSERVER", "PLATFORM_OPERATOR", "SUPERIOR"};

constexpr std::array<std::string_view, 3> kProfiles = {"combined", "hangzhou", "order809"};
constexpr std::int64_t kWeekMs = 7LL * 24 * 3'600'000;
constexpr std::array<ProfileSetting, 10> kSettings = {{
    {.name = "ack_ms", .low = 60'000, .high = 5 * kWeekMs},
    {.name = "auto_suspend_cap_days", .low = 0, .high = 10},
    {.name = "auto_suspend_items", .low = 0, .high = 1000},
    {.name = "clock_tolerance_ms", .low = 120'000, .high = kWeekMs},
    {.name = "daily_cap_multiplier", .low = 1, .high = 1000},
    {.name = "denied_burst", .low = 1, .high = 1'000'000},
    {.name = "evidence_lag_max_ms", .low = 60'000, .high = 5 * kWeekMs},
    {.name = "grace_wd", .low = 1, .high = 60},
    {.name = "key_overlap_hours", .low = 0, .high = 720},
    {.name = "pending_wd", .low = 1, .high = 60},
}};

std::unexpected<Error> Problem(std::string_view list, std::size_t i, std::string_view what) {
  std::string detail = "genesis: /";
  detail += list;
  detail += '/' + std::to_string(i) + ": ";
  detail += what;
  return Fail(Errc::kInvalid, std::move(detail));
}

template <typename List>
bool IsOneOf(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

// Lower-case ascii words with digits and inner hyphens: aliases and posts stand on command lines.
bool IsWord(std::string_view text, std::size_t size_max) {
  return !text.empty() && text.size() <= size_max && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

// A division code: 6 to 12 digits.
bool IsJurisdiction(std::string_view text) {
  return text.size() >= 6 && text.size() <= 12 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

using Departments = std::map<std::string_view, const GenesisDepartment*>;

}  // namespace

bool IsChainId(std::string_view chain) {
  return !chain.empty() && chain.size() <= limits::kChainIdBytesMax &&
         std::ranges::all_of(chain, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

bool IsIdentityName(std::string_view name) { return IsWord(name, limits::kIdBytesMax); }

Result<void> CheckGenesisDepartment(const GenesisDepartment& department) {
  const auto wrong = [](std::string what) { return Fail(Errc::kInvalid, std::move(what)); };
  if (!IsDepartmentCode(department.code)) return wrong("code: check character does not fit");
  if (department.name.empty()) return wrong("name: empty");
  if (!IsWord(department.alias, 16)) return wrong("alias: not a short lower-case word");
  if (!IsJurisdiction(department.jurisdiction)) return wrong("jurisdiction: not 6 to 12 digits");
  if (!IsOneOf(kLevels, department.level)) return wrong("level: unknown");
  if (!IsOneOf(kKinds, department.kind)) return wrong("kind: unknown");
  for (std::size_t r = 0; r < department.roles.size(); ++r) {
    if (!IsOneOf(kRoles, department.roles[r])) return wrong("roles: unknown role");
    if (r > 0 && department.roles[r - 1] >= department.roles[r]) return wrong("roles: not sorted");
  }
  if (department.roles.empty() != (department.kind == "EXTERNAL")) {
    return wrong("roles: somebody external has none, everybody else has one");
  }
  return {};
}

namespace {

Result<void> CheckDepartments(const Genesis& genesis, Departments& known) {
  std::set<std::string_view> aliases;
  std::set<std::string_view> managed;
  for (std::size_t i = 0; i < genesis.departments.size(); ++i) {
    const GenesisDepartment& department = genesis.departments[i];
    if (const auto checked = CheckGenesisDepartment(department); !checked) {
      return Problem("departments", i, checked.error().detail);
    }
    if (!known.emplace(department.code, &department).second) {
      return Problem("departments", i, "code: registered twice");
    }
    if (!aliases.insert(department.alias).second) {
      return Problem("departments", i, "alias: used twice");
    }
    if (IsOneOf(department.roles, "MANAGER") && !managed.insert(department.jurisdiction).second) {
      return Problem("departments", i, "roles: a second MANAGER of the jurisdiction");
    }
  }
  if (managed.empty()) return Fail(Errc::kInvalid, "genesis: /departments: no MANAGER");
  return {};
}

Result<void> CheckAttributes(const GenesisIdentity& identity, std::size_t i) {
  if (identity.attributes.IsNull()) return {};
  JsonFields fields(identity.attributes, "/identities/" + std::to_string(i) + "/attributes");
  if (identity.kind == IdentityKind::kSystem) {
    (void)fields.OptionalText("system_name", limits::kTextBytesMax);
    (void)fields.OptionalInteger("mlps_level", 1, 5, 1);
    (void)fields.OptionalText("deploy_level", limits::kIdBytesMax);
    (void)fields.OptionalText("net_zone", limits::kIdBytesMax);
    for (const Json& cidr : fields.OptionalArray("cidrs", 64)) {
      if (!cidr.IsText() || cidr.AsString().size() > limits::kIdBytesMax) {
        fields.Problem("cidrs", "not a list of address ranges");
        break;
      }
    }
  }
  return fields.Finish();
}

Result<void> CheckIdentity(const Genesis& genesis, const Departments& known, std::size_t i) {
  const GenesisIdentity& identity = genesis.identities[i];
  const auto wrong = [&](std::string_view what) { return Problem("identities", i, what); };
  const auto department = known.find(identity.department);
  if (department == known.end()) return wrong("department: not registered");
  if (department->second->kind == "EXTERNAL") return wrong("department: external, has no keys");
  if (!IsIdentityName(identity.name)) return wrong("name: not a lower-case word");
  if ((identity.kind == IdentityKind::kOfficer) != (identity.duties != 0)) {
    return wrong("duties: an officer has some, nobody else has any");
  }
  if (!AreDutiesCompatible(identity.duties)) return wrong("duties: exclude one another");
  JD_CHECK(CheckAttributes(identity, i));
  const auto key = crypto::EcdsaPublicKey::Parse(identity.key.View());
  if (!key.has_value()) return wrong("key: not a public key");
  const auto proof = crypto::EcdsaSignature::From(identity.key_proof);
  const Hash256 digest = KeyProofDigest(genesis.chain, identity.department, identity.name);
  if (!proof.has_value() || !key->VerifyDigest(digest, *proof)) {
    return wrong("key_proof: does not prove possession of the key");
  }
  return {};
}

Result<void> CheckIdentities(const Genesis& genesis, const Departments& known) {
  std::set<std::pair<std::string_view, std::string_view>> names;
  std::set<crypto::EcdsaPublicKeyBytes> keys;
  for (std::size_t i = 0; i < genesis.identities.size(); ++i) {
    const GenesisIdentity& identity = genesis.identities[i];
    // Uniqueness before the proof, which costs a signature verification.
    if (!names.emplace(identity.department, identity.name).second) {
      return Problem("identities", i, "name: used twice in the department");
    }
    if (!keys.insert(identity.key).second) return Problem("identities", i, "key: used twice");
    JD_CHECK(CheckIdentity(genesis, known, i));
  }
  return {};
}

Result<void> CheckValidators(const Genesis& genesis, const Departments& known) {
  if (genesis.validators.empty()) return Fail(Errc::kInvalid, "genesis: /validators: nobody");
  if (genesis.validators.size() > limits::kValidatorsMax) {
    return Fail(Errc::kTooLarge, "genesis: /validators");
  }
  if (!genesis.log_key.IsZero() && !crypto::IsEd25519Point(genesis.log_key)) {
    return Fail(Errc::kInvalid, "genesis: /log_key: no point of prime order on the curve");
  }
  std::set<crypto::Ed25519PublicKey> keys = {genesis.log_key};
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < genesis.validators.size(); ++i) {
    const GenesisValidator& validator = genesis.validators[i];
    if (!known.contains(validator.department)) {
      return Problem("validators", i, "department: not registered");
    }
    for (const auto& key : {validator.consensus_key, validator.node_key, validator.cosign_key}) {
      if (key.IsZero()) return Problem("validators", i, "a key is missing");
      // With the neutral point as its key a seat votes by signatures that anybody can make.
      if (!crypto::IsEd25519Point(key)) {
        return Problem("validators", i, "a key is none: no point of prime order on the curve");
      }
      // One key, one purpose: C2SP wants distinct cosign keys, and a vote must never be a
      // handshake.
      if (!keys.insert(key).second) return Problem("validators", i, "a key is used twice");
    }
    if (validator.power == 0 || validator.power > limits::kTotalPowerMax - total) {
      return Problem("validators", i, "power: none, or too much in all");
    }
    total += validator.power;
  }
  return {};
}

// A profile or a number nobody knows would leave the network on other rules than it agreed on.
Result<void> CheckPolicy(const Genesis& genesis) {
  if (!IsOneOf(kProfiles, genesis.profile)) {
    std::string detail = "genesis: /profile: '" + genesis.profile + "' is not one of";
    for (const std::string_view name : kProfiles) detail.append(" ").append(name);
    return Fail(Errc::kInvalid, std::move(detail));
  }
  if (!genesis.settings.IsObject()) return Fail(Errc::kInvalid, "genesis: /settings: no object");
  for (const Json::Member& member : genesis.settings.Members()) {
    const auto* known = std::ranges::find(kSettings, member.name, &ProfileSetting::name);
    const std::string place = "genesis: /settings/" + member.name;
    if (known == kSettings.end()) return Fail(Errc::kInvalid, place + ": no setting of a profile");
    const bool fits = member.value.IsInteger() && member.value.AsInteger() >= known->low &&
                      member.value.AsInteger() <= known->high;
    if (!fits) {
      return Fail(Errc::kInvalid, place + ": not a number from " + std::to_string(known->low) +
                                      " to " + std::to_string(known->high));
    }
  }
  return {};
}

}  // namespace

std::span<const std::string_view> ProfileNames() { return kProfiles; }
std::span<const ProfileSetting> ProfileSettings() { return kSettings; }

bool AreDutiesCompatible(std::uint32_t duties) {
  const std::uint32_t business = duties & (duty::kClerk | duty::kHead);
  const bool sysadmin = (duties & duty::kSysadmin) != 0;
  const bool audit = (duties & duty::kAudit) != 0;
  return !(sysadmin && business != 0) && !(audit && (sysadmin || business != 0));
}

Result<void> CheckGenesis(const Genesis& genesis) {
  if (!IsChainId(genesis.chain)) {
    return Fail(Errc::kInvalid, "genesis: /chain: 1 to 50 letters, digits, '-', '_' or '.'");
  }
  if (genesis.time <= 0) return Fail(Errc::kInvalid, "genesis: /time: not positive");
  JD_CHECK(CheckPolicy(genesis));
  if (genesis.ruleset == 0) return Fail(Errc::kInvalid, "genesis: /ruleset: zero");
  if (!genesis.consensus.IsObject()) {
    return Fail(Errc::kInvalid, "genesis: /consensus: no object");
  }
  if (std::ranges::adjacent_find(genesis.calendars, std::greater_equal<>(), &CalendarYear::year) !=
      genesis.calendars.end()) {
    return Fail(Errc::kInvalid, "genesis: /calendars: one of each year, ascending");
  }
  if (genesis.log_key.IsZero())
    return Fail(
        Errc::kInvalid,
        "genesis: /log_key: missing; it comes with the join.json of the manager, who runs a node");
  Departments known;
  JD_CHECK(CheckDepartments(genesis, known));
  JD_CHECK(CheckIdentities(genesis, known));
  return CheckValidators(genesis, known);
}

}  // namespace jiandu::ledger
