// What a `digest` batch says of itself (docs/contracts.md 4.10, flags 4.21): what cannot be
// otherwise given its counts and its span, and whether its members agree with each other.
//
// Counts come without the calls: a reporter could leave a breach out of one member and tell the
// rest truly. So the least that must be true counts, whatever the member says (n calls in m minutes
// make n / m in one of them), and members that cannot all be true are DIGEST_MISMATCH. Pure.
#pragma once

#include "base/json.h"
#include "contracts/access_terms.h"

namespace jiandu::contracts {

// The moment lies in the hours of the day that the terms allow.
[[nodiscard]] bool IsWithinHours(const AccessTerms& terms, ledger::TimeMs time);

struct DigestReading {
  std::uint64_t calls = 0;         // OK and NOT_FOUND
  std::uint64_t out_of_hours = 0;  // said or certain, whichever is more; likewise the others
  std::uint64_t peak_per_min = 0;
  std::uint64_t peak_denied_per_min = 0;
  std::uint64_t max_rows = 0;
  bool contradicts_itself = false;
  bool lacks = false;  // calls without their addresses, others without their root
};

// By the terms in force at the begin of the digest.
[[nodiscard]] DigestReading ReadDigest(const Json& digest, const AccessTerms& terms);

// A member that counts; 0 when it is absent or negative.
[[nodiscard]] std::uint64_t CountOf(const Json& json, std::string_view name);
// Calls of one entry of a list of counts; an entry without its number stands for one.
[[nodiscard]] std::uint64_t CallsOf(const Json& counted);

}  // namespace jiandu::contracts
