#include "cli/ceremony.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/files.h"
#include "cli/text.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "ledger/model/genesis_check.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kNameBytesMax = 256;
constexpr std::size_t kCalendarsMax = 100;
constexpr std::size_t kIdentitiesMax = 1024;

Result<void> MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Fail(Errc::kIo, folder.string() + ": " + error.message());
  return {};
}

// Makes, seals and writes one key; the material goes back for the proofs.
Result<crypto::KeyMaterial> NewKeyFile(const JoinPlan& plan, const std::filesystem::path& file,
                                       crypto::KeySuite suite, const std::string& purpose) {
  crypto::KeyMaterial key = crypto::GenerateKey(suite, purpose);
  JD_CHECK(WriteNewFile(file, crypto::SealKey(key, plan.passphrase, plan.cost), FileMode::kSecret));
  return key;
}

Result<Json> JoinIdentity(const NetworkDraft& draft, const JoinPlan& plan,
                          const NewIdentity& identity) {
  const std::string purpose = identity.kind == ledger::IdentityKind::kSystem ? "system" : "officer";
  JD_TRY(const crypto::KeyMaterial key, NewKeyFile(plan, IdentityKeyFile(plan.home, identity.name),
                                                   crypto::KeySuite::kSecp256k1, purpose));
  JD_TRY(const auto private_key, crypto::EcdsaPrivateKey::From(key.seed));
  const Hash256 digest = ledger::KeyProofDigest(draft.chain, plan.department.code, identity.name);
  Json duties = Json::MakeArray();
  for (std::uint32_t bit = 1; bit <= ledger::duty::kAudit; bit <<= 1U) {
    if ((identity.duties & bit) != 0) duties.Push(ledger::DutyName(bit));
  }
  return Json::MakeObject({{"name", identity.name},
                           {"kind", ledger::IdentityKindName(identity.kind)},
                           {"duties", std::move(duties)},
                           {"key", HexEncode(key.public_key)},
                           {"proof", HexEncode(private_key.SignDigest(digest).View())},
                           {"attributes", identity.attributes}});
}

Json DescribeDepartment(const ledger::GenesisDepartment& department) {
  Json roles = Json::MakeArray();
  for (const std::string& role : department.roles) roles.Push(role);
  return Json::MakeObject({{"code", department.code},
                           {"name", department.name},
                           {"alias", department.alias},
                           {"jurisdiction", department.jurisdiction},
                           {"level", department.level},
                           {"kind", department.kind},
                           {"may_seal", department.may_seal},
                           {"roles", std::move(roles)}});
}

bool IsManager(const std::vector<std::string>& roles) {
  return std::ranges::find(roles, "MANAGER") != roles.end();
}

// What node.admit and log.rotate_key ask for later: the key has signed chain, department and use.
std::string ProofOf(const crypto::KeyMaterial& key, const std::string& chain,
                    const std::string& department, const std::string& purpose) {
  const auto private_key = crypto::Ed25519PrivateKey::From(key.seed);
  const Hash256 digest = ledger::KeyProofDigest(chain, department, purpose);
  return HexEncode(private_key.Sign(digest.View()).View());
}

// Whose key nobody proved to hold might be another department's, or a number that is no key.
Result<void> CheckProof(const std::string& chain, const ledger::GenesisDepartment& department,
                        const std::string& purpose, const crypto::Ed25519PublicKey& key,
                        const crypto::Ed25519Signature& proof) {
  const Hash256 digest = ledger::KeyProofDigest(chain, department.code, purpose);
  if (crypto::VerifyEd25519(key, digest.View(), proof)) return {};
  return Fail(
      Errc::kUnauthenticated,
      "the join.json of " + department.name + ": the proof of the " + purpose +
          " key does not show that the department holds it: have it run jiandu network "
          "join again 该部门 join.json 中的密钥持有证明无效：请其重新执行 jiandu network join");
}

