// What the steps of one check of a bundle hand on to each other.
//
// Internal to the verifier; lives as long as one check. The bundle and the genesis document must
// outlive it.
#pragma once

#include <map>

#include "crypto/ecdsa.h"
#include "ledger/model/lineage_step.h"
#include "sdk/cpp/proof_verifier.h"

namespace jiandu::sdk {

struct ProofWalk {
  const ledger::ProofBundle& bundle;
  const ledger::Genesis& genesis;
  ProofVerdict verdict = {};
  VerifySteps steps = {};
  std::map<Bytes, std::optional<Bytes>> rows = {};  // of the state, proven
  // Of transactions that are in the bundle, by log index.
  std::map<ledger::LogIndex, ledger::DerivationEdges> derivations = {};

  void NotProven(std::string en, std::string zh) {
    verdict.not_proven.push_back({.en = std::move(en), .zh = std::move(zh)});
  }
};

inline std::string Number(std::uint64_t number) { return std::to_string(number); }

// Step 9, transactions: the stored bytes are those the stubs name, and are signed.
[[nodiscard]] bool CheckTransactions(ProofWalk& walk);
// Step 10, answer: the bundle says what its query asks, and nothing in passing.
[[nodiscard]] bool CheckAnswer(ProofWalk& walk);
// Of the answer: all events of each of the entities, whose rows are there, are in the bundle, and
// no others. Returns false after recording why not.
[[nodiscard]] bool CheckHistories(ProofWalk& walk, const std::vector<ledger::EntityId>& entities);
// Of the answer, when it is complete: events list what their transactions name among its entities.
[[nodiscard]] bool CheckNamed(ProofWalk& walk);
// Of the answer, after CheckHistories: the entities are the lineage that is asked for.
[[nodiscard]] bool CheckLineage(ProofWalk& walk, const ledger::LineageQuery& query,
                                const std::vector<ledger::EntityId>& entities);

}  // namespace jiandu::sdk
