// Suspension by the contract itself (AUTO), where the profile says so
// (docs/contracts.md 4.8, 4.10.2).
//
// Counted are the provider's reports of answered calls. Pure; the thread of the block.
#pragma once

#include "contracts/access_trace.h"
#include "contracts/case_table.h"

namespace jiandu::contracts {

// What one transaction reported against the terms of its grant.
class Breaches {
 public:
  void Add(const AccessTrace& record);
  void AddDigest(const AccessTrace& batch);
  // Counts them, and suspends the grant when a threshold of its profile is reached.
  void Settle(Case& judged) const;

 private:
  std::uint64_t not_granted_ = 0;  // calls flagged ITEM_NOT_GRANTED
  ledger::TimeMs capped_at_ = 0;   // the latest flagged OVER_DAILY_CAP
};

}  // namespace jiandu::contracts
