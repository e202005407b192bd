// Operational failures: disk, peer, bad input.
//
// Three kinds of trouble are never mixed. Operational failures travel as Result<T>. Rejections by a
// rule are committed data (contracts/). Our own bugs end in JD_ASSERT, which is on in release too
// and is never put on anything a peer or a user sent. No exception crosses a layer.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <expected>
#include <string>
#include <utility>

namespace jiandu {

// What went wrong, as far as a caller can act on it. Closed: a new value needs a reason.
enum class Errc {
  kInvalid,          // not well-formed, not canonical, or out of range
  kTooLarge,         // over a maximum of base/limits.h
  kNotFound,         // no such thing
  kDuplicate,        // already there
  kUnauthenticated,  // signature, key or token does not hold
  kForbidden,        // known, but may not
  kConflict,         // contradicts what is already certain (wrong chain, height, hash)
  kExpired,          // its time has passed, or is too far ahead
  kFull,             // a bound is reached: try again later
  kUnavailable,      // not now: behind, stopping, not connected
  kTimeout,          // no answer in time
  kIo,               // disk or socket failed
  kCorrupt,          // stored bytes are not what was written
  kInternal,         // cannot happen; reported instead of ending the process
};

struct Error {
  Errc code;
  std::string detail;  // for operators, in English; never shown to callers of the gateway
};

template <typename T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> Fail(Errc code, std::string detail) {
  return std::unexpected<Error>(Error{.code = code, .detail = std::move(detail)});
}

// Puts a context before the detail: "segment 12: " + "truncated".
[[nodiscard]] inline std::unexpected<Error> FailWith(Error error, const std::string& context) {
  error.detail.insert(0, context + ": ");
  return std::unexpected<Error>(std::move(error));
}

[[nodiscard]] constexpr const char* ErrcName(Errc code) {
  switch (code) {
    case Errc::kInvalid: return "invalid";
    case Errc::kTooLarge: return "too-large";
    case Errc::kNotFound: return "not-found";
    case Errc::kDuplicate: return "duplicate";
    case Errc::kUnauthenticated: return "unauthenticated";
    case Errc::kForbidden: return "forbidden";
    case Errc::kConflict: return "conflict";
    case Errc::kExpired: return "expired";
    case Errc::kFull: return "full";
    case Errc::kUnavailable: return "unavailable";
    case Errc::kTimeout: return "timeout";
    case Errc::kIo: return "io";
    case Errc::kCorrupt: return "corrupt";
    case Errc::kInternal: return "internal";
  }
  return "internal";
}

[[noreturn]] inline void AssertFailed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "jiandu: assertion failed: %s (%s:%d)\n", what, file, line);
  std::abort();
}

}  // namespace jiandu

#define JD_CONCAT_INNER(a, b) a##b
#define JD_CONCAT(a, b) JD_CONCAT_INNER(a, b)

// JD_TRY(auto x, F()): declares x from the value of F(), or returns its error. Not in coroutines,
// not as the lone body of an `if`.
#define JD_TRY(declaration, ...)                                             \
  auto JD_CONCAT(jd_try_, __LINE__) = (__VA_ARGS__);                         \
  if (!JD_CONCAT(jd_try_, __LINE__).has_value()) {                           \
    return std::unexpected(std::move(JD_CONCAT(jd_try_, __LINE__)).error()); \
  }                                                                          \
  declaration = std::move(*JD_CONCAT(jd_try_, __LINE__)) /* NOLINT(bugprone-macro-parentheses) */

// JD_CHECK(F()): returns the error of a Result<void>.
#define JD_CHECK(...)                                           \
  do {                                                          \
    if (auto jd_check = (__VA_ARGS__); !jd_check.has_value()) { \
      return std::unexpected(std::move(jd_check).error());      \
    }                                                           \
  } while (false)

#define JD_ASSERT(condition)                                                  \
  do {                                                                        \
    if (!(condition)) ::jiandu::AssertFailed(#condition, __FILE__, __LINE__); \
  } while (false)
