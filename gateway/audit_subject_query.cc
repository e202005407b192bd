// Q1: who saw a person's data, when and on what basis (谁、何时、凭什么看过).
//
// Accesses are found by the person's tags: single records, records of full batches, leaves that
// were shown, seals that were opened. What is sealed is counted; what lies in digest batches is
// said, with what their keepers have shown of it.
#include <algorithm>
#include <map>

#include "base/hex.h"
#include "gateway/audit_answer.h"
#include "gateway/audit_gate.h"
#include "gateway/audit_subject_hidden.h"
#include "gateway/audit_transactions.h"
#include "gateway/views.h"
#include "ledger/model/subject_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::TimeMs;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kPlacesMax = 4096;      // transactions one query finds
constexpr std::size_t kTransactionsMax = 64;  // of them one page reads

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

// One transaction, and which of its accesses are asked for.
struct Place {
  std::set<std::string> tags;                 // hex: any access that has one
  std::map<std::string, std::string> opened;  // acc_id -> tag: seals that were opened
};

class Accesses {
 public:
  Accesses(const Call& call, const SubjectAsked& asked) : call_(call), asked_(asked) {}

  // By log index, at most kPlacesMax.
  void Find(Completeness& completeness) {
    for (const Hash256& tag : asked_.tags) {
      const std::size_t room = kPlacesMax - std::min(kPlacesMax, places_.size());
      const auto found = ledger::PlacesOfSubject(call_.snapshot->State(), tag, room);
      for (const ledger::SubjectPlace& one : found) {
        const auto known = call_.snapshot->FindTx(one.txid);
        if (!known) {
          ++unread_;
          continue;
        }
        Place& place = places_[known->index];
        const std::string hex = HexEncode(tag.View());
        if (one.acc_id.empty()) {
          place.tags.insert(hex);
        } else {
          place.opened.emplace(one.acc_id, hex);
        }
      }
      if (found.size() == room) {
        completeness.AddGap("more transactions than one query finds: ask for fewer tags",
                            "交易过多, 请减少标签分次查询");
        return;
      }
    }
  }

  // Rows of transactions after `after`, until the page is full; the index to go on after.
  std::optional<ledger::LogIndex> Rows(std::optional<ledger::LogIndex> after, std::size_t limit,
                                       Json& rows) {
    std::size_t read = 0;
    auto it = after ? places_.upper_bound(*after) : places_.begin();
    ledger::LogIndex last = after.value_or(0);
    for (; it != places_.end(); ++it) {
      const bool is_full = read == kTransactionsMax || budget_.IsSpent() ||
                           (read > 0 && rows.Items().size() >= limit);
      if (is_full) return last;
      last = it->first;
      ++read;
      if (const auto found = ReadTransactionAt(*call_.snapshot, it->first, budget_)) {
        AddRows(*found, it->second, rows);
      } else {
        ++unread_;
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] std::size_t Outside() const { return outside_; }
  [[nodiscard]] std::size_t Unread() const { return unread_; }

 private:
  void AddRows(const ReadTransaction& found, const Place& place, Json& rows) {
    const Json& body = found.transaction.payload.body;
    if (found.transaction.payload.op == "access.batch") {
      for (const Json& record : body.ItemsOf("records")) {
        AddRecord(found, place, record, body, "BATCH", rows);
      }
    } else if (found.transaction.payload.op == "access.leaf_produced") {
      const Json* record = body.Find("record");
      const auto id = ledger::ParseEntityId(body.TextOr("leaf_demand"));
      const auto demand = id ? call_.snapshot->BodyOf(*id) : std::nullopt;
      if (record != nullptr && demand) {
        const Json form = demand->Form();
        AddRecord(found, place, *record, form, "LEAF", rows);
      }
    } else {
      AddRecord(found, place, body, body, "RECORD", rows);
    }
  }

  // `around` names grant or resource, and the system where the record does not.
  void AddRecord(const ReadTransaction& found, const Place& place, const Json& record,
                 const Json& around, std::string_view shown_by, Json& rows) {
    std::string tag;
    for (const Json& one : record.ItemsOf("subject_tags")) {
      if (one.IsText() && place.tags.contains(one.AsString())) tag = one.AsString();
    }
    if (tag.empty()) {
      const auto opened = place.opened.find(std::string(record.TextOr("acc_id")));
      if (opened == place.opened.end()) return;
      tag = opened->second;
      shown_by = "OPENED_SEAL";
    }
    const TimeMs at = record.IntegerOr("occurred_at");
    if (at < asked_.period.from || at >= asked_.period.until) return;
    Json row = Json::MakeObject({{"row", "access"}, {"tag", tag}, {"shown_by", shown_by}});
    if (!AddTarget(around, row)) return;
    row.Set("occurred_at", at).Set("reported_by", found.transaction.payload.department);
    for (const std::string_view name : {"acc_id", "action", "result", "rows", "matter_code",
                                        "operator_tag", "system", "acct_tag"}) {
      const Json* value = record.Find(name);
      if (value == nullptr) value = around.Find(name);
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
  std::map<ledger::LogIndex, Place> places_;
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
  std::optional<ledger::LogIndex> after;
  if (page->after_key.size() == 8) after = ReadU64Be(page->after_key);
  Accesses accesses(call, *asked);
  accesses.Find(answer.completeness);
  if (const auto last = accesses.Rows(after, page->limit, answer.rows)) {
    Bytes key;
    AppendU64Be(key, *last);
    answer.more_after = std::move(key);
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
