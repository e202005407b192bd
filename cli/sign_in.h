// Before a challenge of a gateway is signed: it is of whom was called and for the key that asked.
//
// A challenge of another node, handed on by whoever was called, would sign him in there as the
// key's owner (docs/http-api.md, "Signing in to read"). Pure; any thread.
#pragma once

#include <string_view>

#include "base/error.h"

namespace jiandu::cli {

struct SignInAsked {
  std::string_view host;   // as in the Host header of the call, in lower case
  std::string_view chain;  // "": not known
  std::string_view key;    // id of the key, 64 hex digits
};

// kForbidden: the challenge must not be signed; the detail says which of its lines is not as asked.
[[nodiscard]] Result<void> CheckChallenge(std::string_view challenge, const SignInAsked& asked);

}  // namespace jiandu::cli
