// Q9: the full file of one case: what belongs to it, every transaction with its signers, statuses,
// deadlines with extensions and waits, documents by number and digest.
//
// From any case of it (request, consultation, grant, dispute, ...) the others are found by links
// and by what was born in its history. Accesses are no part of the file: Q1, Q5 and Q6 ask for
// those.
//
// Each row has a key of its own: case and deadline by birth, transaction and document by place in
// the log. A page goes on after the last key and shows nothing younger than the first page, so that
// what comes in between shifts nothing.
#include <algorithm>
#include <map>
#include <set>

#include "base/hex.h"
#include "gateway/audit_answer.h"
#include "gateway/audit_asking.h"
#include "gateway/audit_case_queries.h"
#include "gateway/audit_scope.h"
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

constexpr std::size_t kEntitiesMax = 64;  // of a file
constexpr std::size_t kHistoryMax = 600;  // events of one of them; of more, its acts
constexpr std::uint8_t kCases = 1;        // parts of the file, in its order
constexpr std::uint8_t kDeadlines = 2;
constexpr std::uint8_t kTransactions = 3;  // each with its documents
constexpr std::size_t kDocumentDepth = 6;
constexpr std::uint32_t kPlacesMax = 0xffff'ffff;  // behind the last document of a transaction

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
  CaseFile(const Call& call, const Page& page, AuditRows& answer)
      : call_(call),
        page_(page),
        answer_(answer),
        completeness_(answer.completeness),
        sight_(*call.snapshot, *call.reader),
        cut_(call),
        budget_(call) {}

  // False when there is no such case, or it is not the reader's.
  [[nodiscard]] bool AddRows(const EntityId& root) {
    Add(root);
    if (order_.empty()) return outside_.contains(root);
    for (std::size_t at = 0; at < order_.size(); ++at) Follow(order_[at]);
    std::ranges::sort(order_, {},
                      [this](const EntityId& id) { return std::pair(bodies_.at(id).born_at, id); });
    AddParts();
    cut_.AddGap(completeness_);
    return true;
  }

 private:
  void AddParts() {
    for (const EntityId& id : order_) {
      const EntityBody& body = bodies_.at(id);
      if (!Push(KeyOf(kCases, body, id), [&] { return CaseRow(id, body); })) return;
    }
    for (const EntityId& id : order_) {
      if (!AddDeadlines(id, bodies_.at(id))) return;
    }
    AddTransactions();
  }
  // One row, unless a page before showed it; false when this page ends before it.
  template <typename Make>
  bool Push(const Bytes& key, Make make) {
    if (!IsAfter(key)) return true;
    if (answer_.rows.Items().size() >= page_.limit || budget_.IsSpent()) {
      answer_.more_after = last_.empty() ? page_.after_key : last_;
      return false;
    }
    answer_.rows.Push(make());
    last_ = key;
    return true;
  }
  [[nodiscard]] bool IsAfter(const Bytes& key) const {
    return std::ranges::lexicographical_compare(page_.after_key, key);
  }
  static Bytes KeyOf(std::uint8_t part, const EntityBody& body, const EntityId& id) {
    Bytes key = {part};
    AppendU64Be(key, static_cast<std::uint64_t>(body.born_at));
    Append(key, id.View());
    return key;
  }
  static Bytes KeyOf(ledger::LogIndex index, std::uint32_t place) {
    Bytes key = {kTransactions};
    AppendU64Be(key, index);
    AppendU32Be(key, place);
    return key;
  }

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
    if (body->born_height > page_.height) return;
    if (!cut_.Covers(id) || !cut_.BeganBeforeEnd(body->born_at)) {
      // Told once, with the first page.
      if (outside_.insert(id).second && page_.after_key.empty()) cut_.LeaveOut();
      return;
    }
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
      if (!stub || IsAccess(stub->op) || stub->height > page_.height) continue;
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
    completeness_.AddGap("of " + ledger::ToHex(id) +
                             " only the last 64 acts that took effect are in the file; its history "
                             "has all events",
                         "对象 " + ledger::ToHex(id) + " 仅列最近64项已生效行为, 全部事件见其历史");
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

  // False when the page ends.
  bool AddDeadlines(const EntityId& id, const EntityBody& body) {
    std::map<std::pair<std::string, std::string>, const ledger::Clock*> sorted;
    for (const ledger::Clock& clock : body.clocks) {
      sorted.emplace(std::pair(clock.code, clock.department), &clock);
    }
    for (const auto& [name, clock] : sorted) {
      Bytes key = KeyOf(kDeadlines, body, id);
      Append(key, AsBytes(name.first));
      key.push_back(0);
      Append(key, AsBytes(name.second));
      if (IsAfter(key) && !cut_.Keeps(cut_.BeganBeforeEnd(clock->start))) continue;
      if (!Push(key, [&] { return DeadlineRow(id, body, *clock); })) return false;
    }
    return true;
  }
  Json DeadlineRow(const EntityId& id, const EntityBody& body, const ledger::Clock& clock) const {
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
    return row.Set("handler", handler.empty() ? Json() : Json(handler));
  }

  void AddTransactions() {
    for (const auto& [index, id] : events_) {
      // With its documents it is done with before this page.
      if (!IsAfter(KeyOf(index, kPlacesMax))) continue;
      const auto stub = StubAt(*call_.snapshot, index);
      if (!stub || !sight_.ShowsEvent(*stub)) continue;
      if (IsAfter(KeyOf(index, 0)) && !cut_.Keeps(cut_.CoversTime(stub->time))) continue;
      if (!cut_.CoversTime(stub->time)) continue;
      if (IsFull()) return;
      const auto found = ReadTransactionAt(*call_.snapshot, index, budget_);
      if (!found) {
        completeness_.AddGap(
            "transaction " + HexEncode(stub->txid.View()) + " could not be read on this node",
            "本节点无法读取交易 " + HexEncode(stub->txid.View()));
        continue;
      }
      if (!AddTransaction(*found, id)) return;
    }
  }
  // Its block is not read for a row that finds no room.
  [[nodiscard]] bool IsFull() {
    if (answer_.rows.Items().size() < page_.limit && !budget_.IsSpent()) return false;
    answer_.more_after = last_.empty() ? page_.after_key : last_;
    return true;
  }
  // The transaction, then its documents; false when the page ends. What was read is shown: a page
  // that its budget ends does so before the next one.
  bool AddTransaction(const ReadTransaction& found, const EntityId& id) {
    std::vector<Json> rows = {TransactionRow(found, id)};
    if (sight_.ShowsPayload(found.transaction, found.stub)) {
      AddDocuments(found, id, found.transaction.payload.body, kDocumentDepth, rows);
    }
    for (std::uint32_t place = 0; place < rows.size(); ++place) {
      const Bytes key = KeyOf(found.index, place);
      if (!IsAfter(key)) continue;
      if (answer_.rows.Items().size() >= page_.limit) {
        answer_.more_after = last_.empty() ? page_.after_key : last_;
        return false;
      }
      answer_.rows.Push(std::move(rows[place]));
      last_ = key;
    }
    last_ = KeyOf(found.index, kPlacesMax);
    return true;
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
  const Page& page_;
  AuditRows& answer_;
  Completeness& completeness_;
  SightOf sight_;
  ScopeCut cut_;
  ReadBudget budget_;
  Bytes last_;  // key of the last row of this page
  std::set<EntityId> outside_;
  std::vector<EntityId> order_;
  std::map<EntityId, EntityBody> bodies_;
  std::map<ledger::LogIndex, EntityId> events_;
  bool full_ = false;
};

}  // namespace

Answer RunCaseFile(const AuditQuery& query, const Call& call) {
  const auto id = ReadEntity(call, "case", EntityKind::kNetwork);
  if (!id) return Refused(id.error());
  const auto asking = ReadAsking(call);
  if (!asking) return Refused(asking.error());
  if (!ScopeCut(call).Covers(*id)) return Refused(OutsideScope("case", "案件"));
  AuditRows answer;
  answer.completeness.covers = {"bodies", "histories", "log"};
  if (!CaseFile(call, asking->page, answer).AddRows(*id)) {
    return Refused(Plain(ProblemKind::kNotFound,
                         "there is no such case, or it is not yours (无此案件或无权查看)"));
  }
  return AuditResponse(query, call, asking->page, asking->period, std::move(answer));
}

}  // namespace jiandu::gateway
