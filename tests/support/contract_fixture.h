// A small network for tests of the contracts: the departments of the worked scenario (domain 5),
// their officers and systems, a state in memory, and blocks that are applied one by one.
//
// Header only. Signatures are placeholders: ApplyBlock does not verify them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/hex.h"
#include "contracts/admission.h"
#include "contracts/block_apply.h"
#include "crypto/hash.h"
#include "ledger/model/body.h"
#include "ledger/model/code_numbers.h"
#include "ledger/model/genesis.h"
#include "ledger/model/op.h"

namespace jiandu::contracts::testing {

using ledger::Code;
using ledger::EntityId;
using ledger::Flag;
using ledger::SignerRole;

inline constexpr std::int64_t kDayMs = 86'400'000;
inline constexpr std::int64_t kHourMs = 3'600'000;
// Monday 2026-03-02 09:00 in UTC+8.
inline constexpr std::int64_t kStart = 1'772'413'200'000;
inline constexpr std::string_view kChain = "test-1";

inline constexpr std::string_view kDb = "119901000990010105";  // 数据局, manager
inline constexpr std::string_view kGa = "119901000990010292";  // 公安局, provider
inline constexpr std::string_view kJt = "11990100099001037W";  // 交通局, consumer
inline constexpr std::string_view kSw = "11990100099001045P";  // 税务局
inline constexpr std::string_view kSj = "11990100099001061D";  // 审计局, auditor
inline constexpr std::string_view kZf = "1199010009900107X5";  // 人民政府

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

struct Signing {
  std::string name;
  SignerRole role;
};
inline Signing Maker(std::string name) { return {std::move(name), SignerRole::kMaker}; }
inline Signing Head(std::string name) { return {std::move(name), SignerRole::kHead}; }
inline Signing Peer(std::string name) { return {std::move(name), SignerRole::kPeer}; }
inline Signing System(std::string name) { return {std::move(name), SignerRole::kSystem}; }

// What became of one transaction.
struct Outcome {
  Code code = Code::kAccepted;
  std::uint64_t flags = 0;
  ledger::Stub stub;
  std::vector<EntityId> born;
  [[nodiscard]] bool Accepted() const { return code == Code::kAccepted; }
  [[nodiscard]] bool Has(Flag flag) const { return (flags & ledger::FlagBit(flag)) != 0; }
  // The first entity of the kind born; zero when there is none.
  [[nodiscard]] EntityId Born(ledger::EntityKind kind) const {
    for (const EntityId& id : born) {
      if (ledger::KindOf(id) == kind) return id;
    }
    return {};
  }
};

inline std::string CodeName(Code code) {
  const auto* info = ledger::FindCode(static_cast<std::uint32_t>(code));
  return info != nullptr ? std::string(info->name) : "ACCEPTED";
}

class TestNet {
 public:
  explicit TestNet(std::string_view profile = "combined", Json settings = Json::MakeObject()) {
    ledger::Genesis genesis;
    genesis.chain = kChain;
    genesis.time = kStart - kDayMs;
    genesis.profile = profile;
    genesis.settings = std::move(settings);
    genesis.hash = crypto::Sha256(AsBytes(profile));
    AddDepartment(genesis, kDb, "db", "990100", "CITY", {"MANAGER", "DEPARTMENT"});
    AddDepartment(genesis, kGa, "ga", "990100", "CITY", {"DEPARTMENT"});
    AddDepartment(genesis, kJt, "jt", "990100", "CITY", {"DEPARTMENT"});
    AddDepartment(genesis, kSw, "sw", "990100", "CITY", {"DEPARTMENT"});
    AddDepartment(genesis, kSj, "sj", "990100", "CITY", {"AUDITOR"});
    AddDepartment(genesis, kZf, "zf", "990100", "CITY", {"GOVERNMENT"});
    for (std::size_t i = 0; i < genesis.identities.size(); ++i) {
      identities_[genesis.identities[i].name] = ledger::GenesisIdentityId(genesis, i);
    }
    view_.Apply(ledger::GenesisState(genesis));
  }

