// The genesis document: who is in the network at height 0, and the first state.
//
// Canonical JSON written by `jiandu network seal` from what each department made at home; its
// SHA-256 is the network's identity and stands in entry 0 of the log. Plain value.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "crypto/ed25519.h"
#include "ledger/model/key_record.h"
#include "ledger/model/work_calendar.h"
#include "ledger/model/write_set.h"

namespace jiandu::ledger {

struct GenesisValidator {
  DepartmentId department;
  crypto::Ed25519PublicKey consensus_key;
  crypto::Ed25519PublicKey node_key;  // TLS identity of the node, pinned
  crypto::Ed25519PublicKey cosign_key;
  std::uint64_t power = 1;
  bool operator==(const GenesisValidator&) const = default;
};
struct GenesisIdentity {
  std::string name;  // post code within the department, ascii <= 64: "ga-c1", "jt-app-01"
  DepartmentId department;
  IdentityKind kind = IdentityKind::kOfficer;
  std::uint32_t duties = 0;
  crypto::EcdsaPublicKeyBytes key;
  Bytes key_proof;  // 64-byte signature over chain, department and name (possession)
  Json attributes;  // SYSTEM: mlps_level, deploy_level, net_zone, cidrs[]
};
struct GenesisDepartment {
  DepartmentId code;  // 18 characters, check character verified (GB 32100)
  std::string name;   // UTF-8
  std::string alias;  // short ascii word used on the command line
  std::string jurisdiction;
  std::string level;               // NATIONAL ... TOWN
  std::string kind;                // GOV, AUTHORIZED_BODY, EXTERNAL
  std::vector<std::string> roles;  // DEPARTMENT, MANAGER, AUDITOR, ...
  bool may_seal = false;           // its accesses may be recorded sealed (4.10.3)
};
struct Genesis {
  std::string chain;  // <= 50 bytes: CometBFT's chain id
  TimeMs time = 0;
  std::string profile = "combined";
  std::uint64_t ruleset = 1;
  crypto::Ed25519PublicKey log_key;  // untrusted log key, held by the manager
  std::vector<GenesisDepartment> departments;
  std::vector<GenesisIdentity> identities;
  std::vector<GenesisValidator> validators;
  Json consensus = Json::MakeObject();  // overrides of consensus::Params by name
  Json settings = Json::MakeObject();   // overrides of profile parameters by name
  std::vector<CalendarYear> calendars;  // published years, ascending
  bool test_clock = false;              // its time may be set by hand: for trying, never in earnest

  Bytes document;  // the bytes this was read from
  Hash256 hash;    // SHA-256 of the document
};

[[nodiscard]] std::string EncodeGenesis(const Genesis& genesis);
// Strict; checks codes, duplicate keys, duties that exclude one another, one MANAGER per
// jurisdiction, proofs of possession, at least one validator, a known profile and its settings.
[[nodiscard]] Result<Genesis> DecodeGenesis(ByteView document);
// The policy profiles of this ruleset (contracts/profile.h), sorted; `profile` must be one of them.
[[nodiscard]] std::span<const std::string_view> ProfileNames();
// The numbers of a profile that `settings` may override, sorted by name; no others, and only within
// bounds.
struct ProfileSetting {
  std::string_view name;
  std::int64_t low;
  std::int64_t high;
};
[[nodiscard]] std::span<const ProfileSetting> ProfileSettings();
// The rules alone, for the ceremony: says what is wrong with a document not yet written.
[[nodiscard]] Result<void> CheckGenesis(const Genesis& genesis);
// SYSADMIN with CLERK or HEAD, or either with AUDIT (GB/T 39477 6.2).
[[nodiscard]] bool AreDutiesCompatible(std::uint32_t duties);
// What a key signs to prove possession: SHA-256(tag || chain || 0 || department || 0 || name).
[[nodiscard]] Hash256 KeyProofDigest(std::string_view chain, std::string_view department,
                                     std::string_view name);
// The writes of height 0. The genesis entry (log index 0) is event 0 of every entity born here: its
// leaf has birth 0, size 1, last 0, and the next event of it has seq 1.
//   department (natural id): texts name, alias, jurisdiction, level, kind, roles (joined by ",");
//   form identity (GenesisIdentityId): texts name, kind, key (key id in hex); numbers duties; form;
//     key record usable_from 0; uniq/ "post/" department "/" name -> its id
//   val: EncodeValidators, in the document's order
//   cfg/profile [{"from":0,"id":"<name>@1"}] and cfg/profile/<name>@1 {"settings"} (and "may_seal",
//   codes ascending, when a department may), canonical JSON;
//   cfg/calendar/<year>; cfg/ruleset decimal; cfg/log-key 32 bytes
//   cfg/validator/<consensus key in hex> -> department; cfg/manager/<jurisdiction>,
//   cfg/government/<jurisdiction>, cfg/auditor/<jurisdiction> -> department
//   cfg/role/<ROLE> -> codes of the departments that have it, ascending, joined by ","
[[nodiscard]] WriteSet GenesisState(const Genesis& genesis);
// The cfg/ name under which the holder of a role in a jurisdiction is found ("manager/990100"); the
// first one registered holds it. Empty for roles that are held by many.
[[nodiscard]] std::string OfficeName(std::string_view role, std::string_view jurisdiction);
// Value of the state key `val`: wire {1 repeated {1 department, 2 consensus, 3 node, 4 cosign, 5
// power}}.
[[nodiscard]] Bytes EncodeValidators(const std::vector<GenesisValidator>& validators);
[[nodiscard]] Result<std::vector<GenesisValidator>> DecodeValidators(ByteView bytes);
// Entry 0 of the log.
[[nodiscard]] Bytes EncodeGenesisLogEntry(const Genesis& genesis);
// GB 32100 check character of a 统一社会信用代码.
[[nodiscard]] bool IsDepartmentCode(std::string_view code);
// The identity entity of genesis identity number n (its order in the document).
[[nodiscard]] EntityId GenesisIdentityId(const Genesis& genesis, std::size_t n);

}  // namespace jiandu::ledger
