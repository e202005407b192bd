// What a transaction counts for where many are kept decoded: the mempool, the cache of envelopes.
//
// Its stored bytes, or a quarter of what its decoded body takes, whichever is more. An ordinary
// body takes one to three times its bytes, one made for the purpose ten to forty times: bounds in
// stored bytes alone would be none in memory. Pure; any thread.
#pragma once

#include <cstddef>

#include "base/json.h"
#include "ledger/model/transaction.h"

namespace jiandu::node {

// Bytes that belong to a value, beside the value itself.
[[nodiscard]] std::size_t HeapBytes(const Json& json);

// With the payload as signed and the stored bytes, memory is at most six times the charge.
[[nodiscard]] std::size_t ChargeOf(const ledger::Transaction& transaction);

}  // namespace jiandu::node
