// The genesis document as canonical JSON, written and read.
#include "ledger/model/genesis.h"

#include <algorithm>

#include "base/hex.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "ledger/model/genesis_json.h"
#include "ledger/model/stub.h"

namespace jiandu::ledger {
namespace {

constexpr std::string_view kFormat = "jiandu-genesis-1";
constexpr std::size_t kCalendarsMax = 100;
constexpr std::size_t kDepartmentsMax = 4096;
constexpr std::size_t kIdentitiesMax = 16384;
constexpr std::size_t kRolesMax = 8;
constexpr std::size_t kDutiesMax = 8;

Json ValidatorToJson(const GenesisValidator& validator) {
  Json json = Json::MakeObject();
  json.Set("consensus_key", HexEncode(validator.consensus_key.View()));
  json.Set("cosign_key", HexEncode(validator.cosign_key.View()));
  json.Set("department", validator.department);
  json.Set("node_key", HexEncode(validator.node_key.View()));
  json.Set("power", validator.power);
  return json;
}

std::string Where(std::string_view list, std::size_t i) {
  return "/" + std::string(list) + "/" + std::to_string(i);
}

Result<GenesisDepartment> ReadDepartment(const Json& json, std::size_t i) {
  JsonFields fields(json, Where("departments", i));
  GenesisDepartment department;
  department.alias = fields.Text("alias", limits::kIdBytesMax);
  department.code = fields.Text("code", limits::kIdBytesMax);
  department.jurisdiction = fields.Text("jurisdiction", limits::kIdBytesMax);
  department.kind = fields.Text("kind", limits::kIdBytesMax);
  department.level = fields.Text("level", limits::kIdBytesMax);
  department.name = fields.Text("name", limits::kTextBytesMax);
  for (const Json& role : fields.Array("roles", kRolesMax)) {
    if (!role.IsText()) {
      fields.Problem("roles", "not a string");
      break;
    }
    department.roles.push_back(role.AsString());
  }
  // Canonical: said only where it holds.
  if (json.Find("may_seal") != nullptr) {
    department.may_seal = fields.OptionalBool("may_seal", false);
    if (!department.may_seal) fields.Problem("may_seal", "is said only when it is true");
  }
  JD_CHECK(fields.Finish());
  return department;
}

Result<GenesisIdentity> ReadIdentity(const Json& json, std::size_t i) {
  JsonFields fields(json, Where("identities", i));
  GenesisIdentity identity;
  const Json* attributes = fields.Object("attributes");
  identity.department = fields.Text("department", limits::kIdBytesMax);
  for (const Json& name : fields.Array("duties", kDutiesMax)) {
    const auto bit = name.IsText() ? DutyFromName(name.AsString()) : std::nullopt;
    // The order is that of the bits, so that one set has one spelling.
    if (!bit.has_value() || *bit <= identity.duties) {
      fields.Problem("duties", "unknown duty, or out of order");
      break;
    }
    identity.duties |= *bit;
  }
  identity.key = fields.Hex<33>("key");
  identity.key_proof = ToBytes(fields.Hex<64>("key_proof").View());
  const auto kind = IdentityKindFromName(fields.Text("kind", limits::kIdBytesMax));
  if (!kind.has_value()) fields.Problem("kind", "unknown kind");
  identity.name = fields.Text("name", limits::kIdBytesMax);
  JD_CHECK(fields.Finish());
  identity.kind = *kind;
  identity.attributes = *attributes;
  return identity;
}

Result<GenesisValidator> ReadValidator(const Json& json, std::size_t i) {
  JsonFields fields(json, Where("validators", i));
  GenesisValidator validator;
  validator.consensus_key = fields.Hex<32>("consensus_key");
  validator.cosign_key = fields.Hex<32>("cosign_key");
  validator.department = fields.Text("department", limits::kIdBytesMax);
  validator.node_key = fields.Hex<32>("node_key");
  validator.power = static_cast<std::uint64_t>(fields.Integer("power", 1, limits::kJsonIntegerMax));
  JD_CHECK(fields.Finish());
  return validator;
}

// No member too many, none too few: what the document says is what is kept.
Result<CalendarYear> ReadCalendarYear(const Json& json, std::size_t i) {
  JD_TRY(CalendarYear year, CalendarYear::FromJson(json));
  if (CanonicalJson(year.ToJson()) != CanonicalJson(json)) {
    return Fail(Errc::kInvalid, "genesis: " + Where("calendars", i) + ": other members");
  }
  return year;
}

template <typename T, typename Read>
Result<std::vector<T>> ReadList(std::span<const Json> items, Read read) {
  std::vector<T> list;
  list.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    JD_TRY(T item, read(items[i], i));
    list.push_back(std::move(item));
  }
  return list;
}

}  // namespace

Json DepartmentToJson(const GenesisDepartment& department) {
  Json json = Json::MakeObject();
  json.Set("alias", department.alias).Set("code", department.code);
  json.Set("jurisdiction", department.jurisdiction).Set("kind", department.kind);
  json.Set("level", department.level).Set("name", department.name);
  if (department.may_seal) json.Set("may_seal", true);
  Json roles = Json::MakeArray();
  for (const std::string& role : department.roles) roles.Push(role);
  json.Set("roles", std::move(roles));
  return json;
}

