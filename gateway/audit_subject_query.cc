// Q1: who saw a person's data, when and on what basis (谁、何时、凭什么看过).
//
// Accesses are found by the person's tags: single records, records of full batches, leaves that
// were shown, seals that were opened. What is sealed is counted; what lies in digest batches is
// said, with what their keepers have shown of it.
#include <algorithm>

#include "gateway/audit_access_reports.h"
#include "gateway/audit_answer.h"
#include "gateway/audit_gate.h"
#include "gateway/audit_subject_hidden.h"
#include "gateway/audit_tag_places.h"
#include "gateway/audit_transactions.h"
#include "gateway/views.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::TimeMs;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kTransactionsMax = 64;  // that one page reads

std::expected<SubjectAsked, Problem> ReadAsked(const Call& call) {
  auto scope = ScopeOf(call);
  if (!scope) return Refused(NoEngagement("no open engagement (无进行中的审计任务)"));
  SubjectAsked asked{.scope = *std::move(scope), .period = {}, .tags = {}, .resource = {}};
  auto period = ReadPeriod(call);
  if (!period) return Refused(period.error());
  asked.period = *period;
  auto tags = ReadTags(call);
  if (!tags) return Refused(tags.error());
  asked.tags = *std::move(tags);
  if (call.target.Find("resource") == nullptr) return asked;
  const auto resource = ReadEntity(call, "resource", ledger::EntityKind::kResource);
  if (!resource) return Refused(resource.error());
  if (!asked.scope.Covers(*call.snapshot, *resource)) {
    return Refused(OutsideScope("resource", "资源"));
  }
  asked.resource = *resource;
  return asked;
}

class Accesses {
 public:
  Accesses(const Call& call, const SubjectAsked& asked, TagPlace from)
      : call_(call),
        asked_(asked),
        from_(std::move(from)),
        round_(*call.snapshot, asked.tags, from_),
        budget_(call) {
    unread_ = round_.Unknown();
  }

  // Rows of the round's transactions, until the page is full; where to go on.
  std::optional<TagPlace> Rows(std::size_t limit, Json& rows) {
    std::size_t read = 0;
    TagPlace reached = from_;
    const auto& found = round_.Found();
    for (auto it = found.upper_bound(from_.after); it != found.end(); ++it) {
      const bool is_full = read == kTransactionsMax || budget_.IsSpent() ||
                           (read > 0 && rows.Items().size() >= limit);
      if (is_full) return reached;
      reached.after = it->first;
      const auto stub = StubAt(*call_.snapshot, it->first);
      if (stub && IsOfAnotherResource(*stub)) continue;
      ++read;
      if (const auto transaction = ReadTransactionAt(*call_.snapshot, it->first, budget_)) {
        AddRows(*transaction, it->second, rows);
      } else {
        ++unread_;
      }
    }
    return round_.Next();
  }
  [[nodiscard]] std::size_t Outside() const { return outside_; }
  [[nodiscard]] std::size_t Unread() const { return unread_; }

 private:
  // Told without reading its block.
  [[nodiscard]] bool IsOfAnotherResource(const ledger::Stub& stub) const {
    if (!asked_.resource) return false;
    bool any = false;
    for (const ledger::Touch& touch : stub.touched) {
      if (touch.entity == *asked_.resource) return false;
      any = any || ledger::KindOf(touch.entity) == ledger::EntityKind::kResource;
    }
    return any;
  }
  void AddRows(const ReadTransaction& found, const TaggedTransaction& place, Json& rows) {
    VisitAccesses(*call_.snapshot, found, [&](const AccessReport& report) {
      const auto match = round_.MatchOf(place, found.stub.txid, report.record);
      if (match) AddRecord(found, report, *match, rows);
    });
  }
  void AddRecord(const ReadTransaction& found, const AccessReport& report,
                 const TagRound::Match& match, Json& rows) {
    const Json& record = report.record;
    const TimeMs at = record.IntegerOr("occurred_at");
    if (at < asked_.period.from || at >= asked_.period.until) return;
    Json row = Json::MakeObject({{"row", "access"}, {"tag", match.tag}});
    row.Set("shown_by", match.was_sealed ? "OPENED_SEAL" : report.shown_by);
    if (!AddTarget(report.around, row)) return;
    row.Set("occurred_at", at).Set("reported_by", found.transaction.payload.department);
    for (const std::string_view name : {"acc_id", "action", "result", "rows", "matter_code",
                                        "operator_tag", "system", "acct_tag"}) {
      const Json* value = record.Find(name);
      if (value == nullptr) value = report.around.Find(name);
      if (value != nullptr) row.Set(name, *value);
    }
    if (const Json* purpose = record.Find("purpose_code")) row.Set("purpose_code", *purpose);
    row.Set("flags", FlagsToJson(found.stub.flags));
    row.Set("transaction", TransactionRef(found.stub, found.index));
    rows.Push(std::move(row));
  }

