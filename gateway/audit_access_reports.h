// The accesses that a transaction tells of, one by one, and when they happened.
//
// An access is judged by its own time, never by that of the block: who reports late would choose
// else in which period it is found. Gateway thread or worker.
#pragma once

#include <functional>
#include <string_view>

#include "gateway/audit_transactions.h"

namespace jiandu::gateway {

struct AccessReport {
  const Json& record;
  const Json& around;         // names grant or resource, and the system where the record does not
  std::string_view shown_by;  // "RECORD", "BATCH", "LEAF"
};
// Of a lone record, a full batch, or a leaf that was shown; of a digest batch there are none.
void VisitAccesses(const LedgerSnapshot& snapshot, const ReadTransaction& found,
                   const std::function<void(const AccessReport&)>& visit);

// Any of its accesses happened from `from` on and before `until`; of a digest batch, its time
// reaches into that; of a seal that was opened, the access under it. What is about no access, or
// was rejected, happened with its block.
[[nodiscard]] bool HappenedIn(const LedgerSnapshot& snapshot, const ReadTransaction& found,
                              ledger::TimeMs from, ledger::TimeMs until);

}  // namespace jiandu::gateway
