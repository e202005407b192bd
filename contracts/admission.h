// What a transaction must satisfy before it may enter a block: steps 1a and 2 of
// docs/contracts.md 4.20.
//
// Shared by the mempool and by the check of a proposed block, so that both say the same. Signatures
// themselves are verified by the caller (node/verify_pool) with the keys found here. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/ecdsa.h"
#include "ledger/model/codes.h"
#include "ledger/model/key_record.h"
#include "ledger/model/state_view.h"
#include "ledger/model/transaction.h"

namespace jiandu::contracts {

struct AdmissionIssue {
  const ledger::CodeInfo* code;  // never null
  std::string pointer;           // JSON Pointer into the payload, "" when it is about the whole
  std::string detail;
};

// Chain, op, form of the body (unknown members, types, bounds), exp against `block_time`, personal
// data in free text. Says nothing about the state.
[[nodiscard]] std::optional<AdmissionIssue> CheckForm(const ledger::Transaction& transaction,
                                                      std::string_view chain,
                                                      ledger::TimeMs block_time);
// ROLE_DENIED when none of the signers' departments is the one the payload names. A committed
// rejection is written into that department's month and counted against its day: nobody but its own
// people may spend either.
[[nodiscard]] std::optional<AdmissionIssue> CheckDepartment(
    const ledger::Transaction& transaction, std::span<const ledger::DepartmentId> signers);
// The registered public keys of the signers and their departments, in the order of the signatures;
// or UNKNOWN_KEY, or what CheckDepartment says. A revoked key is found too: that is a rejection to
// be committed, not a reason to drop.
struct SignerKeys {
  std::vector<crypto::EcdsaPublicKeyBytes> keys;
  std::vector<ledger::DepartmentId> departments;
  std::optional<AdmissionIssue> issue;
};
[[nodiscard]] SignerKeys FindSignerKeys(const ledger::Transaction& transaction,
                                        const ledger::StateView& view);
// The txid stands in the expiry set (NONCE_REUSED).
[[nodiscard]] bool IsKnownTx(const ledger::Transaction& transaction, const ledger::StateView& view);

}  // namespace jiandu::contracts
