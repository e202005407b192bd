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

// What a cosign or a vote came to: a code, and the case that took effect when it was the last one
// that was missing.
struct CosignResult {
  Code code = Code::kAccepted;
  ledger::EntityId pending;  // or the proposal
  std::uint64_t flags = 0;
  RolesByEntity touched;  // by the case that took effect
  std::vector<ledger::EntityId> born;
};
[[nodiscard]] CosignResult ApplyCosign(BlockState& state, const ledger::Transaction& transaction);

// What pending objects and proposals share: the signatures of the payload they keep, in `terms`
// ("signed": [{key, role}]), and whether one of them is void because its key was lost.
[[nodiscard]] Json SignaturesOf(std::span<const SignerInfo> signers);
[[nodiscard]] std::vector<SignerInfo> ReadSignatures(BlockState& state,
                                                     const ledger::EntityBody& kept);
[[nodiscard]] bool IsLost(const SignerInfo& signer);
// Fills in the records of a cosigner's or voter's keys; ID_REVOKED when one is not in force.
[[nodiscard]] Code CheckLateSigners(Case& judged);
// Step 1b of a cosign or vote itself.
[[nodiscard]] Code CheckLateForm(const Case& judged);
// A cosign or vote as a case of its own; `payload` must outlive it.
[[nodiscard]] Case LateCase(BlockState& state, const ledger::Transaction& transaction,
                            const CaseRow& row);

}  // namespace jiandu::contracts
