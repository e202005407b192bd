// See audit_leak_tags.h.
#include "gateway/audit_leak_tags.h"

#include <algorithm>
#include <map>
#include <set>

#include "gateway/audit_access_reports.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;

// What a page found of one grant.
struct Found {
  std::set<std::string> tags;
  std::set<ledger::LogIndex> transactions;
};

class Candidates {
 public:
  Candidates(const Call& call, const TagSearch& search, const TagPlace& from, ReadBudget& budget)
      : call_(call),
        search_(search),
        from_(from),
        budget_(budget),
        round_(*call.snapshot, search.tags, from) {
    unread_ = round_.Unknown();
  }

  // Where to go on.
  std::optional<TagPlace> Walk() {
    TagPlace reached = from_;
    const auto& found = round_.Found();
    for (auto it = found.upper_bound(from_.after); it != found.end(); ++it) {
      if (budget_.IsSpent()) return reached;
      reached.after = it->first;
      if (const auto transaction = ReadTransactionAt(*call_.snapshot, it->first, budget_)) {
        Look(*transaction, it->second);
      } else {
        ++unread_;
      }
    }
    return round_.Next();
  }

  void AddRows(ScopeCut& cut, Json& rows) const {
    std::vector<std::pair<std::size_t, EntityId>> order;
    for (const auto& [grant, found] : grants_) order.emplace_back(found.tags.size(), grant);
    std::ranges::sort(order, [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    for (const auto& [count, id] : order) {
      const auto grant = call_.snapshot->BodyOf(id);
      if (!grant || grant->Link("resource") == nullptr) continue;
      if (!cut.Keeps(cut.Covers(*grant->Link("resource")))) continue;
      const auto& shown = grants_.at(id).transactions;
      Json row = Json::MakeObject({{"row", "candidate"}, {"grant", ledger::ToHex(id)}});
      row.Set("consumer", grant->Party("consumer")).Set("provider", grant->Party("provider"));
      row.Set("resource", ledger::ToHex(*grant->Link("resource")));
      row.Set("tags", count).Set("of", search_.tags.size()).Set("transactions", shown.size());
      if (const auto stub = StubAt(*call_.snapshot, *shown.begin())) {
        row.Set("transaction", TransactionRef(*stub, *shown.begin()));
      }
      rows.Push(std::move(row));
    }
  }
  [[nodiscard]] std::size_t Outside() const { return outside_; }
  [[nodiscard]] std::size_t Unread() const { return unread_; }

 private:
  void Look(const ReadTransaction& found, const TaggedTransaction& place) {
    VisitAccesses(*call_.snapshot, found, [&](const AccessReport& report) {
      const auto grant = ledger::ParseEntityId(report.around.TextOr("grant"));
      if (!grant) return;
      const ledger::TimeMs at = report.record.IntegerOr("occurred_at");
      for (const std::string& tag : round_.MatchesOf(place, report.record)) {
        if (at < search_.scope.from || at >= search_.scope.until) {
          ++outside_;
          return;
        }
        grants_[*grant].tags.insert(tag);
        grants_[*grant].transactions.insert(found.index);
      }
    });
  }

  const Call& call_;
  const TagSearch& search_;
  const TagPlace& from_;
  ReadBudget& budget_;
  TagRound round_;
  std::map<EntityId, Found> grants_;
  std::size_t outside_ = 0;
  std::size_t unread_ = 0;
};

}  // namespace

std::optional<TagPlace> AddTagCandidates(const Call& call, const TagSearch& search,
                                         const TagPlace& from, ScopeCut& cut, ReadBudget& budget,
                                         AuditRows& answer) {
  Candidates candidates(call, search, from, budget);
  auto next = candidates.Walk();
  candidates.AddRows(cut, answer.rows);
  answer.completeness.AddGap("tags inside digest batches are found only where a leaf was shown",
                             "摘要批次内的标签仅在明细已出示时可查");
  if (candidates.Outside() > 0) {
    const std::string count = std::to_string(candidates.Outside());
    answer.completeness.AddGap(count + " accesses happened outside the engagement's period",
                               count + " 次访问发生于审计任务期间之外");
  }
  if (candidates.Unread() > 0) {
    const std::string count = std::to_string(candidates.Unread());
    answer.completeness.AddGap(count + " transactions could not be read on this node",
                               "本节点有 " + count + " 笔交易无法读取");
  }
  return next;
}

}  // namespace jiandu::gateway
