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
#include "gateway/audit_subject_queries.h"
#include "gateway/audit_transactions.h"
#include "gateway/views.h"
#include "ledger/model/grant_index.h"
#include "ledger/model/subject_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::TimeMs;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kPlacesMax = 4096;      // transactions one query finds
constexpr std::size_t kTransactionsMax = 64;  // of them one page reads
constexpr std::size_t kResourcesMax = 4096;   // looked at for what is sealed or not shown
constexpr std::size_t kGrantsMax = 1024;      // of a resource
constexpr std::size_t kBatchesMax = 4096;     // digest batches of one answer
constexpr std::size_t kSealedMax = 100'000;   // of a resource

struct Asked {
  AuditScope scope;
  QueryPeriod period;
  std::vector<Hash256> tags;
  std::optional<EntityId> resource;
};

std::expected<Asked, Problem> ReadAsked(const Call& call) {
  auto scope = ScopeOf(call);
  if (!scope) return Refused(NoEngagement("no open engagement (无进行中的审计任务)"));
  Asked asked{.scope = *std::move(scope), .period = {}, .tags = {}, .resource = {}};
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
  Accesses(const Call& call, const Asked& asked) : call_(call), asked_(asked) {}

  // By log index, at most kPlacesMax.
  void Find(Completeness& completeness) {
    for (const Hash256& tag : asked_.tags) {
      const std::size_t room = kPlacesMax - std::min(kPlacesMax, places_.size());
      const auto found = ledger::PlacesOfSubject(call_.snapshot->State(), tag, room);
      for (const ledger::SubjectPlace& one : found) {
        const auto known = call_.snapshot->FindTx(one.txid);
        if (!known) continue;
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
      if (read == kTransactionsMax || (read > 0 && rows.Items().size() >= limit)) return last;
      last = it->first;
      ++read;
      if (const auto found = ReadTransactionAt(*call_.snapshot, it->first)) {
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
  const Asked& asked_;
  std::map<ledger::LogIndex, Place> places_;
  std::size_t outside_ = 0;
  std::size_t unread_ = 0;
};

// Resources asked about: the one named, or all of the engagement.
std::vector<EntityId> ResourcesOf(const Call& call, const Asked& asked,
                                  Completeness& completeness) {
  if (asked.resource) return {*asked.resource};
  std::set<EntityId> all = asked.scope.resources;
  for (const std::string& department : asked.scope.departments) {
    const std::size_t room = kResourcesMax - std::min(kResourcesMax, all.size());
    const auto listed = call.snapshot->List(ledger::EntityKind::kResource, department, {}, room);
    for (const auto& one : listed) {
      if (asked.scope.Covers(*call.snapshot, one.id)) all.insert(one.id);
    }
    if (listed.size() == room) {
      completeness.AddGap(
          "not all resources of the departments were looked at for sealed accesses "
          "and digest batches: name one resource",
          "部门资源过多, 未逐一核对密封记录与摘要批次, 请指定资源");
      break;
    }
  }
  return {all.begin(), all.end()};
}

// What is sealed, and what only its keepers can show.
class Hidden {
 public:
  Hidden(const Call& call, const Asked& asked, Completeness& completeness)
      : call_(call), asked_(asked), completeness_(completeness) {}

  void AddRows(Json& rows) {
    for (const EntityId& resource : ResourcesOf(call_, asked_, completeness_)) {
      AddSealed(resource, rows);
      AddBatches(resource, rows);
    }
    if (batches_ > answered_) {
      completeness_.AddGap(
          std::to_string(batches_ - answered_) + " of " + std::to_string(batches_) +
              " digest batches of the period have no leaf shown: access.leaf_demand asks their "
              "keepers",
          "期间内 " + std::to_string(batches_) + " 个摘要批次中有 " +
              std::to_string(batches_ - answered_) + " 个未出示明细, 可用 access.leaf_demand 调取");
    }
  }

 private:
  void AddSealed(const EntityId& resource, Json& rows) {
    const auto sealed = ledger::SealedOf(call_.snapshot->State(), resource, asked_.period.from,
                                         asked_.period.until, kSealedMax);
    if (sealed.empty()) return;
    Json row = Json::MakeObject({{"row", "sealed"}, {"resource", ledger::ToHex(resource)}});
    if (const auto body = call_.snapshot->BodyOf(resource)) {
      row.Set("resource_code", body->Text("code")).Set("provider", body->Party("provider"));
    }
    row.Set("count", sealed.size());
    rows.Push(std::move(row));
    completeness_.AddGap(
        std::to_string(sealed.size()) + " sealed " + (sealed.size() == 1 ? "record" : "records") +
            " on resource " + ledger::ToHex(resource),
        "资源 " + ledger::ToHex(resource) + " 有 " + std::to_string(sealed.size()) + " 条密封记录");
  }

  void AddBatches(const EntityId& resource, Json& rows) {
    const ledger::StateView& state = call_.snapshot->State();
    for (const EntityId& grant : ledger::ListGrantsOf(state, resource, nullptr, kGrantsMax)) {
      const std::size_t room = kBatchesMax - std::min(kBatchesMax, batches_);
      const auto batches =
          ledger::DigestBatchesOf(state, grant, asked_.period.from, asked_.period.until, room);
      if (batches.empty()) continue;
      batches_ += batches.size();
      rows.Push(KeeperRow(resource, grant, batches));
    }
  }

  Json KeeperRow(const EntityId& resource, const EntityId& grant,
                 const std::vector<ledger::DigestBatch>& batches) {
    std::set<std::string> demanded;
    std::set<std::string> shown;
    for (const EntityId& id : ledger::LeafDemandsOf(call_.snapshot->State(), grant, kGrantsMax)) {
      const auto demand = call_.snapshot->BodyOf(id);
      if (!demand) continue;
      const Json form = demand->Form();
      demanded.emplace(form.TextOr("batch_id"));
      if (demand->status == static_cast<std::uint32_t>(ledger::LeafDemandStatus::kProduced)) {
        shown.emplace(form.TextOr("batch_id"));
      }
    }
    Json open = Json::MakeArray();
    std::size_t asked = 0;
    std::size_t answered = 0;
    std::size_t rooted = 0;
    for (const ledger::DigestBatch& batch : batches) {
      asked += demanded.contains(batch.batch_id) ? 1 : 0;
      rooted += batch.has_subjects ? 1 : 0;
      if (shown.contains(batch.batch_id)) {
        ++answered;
      } else if (open.Items().size() < 32) {
        open.Push(batch.batch_id);
      }
    }
    answered_ += answered;
    Json row = Json::MakeObject({{"row", "keeper"}, {"resource", ledger::ToHex(resource)}});
    row.Set("grant", ledger::ToHex(grant)).Set("batches", batches.size());
    row.Set("with_subject_root", rooted).Set("demanded", asked).Set("answered", answered);
    row.Set("unanswered", std::move(open));
    if (const auto body = call_.snapshot->BodyOf(grant)) {
      row.Set("keeper", body->Party("provider")).Set("consumer", body->Party("consumer"));
    }
    AddGaps(grant);
    return row;
  }
  void AddGaps(const EntityId& grant) {
    for (const auto& flag :
         call_.snapshot->AccessFlagsOf(grant, asked_.period.from, asked_.period.until)) {
      if (flag.flag != "GAP") continue;
      completeness_.AddGap(
          "batch " + flag.detail + " of grant " + ledger::ToHex(grant) + " is not on the ledger",
          "权限 " + ledger::ToHex(grant) + " 的批次 " + flag.detail + " 不在账本上");
    }
  }

  const Call& call_;
  const Asked& asked_;
  Completeness& completeness_;
  std::size_t batches_ = 0;
  std::size_t answered_ = 0;
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
    Hidden(call, *asked, answer.completeness).AddRows(answer.rows);
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
