// Q9: the full file of one case: what belongs to it, every transaction with its signers, statuses,
// deadlines with extensions and waits, documents by number and digest.
//
// From any case of it (request, consultation, grant, dispute, ...) the others are found by links
// and by what was born in its history. Accesses are no part of the file: Q1, Q5 and Q6 ask for
// those.
#include <algorithm>
#include <map>
#include <set>

#include "base/hex.h"
#include "gateway/audit_answer.h"
#include "gateway/audit_case_queries.h"
#include "gateway/audit_subject_queries.h"
#include "gateway/audit_transactions.h"
#include "gateway/views.h"
#include "gateway/visibility.h"
#include "ledger/model/key_record.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kEntitiesMax = 64;       // of a file
constexpr std::size_t kHistoryMax = 600;       // events of one of them; of more, its acts
constexpr std::size_t kTransactionsMax = 500;  // of a file
constexpr std::size_t kDocumentDepth = 6;

// Cases whose own file is another one, or that are as many as accesses.
bool IsPartOfFile(EntityKind kind) {
  return ledger::IsCase(kind) && kind != EntityKind::kResource && kind != EntityKind::kPending &&
         kind != EntityKind::kWatermark && kind != EntityKind::kLeafDemand &&
         kind != EntityKind::kEngagement && kind != EntityKind::kDerivation;
}
bool IsAccess(std::string_view op) {
  return op.starts_with("access.") || op == "watermark.register";
}

std::string_view UnitName(ledger::ClockUnit unit) {
  switch (unit) {
    case ledger::ClockUnit::kWorkingDays: return "working_days";
    case ledger::ClockUnit::kHours: return "hours";
    case ledger::ClockUnit::kUntil: return "until";
  }
  return "?";
}

class CaseFile {
 public:
  CaseFile(const Call& call, Completeness& completeness)
      : call_(call), completeness_(completeness), sight_(*call.snapshot, *call.reader) {}

  std::vector<Json> Rows(const EntityId& root) {
    Add(root);
    for (std::size_t at = 0; at < order_.size(); ++at) Follow(order_[at]);
    std::vector<Json> rows;
    for (const EntityId& id : order_) rows.push_back(CaseRow(id, bodies_.at(id)));
    for (const EntityId& id : order_) AddDeadlines(id, bodies_.at(id), rows);
    AddTransactions(rows);
    return rows;
  }

 private:
  void Add(const EntityId& id) {
    if (bodies_.contains(id) || !IsPartOfFile(ledger::KindOf(id))) return;
    if (order_.size() == kEntitiesMax) {
      if (!full_) {
        completeness_.AddGap("the file has more than 64 cases; ask for one of the others by its id",
                             "本案关联案件超过64件, 其余请按标识分别查询");
      }
      full_ = true;
      return;
    }
    const auto body = FindBody(*call_.snapshot, id);
    if (!body || sight_.OfBody(*body) != Sight::kParty) return;
    order_.push_back(id);
    bodies_.emplace(id, *body);
  }

  // What it names, and what was born in its history naming it.
  void Follow(const EntityId id) {
    const EntityBody body = bodies_.at(id);
    for (const auto& [name, link] : body.links) Add(link);
    for (const std::string_view name : {"grant", "dispute"}) {
      if (const auto named = ledger::ParseEntityId(body.Text(name))) Add(*named);
    }
    for (const ledger::LogIndex index : EventsOf(id, body)) {
      const auto stub = StubAt(*call_.snapshot, index);
      if (!stub || IsAccess(stub->op)) continue;
      events_.emplace(index, id);
      for (const ledger::Touch& touch : stub->touched) {
        if ((touch.roles & ledger::touch::kNew) != 0 && Names(touch.entity, id)) Add(touch.entity);
      }
    }
  }
  bool Names(const EntityId& born, const EntityId& id) const {
    if (!IsPartOfFile(ledger::KindOf(born))) return false;
    const auto body = FindBody(*call_.snapshot, born);
    return body &&
           std::ranges::any_of(body->links, [&id](const auto& link) { return link.second == id; });
  }

