// Problem documents (RFC 9457): every answer that is not 2xx or 304.
//
// `code` is a code of docs/contracts.md 4.20 when a rule of the ledger speaks, else the gateway's
// own word from the table in problem.cc (docs/http-api.md lists them). Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/http_types.h"
#include "gateway/ports.h"
#include "gateway/settings.h"

namespace jiandu::gateway {

enum class ProblemKind : std::uint8_t {
  kBadRequest,        // 400, the request itself (head guard, framing)
  kBadParameter,      // 400, unknown, doubled or malformed query parameter
  kBadCursor,         // 400, cursor of another list or filter
  kBadBody,           // 400, the body is not the document asked for
  kUnauthenticated,   // 401, no token, or one that does not hold
  kBadSignature,      // 401, the signature of a challenge or transaction
  kForbidden,         // 403
  kQueryNotLogged,    // 403, an audit query nobody has put on record
  kAccessDenied,      // 403, an access that would not be let in
  kNotFound,          // 404, absent, or not to be known
  kStateNotKept,      // 404, as_of too old or in the future
  kMethodNotAllowed,  // 405
  kNotAcceptable,     // 406
  kConflict,          // 409
  kLengthRequired,    // 411
  kTooLarge,          // 413
  kTargetTooLong,     // 414
  kUnsupportedMedia,  // 415
  kExpectation,       // 417
  kTooManyRequests,   // 429
  kHeaderTooLarge,    // 431
  kInternal,          // 500
  kUnavailable,       // 503, the node cannot take or answer it now
  kFull,              // 503, a bound is reached
  kNodeBehind,        // 503, min_height not reached in time
};

struct ProblemItem {
  std::string pointer;  // JSON Pointer into the body, or "?name" of a query parameter
  std::string detail;
};

struct Problem {
  ProblemKind kind = ProblemKind::kInternal;
  std::string detail;
  const ledger::CodeInfo* code = nullptr;
  int status = 0;          // 0: the kind's own
  std::string_view stage;  // "": the kind's own
  std::string txid;        // 64 hex digits once known
  std::vector<ProblemItem> errors;
  int retry_after_s = 0;      // > 0: a Retry-After field
  RateSettings limit{};       // of a 429: the limit that was met,
  std::string_view limit_of;  // and whose it is: "address" or "reader"
};

// A problem of a kind with nothing more to say than a sentence.
[[nodiscard]] Problem Plain(ProblemKind kind, std::string detail = "");
[[nodiscard]] Response MakeProblem(const Problem& problem, std::string_view request_id);
[[nodiscard]] int ProblemStatus(ProblemKind kind);
// The kind under which a refusal of the head guard or of the parser is reported.
[[nodiscard]] ProblemKind KindOfStatus(int status);
// A submission the node did not take.
[[nodiscard]] Problem ProblemOf(const Refusal& refusal);
// A read that failed; details for operators stay inside.
[[nodiscard]] Problem ProblemOf(const Error& error);

}  // namespace jiandu::gateway