  // A transaction as admission would hand it on; `at` is the block's time unless given.
  [[nodiscard]] TransactionPtr Make(std::string_view op, std::string_view department,
                                    const std::vector<Signing>& signings, Json body,
                                    std::int64_t at = 0) {
    ledger::Payload payload{.chain = std::string(kChain),
                            .op = std::string(op),
                            .department = std::string(department),
                            .signers = {},
                            .nonce = {},
                            .exp = time_ + kHourMs,
                            .at = at != 0 ? at : time_,
                            .body = std::move(body)};
    Bytes counter;
    AppendU64Be(counter, ++nonce_);
    payload.nonce = HexEncode(counter);
    for (const Signing& signing : signings) {
      payload.signers.push_back({.key = people_.at(signing.name).id, .role = signing.role});
    }
    std::ranges::sort(payload.signers);
    std::vector<ledger::TxSignature> signatures;
    for (const ledger::Signer& signer : payload.signers) {
      crypto::EcdsaSignature signature;
      signature.bytes[31] = 1;
      signature.bytes[63] = 1;
      signatures.push_back({.key = signer.key, .signature = signature});
    }
    const std::string bytes = ledger::EncodePayload(payload);
    const Bytes stored = ledger::EncodeStored(AsBytes(bytes), signatures);
    auto decoded = ledger::DecodeStored(stored);
    EXPECT_TRUE(decoded.has_value()) << (decoded ? "" : decoded.error().detail);
    return std::make_shared<const ledger::Transaction>(std::move(*decoded));
  }

  // Applies a block and keeps its writes.
  BlockOutcome Block(const std::vector<TransactionPtr>& transactions) {
    const BlockContext context{
        .chain = std::string(kChain), .height = ++height_, .time = time_, .log_size = log_size_};
    BlockOutcome outcome = ApplyBlock(view_, context, transactions);
    digests_.push_back(outcome.writes.Digest());
    view_.Apply(outcome.writes);
    log_size_ += outcome.stubs.size() + (outcome.stubs.empty() ? 0 : 1);
    time_ += 1000;
    return outcome;
  }

  // One transaction in a block of its own.
  Outcome Do(std::string_view op, std::string_view department, const std::vector<Signing>& signings,
             Json body, std::int64_t at = 0) {
    const TransactionPtr transaction = Make(op, department, signings, std::move(body), at);
    last_ = transaction;
    const auto issue = CheckForm(*transaction, kChain, time_);
    EXPECT_FALSE(issue.has_value())
        << op << ": " << (issue ? issue->pointer + " " + issue->detail : "");
    const BlockOutcome block = Block({transaction});
    Outcome outcome{.code = static_cast<Code>(block.codes.at(0)),
                    .flags = block.stubs.at(0).flags,
                    .stub = block.stubs.at(0),
                    .born = {}};
    for (const auto& birth : block.births) outcome.born.push_back(birth.id);
    return outcome;
  }

  [[nodiscard]] ledger::EntityBody Body(const EntityId& id) const {
    const auto bytes = view_.Get(ledger::BodyKey(id));
    if (!bytes) return {};
    auto body = ledger::EntityBody::Decode(*bytes);
    EXPECT_TRUE(body.has_value());
    return body ? *body : ledger::EntityBody();
  }
  [[nodiscard]] std::string Status(const EntityId& id) const {
    const ledger::EntityBody body = Body(id);
    return std::string(ledger::StatusName(body.kind, body.status));
  }
  [[nodiscard]] std::optional<ledger::EntityLeaf> Leaf(const EntityId& id) const {
    const auto bytes = view_.Get(ledger::LeafKey(id));
    if (!bytes) return std::nullopt;
    auto leaf = ledger::EntityLeaf::Decode(*bytes);
    return leaf ? std::optional(*leaf) : std::nullopt;
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
  [[nodiscard]] std::int64_t Time() const { return time_; }
  [[nodiscard]] ledger::Height Height() const { return height_; }
  [[nodiscard]] const TransactionPtr& Last() const { return last_; }
  [[nodiscard]] const std::vector<Hash256>& Digests() const { return digests_; }
  void Advance(std::int64_t ms) { time_ += ms; }

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
                                   .roles = std::move(roles)});
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

  MemoryView view_;
  std::map<std::string, Person> people_;
  std::map<std::string, EntityId> identities_;
  std::int64_t time_ = kStart;
  ledger::Height height_ = 0;
  ledger::LogIndex log_size_ = 1;
  std::uint64_t nonce_ = 0;
  TransactionPtr last_;
  std::vector<Hash256> digests_;
};

}  // namespace jiandu::contracts::testing
