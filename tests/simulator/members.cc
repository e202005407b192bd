// Keys, genesis and transactions of the simulated network.
#include "tests/simulator/members.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/hex.h"
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

const std::array<Member, kDepartments>& Members() {
  static const std::array<Member, kDepartments> kMembers{
      Member{"119901000990010105", "市数据局", "db"},
      Member{"119901000990010292", "市公安局", "ga"},
      Member{"11990100099001037W", "市交通运输局", "jt"},
      Member{"11990100099001045P", "市人力资源和社会保障局", "rs"},
      Member{"11990100099001061D", "市审计局", "sj"}};
  return kMembers;
}

Hash256 SeedOf(std::string_view what, std::size_t member, unsigned generation = 0) {
  std::string text = std::string(what) + " of simulated member " + std::to_string(member);
  if (generation != 0) text += ", the " + std::to_string(generation) + ". after the first";
  return crypto::Sha256(AsBytes(text));
}
crypto::Ed25519PrivateKey SeedKey(std::string_view what, std::size_t member,
                                  unsigned generation = 0) {
  return crypto::Ed25519PrivateKey::From(SeedOf(what, member, generation));
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

ledger::Genesis MakeGenesis(ledger::TimeMs time) {
  ledger::Genesis genesis;
  genesis.chain = "sim-1";
  genesis.time = time;
  genesis.log_key = SeedKey("log key", 0).PublicKey();
  for (std::size_t i = 0; i < kDepartments; ++i) {
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
    genesis.identities.push_back(MakeIdentity(genesis.chain, i, alias + "-s1",
                                              ledger::IdentityKind::kOfficer,
                                              ledger::duty::kSysadmin, IdentityKey("sysadmin", i)));
    genesis.identities.push_back(MakeIdentity(genesis.chain, i, alias + "-node",
                                              ledger::IdentityKind::kSystem, 0, SystemKey(i)));
    if (i >= kMembersMax) continue;
    genesis.validators.push_back({member.code, ConsensusKey(i).PublicKey(), NodeKey(i).PublicKey(),
                                  SeedKey("cosign key", i).PublicKey(), 1});
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

std::string Hex(const crypto::Ed25519PublicKey& key) { return HexEncode(key.View()); }

std::string Proof(const crypto::Ed25519PrivateKey& key, std::size_t member,
                  std::string_view purpose) {
  const Hash256 digest =
      ledger::KeyProofDigest(TheGenesis().chain, DepartmentOf(member), std::string(purpose));
  return HexEncode(key.Sign(digest.View()).View());
}

const crypto::EcdsaPrivateKey& OfficerKey(std::string_view post, std::size_t member) {
  static std::map<std::pair<std::string, std::size_t>, crypto::EcdsaPrivateKey> keys;
  const auto found = keys.find({std::string(post), member});
  if (found != keys.end()) return found->second;
  return keys.emplace(std::pair(std::string(post), member), IdentityKey(post, member))
      .first->second;
}

}  // namespace

crypto::Ed25519PrivateKey ConsensusKey(std::size_t member, unsigned generation) {
  return SeedKey("consensus key", member, generation);
}
crypto::Ed25519PrivateKey NodeKey(std::size_t member, unsigned generation) {
  return SeedKey("node key", member, generation);
}
crypto::EcdsaPrivateKey SystemKey(std::size_t member) { return IdentityKey("system", member); }

consensus::Address SeatOf(std::size_t member, unsigned generation) {
  static std::map<std::pair<std::size_t, unsigned>, consensus::Address> seats;
  const auto [seat, is_new] = seats.try_emplace({member, generation});
  if (is_new) seat->second = consensus::AddressOf(ConsensusKey(member, generation).PublicKey());
  return seat->second;
}

const std::string& DepartmentOf(std::size_t member) { return Members()[member].code; }

const ledger::Genesis& TheGenesis() {
  static const ledger::Genesis kGenesis = MakeGenesis(kGenesisMs);
  return kGenesis;
}

const ledger::Genesis& OtherGenesis() {
  static const ledger::Genesis kGenesis = MakeGenesis(kGenesisMs + 1000);
  return kGenesis;
}

const consensus::ValidatorSetPtr& TheSet() {
  static const consensus::ValidatorSetPtr kSet = MakeSet();
  return kSet;
}

ledger::Transaction MakeSigned(std::string_view op, const std::vector<Signing>& by, Json body,
                               std::uint64_t number) {
  ledger::Payload payload{.chain = TheGenesis().chain,
                          .op = std::string(op),
                          .department = DepartmentOf(by.front().member),
                          .signers = {},
                          .nonce = std::to_string(1'000'000'000'000'000 + number),
                          .exp = kWallStartMs + 20LL * 3'600'000,
                          .at = kWallStartMs,
                          .body = std::move(body)};
  std::map<ledger::KeyId, const crypto::EcdsaPrivateKey*> keys;
  for (const Signing& one : by) {
    const crypto::EcdsaPrivateKey& key = OfficerKey(one.post, one.member);
    const ledger::KeyId id = crypto::MakeKeyId(key.PublicKey());
    keys.emplace(id, &key);
    payload.signers.push_back({.key = id, .role = one.role});
  }
  std::ranges::sort(payload.signers);
  const std::string text = ledger::EncodePayload(payload);
  const Hash256 digest = crypto::Sha256(ledger::PreAuthEncoding(AsBytes(text)));
  std::vector<ledger::TxSignature> signatures;
  for (const auto& [id, key] : keys) {
    signatures.push_back({.key = id, .signature = key->SignDigest(digest)});
  }
  auto made = ledger::DecodeStored(ledger::EncodeStored(AsBytes(text), std::move(signatures)));
  JD_ASSERT(made.has_value());
  return std::move(*made);
}

Bytes MakeTransaction(std::size_t member, std::uint64_t number) {
  constexpr std::uint64_t kRefusedOneIn = 5;
  const Signing clerk{.member = member, .post = "clerk", .role = ledger::SignerRole::kMaker};
  if (number % kRefusedOneIn == 0) {
    return StoredOf(MakeSigned("resource.discard", {clerk}, Json::MakeObject(), number));
  }
  Json content = Json::MakeObject({{"code", "990100-sim-" + std::to_string(number)},
                                   {"name", "Simulated " + std::to_string(number)},
                                   {"abstract", "One of many"},
                                   {"kind", "DEPARTMENT"},
                                   {"format", "JSON"},
                                   {"update_cycle", "DAILY"},
                                   {"share_class", "UNCONDITIONAL"}});
  Json body = Json::MakeObject();
  body.Set("content", std::move(content));
  return StoredOf(MakeSigned("resource.draft", {clerk}, std::move(body), number));
}

Bytes StoredOf(const ledger::Transaction& transaction) {
  return ledger::EncodeStored(transaction.payload_bytes, transaction.signatures);
}

Json Admission(std::size_t member, unsigned generation, std::int64_t power) {
  Json body = Json::MakeObject({{"department", DepartmentOf(member)}});
  const std::array keys{std::pair{"consensus", ConsensusKey(member, generation)},
                        std::pair{"node", NodeKey(member, generation)},
                        std::pair{"cosign", SeedKey("cosign key", member, generation)}};
  for (const auto& [which, key] : keys) {
    const std::string name(which);
    body.Set(name + "_key", Hex(key.PublicKey()));
    body.Set(name + "_proof", Proof(key, member, "node-" + name));
  }
  if (power != 1) body.Set("power", power);
  return body;
}

Json Removal(std::size_t member, unsigned generation) {
  return Json::MakeObject({{"consensus_key", Hex(ConsensusKey(member, generation).PublicKey())},
                           {"reason_code", "RETIRED"}});
}

Json Rotation(std::size_t member, std::string_view which, unsigned from) {
  const bool votes = which == "consensus";
  const auto old = votes ? ConsensusKey(member, from) : NodeKey(member, from);
  const auto fresh = votes ? ConsensusKey(member, from + 1) : NodeKey(member, from + 1);
  return Json::MakeObject({{"which", which},
                           {"old_key", Hex(old.PublicKey())},
                           {"key", Hex(fresh.PublicKey())},
                           {"key_proof", Proof(fresh, member, "node-" + std::string(which))}});
}

}  // namespace jiandu::simulator