// The keys of a node that votes: consensus, link and cosign; at the manager also the log key, which
// is of use to a node only.
Result<void> JoinNode(const std::string& chain, const JoinPlan& plan, Json& join) {
  if (plan.seat == Seat::kValidator) {
    Json seat = Json::MakeObject();
    for (const char* purpose : {"consensus", "node", "cosign"}) {
      JD_TRY(const auto key, NewKeyFile(plan, NodeKeyFile(plan.home, purpose),
                                        crypto::KeySuite::kEd25519, purpose));
      seat.Set(purpose, HexEncode(key.public_key));
      seat.Set(std::string(purpose) + "_proof",
               ProofOf(key, chain, plan.department.code, std::string("node-") + purpose));
    }
    join.Set("validator", std::move(seat));
  }
  if (plan.seat == Seat::kValidator && IsManager(plan.department.roles)) {
    JD_TRY(const auto key,
           NewKeyFile(plan, NodeKeyFile(plan.home, "log"), crypto::KeySuite::kEd25519, "log"));
    join.Set("log_key", HexEncode(key.public_key));
    join.Set("log_proof", ProofOf(key, chain, plan.department.code, "log"));
  }
  return {};
}

Result<ledger::GenesisDepartment> ReadDepartment(const Json& json) {
  JsonFields fields(json, "/department");
  ledger::GenesisDepartment department;
  department.code = fields.Text("code", 18);
  department.name = fields.Text("name", kNameBytesMax);
  department.alias = fields.Text("alias", limits::kIdBytesMax);
  department.jurisdiction = fields.Text("jurisdiction", 12);
  department.level = fields.Text("level", 16);
  department.kind = fields.Text("kind", 32);
  for (const Json& role : fields.Array("roles", 8)) {
    if (role.IsText()) department.roles.push_back(role.AsString());
  }
  department.may_seal = fields.OptionalBool("may_seal", false);
  std::ranges::sort(department.roles);  // one document has one form
  JD_CHECK(fields.Finish());
  return department;
}

Result<ledger::GenesisIdentity> ReadIdentity(const Json& json, const std::string& department) {
  JsonFields fields(json, "/identities");
  ledger::GenesisIdentity identity;
  identity.department = department;
  identity.name = fields.Text("name", limits::kIdBytesMax);
  const auto kind = ledger::IdentityKindFromName(fields.Text("kind", 16));
  if (!kind) fields.Problem("kind", "is none of OFFICER, SYSTEM, NODE, CONTRACTOR");
  identity.kind = kind.value_or(ledger::IdentityKind::kOfficer);
  for (const Json& duty : fields.Array("duties", 8)) {
    const auto bit = duty.IsText() ? ledger::DutyFromName(duty.AsString()) : std::nullopt;
    if (!bit) fields.Problem("duties", "has an unknown duty");
    identity.duties |= bit.value_or(0);
  }
  identity.key = fields.Hex<33>("key");
  identity.key_proof = ToBytes(fields.Hex<64>("proof").View());
  if (const Json* attributes = fields.Object("attributes")) identity.attributes = *attributes;
  JD_CHECK(fields.Finish());
  return identity;
}

Result<ledger::GenesisValidator> ReadSeat(const Json& json, const std::string& chain,
                                          const ledger::GenesisDepartment& department) {
  JsonFields seat(json, "/validator");
  ledger::GenesisValidator made;
  made.department = department.code;
  made.consensus_key = seat.Hex<32>("consensus");
  const auto consensus_proof = seat.Hex<64>("consensus_proof");
  made.node_key = seat.Hex<32>("node");
  const auto node_proof = seat.Hex<64>("node_proof");
  made.cosign_key = seat.Hex<32>("cosign");
  const auto cosign_proof = seat.Hex<64>("cosign_proof");
  JD_CHECK(seat.Finish());
  JD_CHECK(CheckProof(chain, department, "node-consensus", made.consensus_key, consensus_proof));
  JD_CHECK(CheckProof(chain, department, "node-node", made.node_key, node_proof));
  JD_CHECK(CheckProof(chain, department, "node-cosign", made.cosign_key, cosign_proof));
  return made;
}

