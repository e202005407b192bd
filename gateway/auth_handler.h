// Signing in to read: challenge, session, and leaving. Gateway thread.
#pragma once

#include "gateway/call.h"
#include "gateway/read_auth.h"

namespace jiandu::gateway {

// {"key"} -> {"challenge", "expires"}.
[[nodiscard]] Answer GiveChallenge(const Call& call, const ReadAuth& auth, std::string_view chain);
// {"challenge", "key", "signature"} -> {"token", "expires", who the reader is}.
[[nodiscard]] Answer SignIn(const Call& call, ReadAuth& auth);
[[nodiscard]] Answer SignOut(const Call& call, ReadAuth& auth);
// The token of an Authorization: Bearer field, or "".
[[nodiscard]] std::string_view BearerToken(const Request& request);

}  // namespace jiandu::gateway
