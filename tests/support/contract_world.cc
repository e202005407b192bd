// A state in memory, and the genesis of the worked scenario.
#include "tests/support/contract_world.h"

namespace jiandu::contracts::testing {

std::optional<Bytes> MemoryView::Get(ByteView key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

void MemoryView::Scan(ByteView prefix, ByteView from, const Visitor& visit) const {
  auto at = values_.lower_bound(from.empty() ? prefix : from);
  for (; at != values_.end() && HasPrefix(at->first, prefix); ++at) {
    if (!visit(at->first, at->second)) return;
  }
}

void MemoryView::Apply(const ledger::WriteSet& writes) {
  for (const auto& [key, value] : writes.Writes()) {
    if (value) {
      values_[key] = *value;
    } else {
      values_.erase(key);
    }
  }
}

crypto::EcdsaPrivateKey PrivateKey(std::string_view name) {
  const Hash256 seed = crypto::Sha256(AsBytes(name));
  return std::move(*crypto::EcdsaPrivateKey::From(crypto::EcdsaSeed{seed.bytes}));
}

crypto::Ed25519PrivateKey NodeKey(std::string_view name) {
  return crypto::Ed25519PrivateKey::From(crypto::Ed25519Seed{crypto::Sha256(AsBytes(name)).bytes});
}

TestWorld::TestWorld(std::string_view profile, Json settings, Above above) {
  ledger::Genesis genesis;
  genesis.chain = kChain;
  genesis.time = kStart - kDayMs;
  genesis.profile = profile;
  genesis.settings = std::move(settings);
  genesis.hash = crypto::Sha256(AsBytes(profile));
  genesis.calendars = ledger::PublishedCalendars();
  AddDepartment(genesis, kDb, "db", "990100", "CITY", {"MANAGER", "DEPARTMENT"});
  AddDepartment(genesis, kGa, "ga", "990100", "CITY", {"DEPARTMENT"});
  AddDepartment(genesis, kJt, "jt", "990100", "CITY", {"DEPARTMENT"});
  AddDepartment(genesis, kSw, "sw", "990100", "CITY", {"DEPARTMENT"});
  AddDepartment(genesis, kSj, "sj", "990100", "CITY", {"AUDITOR"});
  AddDepartment(genesis, kSdb, "sdb", "990000", "PROVINCE", {"MANAGER", "DEPARTMENT"});
  AddDepartment(genesis, kSt, "st", "990000", "PROVINCE", {"DEPARTMENT"});
  if (above == Above::kGovernment) {
    AddDepartment(genesis, kZf, "zf", "990100", "CITY", {"GOVERNMENT"});
  } else if (above == Above::kProvince) {
    AddDepartment(genesis, kZf, "zf", "990000", "PROVINCE", {"GOVERNMENT"});
  }
  AddNode(genesis, kDb, "db");
  AddNode(genesis, kGa, "ga");
  AddNode(genesis, kJt, "jt");
  AddNode(genesis, kSw, "sw");
  for (std::size_t i = 0; i < genesis.identities.size(); ++i) {
    identities_[genesis.identities[i].name] = ledger::GenesisIdentityId(genesis, i);
  }
  view_.Apply(ledger::GenesisState(genesis));
}

TestWorld::TestWorld(const TestWorld& other) = default;
TestWorld::TestWorld(TestWorld&& other) noexcept = default;
TestWorld& TestWorld::operator=(const TestWorld& other) = default;
TestWorld& TestWorld::operator=(TestWorld&& other) noexcept = default;
TestWorld::~TestWorld() = default;

EntityId TestWorld::Identity(const std::string& name) const { return identities_.at(name); }
const Person& TestWorld::Who(const std::string& name) const { return people_.at(name); }

void TestWorld::AddPerson(std::string name, std::string_view department) {
  Person person{.name = name, .department = std::string(department), .key = {}, .id = {}};
  person.key = PrivateKey(name).PublicKey();
  person.id = crypto::MakeKeyId(person.key);
  people_[std::move(name)] = person;
}

void TestWorld::AddDepartment(ledger::Genesis& genesis, std::string_view code,
                              const std::string& alias, std::string jurisdiction, std::string level,
                              std::vector<std::string> roles) {
  const bool auditor = roles.front() == "AUDITOR";
  genesis.departments.push_back({.code = std::string(code),
                                 .name = alias,
                                 .alias = alias,
                                 .jurisdiction = std::move(jurisdiction),
                                 .level = std::move(level),
                                 .kind = "GOV",
                                 .roles = std::move(roles),
                                 .may_seal = alias == "jt"});
  using ledger::IdentityKind;
  namespace duty = ledger::duty;
  AddIdentity(genesis, code, alias + "-c1", IdentityKind::kOfficer,
              auditor ? duty::kAudit : duty::kClerk | duty::kSecurity);
  AddIdentity(genesis, code, alias + "-c2", IdentityKind::kOfficer, duty::kClerk);
  AddIdentity(genesis, code, alias + "-h1", IdentityKind::kOfficer, duty::kHead);
  AddIdentity(genesis, code, alias + "-l1", IdentityKind::kOfficer, duty::kLeader);
  AddIdentity(genesis, code, alias + "-s1", IdentityKind::kOfficer, duty::kSysadmin);
  AddIdentity(genesis, code, alias + "-b1", IdentityKind::kOfficer, duty::kClerk | duty::kHead);
  AddIdentity(genesis, code, alias + "-gw", IdentityKind::kSystem, 0);
  AddIdentity(genesis, code, alias + "-app", IdentityKind::kSystem, 0);
  AddIdentity(genesis, code, alias + "-op", IdentityKind::kContractor, 0);
}

void TestWorld::AddIdentity(ledger::Genesis& genesis, std::string_view code,
                            const std::string& name, ledger::IdentityKind kind,
                            std::uint32_t duties) {
  AddPerson(name, code);
  Json attributes = Json::MakeObject();
  if (kind == ledger::IdentityKind::kSystem) attributes.Set("mlps_level", 3);
  genesis.identities.push_back({.name = name,
                                .department = std::string(code),
                                .kind = kind,
                                .duties = duties,
                                .key = people_.at(name).key,
                                .key_proof = Bytes(64, 1),
                                .attributes = std::move(attributes)});
}

void TestWorld::AddNode(ledger::Genesis& genesis, std::string_view code, const std::string& alias) {
  genesis.validators.push_back({.department = std::string(code),
                                .consensus_key = NodeKey(alias + "-node-consensus").PublicKey(),
                                .node_key = NodeKey(alias + "-node-node").PublicKey(),
                                .cosign_key = NodeKey(alias + "-node-cosign").PublicKey()});
}

}  // namespace jiandu::contracts::testing
