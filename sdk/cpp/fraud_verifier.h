// Checks a fraud proof (F1) offline, from the genesis document alone.
//
// Follows docs/proof-format.md, "Fraud proof". Against an honest history there is none: whatever
// names an entity in the log stands in the history that the state binds. Reads no clock, no file
// and no network. Pure; any thread.
#pragma once

#include <vector>

#include "ledger/model/fraud_proof.h"
#include "sdk/cpp/fork_verifier.h"

namespace jiandu::sdk {

struct FraudVerdict {
  bool verified = false;
  std::vector<VerifyStep> steps;  // "event/..." and "state/..." of the two bundles, "contradiction"
  // Filled as far as the steps went.
  ledger::EntityId entity;
  ledger::LogIndex index = 0;         // of the event
  std::uint64_t seq = 0;              // its place in the history, as the log says
  std::optional<std::uint64_t> size;  // of the history, as the state says; nothing: no such entity
  ledger::Height event_as_of = 0;
  ledger::Height state_as_of = 0;
  std::vector<Signer> signers;  // of the state

  [[nodiscard]] Sentence Statement() const;
};

[[nodiscard]] FraudVerdict VerifyFraud(const ledger::FraudProof& proof,
                                       const ledger::Genesis& genesis);

}  // namespace jiandu::sdk
