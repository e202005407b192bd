// Maker first, head later: a transaction that waits for signatures, and `cosign`
// (docs/contracts.md 4.0).
//
// A pending object keeps the maker's payload as signed; it has no effect, no clock, and touches
// nobody else. At the last signature all checks run again. Pure; the thread of the block.
#pragma once

#include "contracts/touched.h"
#include "ledger/model/transaction.h"

namespace jiandu::contracts {

// Puts the judged transaction, whose missing_roles are not empty, aside as a pending object.
void PutAside(Case& judged, const ledger::Transaction& transaction);

// What a cosign came to: a code, and the case that took effect when it was the last signature.
struct CosignResult {
  Code code = Code::kAccepted;
  ledger::EntityId pending;
  bool took_effect = false;
  std::uint64_t flags = 0;
  RolesByEntity touched;  // by the case that took effect
  std::vector<ledger::EntityId> born;
};
[[nodiscard]] CosignResult ApplyCosign(BlockState& state, const ledger::Transaction& transaction);

}  // namespace jiandu::contracts
