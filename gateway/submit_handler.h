// POST of a transaction: DSSE JSON or stored bytes in, the txid and what became of it out.
//
// The signature on the transaction is the authorisation; no token is asked for. Idempotent by
// content: the same signed bytes have the same txid. The node decodes the stored form, not we.
// Gateway thread.
#pragma once

#include "gateway/call.h"

namespace jiandu::gateway {

void SubmitTransaction(const Services& services, Call call);

// The stored form of a body, or what is wrong with it, with a JSON Pointer where one helps.
[[nodiscard]] std::expected<Bytes, Problem> StoredFromBody(std::string_view content_type,
                                                           std::string_view body);

}  // namespace jiandu::gateway
