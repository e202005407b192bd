// The departments of the worked scenario, their officers and systems, and the state they begin
// with: what tests, benchmarks and fuzz targets of the contracts stand on.
//
// Header only, without GoogleTest. Keys are made from names; the proofs of possession in its
// genesis are constants, which nothing here checks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "ledger/model/genesis.h"

namespace jiandu::contracts::testing {

using ledger::EntityId;

inline constexpr std::int64_t kDayMs = 86'400'000;
inline constexpr std::int64_t kHourMs = 3'600'000;
// Monday 2026-03-02 09:00 in UTC+8.
inline constexpr std::int64_t kStart = 1'772'413'200'000;
inline constexpr std::string_view kChain = "test-1";

inline constexpr std::string_view kDb = "119901000990010105";   // 数据局, manager
inline constexpr std::string_view kGa = "119901000990010292";   // 公安局, provider
inline constexpr std::string_view kJt = "11990100099001037W";   // 交通局, consumer
inline constexpr std::string_view kSw = "11990100099001045P";   // 税务局
inline constexpr std::string_view kSj = "11990100099001061D";   // 审计局, auditor
inline constexpr std::string_view kSdb = "11990000099001117B";  // 省数据局, manager above
inline constexpr std::string_view kSt = "119900000990011256";   // 省交通运输厅
inline constexpr std::string_view kZf = "1199010009900107X5";   // 人民政府

// A state in memory.
class MemoryView final : public ledger::StateView {
 public:
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override {
    const auto found = values_.find(key);
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override {
    auto at = values_.lower_bound(from.empty() ? prefix : from);
    for (; at != values_.end() && HasPrefix(at->first, prefix); ++at) {
      if (!visit(at->first, at->second)) return;
    }
  }
  void Apply(const ledger::WriteSet& writes) {
    for (const auto& [key, value] : writes.Writes()) {
      if (value) {
        values_[key] = *value;
      } else {
        values_.erase(key);
      }
    }
  }
  [[nodiscard]] std::size_t Size() const { return values_.size(); }

 private:
  std::map<Bytes, Bytes, ledger::BytesLess> values_;
};

// A key of the test network, made from its name.
struct Person {
  std::string name;
  std::string department;
  crypto::EcdsaPublicKeyBytes key;
  ledger::KeyId id;
};

inline crypto::EcdsaPrivateKey PrivateKey(std::string_view name) {
  const Hash256 seed = crypto::Sha256(AsBytes(name));
  return std::move(*crypto::EcdsaPrivateKey::From(crypto::EcdsaSeed{seed.bytes}));
}

// A key of a node, made from its name: "db-node-consensus".
inline crypto::Ed25519PrivateKey NodeKey(std::string_view name) {
  return crypto::Ed25519PrivateKey::From(crypto::Ed25519Seed{crypto::Sha256(AsBytes(name)).bytes});
}

// Whether anybody stands above the manager.
enum class Above { kGovernment, kNobody };

class TestWorld {
 public:
  explicit TestWorld(std::string_view profile = "combined", Json settings = Json::MakeObject(),
                     Above above = Above::kGovernment) {
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

  [[nodiscard]] EntityId Identity(const std::string& name) const { return identities_.at(name); }
  [[nodiscard]] const Person& Who(const std::string& name) const { return people_.at(name); }
  // Someone whose key is not in genesis.
  void AddPerson(std::string name, std::string_view department) {
    Person person{.name = name, .department = std::string(department), .key = {}, .id = {}};
    person.key = PrivateKey(name).PublicKey();
    person.id = crypto::MakeKeyId(person.key);
    people_[std::move(name)] = person;
  }
  [[nodiscard]] const MemoryView& View() const { return view_; }
  void Apply(const ledger::WriteSet& writes) { view_.Apply(writes); }

 private:
  void AddDepartment(ledger::Genesis& genesis, std::string_view code, const std::string& alias,
                     std::string jurisdiction, std::string level, std::vector<std::string> roles) {
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
  void AddIdentity(ledger::Genesis& genesis, std::string_view code, const std::string& name,
                   ledger::IdentityKind kind, std::uint32_t duties) {
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

  static void AddNode(ledger::Genesis& genesis, std::string_view code, const std::string& alias) {
    genesis.validators.push_back({.department = std::string(code),
                                  .consensus_key = NodeKey(alias + "-node-consensus").PublicKey(),
                                  .node_key = NodeKey(alias + "-node-node").PublicKey(),
                                  .cosign_key = NodeKey(alias + "-node-cosign").PublicKey()});
  }

  MemoryView view_;
  std::map<std::string, Person> people_;
  std::map<std::string, EntityId> identities_;
};

}  // namespace jiandu::contracts::testing