Result<void> ReadJoin(const NetworkDraft& draft, const std::string& text,
                      ledger::Genesis& genesis) {
  JD_TRY(const Json json, ParseJson(text, limits::kGenesisBytesMax));
  JsonFields fields(json, "");
  if (fields.Text("format", 32) != "jiandu-join-1")
    fields.Problem("format", "is not jiandu-join-1");
  if (fields.Text("chain", limits::kChainIdBytesMax) != draft.chain) {
    fields.Problem("chain", "is another network");
  }
  const Json* department_json = fields.Object("department");
  const auto identities = fields.Array("identities", kIdentitiesMax);
  const Json* validator = fields.OptionalObject("validator");
  const std::string log_key = fields.OptionalText("log_key", 64);
  const std::string log_proof = fields.OptionalText("log_proof", 128);
  JD_CHECK(fields.Finish());

  JD_TRY(ledger::GenesisDepartment department, ReadDepartment(*department_json));
  for (const Json& one : identities) {
    JD_TRY(ledger::GenesisIdentity identity, ReadIdentity(one, department.code));
    genesis.identities.push_back(std::move(identity));
  }
  if (validator != nullptr) {
    JD_TRY(ledger::GenesisValidator made, ReadSeat(*validator, draft.chain, department));
    genesis.validators.push_back(std::move(made));
  }
  if (!log_key.empty()) {
    if (validator == nullptr) {
      return Fail(
          Errc::kInvalid,
          "names a log key and has no node that could keep the log: take the member log_key "
          "out of the join.json of " +
              department.name +
              " 该部门没有节点，无法保管日志：请从其 join.json 中删去 log_key 成员");
    }
    if (!genesis.log_key.IsZero()) {
      return Fail(
          Errc::kConflict,
          "two join files name a log key, and one node keeps the log: take the member "
          "log_key out of the join.json of " +
              department.name +
              " or of the other, and the file keys/_log.key with it "
              "有两个 join.json 含 log_key，而日志只由一个节点保管：请删去其中一个的 log_key "
              "成员及其 keys/_log.key 文件");
    }
    JD_TRY(genesis.log_key, HexDecodeFixed<32>(log_key));
    const auto proof = HexDecodeFixed<64>(log_proof).value_or(crypto::Ed25519Signature());
    JD_CHECK(CheckProof(draft.chain, department, "log", genesis.log_key, proof));
  }
  genesis.departments.push_back(std::move(department));
  return {};
}

// "genesis: /departments/2: ..." is of row 2; nothing when the problem is of no row of that list.
std::optional<std::size_t> RowOf(std::string_view detail, std::string_view list) {
  const std::string begin = "/" + std::string(list) + "/";
  const std::size_t place = detail.find(begin);
  if (place == std::string_view::npos) return std::nullopt;
  std::size_t row = 0;
  const char* from = detail.data() + place + begin.size();
  const auto [at, error] = std::from_chars(from, detail.data() + detail.size(), row);
  return error == std::errc() && at != from ? std::optional(row) : std::nullopt;
}

// The document holds departments and identities in the order of the join files.
std::unexpected<Error> WithFile(const Error& error, const ledger::Genesis& genesis,
                                const std::vector<JoinFile>& files) {
  std::string code;
  if (const auto row = RowOf(error.detail, "departments"); row && *row < files.size()) {
    return FailWith(error, files[*row].name);
  }
  if (const auto row = RowOf(error.detail, "identities"); row && *row < genesis.identities.size()) {
    code = genesis.identities[*row].department;
  }
  if (const auto row = RowOf(error.detail, "validators"); row && *row < genesis.validators.size()) {
    code = genesis.validators[*row].department;
  }
  for (std::size_t i = 0; i < genesis.departments.size() && i < files.size(); ++i) {
    if (genesis.departments[i].code == code) return FailWith(error, files[i].name);
  }
  return std::unexpected(error);
}

}  // namespace

std::string EncodeDraft(const NetworkDraft& draft) {
  Json calendars = Json::MakeArray();
  for (const ledger::CalendarYear& year : draft.calendars) calendars.Push(year.ToJson());
  Json json = Json::MakeObject({{"format", "jiandu-network-1"},
                                {"chain", draft.chain},
                                {"time", draft.time},
                                {"profile", draft.profile},
                                {"consensus", draft.consensus},
                                {"settings", draft.settings},
                                {"calendars", std::move(calendars)}});
  if (draft.test_clock) json.Set("test_clock", true);
  return PrettyJson(json);
}

