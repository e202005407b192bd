// Fraud proofs: none can be made against an honest ledger, one against every state that denies its
// log, and no change of one is believed.
#include "sdk/cpp/fraud_verifier.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "crypto/merkle.h"
#include "tests/support/proof_chain.h"

namespace jiandu::sdk {
namespace {

using ledger::EntityLeaf;
using ledger::FraudProof;
using ledger::ProofBundle;
using store::ProofChain;

class FraudProofs : public testing::Test {
 protected:
  // With JIANDU_PROOF_CASES for the second verifier, as in proof_verifier_test.cc.
  static FraudVerdict Verify(const ProofChain& chain, const FraudProof& proof) {
    FraudVerdict verdict = VerifyFraud(proof, chain.Genesis());
    static std::map<std::string, int> cases;
    const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    const char* folder = std::getenv("JIANDU_PROOF_CASES");
    if (folder != nullptr && cases[test] < 150) {  // enough to agree on
      const std::string name = test + "-" + std::to_string(cases[test]++) +
                               (verdict.verified ? ".good" : ".bad") + ".jdfraud";
      std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << proof.ToText();
      std::ofstream(std::filesystem::path(folder) / "genesis.json", std::ios::binary)
          << AsText(chain.Genesis().document);
    }
    return verdict;
  }
  static std::string FailedStep(const ProofChain& chain, const FraudProof& proof) {
    const FraudVerdict verdict = Verify(chain, proof);
    EXPECT_FALSE(verdict.steps.empty());
    return verdict.verified ? "" : verdict.steps.back().name;
  }

  // The state as validators sign it who agreed to give `entity` this leaf, or none; the log is the
  // true one but for the root in its last entry.
  static ProofBundle Forged(const ProofChain& chain, const ledger::EntityId& entity,
                            const std::optional<EntityLeaf>& leaf) {
    const auto& view = chain.View();
    const Bytes key = ledger::LeafKey(entity);
    const crypto::SparseLeaf stranger =
        crypto::SparseLeafOf(ToBytes("cfg/other"), ToBytes("a row"));
    ledger::ProofLeaf row{.key = key, .value = std::nullopt, .depth = 0, .other = stranger};
    Hash256 state_root = crypto::SparseLeafHash(stranger);
    if (leaf.has_value()) {
      row.value = leaf->Encode();
      row.other.reset();
      state_root = crypto::SparseLeafHash(crypto::SparseLeafOf(key, *row.value));
    }
    const auto newest = ledger::DecodeEntry(view.Entry(view.LogSize() - 1).value()).value();
    auto block = std::get<ledger::BlockEntry>(newest);
    block.state_root = state_root;
    const Bytes last = ledger::EncodeEntry(block);
    std::vector<Hash256> hashes;
    for (ledger::LogIndex index = 0; index + 1 < view.LogSize(); ++index) {
      hashes.push_back(crypto::MerkleLeafHash(view.Entry(index).value()));
    }
    hashes.push_back(crypto::MerkleLeafHash(last));
    ProofBundle bundle;
    bundle.query = leaf.has_value() ? ledger::ProofQuery(ledger::HistoryQuery{entity})
                                    : ledger::ProofQuery(ledger::AbsenceQuery{entity});
    bundle.head = chain.HeadOver(crypto::MerkleRoot(hashes), state_root);
    bundle.block_entry = last;
    bundle.leaves = {row};
    // Of the last leaf: the left halves, the largest first.
    bundle.log_hashes = crypto::MerkleInclusionProof(hashes, hashes.size() - 1);
    std::ranges::reverse(bundle.log_hashes);
    return bundle;
  }

