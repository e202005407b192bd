// Builds and signs transactions, as any client in any language would.
//
// Pure but for Nonce(), which draws from the operating system. Keys stay with the caller.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "ledger/model/transaction.h"

namespace jiandu::sdk {

// A key and the role in which it signs.
struct SigningKey {
  const crypto::EcdsaPrivateKey* key;  // borrowed
  ledger::SignerRole role = ledger::SignerRole::kMaker;
};

// 16 lower-case hex digits from the operating system's randomness.
[[nodiscard]] std::string Nonce();

// The payload with its signers in order; `exp` = at + lifetime.
[[nodiscard]] ledger::Payload MakePayload(std::string chain, std::string op, std::string department,
                                          const std::vector<SigningKey>& keys, ledger::TimeMs at,
                                          ledger::TimeMs lifetime_ms, Json body);
// Signs with every key; the stored form, ready to be submitted.
[[nodiscard]] Result<Bytes> SignTransaction(const ledger::Payload& payload,
                                            const std::vector<SigningKey>& keys);

}  // namespace jiandu::sdk
