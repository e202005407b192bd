// Rows of one page of a saved query as they are gathered, and what every source of rows needs: the
// snapshot, the reader's sight, the period, the department asked for.
//
// A source offers candidates in the order of its index, each with its key; each is one row at most.
// Owned by one request; gateway thread.
#pragma once

#include "gateway/audit_answer.h"
#include "gateway/audit_detector.h"
#include "gateway/audit_scope.h"
#include "gateway/audit_transactions.h"
#include "gateway/visibility.h"
#include "ledger/model/work_calendar.h"

namespace jiandu::gateway {

class Gather {
 public:
  // Candidates one request looks at; reading a transaction (its block) or the flags of a grant
  // counts as several.
  static constexpr std::size_t kLooksMax = 4096;
  static constexpr std::size_t kGrantLooks = 16;
  static constexpr std::size_t kReadLooks = 8;

  Gather(const Call& call, const Page& page, const QueryPeriod& period);

  // Sources are numbered; a page begins in one of them, after a key.
  [[nodiscard]] std::size_t FirstSource() const { return source_; }
  void Enter(std::size_t source);
  // Of the source entered: after which key it goes on; empty: from its first.
  [[nodiscard]] ByteView After() const { return after_; }
  // Whether a further candidate may be looked at; when not, the page ends before it: it is full, or
  // its looks or bytes are spent.
  [[nodiscard]] bool Look(std::size_t cost = 1);
  // The candidate has been looked at, with or without a row.
  void Pass(ByteView key);
  // Unless it lies outside the engagement: then it is counted.
  void Push(Json row);

  [[nodiscard]] bool IsFull() const { return full_; }
  [[nodiscard]] Json TakeRows() { return std::move(rows_); }
  // Where the next page begins; nothing when all sources have come to their end.
  [[nodiscard]] std::optional<Bytes> Next() const;

  [[nodiscard]] const LedgerSnapshot& Snapshot() const { return *call_->snapshot; }
  [[nodiscard]] const ledger::StateView& State() const { return call_->snapshot->State(); }
  [[nodiscard]] const QueryPeriod& Period() const { return *period_; }
  [[nodiscard]] const Reader& Who() const { return *call_->reader; }
  [[nodiscard]] SightOf& Sight() { return sight_; }
  [[nodiscard]] ScopeCut& Cut() { return cut_; }
  [[nodiscard]] ReadBudget& Budget() { return budget_; }
  [[nodiscard]] const ledger::WorkCalendar& Calendar();
  // The department asked for, or the reader's own where it sees no other; empty: any.
  [[nodiscard]] const std::string& Department() const { return department_; }
  [[nodiscard]] bool IsAsked(std::string_view department) const {
    return department_.empty() || department_ == department;
  }
  // Heads of departments that were looked up for this answer.
  [[nodiscard]] std::map<ledger::DepartmentId, Json>& Heads() { return heads_; }
  // The body is the department's that is asked for.
  [[nodiscard]] bool IsAsked(const ledger::EntityBody& body) const;

 private:
  const Call* call_;
  const QueryPeriod* period_;
  std::size_t limit_;
  SightOf sight_;
  ScopeCut cut_;
  ReadBudget budget_;
  std::string department_;
  std::optional<ledger::WorkCalendar> calendar_;
  std::map<ledger::DepartmentId, Json> heads_;
  std::size_t source_ = 0;
  Bytes after_;
  Bytes last_;  // of the last candidate passed, with its source
  std::size_t looks_ = 0;
  std::size_t shown_ = 0;
  bool full_ = false;
  Json rows_ = Json::MakeArray();
};

// `department` is the reader's own, or the reader sees all.
[[nodiscard]] std::optional<Problem> CheckDepartment(const Call& call);

}  // namespace jiandu::gateway
