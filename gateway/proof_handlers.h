// GET /v1/proofs/...: proof bundles (docs/proof-format.md) for who may see what they prove.
//
// A bundle holds as of the newest height whose header is certified, or of `as_of`. Any thread.
#pragma once

#include "gateway/call.h"

namespace jiandu::gateway {

// Of a transaction, the history of an entity, or the absence of an entity or name. What the reader
// may not see of a history is there by its hash alone; that something is absent is shown to those
// who would see it if it existed.
[[nodiscard]] Answer ShowProof(const LedgerReader& ledger, const Call& call);

// The bundle that ShowProof answers with, for who makes something else of it (export_handlers.h).
struct ProofMade {
  std::shared_ptr<const LedgerSnapshot> state;  // what it proves
  ledger::ProofBundle bundle;
};
[[nodiscard]] std::expected<ProofMade, Problem> MakeProof(const LedgerReader& ledger,
                                                          const Call& call);

}  // namespace jiandu::gateway
