// The first state: what the genesis document writes at height 0.
#include <map>
#include <set>

#include "base/hex.h"
#include "base/limits.h"
#include "base/wire.h"
#include "crypto/hash.h"
#include "ledger/model/body.h"
#include "ledger/model/genesis.h"
#include "ledger/model/genesis_json.h"
#include "ledger/model/officer_index.h"

namespace jiandu::ledger {
namespace {

// Writes a body and the leaf that binds it; event 0 is the genesis entry.
void PutEntity(WriteSet& writes, const EntityId& id, const EntityBody& body) {
  Bytes encoded = body.Encode();
  const EntityLeaf leaf{.birth = 0,
                        .size = 1,
                        .history_root = {},
                        .last = 0,
                        .body_hash = crypto::Sha256(encoded),
                        .status = body.status};
  writes.Put(BodyKey(id), std::move(encoded));
  writes.Put(LeafKey(id), leaf.Encode());
}

EntityBody NewBody(const Genesis& genesis, EntityKind kind, const DepartmentId& department,
                   const Json& form) {
  EntityBody body;
  body.kind = kind;
  body.status = 1;  // ACTIVE of departments and identities alike
  body.born_at = genesis.time;
  body.born_tx = genesis.hash;
  body.department = department;
  body.form = ToBytes(CanonicalJson(form));
  return body;
}

void PutDepartment(WriteSet& writes, const Genesis& genesis, const GenesisDepartment& department) {
  EntityBody body =
      NewBody(genesis, EntityKind::kDepartment, department.code, DepartmentToJson(department));
  std::string roles;
  for (const std::string& role : department.roles) {
    if (!roles.empty()) roles += ',';
    roles += role;
    const std::string office = OfficeName(role, department.jurisdiction);
    if (!office.empty() && !writes.Find(ConfigKey(office))) {
      writes.Put(ConfigKey(office), ToBytes(department.code));
    }
  }
  body.texts = {{"alias", department.alias}, {"jurisdiction", department.jurisdiction},
                {"kind", department.kind},   {"level", department.level},
                {"name", department.name},   {"roles", roles}};
  PutEntity(writes, DepartmentEntity(department.code), body);
}

void PutIdentity(WriteSet& writes, const Genesis& genesis, std::size_t n) {
  const GenesisIdentity& identity = genesis.identities[n];
  const EntityId id = GenesisIdentityId(genesis, n);
  const KeyId key_id = crypto::MakeKeyId(identity.key);
  EntityBody body =
      NewBody(genesis, EntityKind::kIdentity, identity.department, IdentityToJson(identity));
  body.texts = {{"key", HexEncode(key_id.View())},
                {"kind", std::string(IdentityKindName(identity.kind))},
                {"name", identity.name}};
  body.numbers = {{"duties", identity.duties}};
  for (const std::uint32_t duty : kDutiesInCharge) {
    if (!IsInOffice(body, duty)) continue;
    writes.Put(OfficeRowKey(identity.department, duty, id), OfficeRowValue(genesis.time));
  }
  PutEntity(writes, id, body);
  const KeyRecord record{.algorithm = KeyAlgorithm::kSecp256k1Sha256,
                         .key = identity.key,
                         .department = identity.department,
                         .identity = id,
                         .kind = identity.kind,
                         .duties = identity.duties,
                         .usable_from = 0,
                         .revoked_at = 0,
                         .reason = RevokeReason::kNone,
                         .compromised_since = 0};
  writes.Put(KeyRecordKey(key_id), record.Encode());
  writes.Put(UniqueKey("post/" + identity.department + "/" + identity.name), ToBytes(id.View()));
}

// The departments of each role, so that those who vote can be counted.
void PutRoles(WriteSet& writes, const Genesis& genesis) {
  std::map<std::string, std::set<DepartmentId>> codes;
  for (const GenesisDepartment& department : genesis.departments) {
    for (const std::string& role : department.roles) codes[role].insert(department.code);
  }
  for (const auto& [role, departments] : codes) {
    std::string list;
    for (const DepartmentId& code : departments) {
      if (!list.empty()) list += ',';
      list += code;
    }
    writes.Put(ConfigKey("role/" + role), ToBytes(list));
  }
}

Json FirstProfile(const Genesis& genesis) {
  std::set<DepartmentId> sealing;
  for (const GenesisDepartment& department : genesis.departments) {
    if (department.may_seal) sealing.insert(department.code);
  }
  Json profile = Json::MakeObject({{"settings", genesis.settings}});
  if (sealing.empty()) return profile;
  Json list = Json::MakeArray();
  for (const DepartmentId& code : sealing) list.Push(code);
  profile.Set("may_seal", std::move(list));
  return profile;
}

}  // namespace

std::string OfficeName(std::string_view role, std::string_view jurisdiction) {
  std::string name;
  if (role == "MANAGER") name = "manager/";
  if (role == "GOVERNMENT") name = "government/";
  if (role == "AUDITOR") name = "auditor/";
  return name.empty() ? name : name.append(jurisdiction);
}

WriteSet GenesisState(const Genesis& genesis) {
  WriteSet writes;
  for (const GenesisDepartment& department : genesis.departments) {
    PutDepartment(writes, genesis, department);
  }
  for (std::size_t n = 0; n < genesis.identities.size(); ++n) PutIdentity(writes, genesis, n);
  PutRoles(writes, genesis);
  writes.Put(ValidatorsKey(), EncodeValidators(genesis.validators));
  for (const GenesisValidator& validator : genesis.validators) {
    writes.Put(ConfigKey("validator/" + HexEncode(validator.consensus_key.View())),
               ToBytes(validator.department));
  }
  const std::string version = genesis.profile + "@1";
  Json versions = Json::MakeArray();
  versions.Push(Json::MakeObject({{"from", 0}, {"id", version}}));
  writes.Put(ConfigKey("profile"), ToBytes(CanonicalJson(versions)));
  writes.Put(ConfigKey("profile/" + version), ToBytes(CanonicalJson(FirstProfile(genesis))));
  for (const CalendarYear& year : genesis.calendars) {
    writes.Put(CalendarKey(year.year), ToBytes(CanonicalJson(year.ToJson())));
  }
  writes.Put(ConfigKey("ruleset"), ToBytes(std::to_string(genesis.ruleset)));
  writes.Put(ConfigKey("log-key"), ToBytes(genesis.log_key.View()));
  return writes;
}

Bytes EncodeValidators(const std::vector<GenesisValidator>& validators) {
  WireWriter writer;
  for (const GenesisValidator& validator : validators) {
    WireWriter one;
    one.Text(1, validator.department);
    one.BytesField(2, validator.consensus_key.View());
    one.BytesField(3, validator.node_key.View());
    one.BytesField(4, validator.cosign_key.View());
    one.Varint(5, validator.power);
    writer.Message(1, one.Written());
  }
  return writer.Take();
}

Result<std::vector<GenesisValidator>> DecodeValidators(ByteView bytes) {
  WireReader reader(bytes);
  std::vector<GenesisValidator> validators;
  while (reader.NextIs(1)) {
    if (validators.size() >= limits::kValidatorsMax) return Fail(Errc::kTooLarge, "validators");
    JD_TRY(const ByteView message, reader.Message(1));
    WireReader one(message);
    GenesisValidator validator;
    JD_TRY(const std::string_view department, one.Text(1, limits::kIdBytesMax));
    validator.department = department;
    JD_TRY(validator.consensus_key, one.Fixed<32>(2));
    JD_TRY(validator.node_key, one.Fixed<32>(3));
    JD_TRY(validator.cosign_key, one.Fixed<32>(4));
    JD_TRY(validator.power, one.Varint(5));
    JD_CHECK(one.Finish());
    validators.push_back(std::move(validator));
  }
  JD_CHECK(reader.Finish());
  return validators;
}

}  // namespace jiandu::ledger
