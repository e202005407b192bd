// GET of a transaction and of its receipt.
//
// Both may wait (Prefer: wait) until the transaction is committed. Gateway thread.
#pragma once

#include "gateway/call.h"

namespace jiandu::gateway {

// What became of it; the envelope too for those who may see it. 404 when unknown or not to be
// known.
void ShowTransaction(const Services& services, Call call);
// 202 until header H+1 has its commit, then the receipt as JSON or wire.
void ShowReceipt(const Services& services, Call call);

// Seconds of Prefer: wait, capped by the settings, as milliseconds; 0 when none is asked for.
[[nodiscard]] std::int64_t WaitMs(const Services& services, const Request& request);
// Notes on an answer how long was waited for at most (RFC 7240 section 3).
void MarkAsWaited(Response& response, std::int64_t wait_ms);

}  // namespace jiandu::gateway
