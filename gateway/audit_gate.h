// Whether a query may be asked now: about one person, file or what is sealed only inside an open
// engagement of the reader's department, and inside an engagement only when it was logged before
// (docs/contracts.md 4.15 SV14, docs/adr/0012; 网数 Art. 51).
//
// The log comes first, by the auditor's system: audit.log_query with the salted digest of the
// query. The answer is given to who names that transaction and the salt. Gateway thread.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "gateway/audit_query.h"

namespace jiandu::gateway {

// How old the log of a query may be, in block time: asking again later is logged again.
inline constexpr std::int64_t kQueryLogMsMax = 3'600'000;

// Why not; nothing when it may.
[[nodiscard]] std::optional<Problem> CheckEngagement(const AuditQuery& query, const Call& call);

// Name and parameters of a query as canonical JSON: {"engagement", "parameters", "query"}. What
// says when and how much to show (as_of, min_height, cursor, limit), and the log itself, are no
// part.
[[nodiscard]] std::string CanonicalQuery(std::string_view name,
                                         const std::vector<Parameter>& parameters);
// Its salted digest: SHA-256 of "JIANDU-COMMIT-1\0", the salt and the canonical query.
[[nodiscard]] Hash256 QueryDigest(const Hash256& salt, std::string_view canonical);

// What an engagement covers (docs/contracts.md 4.15): supervisors take nothing unrelated.
struct AuditScope {
  ledger::EntityId engagement;
  std::set<std::string, std::less<>> departments;
  std::set<ledger::EntityId> resources;
  ledger::TimeMs from = 0;
  ledger::TimeMs until = 0;  // first moment after it
  [[nodiscard]] bool CoversPeriod(ledger::TimeMs begin, ledger::TimeMs end) const {
    return begin >= from && end <= until;
  }
  // The resource itself, or one of a department in scope.
  [[nodiscard]] bool Covers(const LedgerSnapshot& snapshot, const ledger::EntityId& resource) const;
};
// Of the engagement the call names; nothing when it names none, or none that is open and its own.
[[nodiscard]] std::optional<AuditScope> ScopeOf(const Call& call);
// 403 NO_ENGAGEMENT with a sentence.
[[nodiscard]] Problem NoEngagement(std::string detail);
// The same of a resource, case or the like that the engagement does not cover.
[[nodiscard]] Problem OutsideScope(std::string_view what, std::string_view what_zh);

}  // namespace jiandu::gateway