  // Of a grant with many accesses the acts its body keeps.
  std::vector<ledger::LogIndex> EventsOf(const EntityId& id, const EntityBody& body) {
    auto history = call_.snapshot->History(id, 0, kHistoryMax + 1);
    if (history.size() <= kHistoryMax) return history;
    history.clear();
    for (const ledger::Act& act : body.acts) {
      if (const auto known = call_.snapshot->FindTx(act.txid)) history.push_back(known->index);
    }
    if (const auto born = call_.snapshot->FindTx(body.born_tx)) history.push_back(born->index);
    if (body.acts.size() >= EntityBody::kActsMax) {
      completeness_.AddGap("of " + ledger::ToHex(id) +
                               " only the last 64 acts are in the file; its history has them all",
                           "对象 " + ledger::ToHex(id) + " 仅列最近64项行为, 其余见其历史");
    }
    return history;
  }

  static Json CaseRow(const EntityId& id, const EntityBody& body) {
    Json row = Json::MakeObject({{"row", "case"}, {"entity", ledger::ToHex(id)}});
    row.Set("kind", ledger::KindName(body.kind));
    row.Set("status", std::string(ledger::StatusName(body.kind, body.status)));
    row.Set("department", body.department).Set("born_at", body.born_at);
    Json parties = Json::MakeObject();
    for (const auto& [name, department] : body.parties) parties.Set(name, department);
    row.Set("parties", std::move(parties));
    Json links = Json::MakeObject();
    for (const auto& [name, link] : body.links) links.Set(name, ledger::ToHex(link));
    return row.Set("links", std::move(links));
  }

  void AddDeadlines(const EntityId& id, const EntityBody& body, std::vector<Json>& rows) const {
    for (const ledger::Clock& clock : body.clocks) {
      const auto now = call_.snapshot->Time();
      const auto times = call_.snapshot->TimesOf(clock, now);
      Json row = Json::MakeObject({{"row", "deadline"}, {"entity", ledger::ToHex(id)}});
      row.Set("code", clock.code).Set("department", clock.department).Set("start", clock.start);
      row.Set("n", clock.n).Set("unit", UnitName(clock.unit)).Set("extension", clock.extra);
      row.Set("due", times.due).Set("provisional", times.provisional);
      row.Set("runs", clock.Runs()).Set("satisfied", clock.satisfied);
      row.Set("ended_at", clock.Runs() ? Json() : Json(clock.ended_at));
      const bool overdue = clock.Runs() && times.due <= now && !times.provisional;
      row.Set("late", clock.Runs() ? (overdue ? times.late : 0) : clock.late);
      Json waits = Json::MakeObject();
      for (const auto& [department, days] : clock.waits) waits.Set(department, days);
      row.Set("waits", std::move(waits));
      const auto handler = body.Text("handler/" + clock.department);
      row.Set("handler", handler.empty() ? Json() : Json(handler));
      rows.push_back(std::move(row));
    }
  }

  void AddTransactions(std::vector<Json>& rows) {
    std::vector<Json> documents;
    std::size_t read = 0;
    for (const auto& [index, id] : events_) {
      if (read == kTransactionsMax) {
        completeness_.AddGap("only the first 500 transactions of the file were read",
                             "本案卷仅读取前500笔交易");
        break;
      }
      const auto found = ReadTransactionAt(*call_.snapshot, index);
      if (!found || !sight_.ShowsEvent(found->stub)) continue;
      ++read;
      rows.push_back(TransactionRow(*found, id));
      if (!sight_.ShowsPayload(found->transaction, found->stub)) continue;
      AddDocuments(*found, id, found->transaction.payload.body, kDocumentDepth, documents);
    }
    std::ranges::move(documents, std::back_inserter(rows));
  }

