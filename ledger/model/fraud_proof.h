// A fraud proof (F1): an event of the log, and a state, as of no earlier height, whose history of
// an entity that the event touches does not have it. Validators certified both, so they lied.
//
// The file is a line that names the entity, and two proof bundles as nodes gave them: of the
// event's transaction, and of the entity's history or absence (docs/proof-format.md, "Fraud
// proof"). Nobody's help is needed to make one. Checked by sdk/cpp/fraud_verifier.h. Plain value.
#pragma once

#include <string>

#include "base/error.h"
#include "ledger/model/proof_bundle.h"

namespace jiandu::ledger {

struct FraudProof {
  EntityId entity;
  ProofBundle event;  // query: transaction
  ProofBundle state;  // query: history or absence of the entity
  bool operator==(const FraudProof&) const = default;

  [[nodiscard]] std::string ToText() const;
  // kInvalid names the line. What is accepted gives the same bytes when written again.
  [[nodiscard]] static Result<FraudProof> FromText(std::string_view text);
};

// How such a file begins: enough to tell it from others.
[[nodiscard]] bool LooksLikeFraudProof(std::string_view text);

}  // namespace jiandu::ledger
