// "Department B never touched resource X": what proves it, and what only looks like it.
#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "crypto/sparse_merkle.h"
#include "ledger/store/state_tree.h"
#include "sdk/cpp/proof_verifier.h"
#include "tests/support/proof_fixture.h"

namespace jiandu::sdk {
namespace {

using ledger::ProofBundle;

class ProofsOfTheUntouched : public ProofFixture {
 protected:
  // As a prover makes it that does not look whether the rows are there.
  [[nodiscard]] ProofBundle WithRowsOf(const ledger::Untouched& pair) const {
    const ledger::AbsenceQuery query{pair};
    std::map<Hash256, Bytes> keys;
    for (const Bytes& key : query.Present()) keys[crypto::Sha256(key)] = key;
    keys[crypto::Sha256(query.Key())] = query.Key();
    ProofBundle bundle = chain_.Prove(ledger::AbsenceQuery{"code/none"}).value();
    bundle.query = query;
    bundle.leaves.clear();
    std::vector<std::pair<crypto::SparseClaim, crypto::SparseProof>> proofs;
    for (const auto& [path, key] : keys) {
      crypto::SparseProof proof = store::ProveInStateTree(chain_.View(), key).value();
      bundle.leaves.push_back({.key = key,
                               .value = chain_.View().Get(key),
                               .depth = proof.siblings.size(),
                               .other = proof.other});
      crypto::SparseClaim claim;
      claim.path = path;
      proofs.emplace_back(claim, std::move(proof));
    }
    bundle.siblings = crypto::MergeSparseProofs(std::move(proofs)).siblings;
    return bundle;
  }
};

// "B never touched X" is worth something only of a B and an X that there are.
TEST_F(ProofsOfTheUntouched, AnUntouchedResourceIsNamedAndExists) {
  const auto resource = *std::ranges::find_if(chain_.Entities(), [](const auto& id) {
    return ledger::KindOf(id) == ledger::EntityKind::kResource;
  });
  const std::string department(ledger::kGa);
  const ledger::AbsenceQuery query{
      ledger::Untouched{.resource = resource, .department = department}};
  const ProofBundle good = Reread(chain_.Prove(query).value());
  const ProofVerdict verdict = Verify(good);
  ASSERT_TRUE(verdict.verified) << verdict.steps.back().detail;
  EXPECT_TRUE(verdict.proven[0].en.contains("department " + department +
                                            " never touched resource " + ledger::ToHex(resource)));
  EXPECT_TRUE(
      verdict.proven[0].zh.contains(department + " 从未涉及资源 " + ledger::ToHex(resource)));
  // The same pair by its id: true, and worth less.
  const auto pair = ledger::PairEntity(resource, department);
  const ProofVerdict bare = Verify(chain_.Prove(ledger::AbsenceQuery{pair}).value());
  ASSERT_TRUE(bare.verified);
  EXPECT_TRUE(Says(bare.not_proven, "a mistyped one is absent as well"));
  EXPECT_FALSE(Says(verdict.not_proven, "a mistyped one is absent as well"));
  EXPECT_EQ(WithRowsOf({.resource = resource, .department = department}), good);
  ProofBundle poor = chain_.Prove(ledger::AbsenceQuery{pair}).value();
  poor.query = query;
  EXPECT_EQ(FailedStep(poor), "answer");  // without the rows of what exists
  poor = good;
  poor.query = ledger::AbsenceQuery{pair};
  EXPECT_EQ(FailedStep(poor), "answer");  // with rows that nobody asked for
}

TEST_F(ProofsOfTheUntouched, WhatDoesNotExistIsNotUntouched) {
  const std::string department(ledger::kGa);
  const std::string stranger = "119901000990010199";
  const auto prove = [&](const ledger::EntityId& id, const std::string& code) {
    return chain_.Prove(
        ledger::AbsenceQuery{ledger::Untouched{.resource = id, .department = code}});
  };
  const auto never = ledger::BornId(ledger::EntityKind::kResource, store::HashOf("never sent"), 0);
  EXPECT_EQ(prove(never, department).error().code, Errc::kNotFound);
  // A prover that lies: all rows asked for are shown as they are, and one is not there.
  EXPECT_EQ(FailedStep(WithRowsOf({.resource = never, .department = department})), "answer");
  const auto resource = *std::ranges::find_if(chain_.Entities(), [](const auto& id) {
    return ledger::KindOf(id) == ledger::EntityKind::kResource;
  });
  ProofBundle bad = prove(resource, department).value();
  const auto retold = [&](const ledger::EntityId& id, const std::string& code) {
    bad.query = ledger::AbsenceQuery{ledger::Untouched{.resource = id, .department = code}};
    return FailedStep(bad);
  };
  EXPECT_EQ(retold(never, department), "answer");
  EXPECT_EQ(
      retold(ledger::BornId(ledger::EntityKind::kGrant, store::HashOf("a grant"), 0), department),
      "form");
  EXPECT_EQ(retold(resource, stranger), "form");
  EXPECT_EQ(retold(resource, ""), "form");
  EXPECT_EQ(retold(resource, department.substr(1)), "form");
}

}  // namespace
}  // namespace jiandu::sdk