  // Resource, consumer, grant and basis; false when it is not to be shown.
  bool AddTarget(const Json& around, Json& row) {
    const auto grant_id = ledger::ParseEntityId(around.TextOr("grant"));
    const auto grant = grant_id ? call_.snapshot->BodyOf(*grant_id) : std::nullopt;
    std::optional<EntityId> resource;
    if (grant && grant->Link("resource") != nullptr) {
      resource = *grant->Link("resource");
    } else if (const auto named = ledger::ParseEntityId(around.TextOr("resource"))) {
      resource = *named;
    }
    if (!resource || (asked_.resource && *asked_.resource != *resource)) return false;
    if (!asked_.scope.Covers(*call_.snapshot, *resource)) {
      ++outside_;
      return false;
    }
    const auto body = call_.snapshot->BodyOf(*resource);
    row.Set("resource", ledger::ToHex(*resource));
    if (body) {
      row.Set("resource_code", body->Text("code")).Set("provider", body->Party("provider"));
    }
    if (!grant) {
      row.Set("grant", Json()).Set("consumer", around.TextOr("consumer"));
      return true;
    }
    row.Set("grant", ledger::ToHex(*grant_id)).Set("consumer", grant->Party("consumer"));
    row.Set("purpose_code", grant->Text("purpose_code"));
    AddBasis(*grant, row);
    return true;
  }
  // Of the request, consultation or emergency the grant comes from.
  void AddBasis(const ledger::EntityBody& grant, Json& row) const {
    for (const std::string_view name : {"request", "consultation", "emergency"}) {
      const EntityId* id = grant.Link(name);
      const auto source = id != nullptr ? call_.snapshot->BodyOf(*id) : std::nullopt;
      if (!source) continue;
      const Json form = source->Form();
      row.Set(name, ledger::ToHex(*id));
      for (const std::string_view member : {"basis_kind", "basis_ref", "basis", "scene_code"}) {
        if (const Json* value = form.Find(member)) row.Set(member, *value);
      }
    }
  }

  const Call& call_;
  const SubjectAsked& asked_;
  TagPlace from_;
  TagRound round_;
  ReadBudget budget_;
  std::size_t outside_ = 0;
  std::size_t unread_ = 0;
};

}  // namespace

Answer RunSubject(const AuditQuery& query, const Call& call) {
  const auto asked = ReadAsked(call);
  if (!asked) return Refused(asked.error());
  const auto page = ReadPage(call);
  if (!page) return Refused(page.error());
  AuditRows answer;
  answer.completeness.covers = {"subject_tags", "sealed", "digest_batches", "leaf_demands"};
  Accesses accesses(call, *asked, DecodeTagPlace(page->after_key));
  if (const auto next = accesses.Rows(page->limit, answer.rows)) {
    answer.more_after = EncodeTagPlace(*next);
  } else {
    AddHidden(call, *asked, answer);
  }
  if (accesses.Outside() > 0) {
    answer.completeness.AddGap(
        std::to_string(accesses.Outside()) + " accesses lie outside the engagement's scope",
        std::to_string(accesses.Outside()) + " 条访问不在审计任务范围内, 未予显示");
  }
  if (accesses.Unread() > 0) {
    answer.completeness.AddGap(
        std::to_string(accesses.Unread()) + " transactions could not be read on this node",
        "本节点有 " + std::to_string(accesses.Unread()) + " 笔交易无法读取");
  }
  return AuditResponse(query, call, *page, asked->period, std::move(answer));
}

}  // namespace jiandu::gateway
