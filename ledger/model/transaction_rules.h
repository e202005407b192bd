// Small rules shared by the stored form and the DSSE edge of a transaction.
//
// Pure; any thread. Source: docs/adr/0001 (Transactions), docs/ledger-format.md.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "crypto/ecdsa.h"

namespace jiandu::ledger {

// The only op whose transactions may have up to limits::kBatchTxBytesMax.
inline constexpr std::string_view kBatchOp = "access.batch";

// 0 < r < n and 0 < s <= n/2, n being the order of secp256k1: what a verified signature satisfies
// and what libsecp256k1 would refuse otherwise, told without a key.
[[nodiscard]] bool IsLowSignature(const crypto::EcdsaSignature& signature);

// True unless a look at the bytes already shows that this payload is no batch. Spares parsing a
// megabyte that will be refused for its size.
[[nodiscard]] bool MayBeBatch(ByteView payload);

}  // namespace jiandu::ledger
