// Keys, genesis and transactions of the simulated network.
#include "tests/simulator/members.h"

#include <array>
#include <utility>

#include "consensus/canonical.h"
#include "crypto/hash.h"
#include "ledger/model/transaction.h"
#include "tests/simulator/world_time.h"

namespace jiandu::simulator {
namespace {

struct Member {
  std::string code;
  std::string name;
  std::string alias;
};

const std::array<Member, kMembersMax>& Members() {
  static const std::array<Member, kMembersMax> kMembers{
      Member{"119901000990010105", "市数据局", "db"},
      Member{"119901000990010292", "市公安局", "ga"},
      Member{"11990100099001037W", "市交通运输局", "jt"},
      Member{"11990100099001045P", "市人力资源和社会保障局", "rs"}};
  return kMembers;
}

Hash256 SeedOf(std::string_view what, std::size_t member) {
  const std::string text = std::string(what) + " of simulated member " + std::to_string(member);
  return crypto::Sha256(AsBytes(text));
}

crypto::EcdsaPrivateKey IdentityKey(std::string_view what, std::size_t member) {
  return std::move(*crypto::EcdsaPrivateKey::From(SeedOf(what, member)));
}

ledger::GenesisIdentity MakeIdentity(const std::string& chain, std::size_t member,
                                     const std::string& name, ledger::IdentityKind kind,
                                     std::uint32_t duties, const crypto::EcdsaPrivateKey& key) {
  const std::string& department = Members()[member].code;
  ledger::GenesisIdentity identity;
  identity.name = name;
  identity.department = department;
  identity.kind = kind;
  identity.duties = duties;
  identity.key = key.PublicKey();
  identity.key_proof =
      ToBytes(key.SignDigest(ledger::KeyProofDigest(chain, department, name)).View());
  identity.attributes = Json::MakeObject();
  if (kind == ledger::IdentityKind::kSystem) {
    identity.attributes =
        Json::MakeObject({{"cidrs", Json::Array{"10.1.0.0/16"}}, {"mlps_level", 3}});
  }
  return identity;
}

ledger::Genesis MakeGenesis() {
  ledger::Genesis genesis;
  genesis.chain = "sim-1";
  genesis.time = kGenesisMs;
  genesis.log_key = crypto::Ed25519PrivateKey::From(SeedOf("log key", 0)).PublicKey();
  for (std::size_t i = 0; i < kMembersMax; ++i) {
    const Member& member = Members()[i];
    std::vector<std::string> roles{"DEPARTMENT"};
    if (i == 0) roles.emplace_back("MANAGER");
    genesis.departments.push_back(
        {member.code, member.name, member.alias, "990100", "CITY", "GOV", roles});
    const std::string& alias = member.alias;
    genesis.identities.push_back(MakeIdentity(genesis.chain, i, alias + "-c1",
                                              ledger::IdentityKind::kOfficer, ledger::duty::kClerk,
                                              IdentityKey("clerk", i)));
    genesis.identities.push_back(MakeIdentity(genesis.chain, i, alias + "-h1",
                                              ledger::IdentityKind::kOfficer, ledger::duty::kHead,
                                              IdentityKey("head", i)));
    genesis.identities.push_back(MakeIdentity(genesis.chain, i, alias + "-node",
                                              ledger::IdentityKind::kSystem, 0, SystemKey(i)));
    genesis.validators.push_back(
        {member.code, ConsensusKey(i).PublicKey(), NodeKey(i).PublicKey(),
         crypto::Ed25519PrivateKey::From(SeedOf("cosign key", i)).PublicKey(), 1});
  }
  auto read = ledger::DecodeGenesis(AsBytes(ledger::EncodeGenesis(genesis)));
  if (!read) std::fprintf(stderr, "the simulated genesis: %s\n", read.error().detail.c_str());
  JD_ASSERT(read.has_value());
  return std::move(*read);
}

consensus::ValidatorSetPtr MakeSet() {
  std::vector<consensus::Validator> validators;
  for (std::size_t i = 0; i < kMembersMax; ++i) {
    const auto key = ConsensusKey(i).PublicKey();
    validators.push_back({.address = consensus::AddressOf(key), .key = key, .power = 1});
  }
  auto set = consensus::ValidatorSet::From(std::move(validators));
  JD_ASSERT(set.has_value());
  return std::make_shared<const consensus::ValidatorSet>(std::move(*set));
}

}  // namespace

crypto::Ed25519PrivateKey ConsensusKey(std::size_t member) {
  return crypto::Ed25519PrivateKey::From(SeedOf("consensus key", member));
}
crypto::Ed25519PrivateKey NodeKey(std::size_t member) {
  return crypto::Ed25519PrivateKey::From(SeedOf("node key", member));
}
crypto::EcdsaPrivateKey SystemKey(std::size_t member) { return IdentityKey("system", member); }

consensus::Address SeatOf(std::size_t member) {
  static const auto kSeats = [] {
    std::array<consensus::Address, kMembersMax> seats;
    for (std::size_t i = 0; i < kMembersMax; ++i) {
      seats[i] = consensus::AddressOf(ConsensusKey(i).PublicKey());
    }
    return seats;
  }();
  return kSeats[member];
}

const std::string& DepartmentOf(std::size_t member) { return Members()[member].code; }

const ledger::Genesis& TheGenesis() {
  static const ledger::Genesis kGenesis = MakeGenesis();
  return kGenesis;
}

const consensus::ValidatorSetPtr& TheSet() {
  static const consensus::ValidatorSetPtr kSet = MakeSet();
  return kSet;
}

Bytes MakeTransaction(std::size_t member, std::uint64_t number) {
  static const auto kKeys = [] {
    std::vector<crypto::EcdsaPrivateKey> keys;
    for (std::size_t i = 0; i < kMembersMax; ++i) keys.push_back(IdentityKey("clerk", i));
    return keys;
  }();
  const crypto::EcdsaPrivateKey& key = kKeys[member];
  const ledger::KeyId id = crypto::MakeKeyId(key.PublicKey());
  const ledger::Payload payload{.chain = TheGenesis().chain,
                                .op = "resource.discard",
                                .department = Members()[member].code,
                                .signers = {{.key = id}},
                                .nonce = std::to_string(1'000'000'000'000'000 + number),
                                .exp = kWallStartMs + 20LL * 3'600'000,
                                .at = kWallStartMs,
                                .body = Json::MakeObject()};
  const std::string text = ledger::EncodePayload(payload);
  const Hash256 digest = crypto::Sha256(ledger::PreAuthEncoding(AsBytes(text)));
  return ledger::EncodeStored(AsBytes(text), {{.key = id, .signature = key.SignDigest(digest)}});
}

}  // namespace jiandu::simulator
