// Q2: which downstream data and acts carry a wrong value: the corrections of the item, what was
// made of it and since when it is clean again, what the holders answered, the acts they reported.
#include <algorithm>
#include <map>
#include <set>

#include "base/hex.h"
#include "gateway/audit_answer.h"
#include "gateway/audit_asking.h"
#include "gateway/audit_scope.h"
#include "gateway/audit_subject_queries.h"
#include "gateway/audit_transactions.h"
#include "gateway/views.h"
#include "ledger/model/grant_index.h"
#include "ledger/model/lineage_bounds.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using ledger::TimeMs;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kHistoryMax = 1000;  // events of a correction or derivation that are read
constexpr std::size_t kGrantsMax = 1024;
constexpr std::size_t kTasksMax = 1024;  // of a correction, by the contracts

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
      : call_(call), asked_(asked), answer_(answer), cut_(call), budget_(call) {}

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
    const auto changes = call_.snapshot->ChangesAfter(asked_.resource, asked_.version, asked_.item);
    if (changes.size() >= ledger::kChangesKept) {
      const std::string kept = std::to_string(ledger::kChangesKept);
      answer_.completeness.AddGap("the ledger keeps the last " + kept + " changes of an item",
                                  "账本仅保留每个数据项最近" + kept + "次变更");
    }
    for (const auto& change : changes) {
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
    const auto carriers = call_.snapshot->CarriersOf(asked_.resource, asked_.version, asked_.item);
    if (!carriers.whole) {
      answer_.completeness.AddGap(
          "more was made of it than one answer follows: ask again of the carriers",
          "衍生数据过多, 未全部追溯, 请就已列出的资源继续查询");
    }
    for (const auto& one : carriers.list) {
      if (call_.IsAbandoned()) return;
      const auto made = call_.snapshot->BodyOf(one.derivation);
      const bool is_clean = one.stale.empty() && fixed_at_ > 0;
      // Of those not shown too: what was made of them is clean by their versions.
      const TimeMs clean_at = is_clean ? CleanAt(one) : 0;
      const bool began = !made || cut_.BeganBeforeEnd(made->born_at);
      if (!cut_.Keeps(began && cut_.Covers(one.resource))) continue;
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
    for (const ledger::LogIndex index : EventsOf(carrier.derivation)) {
      const auto stub = StubAt(*call_.snapshot, index);
      if (!stub || stub->code != 0 || stub->time < fixed_at_ || stub->op != "derivation.refresh") {
        continue;
      }
      const auto found = Read(index);
      if (!found) continue;
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

  // The first events of a case, and a gap when there are more.
  std::vector<ledger::LogIndex> EventsOf(const EntityId& id) {
    auto history = call_.snapshot->History(id, 0, kHistoryMax + 1);
    if (history.size() <= kHistoryMax) return history;
    history.pop_back();
    if (cut_short_.insert(id).second) {
      answer_.completeness.AddGap(
          "only the first 1000 events of " + ledger::ToHex(id) + " were read",
          "对象 " + ledger::ToHex(id) + " 仅读取前1000条记录");
    }
    return history;
  }
  // Nothing once the answer has read what it may; then it says so.
  std::optional<ReadTransaction> Read(ledger::LogIndex index) {
    if (!budget_.IsSpent()) return ReadTransactionAt(*call_.snapshot, index, budget_);
    if (!spent_) {
      answer_.completeness.AddGap(
          "more transactions than one answer reads: of some carriers `clean_at`, of some "
          "corrections `impact` is missing",
          "交易过多, 部分 clean_at 与 impact 未读取");
    }
    spent_ = true;
    return std::nullopt;
  }

  void AddTasks(const EntityId& correction) {
    const auto tasks = call_.snapshot->TasksOf(correction);
    if (tasks.size() >= kTasksMax) {
      answer_.completeness.AddGap(
          "not all duties of holders of correction " + ledger::ToHex(correction) + " are listed",
          "校核 " + ledger::ToHex(correction) + " 的使用部门任务未全部列出");
    }
    for (const auto& task : tasks) {
      const bool covered = cut_.CoversDepartment(task.department) || cut_.Covers(task.held);
      if (!cut_.Keeps(covered && cut_.BeganBeforeEnd(task.start))) continue;
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
    for (const ledger::LogIndex index : EventsOf(correction)) {
      const auto stub = StubAt(*call_.snapshot, index);
      if (!stub || stub->code != 0 || stub->op != "correction.impact") continue;
      if (!cut_.Keeps(cut_.CoversTime(stub->time))) continue;
      const auto found = Read(index);
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
  ReadBudget budget_;
  bool spent_ = false;
  std::set<EntityId> cut_short_;
  std::vector<EntityId> corrections_;
  TimeMs fixed_at_ = 0;
  std::map<EntityId, std::int64_t> clean_version_;  // of carriers that were made anew
};

}  // namespace

Answer RunValue(const AuditQuery& query, const Call& call) {
  const auto asked = ReadAsked(call);
  if (!asked) return Refused(asked.error());
  const auto asking = ReadAsking(call);
  if (!asking) return Refused(asking.error());
  if (!call.snapshot->BodyOf(asked->resource)) {
    return Refused(Plain(ProblemKind::kNotFound, "there is no such resource (无此资源)"));
  }
  if (!ScopeCut(call).Covers(asked->resource)) return Refused(OutsideScope("resource", "资源"));
  AuditRows answer;
  answer.completeness.covers = {"lineage", "item_changes", "grants", "correction_tasks"};
  Answering(call, *asked, answer).AddRows();
  return AuditResponse(query, call, asking->page, asking->period, std::move(answer));
}

}  // namespace jiandu::gateway
