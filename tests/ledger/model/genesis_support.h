// A small network for tests: real keys from fixed seeds, real proofs of possession.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "ledger/model/genesis.h"

namespace jiandu::ledger {

inline crypto::EcdsaPrivateKey TestKey(std::string_view name) {
  const Hash256 seed = crypto::Sha256({AsBytes("test key "), AsBytes(name)});
  return std::move(*crypto::EcdsaPrivateKey::From(seed));
}

inline crypto::Ed25519PublicKey TestNodeKey(std::string_view name) {
  const Hash256 seed = crypto::Sha256({AsBytes("test node key "), AsBytes(name)});
  return crypto::Ed25519PrivateKey::From(seed).PublicKey();
}

inline constexpr std::string_view kDb = "119901000990010105";  // the data bureau of the examples
inline constexpr std::string_view kGa = "119901000990010292";
inline constexpr std::string_view kJt = "11990100099001037W";

inline GenesisIdentity TestIdentity(std::string_view chain, std::string_view department,
                                    std::string_view name, IdentityKind kind,
                                    std::uint32_t duties) {
  const crypto::EcdsaPrivateKey key = TestKey(name);
  GenesisIdentity identity;
  identity.name = name;
  identity.department = department;
  identity.kind = kind;
  identity.duties = duties;
  identity.key = key.PublicKey();
  identity.key_proof = ToBytes(key.SignDigest(KeyProofDigest(chain, department, name)).View());
  identity.attributes = Json::MakeObject();
  return identity;
}

// Not yet encoded: `hash` and `document` are empty. Tests change a member and encode.
inline Genesis DraftGenesis() {
  Genesis genesis;
  genesis.chain = "test-1";
  genesis.time = 1773018000000;
  genesis.log_key = TestNodeKey("log");
  genesis.departments = {
      {std::string(kDb), "市数据局", "db", "990100", "CITY", "GOV", {"DEPARTMENT", "MANAGER"}},
      {std::string(kGa), "市公安局", "ga", "990100", "CITY", "GOV", {"DEPARTMENT"}},
      {std::string(kJt), "市交通运输局", "jt", "990100", "CITY", "GOV", {"DEPARTMENT"}}};
  const auto add = [&](std::string_view department, std::string_view name, IdentityKind kind,
                       std::uint32_t duties) {
    genesis.identities.push_back(TestIdentity(genesis.chain, department, name, kind, duties));
  };
  add(kDb, "db-c1", IdentityKind::kOfficer, duty::kClerk);
  add(kDb, "db-h1", IdentityKind::kOfficer, duty::kHead | duty::kLeader);
  add(kGa, "ga-c1", IdentityKind::kOfficer, duty::kClerk | duty::kSecurity);
  add(kGa, "ga-h1", IdentityKind::kOfficer, duty::kHead);
  add(kJt, "jt-app-01", IdentityKind::kSystem, 0);
  genesis.identities.back().attributes =
      Json::MakeObject({{"cidrs", Json::Array{"10.1.0.0/16"}}, {"mlps_level", 3}});
  for (const auto& [department, name] :
       {std::pair{kDb, "db"}, std::pair{kGa, "ga"}, std::pair{kJt, "jt"}}) {
    genesis.validators.push_back({std::string(department), TestNodeKey(std::string(name) + " c"),
                                  TestNodeKey(std::string(name) + " n"),
                                  TestNodeKey(std::string(name) + " s"), 1});
  }
  return genesis;
}

// Encoded and read back: as a node sees it.
inline Genesis TestGenesis() {
  auto genesis = DecodeGenesis(AsBytes(EncodeGenesis(DraftGenesis())));
  EXPECT_TRUE(genesis.has_value()) << (genesis.has_value() ? "" : genesis.error().detail);
  return std::move(*genesis);
}

}  // namespace jiandu::ledger