  static EntityLeaf LeafOf(const ProofChain& chain, const ledger::EntityId& id) {
    return EntityLeaf::Decode(*chain.View().Get(ledger::LeafKey(id))).value();
  }
  // The stub of an event of the entity: its place `seq`.
  static ledger::Stub StubOf(const ProofChain& chain, const ledger::EntityId& id,
                             std::uint64_t seq) {
    const auto index = chain.View().History(id, seq, 1).at(0);
    return std::get<ledger::Stub>(ledger::DecodeEntry(chain.View().Entry(index).value()).value());
  }
  static ProofBundle EventOf(const ProofChain& chain, const ledger::EntityId& id,
                             std::uint64_t seq) {
    return chain.Prove(ledger::TransactionQuery{StubOf(chain, id, seq).txid}).value();
  }
  // The entity with the longest history.
  static ledger::EntityId Busiest(const ProofChain& chain) {
    return *std::ranges::max_element(
        chain.Entities(), {}, [&](const ledger::EntityId& id) { return LeafOf(chain, id).size; });
  }
};

// Every event of random ledgers against the state of every height at which one could be sought:
// the history of each entity the event touches, and its absence while there was none.
TEST_F(FraudProofs, NoneCanBeMadeAgainstAnHonestLedger) {
  std::size_t tries = 0;
  for (std::uint32_t seed = 7000; seed < 7006; ++seed) {
    ProofChain chain(seed);
    ProofChain early(seed);  // the same, a block behind
    std::vector<std::pair<ledger::EntityId, ProofBundle>> events;
    std::vector<std::pair<ledger::EntityId, ProofBundle>> states;
    for (int block = 0; block < 4; ++block) {
      // Before it is born an entity is absent: such a state is older than any event of it.
      const ledger::LogIndex before = chain.View().LogSize();
      if (block > 0) early.Grow(5);
      chain.Grow(5);
      for (ledger::LogIndex index = before; index + 1 < chain.View().LogSize(); ++index) {
        const auto entry = ledger::DecodeEntry(chain.View().Entry(index).value()).value();
        const auto& stub = std::get<ledger::Stub>(entry);
        for (const ledger::Touch& touched : stub.touched) {
          events.emplace_back(touched.entity,
                              chain.Prove(ledger::TransactionQuery{stub.txid}).value());
          const auto absent = early.Prove(ledger::AbsenceQuery{touched.entity});
          if (absent.has_value()) states.emplace_back(touched.entity, *absent);
        }
      }
      for (const ledger::EntityId& id : chain.Entities()) {
        states.emplace_back(id, chain.Prove(ledger::HistoryQuery{id}).value());
      }
    }
    for (const auto& [touched, event] : events) {
      for (const auto& [entity, state] : states) {
        if (touched != entity) continue;
        const FraudProof proof{.entity = entity, .event = event, .state = state};
        EXPECT_EQ(FailedStep(chain, proof), "contradiction") << "seed " << seed;
        ++tries;
      }
    }
  }
  EXPECT_GT(tries, 500U);
}

TEST_F(FraudProofs, EveryStateThatDeniesItsLogIsProvenToDoSo) {
  ProofChain chain(7100);
  for (int block = 0; block < 8; ++block) chain.Grow(8);
  const ledger::EntityId id = Busiest(chain);
  const std::uint64_t size = LeafOf(chain, id).size;
  ASSERT_GT(size, 3U);
  for (std::uint64_t seq = 0; seq < size; ++seq) {
    const ProofBundle event = EventOf(chain, id, seq);
    for (std::uint64_t claimed = 0; claimed <= size; ++claimed) {
      EntityLeaf leaf = LeafOf(chain, id);
      leaf.size = claimed;
      const FraudProof proof{.entity = id, .event = event, .state = Forged(chain, id, leaf)};
      const FraudVerdict verdict = Verify(chain, proof);
      EXPECT_EQ(verdict.verified, claimed <= seq) << verdict.steps.back().detail;
      EXPECT_EQ(verdict.seq, seq);
    }
    const FraudProof gone{.entity = id, .event = event, .state = Forged(chain, id, std::nullopt)};
    const FraudVerdict verdict = Verify(chain, gone);
    EXPECT_TRUE(verdict.verified) << verdict.steps.back().detail;
    EXPECT_FALSE(verdict.size.has_value());
    EXPECT_EQ(verdict.signers.size(), 3U);
    EXPECT_NE(verdict.Statement().en.find("市公安局"), std::string::npos);
    const auto read = FraudProof::FromText(gone.ToText());
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(*read, gone);
  }
  // A later state that denies it; and a state older than the event, which need not have it.
  const ProofBundle event = EventOf(chain, id, size - 1);
  const ProofBundle now = Forged(chain, id, std::nullopt);
  chain.Grow(3);
  EXPECT_EQ(
      FailedStep(chain, {.entity = id, .event = event, .state = Forged(chain, id, std::nullopt)}),
      "");
  const ProofBundle later = EventOf(chain, id, size - 1);
  EXPECT_EQ(FailedStep(chain, {.entity = id, .event = later, .state = now}), "contradiction");
}

// The forger changes what it can and seals the bundles anew; the validators' signatures stay
// theirs.
TEST_F(FraudProofs, NoChangeOfHonestAnswersMakesOne) {
  ProofChain chain(7200);
  for (int block = 0; block < 6; ++block) chain.Grow(6);
  const ledger::EntityId id = Busiest(chain);
  const std::uint64_t size = LeafOf(chain, id).size;
  const FraudProof honest{.entity = id,
                          .event = EventOf(chain, id, size - 1),
                          .state = chain.Prove(ledger::HistoryQuery{id}).value()};
  ASSERT_EQ(FailedStep(chain, honest), "contradiction");
  const auto refused = [&](const FraudProof& proof) {
    EXPECT_FALSE(Verify(chain, proof).verified);
  };
  const auto row = [&](FraudProof& proof) -> ledger::ProofLeaf& {
    return *std::ranges::find(proof.state.leaves, ledger::LeafKey(id), &ledger::ProofLeaf::key);
  };
  FraudProof bad = honest;
  EntityLeaf leaf = LeafOf(chain, id);
  leaf.size -= 1;
  row(bad).value = leaf.Encode();
  refused(bad);
  bad = honest;
  row(bad).value.reset();
  refused(bad);
  bad = honest;
  std::erase_if(bad.state.leaves,
                [&](const ledger::ProofLeaf& one) { return one.key == ledger::LeafKey(id); });
  refused(bad);
  // A stub with a higher place; another's row; another's history; two of a kind.
  bad = honest;
  ledger::Stub stub = StubOf(chain, id, size - 1);
  std::ranges::find(stub.touched, id, &ledger::Touch::entity)->seq += 1;
  bad.event.events[0].entry = ledger::EncodeEntry(stub);
  refused(bad);
  for (const ledger::EntityId& other : chain.Entities()) {
    if (other == id) continue;
    bad = honest;
    bad.state = chain.Prove(ledger::HistoryQuery{other}).value();
    refused(bad);
    bad.entity = other;
    refused(bad);
    bad.state.query = ledger::HistoryQuery{id};
    bad.entity = id;
    refused(bad);
  }
  bad = honest;
  std::swap(bad.event, bad.state);
  refused(bad);
  bad = honest;
  bad.event = bad.state;
  refused(bad);
  bad = honest;
  bad.state = bad.event;
  refused(bad);
  // Absence of the entity from before its birth, under the newest head.
  bad = honest;
  const ProofChain young(7200);
  bad.state = young.Prove(ledger::AbsenceQuery{id}).value();
  refused(bad);
  bad.state.head = honest.state.head;
  refused(bad);
}

TEST_F(FraudProofs, NoChangedByteIsBelieved) {
  ProofChain chain(7300);
  chain.Grow(4);
  const ledger::EntityId id = chain.Entities().front();
  const FraudProof good{
      .entity = id, .event = EventOf(chain, id, 0), .state = Forged(chain, id, std::nullopt)};
  ASSERT_EQ(FailedStep(chain, good), "");
  const std::string text = good.ToText();
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string bad = text;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 7)));
    const auto read = FraudProof::FromText(bad);
    EXPECT_FALSE(read.has_value() && VerifyFraud(*read, chain.Genesis()).verified) << at;
    EXPECT_FALSE(FraudProof::FromText(text.substr(0, at)).has_value()) << at;
  }
  EXPECT_FALSE(FraudProof::FromText(text + "\n").has_value());
  // And under new digests: every byte of what the two bundles hold, one at a time.
  std::mt19937 random(7301);
  for (int n = 0; n < 2000; ++n) {
    FraudProof bad = good;
    ProofBundle& bundle = random() % 2 == 0 ? bad.event : bad.state;
    const std::vector<std::span<std::uint8_t>> parts = {
        bundle.head.header,
        bundle.head.commit,
        bundle.head.log_root.bytes,
        bundle.block_entry,
        bundle.head.state_root.bytes,
        bundle.leaves.empty() ? std::span<std::uint8_t>(bundle.block_entry) : bundle.leaves[0].key,
        bad.entity.bytes};
    const auto part = parts[random() % parts.size()];
    part[random() % part.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    EXPECT_FALSE(Verify(chain, bad).verified) << "change " << n << " of seed 7301";
  }
}

}  // namespace
}  // namespace jiandu::sdk