  Json TransactionRow(const ReadTransaction& found, const EntityId& id) const {
    const ledger::Payload& payload = found.transaction.payload;
    Json row = Json::MakeObject({{"row", "transaction"}, {"entity", ledger::ToHex(id)}});
    row.Set("op", payload.op).Set("department", payload.department).Set("at", payload.at);
    row.Set("code", CodeToJson(found.stub.code))
        .Set("flags", FlagsToJson(*call_.snapshot, found.stub));
    Json signers = Json::MakeArray();
    for (const ledger::Signer& signer : payload.signers) {
      Json one = Json::MakeObject({{"role", ledger::RoleName(signer.role)}});
      if (const auto key = ledger::FindKeyRecord(call_.snapshot->State(), signer.key)) {
        one.Set("department", key->department).Set("identity", ledger::ToHex(key->identity));
      }
      signers.Push(std::move(one));
    }
    row.Set("signers", std::move(signers));
    const EntityBody& body = bodies_.at(id);
    const auto act = std::ranges::find(body.acts, found.stub.txid, &ledger::Act::txid);
    if (act != body.acts.end()) {
      row.Set("note", act->note);
      row.Set("status", act->status == 0
                            ? Json()
                            : Json(std::string(ledger::StatusName(body.kind, act->status))));
    }
    row.Set("transaction", TransactionRef(found.stub, found.index));
    return row;
  }

  // Numbers and digests of documents, wherever they stand in the form.
  static void AddDocuments(const ReadTransaction& found, const EntityId& id, const Json& json,
                           std::size_t depth, std::vector<Json>& documents) {
    if (depth == 0) return;
    if (json.IsArray()) {
      for (const Json& item : json.Items()) AddDocuments(found, id, item, depth - 1, documents);
      return;
    }
    if (!json.IsObject()) return;
    for (const Json::Member& member : json.Members()) {
      if (!member.value.IsText()) {
        AddDocuments(found, id, member.value, depth - 1, documents);
        continue;
      }
      const std::string_view name = member.name;
      const bool is_digest = name.ends_with("_digest");
      if (!is_digest && !name.ends_with("_no") && name != "basis_ref") continue;
      Json row = Json::MakeObject({{"row", "document"}, {"entity", ledger::ToHex(id)}});
      row.Set("name", name).Set(is_digest ? "digest" : "number", member.value);
      row.Set("department", found.transaction.payload.department);
      row.Set("transaction", TransactionRef(found.stub, found.index));
      documents.push_back(std::move(row));
    }
  }

  const Call& call_;
  Completeness& completeness_;
  SightOf sight_;
  std::vector<EntityId> order_;
  std::map<EntityId, EntityBody> bodies_;
  std::map<ledger::LogIndex, EntityId> events_;
  bool full_ = false;
};

}  // namespace

Answer RunCaseFile(const AuditQuery& query, const Call& call) {
  const auto id = ReadEntity(call, "case", EntityKind::kNetwork);
  if (!id) return Refused(id.error());
  const auto page = ReadPage(call);
  if (!page) return Refused(page.error());
  AuditRows answer;
  answer.completeness.covers = {"bodies", "histories", "log"};
  const std::vector<Json> rows = CaseFile(call, answer.completeness).Rows(*id);
  if (rows.empty()) {
    return Refused(Plain(ProblemKind::kNotFound,
                         "there is no such case, or it is not yours (无此案件或无权查看)"));
  }
  std::size_t at = page->after_key.size() == 8 ? ReadU64Be(page->after_key) : 0;
  for (; at < rows.size() && answer.rows.Items().size() < page->limit; ++at) {
    answer.rows.Push(rows[at]);
  }
  if (at < rows.size()) {
    Bytes key;
    AppendU64Be(key, at);
    answer.more_after = std::move(key);
  }
  return AuditResponse(query, call, *page, QueryPeriod{}, std::move(answer));
}

}  // namespace jiandu::gateway
