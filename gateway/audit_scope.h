// What an answer inside an engagement leaves out: rows of departments and resources it does not
// cover, and what lies outside its period (docs/contracts.md 4.15, docs/adr/0012; 网数 Art. 51).
//
// One of these is owned by each answer; what is left out is counted, and the answer says how much.
// Gateway thread.
#pragma once

#include <map>
#include <optional>

#include "gateway/audit_answer.h"
#include "gateway/audit_gate.h"
#include "gateway/audit_transactions.h"

namespace jiandu::gateway {

class ScopeCut {
 public:
  // Of the engagement the call names; of none: everything is shown.
  explicit ScopeCut(const Call& call);

  [[nodiscard]] bool IsSet() const { return scope_.has_value(); }
  // The resource is covered; a case has a side in scope or is about a resource that is covered.
  [[nodiscard]] bool Covers(const ledger::EntityId& id);
  // In scope, or the auditor's own: its queries and findings are rows too.
  [[nodiscard]] bool CoversDepartment(std::string_view department) const;
  // By the row's `department` and `entities`.
  [[nodiscard]] bool CoversRow(const Json& row);
  // A case it touches is covered, or a department of the scope made it.
  [[nodiscard]] bool CoversEvent(const ledger::Stub& stub);
  [[nodiscard]] bool CoversTime(ledger::TimeMs time) const;
  // By when it happened: of accesses their own time, not that of the report.
  [[nodiscard]] bool CoversHappening(const ReadTransaction& found) const;
  // Before the period's end: for what runs or is held still.
  [[nodiscard]] bool BeganBeforeEnd(ledger::TimeMs time) const;
  // One row is not shown.
  void LeaveOut() { ++left_out_; }
  // True, or the row is counted as left out.
  [[nodiscard]] bool Keeps(bool covered);
  [[nodiscard]] std::size_t LeftOut() const { return left_out_; }
  // Says how many, when there are any.
  void AddGap(Completeness& completeness) const;

 private:
  [[nodiscard]] bool Judge(const ledger::EntityId& id) const;

  const Call* call_;
  std::optional<AuditScope> scope_;
  std::map<ledger::EntityId, bool> known_;
  std::size_t left_out_ = 0;
};

}  // namespace jiandu::gateway
