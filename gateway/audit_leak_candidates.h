// Q12 without watermark and without tags: under which grants on a resource the leaked items were
// delivered in the period (docs/contracts.md 4.15, SV3).
//
// Answered from the index of grants by resource and month and from each grant's own history, never
// from a scan of the ledger. Gateway thread.
#pragma once

#include "gateway/audit_answer.h"
#include "gateway/audit_gate.h"
#include "gateway/audit_transactions.h"

namespace jiandu::gateway {

struct LeakSearch {
  ledger::EntityId resource;
  std::vector<std::string> items;  // found in the sample; none: whatever was delivered
  QueryPeriod period;
};
// Of the parameters resource, items, from and to; nothing when no resource is named. Refused when
// the engagement does not cover it.
[[nodiscard]] std::expected<std::optional<LeakSearch>, Problem> ReadLeakSearch(
    const Call& call, const AuditScope& scope);

// Where a page goes on: in the history of a grant, or after it.
struct GrantPlace {
  static constexpr std::uint64_t kDone = ~std::uint64_t{0};
  ledger::EntityId grant;       // zero: from the first
  std::uint64_t event = kDone;  // of its history
};
[[nodiscard]] Bytes EncodeGrantPlace(const GrantPlace& place);
[[nodiscard]] GrantPlace DecodeGrantPlace(ByteView key);

// Adds a `candidate` row for each grant of this page, those with the latest delivery first; a grant
// whose history a page leaves off stands in the next one again, with the rest. Where to go on,
// nothing at the end.
[[nodiscard]] std::optional<GrantPlace> AddLeakCandidates(const Call& call,
                                                          const LeakSearch& search,
                                                          const GrantPlace& from,
                                                          ReadBudget& budget, AuditRows& answer);

}  // namespace jiandu::gateway
