// A made-up ledger and the verdicts on bundles of it.
//
// What is judged is what comes out of the file form, as for any reader of it. With
// JIANDU_PROOF_CASES every bundle judged is written there with the verdict in its name, for other
// verifiers to agree with (tests/sdk/test_second_verifier.py).
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sdk/cpp/proof_verifier.h"
#include "tests/support/proof_chain.h"

namespace jiandu::sdk {

class ProofFixture : public testing::Test {
 protected:
  static constexpr std::uint32_t kSeed = 5200;
  using Shown = store::ProofChain::Shown;

  ProofFixture() : chain_(kSeed) {
    for (int block = 0; block < 12; ++block) chain_.Grow(10);
  }

  // As it comes out of a file.
  [[nodiscard]] static ledger::ProofBundle Reread(const ledger::ProofBundle& bundle) {
    const std::string text = bundle.ToText();
    auto read = ledger::ProofBundle::FromText(text);
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().detail);
    EXPECT_EQ(*read, bundle);
    EXPECT_EQ(read->ToText(), text);
    return std::move(*read);
  }
  [[nodiscard]] ProofVerdict Verify(const ledger::ProofBundle& bundle) const {
    return VerifyText(bundle.ToText());
  }
  // A text that is no bundle fails in the step "form".
  [[nodiscard]] ProofVerdict VerifyText(const std::string& text) const {
    const auto read = ledger::ProofBundle::FromText(text);
    ProofVerdict verdict;
    if (read) {
      verdict = VerifyProof(*read, chain_.Genesis());
    } else {
      verdict.steps.push_back({"form", false, read.error().detail, ""});
    }
    Keep(text, verdict.verified);
    return verdict;
  }
  // The step that fails, "" when none does.
  [[nodiscard]] std::string FailedStep(const ledger::ProofBundle& bundle) const {
    const ProofVerdict verdict = Verify(bundle);
    EXPECT_EQ(verdict.verified, verdict.steps.back().holds);
    EXPECT_TRUE(verdict.verified || verdict.proven.empty());
    return verdict.verified ? "" : verdict.steps.back().name;
  }
  // The entity with the longest history.
  [[nodiscard]] ledger::EntityId Busiest() const {
    ledger::EntityId busiest;
    std::uint64_t most = 0;
    for (const auto& id : chain_.Entities()) {
      const auto size = LeafOf(id).size;
      if (size > most) busiest = id;
      most = std::max(most, size);
    }
    EXPECT_GT(most, 3U);
    return busiest;
  }
  [[nodiscard]] ledger::EntityLeaf LeafOf(const ledger::EntityId& id) const {
    return ledger::EntityLeaf::Decode(*chain_.View().Get(ledger::LeafKey(id))).value();
  }
  [[nodiscard]] static bool Says(const std::vector<Sentence>& sentences, std::string_view words) {
    return std::ranges::any_of(sentences,
                               [words](const Sentence& one) { return one.en.contains(words); });
  }

  store::ProofChain chain_;

 private:
  void Keep(const std::string& text, bool verified) const {
    const char* folder = std::getenv("JIANDU_PROOF_CASES");
    if (folder == nullptr) return;
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    const std::string name = std::string(test->name()) + "-" + std::to_string(cases_++) +
                             (verified ? ".good" : ".bad") + ".jdproof";
    std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << text;
    std::ofstream(std::filesystem::path(folder) / "genesis.json", std::ios::binary)
        << AsText(chain_.Genesis().document);
  }

  mutable int cases_ = 0;
};

}  // namespace jiandu::sdk