Result<NetworkDraft> DecodeDraft(std::string_view text) {
  JD_TRY(const Json json, ParseJson(text, limits::kMiB));
  JsonFields fields(json, "");
  NetworkDraft draft;
  if (fields.Text("format", 32) != "jiandu-network-1")
    fields.Problem("format", "is not jiandu-network-1");
  draft.chain = fields.Text("chain", limits::kChainIdBytesMax);
  draft.time = fields.Integer("time", 0, limits::kJsonIntegerMax);
  draft.profile = fields.Text("profile", limits::kIdBytesMax);
  if (const Json* consensus = fields.Object("consensus")) draft.consensus = *consensus;
  if (const Json* settings = fields.Object("settings")) draft.settings = *settings;
  draft.test_clock = fields.OptionalBool("test_clock", false);
  // Without the member: the years this program knows.
  if (json.Find("calendars") != nullptr) {
    draft.calendars.clear();
    for (const Json& one : fields.Array("calendars", kCalendarsMax)) {
      JD_TRY(ledger::CalendarYear year, ledger::CalendarYear::FromJson(one));
      draft.calendars.push_back(std::move(year));
    }
  }
  JD_CHECK(fields.Finish());
  return draft;
}

Result<void> CheckJoin(const NetworkDraft& draft, const JoinPlan& plan) {
  if (!ledger::IsChainId(draft.chain)) {
    return Fail(Errc::kInvalid, "the draft's chain id is no word of letters, digits and -_.");
  }
  ledger::GenesisDepartment department = plan.department;
  std::ranges::sort(department.roles);
  JD_CHECK(ledger::CheckGenesisDepartment(department));
  // Everybody's terminal shows it.
  if (Harmless(department.name) != department.name) {
    return Fail(Errc::kInvalid, "name: has characters that command a terminal");
  }
  std::set<std::string_view> names;
  for (const NewIdentity& identity : plan.identities) {
    // It names the file of the key as well.
    if (!ledger::IsIdentityName(identity.name)) {
      return Fail(Errc::kInvalid, "\"" + identity.name +
                                      "\": a name is a lower-case word of letters, digits and "
                                      "inner hyphens");
    }
    if (!names.insert(identity.name).second) {
      return Fail(Errc::kInvalid, identity.name + ": named twice");
    }
    if ((identity.kind == ledger::IdentityKind::kOfficer) != (identity.duties != 0)) {
      return Fail(Errc::kInvalid, identity.name + ": an officer has a duty, nobody else has one");
    }
    if (!ledger::AreDutiesCompatible(identity.duties)) {
      return Fail(Errc::kInvalid, identity.name + ": these duties exclude one another");
    }
  }
  return {};
}

Result<std::string> JoinNetwork(const NetworkDraft& draft, const JoinPlan& plan) {
  JD_CHECK(CheckJoin(draft, plan));
  JD_CHECK(MakeFolder(plan.home / "keys"));
  Json identities = Json::MakeArray();
  for (const NewIdentity& identity : plan.identities) {
    JD_TRY(Json joined, JoinIdentity(draft, plan, identity));
    identities.Push(std::move(joined));
  }
  Json join = Json::MakeObject({{"format", "jiandu-join-1"},
                                {"chain", draft.chain},
                                {"department", DescribeDepartment(plan.department)},
                                {"identities", std::move(identities)}});
  JD_CHECK(JoinNode(draft.chain, plan, join));
  return PrettyJson(join);
}

Result<std::string> SealNetwork(const NetworkDraft& draft,
                                const std::vector<JoinFile>& join_files) {
  ledger::Genesis genesis;
  genesis.chain = draft.chain;
  genesis.time = draft.time;
  genesis.profile = draft.profile;
  genesis.consensus = draft.consensus;
  genesis.settings = draft.settings;
  genesis.calendars = draft.calendars;
  genesis.test_clock = draft.test_clock;
  for (const JoinFile& file : join_files) {
    if (const auto read = ReadJoin(draft, file.text, genesis); !read) {
      return FailWith(read.error(), file.name);
    }
  }
  std::string document = ledger::EncodeGenesis(genesis);
  if (const auto checked = ledger::DecodeGenesis(AsBytes(document)); !checked) {
    return WithFile(checked.error(), genesis, join_files);
  }
  return document;
}

std::filesystem::path IdentityKeyFile(const std::filesystem::path& home, const std::string& name) {
  return home / "keys" / (name + ".key");
}

std::filesystem::path NodeKeyFile(const std::filesystem::path& home, const std::string& purpose) {
  return home / "keys" / ("_" + purpose + ".key");
}

}  // namespace jiandu::cli
