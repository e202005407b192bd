// Checks a proof bundle offline, from the genesis document alone: that what it answers is true, and
// of a history that it is all there is.
//
// Follows docs/proof-format.md. Reads no clock, no file and no network: the same bundle and genesis
// give the same verdict for ever. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "ledger/model/genesis.h"
#include "ledger/model/proof_bundle.h"
#include "ledger/model/stub.h"
#include "sdk/cpp/head_verifier.h"

namespace jiandu::sdk {

// A sentence for people.
struct Sentence {
  std::string en;
  std::string zh;
};

struct ProvenEvent {
  ledger::LogIndex index = 0;
  std::optional<ledger::Stub> stub;  // nothing: it exists, its content is withheld
  ledger::DepartmentId department;   // of the signer, when the transaction is in the bundle

  // It lists as many entities as one act may: of what they hang on some may be left out.
  [[nodiscard]] bool IsFull() const { return stub.has_value() && stub->touched.size() >= kFull; }
  static constexpr std::size_t kFull = 62;  // docs/ledger-format.md
};

struct ProofVerdict {
  bool verified = false;
  std::vector<VerifyStep> steps;
  std::vector<Sentence> proven;      // empty unless verified
  std::vector<Sentence> not_proven;  // what no step covers: said aloud, never passed over
  // Filled as far as the steps went.
  ledger::Height as_of = 0;  // everything holds as of this height
  ledger::TimeMs time = 0;   // of the header it hangs on
  std::vector<ProvenEvent> events;
  std::vector<ledger::EntityId> entities;  // whose histories are complete, ascending
  std::size_t withheld = 0;
  std::size_t inexact = 0;  // events of a lineage of which nobody can tell what was made from what
  std::size_t named_checked = 0;  // events held against what their transactions name
  bool complete = false;          // the query is one of all events of something

  [[nodiscard]] Sentence TrustStatement() const;
};

[[nodiscard]] ProofVerdict VerifyProof(const ledger::ProofBundle& bundle,
                                       const ledger::Genesis& genesis);

}  // namespace jiandu::sdk