Json IdentityToJson(const GenesisIdentity& identity) {
  Json json = Json::MakeObject();
  json.Set("attributes", identity.attributes.IsNull() ? Json::MakeObject() : identity.attributes);
  json.Set("department", identity.department);
  Json duties = Json::MakeArray();
  for (std::uint32_t bit = 1; bit <= duty::kAudit; bit <<= 1U) {
    if ((identity.duties & bit) != 0) duties.Push(DutyName(bit));
  }
  json.Set("duties", std::move(duties)).Set("key", HexEncode(identity.key.View()));
  json.Set("key_proof", HexEncode(identity.key_proof));
  json.Set("kind", IdentityKindName(identity.kind)).Set("name", identity.name);
  return json;
}

std::string EncodeGenesis(const Genesis& genesis) {
  Json departments = Json::MakeArray();
  for (const auto& department : genesis.departments) departments.Push(DepartmentToJson(department));
  Json identities = Json::MakeArray();
  for (const auto& identity : genesis.identities) identities.Push(IdentityToJson(identity));
  Json validators = Json::MakeArray();
  for (const auto& validator : genesis.validators) validators.Push(ValidatorToJson(validator));
  Json json = Json::MakeObject();
  if (!genesis.calendars.empty()) {
    Json calendars = Json::MakeArray();
    for (const CalendarYear& year : genesis.calendars) calendars.Push(year.ToJson());
    json.Set("calendars", std::move(calendars));
  }
  json.Set("chain", genesis.chain).Set("consensus", genesis.consensus);
  json.Set("departments", std::move(departments)).Set("format", kFormat);
  json.Set("identities", std::move(identities)).Set("log_key", HexEncode(genesis.log_key.View()));
  json.Set("profile", genesis.profile).Set("ruleset", genesis.ruleset);
  json.Set("settings", genesis.settings);
  if (genesis.test_clock) json.Set("test_clock", true);
  json.Set("time", genesis.time);
  json.Set("validators", std::move(validators));
  return CanonicalJson(json);
}

Result<Genesis> DecodeGenesis(ByteView document) {
  JD_TRY(const Json json, ParseCanonicalJson(AsText(document), limits::kGenesisBytesMax));
  JsonFields fields(json, "");
  Genesis genesis;
  const auto calendars = fields.OptionalArray("calendars", kCalendarsMax);
  genesis.chain = fields.Text("chain", limits::kChainIdBytesMax);
  const Json* consensus = fields.Object("consensus");
  const auto departments = fields.Array("departments", kDepartmentsMax);
  if (fields.Text("format", limits::kIdBytesMax) != kFormat) {
    fields.Problem("format", "not jiandu-genesis-1");
  }
  const auto identities = fields.Array("identities", kIdentitiesMax);
  genesis.log_key = fields.Hex<32>("log_key");
  genesis.profile = fields.Text("profile", limits::kIdBytesMax);
  genesis.ruleset =
      static_cast<std::uint64_t>(fields.Integer("ruleset", 1, limits::kJsonIntegerMax));
  const Json* settings = fields.Object("settings");
  // One spelling of every document: the member is there to say yes.
  genesis.test_clock = fields.OptionalBool("test_clock", false);
  if (json.Find("test_clock") != nullptr && !genesis.test_clock) {
    fields.Problem("test_clock", "is left out when it is false");
  }
  genesis.time = fields.Integer("time", 1, limits::kJsonIntegerMax);
  const auto validators = fields.Array("validators", limits::kValidatorsMax);
  JD_CHECK(fields.Finish());
  genesis.consensus = *consensus;
  genesis.settings = *settings;
  JD_TRY(genesis.calendars, ReadList<CalendarYear>(calendars, ReadCalendarYear));
  JD_TRY(genesis.departments, ReadList<GenesisDepartment>(departments, ReadDepartment));
  JD_TRY(genesis.identities, ReadList<GenesisIdentity>(identities, ReadIdentity));
  JD_TRY(genesis.validators, ReadList<GenesisValidator>(validators, ReadValidator));
  JD_CHECK(CheckGenesis(genesis));
  genesis.document = ToBytes(document);
  genesis.hash = crypto::Sha256(document);
  return genesis;
}

Hash256 KeyProofDigest(std::string_view chain, std::string_view department, std::string_view name) {
  constexpr std::string_view kZero{"\0", 1};
  return crypto::Sha256({AsBytes(crypto::kTagKeyProof), AsBytes(chain), AsBytes(kZero),
                         AsBytes(department), AsBytes(kZero), AsBytes(name)});
}

EntityId GenesisIdentityId(const Genesis& genesis, std::size_t n) {
  return BornId(EntityKind::kIdentity, genesis.hash, static_cast<std::uint16_t>(n));
}

Bytes EncodeGenesisLogEntry(const Genesis& genesis) {
  return EncodeEntry(GenesisEntry{.chain = genesis.chain, .genesis_hash = genesis.hash});
}

}  // namespace jiandu::ledger
