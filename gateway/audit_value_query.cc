// Q2: which downstream data and acts carry a wrong value: the corrections of the item, what was
// made of it and since when it is clean again, what the holders answered, the acts they reported.
#include <algorithm>
#include <map>
#include <set>

#include "base/hex.h"
#include "gateway/audit_answer.h"
#include "gateway/audit_scope.h"
#include "gateway/audit_subject_queries.h"
#include "gateway/audit_transactions.h"
#include "gateway/views.h"
#include "ledger/model/grant_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using ledger::TimeMs;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kHistoryMax = 1000;  // events of a correction or derivation that are read
constexpr std::size_t kGrantsMax = 1024;

struct Asked {
  EntityId resource;
  std::int64_t version = 0;
  std::string item = "*";
  std::string record_tag;
};

std::expected<Asked, Problem> ReadAsked(const Call& call) {
  Asked asked;
  const auto resource = ReadEntity(call, "resource", EntityKind::kResource);
  if (!resource) return Refused(resource.error());
  asked.resource = *resource;
  const auto version = ParseNumber(*call.target.Find("version"), 1'000'000'000);
  if (!version) {
    return Refused(BadParameter("version", "a version is a number (版本为数字)"));
  }
  asked.version = static_cast<std::int64_t>(*version);
  if (const std::string* item = call.target.Find("item")) asked.item = *item;
  const std::string* tag = call.target.Find("record_tag");
  if (tag == nullptr) return asked;
  if (!HexDecodeFixed<32>(*tag)) {
    return Refused(BadParameter("record_tag", "a tag is 64 hex digits (标签为64位十六进制)"));
  }
  asked.record_tag = *tag;
  return asked;
}

bool HasTag(const EntityBody& correction, const std::string& tag) {
  const Json form = correction.Form();
  const auto tags = form.ItemsOf("record_tags");
  return std::ranges::any_of(
      tags, [&tag](const Json& one) { return one.IsText() && one.AsString() == tag; });
}

class Answering {
 public:
  Answering(const Call& call, const Asked& asked, AuditRows& answer)
      : call_(call), asked_(asked), answer_(answer), cut_(call) {}

  void AddRows() {
    AddChanges();
    AddHolders();
    AddCarriers();
    for (const EntityId& correction : corrections_) AddTasks(correction);
    for (const EntityId& correction : corrections_) AddImpacts(correction);
    cut_.AddGap(answer_.completeness);
  }

 private:
  void AddChanges() {
    for (const auto& change :
         call_.snapshot->ChangesAfter(asked_.resource, asked_.version, asked_.item)) {
      const auto correction =
          change.correction.IsZero() ? std::nullopt : call_.snapshot->BodyOf(change.correction);
      if (!asked_.record_tag.empty() && (!correction || !HasTag(*correction, asked_.record_tag))) {
        continue;
      }
      if (correction && !cut_.Keeps(cut_.BeganBeforeEnd(correction->born_at))) continue;
      Json row = Json::MakeObject({{"row", "change"}, {"version", change.version}});
      row.Set("resource", ledger::ToHex(asked_.resource)).Set("item", asked_.item);
      if (correction) {
        row.Set("correction", ledger::ToHex(change.correction));
        row.Set("filed_by", correction->Party("consumer")).Set("filed_at", correction->born_at);
        row.Set("verdict", correction->Text("verdict"));
        row.Set("resolved_at", correction->Number("resolved_at"));
        if (std::ranges::find(corrections_, change.correction) == corrections_.end()) {
          corrections_.push_back(change.correction);
        }
        fixed_at_ = fixed_at_ == 0 ? correction->Number("resolved_at") : fixed_at_;
      }
      answer_.rows.Push(std::move(row));
    }
  }

  // Who has, or had, the resource itself.
  void AddHolders() {
    const auto grants =
        ledger::ListGrantsOf(call_.snapshot->State(), asked_.resource, nullptr, kGrantsMax);
    if (grants.size() == kGrantsMax) {
      answer_.completeness.AddGap("more grants on the resource than one answer lists",
                                  "该资源的共享权限过多, 未全部列出");
    }
    for (const EntityId& id : grants) {
      const auto grant = call_.snapshot->BodyOf(id);
      if (!grant || (asked_.item != "*" && !HasItem(*grant))) continue;
      if (!cut_.Keeps(cut_.BeganBeforeEnd(grant->born_at))) continue;
      Json row = Json::MakeObject({{"row", "holder"}, {"grant", ledger::ToHex(id)}});
      row.Set("consumer", grant->Party("consumer"));
      row.Set("status", std::string(ledger::StatusName(EntityKind::kGrant, grant->status)));
      row.Set("since", grant->born_at);
      answer_.rows.Push(std::move(row));
    }
  }
  [[nodiscard]] bool HasItem(const EntityBody& grant) const {
    const Json terms = grant.Terms();
    const auto items = terms.ItemsOf("items");
    return std::ranges::any_of(
        items, [this](const Json& one) { return one.IsText() && one.AsString() == asked_.item; });
  }

  void AddCarriers() {
    const auto carriers =
        call_.snapshot->CarriersOf(asked_.resource, asked_.version, asked_.item);
    for (const auto& one : carriers.list) {
      const auto made = call_.snapshot->BodyOf(one.derivation);
      if (made && !cut_.Keeps(cut_.BeganBeforeEnd(made->born_at))) continue;
      Json row = Json::MakeObject({{"row", "carrier"}, {"resource", ledger::ToHex(one.resource)}});
      if (const auto body = call_.snapshot->BodyOf(one.resource)) {
        row.Set("code", body->Text("code")).Set("department", body->Party("provider"));
      }
      row.Set("derivation", ledger::ToHex(one.derivation)).Set("level", one.level);
      row.Set("input", ledger::ToHex(one.input)).Set("made_of", one.made_of);
      row.Set("input_version", one.input_version).Set("out_version", one.out_version);
      row.Set("items", Texts(one.items)).Set("stale", Texts(one.stale));
      // Through all levels it is stale from the answer to the correction on, at once.
      row.Set("stale_from", fixed_at_ > 0 ? Json(fixed_at_) : Json());
      const bool is_clean = one.stale.empty() && fixed_at_ > 0;
      const TimeMs clean_at = is_clean ? CleanAt(one) : 0;
      row.Set("clean_at", clean_at > 0 ? Json(clean_at) : Json());
      answer_.rows.Push(std::move(row));
    }
  }
  static Json Texts(const std::vector<std::string>& texts) {
    Json list = Json::MakeArray();
    for (const std::string& text : texts) list.Push(text);
    return list;
  }

  // The first refresh, or answer to the correction, after which nothing of it was stale.
  TimeMs CleanAt(const LedgerSnapshot::Carrier& carrier) {
    TimeMs first = 0;
    const auto take = [&first](TimeMs time) {
      if (time > 0 && (first == 0 || time < first)) first = time;
    };
    const auto needed = clean_version_.find(carrier.input);
    const std::int64_t version =
        needed != clean_version_.end() ? needed->second : asked_.version + 1;
    for (const ledger::LogIndex index :
         call_.snapshot->History(carrier.derivation, 0, kHistoryMax)) {
      const auto found = ReadTransactionAt(*call_.snapshot, index);
      if (!found || found->stub.code != 0 || found->stub.time < fixed_at_ ||
          found->transaction.payload.op != "derivation.refresh") {
        continue;
      }
      const Json& body = found->transaction.payload.body;
      for (const Json& input : body.ItemsOf("inputs")) {
        if (input.TextOr("resource") != ledger::ToHex(carrier.input) ||
            input.IntegerOr("version") < version) {
          continue;
        }
        if (first == 0) {
          clean_version_[carrier.resource] = body.IntegerOr("out_version", carrier.out_version);
        }
        take(found->stub.time);
      }
    }
    for (const EntityId& correction : corrections_) {
      for (const auto& task : call_.snapshot->TasksOf(correction)) {
        if (task.held == carrier.resource && !task.outcome.empty()) take(task.answered_at);
      }
    }
    return first;
  }

  void AddTasks(const EntityId& correction) {
    for (const auto& task : call_.snapshot->TasksOf(correction)) {
      if (!cut_.Keeps(cut_.BeganBeforeEnd(task.start))) continue;
      Json row = Json::MakeObject({{"row", "task"}, {"correction", ledger::ToHex(correction)}});
      row.Set("held", ledger::ToHex(task.held));
      row.Set("kind", ledger::KindName(ledger::KindOf(task.held)));
      row.Set("department", task.department).Set("start", task.start).Set("due", task.due);
      row.Set("outcome", task.outcome.empty() ? Json() : Json(task.outcome));
      row.Set("answered_at", task.answered_at > 0 ? Json(task.answered_at) : Json());
      row.Set("late", task.late);
      answer_.rows.Push(std::move(row));
    }
  }

  // Each ImpactReport: matters and how many acts.
  void AddImpacts(const EntityId& correction) {
    const auto history = call_.snapshot->History(correction, 0, kHistoryMax);
    if (history.size() == kHistoryMax) {
      answer_.completeness.AddGap(
          "only the first 1000 events of correction " + ledger::ToHex(correction) + " were read",
          "校核 " + ledger::ToHex(correction) + " 仅读取前1000条记录");
    }
    for (const ledger::LogIndex index : history) {
      const auto stub = StubAt(*call_.snapshot, index);
      if (!stub || stub->code != 0 || stub->op != "correction.impact") continue;
      if (!cut_.Keeps(cut_.CoversTime(stub->time))) continue;
      const auto found = ReadTransactionAt(*call_.snapshot, index);
      if (!found) continue;
      const ledger::Payload& payload = found->transaction.payload;
      Json row = Json::MakeObject({{"row", "impact"}, {"correction", ledger::ToHex(correction)}});
      row.Set("department", payload.department);
      for (const std::string_view name : {"grant", "resource", "matters", "report_digest"}) {
        if (const Json* value = payload.body.Find(name)) row.Set(name, *value);
      }
      row.Set("transaction", TransactionRef(found->stub, found->index));
      answer_.rows.Push(std::move(row));
    }
  }

  const Call& call_;
  const Asked& asked_;
  AuditRows& answer_;
  ScopeCut cut_;
  std::vector<EntityId> corrections_;
  TimeMs fixed_at_ = 0;
  std::map<EntityId, std::int64_t> clean_version_;  // of carriers that were made anew
};

}  // namespace

Answer RunValue(const AuditQuery& query, const Call& call) {
  const auto asked = ReadAsked(call);
  if (!asked) return Refused(asked.error());
  const auto page = ReadPage(call);
  if (!page) return Refused(page.error());
  if (!call.snapshot->BodyOf(asked->resource)) {
    return Refused(Plain(ProblemKind::kNotFound, "there is no such resource (无此资源)"));
  }
  if (!ScopeCut(call).Covers(asked->resource)) return Refused(OutsideScope("resource", "资源"));
  AuditRows answer;
  answer.completeness.covers = {"lineage", "item_changes", "grants", "correction_tasks"};
  Answering(call, *asked, answer).AddRows();
  const auto period = ReadPeriod(call);
  if (!period) return Refused(period.error());
  return AuditResponse(query, call, *page, *period, std::move(answer));
}

}  // namespace jiandu::gateway
