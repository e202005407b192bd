// See audit_subject_hidden.h.
#include "gateway/audit_subject_hidden.h"

#include <algorithm>
#include <set>

#include "ledger/model/grant_index.h"
#include "ledger/model/subject_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;

constexpr std::size_t kResourcesMax = 4096;     // looked at for what is sealed or not shown
constexpr std::size_t kGrantsMax = 1024;        // of a resource
constexpr std::size_t kGrantsLookedMax = 8192;  // of one answer, for digest batches
constexpr std::size_t kDemandsMax = 1024;       // of leaves of a grant's batches
constexpr std::size_t kGapFlagsMax = 256;       // of a grant, by the contracts
constexpr std::size_t kOpenShown = 32;          // batches without a leaf that a row names
constexpr std::size_t kBatchesMax = 4096;       // digest batches of one answer
constexpr std::size_t kSealedMax = 10'000;      // of a resource

// Resources asked about: the one named, or all of the engagement.
std::vector<EntityId> ResourcesOf(const Call& call, const SubjectAsked& asked,
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
  Hidden(const Call& call, const SubjectAsked& asked, Completeness& completeness)
      : call_(call), asked_(asked), completeness_(completeness) {}

  void AddRows(Json& rows) {
    std::size_t looked_at = 0;
    const auto resources = ResourcesOf(call_, asked_, completeness_);
    for (const EntityId& resource : resources) {
      if (grants_ >= kGrantsLookedMax || batches_ >= kBatchesMax || call_.IsAbandoned()) break;
      AddSealed(resource, rows);
      AddBatches(resource, rows);
      ++looked_at;
    }
    if (looked_at < resources.size()) {
      const std::string left = std::to_string(resources.size() - looked_at);
      completeness_.AddGap(
          left + " resources were not looked at for sealed accesses and digest batches: name one",
          "有 " + left + " 个资源未核对密封记录与摘要批次, 请指定资源");
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
    if (sealed.size() == kSealedMax) {
      row.Set("more", true);
      completeness_.AddGap("more sealed records on resource " + ledger::ToHex(resource) +
                               " than were counted: name a shorter period",
                           "资源 " + ledger::ToHex(resource) + " 的密封记录过多, 请缩短期间");
    }
    rows.Push(std::move(row));
    completeness_.AddGap(
        std::to_string(sealed.size()) + " sealed " + (sealed.size() == 1 ? "record" : "records") +
            " on resource " + ledger::ToHex(resource),
        "资源 " + ledger::ToHex(resource) + " 有 " + std::to_string(sealed.size()) + " 条密封记录");
  }

  void AddBatches(const EntityId& resource, Json& rows) {
    const ledger::StateView& state = call_.snapshot->State();
    const auto grants = ledger::ListGrantsOf(state, resource, nullptr, kGrantsMax);
    bool whole = grants.size() < kGrantsMax;
    grants_ += grants.size();
    for (const EntityId& grant : grants) {
      const std::size_t room = kBatchesMax - std::min(kBatchesMax, batches_);
      const auto batches =
          ledger::DigestBatchesOf(state, grant, asked_.period.from, asked_.period.until, room);
      whole = whole && batches.size() < room;
      if (batches.empty()) continue;
      batches_ += batches.size();
      rows.Push(KeeperRow(resource, grant, batches));
    }
    if (whole) return;
    completeness_.AddGap(
        "not all digest batches of resource " + ledger::ToHex(resource) +
            " were looked at: name a shorter period, or this resource alone",
        "资源 " + ledger::ToHex(resource) + " 的摘要批次未全部核对, 请缩短期间或仅指定此资源");
  }

  Json KeeperRow(const EntityId& resource, const EntityId& grant,
                 const std::vector<ledger::DigestBatch>& batches) {
    std::set<std::string> demanded;
    std::set<std::string> shown;
    const auto demands = ledger::LeafDemandsOf(call_.snapshot->State(), grant, kDemandsMax);
    if (demands.size() == kDemandsMax) {
      completeness_.AddGap(
          "more leaves of grant " + ledger::ToHex(grant) + " were demanded than were looked at",
          "权限 " + ledger::ToHex(grant) + " 的明细调取过多, 未逐一核对");
    }
    for (const EntityId& id : demands) {
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
      } else if (open.Items().size() < kOpenShown) {
        open.Push(batch.batch_id);
      }
    }
    answered_ += answered;
    Json row = Json::MakeObject({{"row", "keeper"}, {"resource", ledger::ToHex(resource)}});
    row.Set("grant", ledger::ToHex(grant)).Set("batches", batches.size());
    row.Set("with_subject_root", rooted).Set("demanded", asked).Set("answered", answered);
    if (batches.size() - answered > open.Items().size()) {
      row.Set("unanswered_left_off", batches.size() - answered - open.Items().size());
    }
    row.Set("unanswered", std::move(open));
    if (const auto body = call_.snapshot->BodyOf(grant)) {
      row.Set("keeper", body->Party("provider")).Set("consumer", body->Party("consumer"));
    }
    AddGaps(grant);
    return row;
  }
  void AddGaps(const EntityId& grant) {
    std::size_t gaps = 0;
    for (const auto& flag :
         call_.snapshot->AccessFlagsOf(grant, asked_.period.from, asked_.period.until)) {
      if (flag.flag != "GAP") continue;
      if (++gaps == kGapFlagsMax) {
        completeness_.AddGap("more batches of grant " + ledger::ToHex(grant) + " are missing",
                             "权限 " + ledger::ToHex(grant) + " 尚有其他批次缺失");
      }
      completeness_.AddGap(
          "batch " + flag.detail + " of grant " + ledger::ToHex(grant) + " is not on the ledger",
          "权限 " + ledger::ToHex(grant) + " 的批次 " + flag.detail + " 不在账本上");
    }
  }

  const Call& call_;
  const SubjectAsked& asked_;
  Completeness& completeness_;
  std::size_t grants_ = 0;
  std::size_t batches_ = 0;
  std::size_t answered_ = 0;
};

}  // namespace

void AddHidden(const Call& call, const SubjectAsked& asked, AuditRows& answer) {
  Hidden(call, asked, answer.completeness).AddRows(answer.rows);
}

}  // namespace jiandu::gateway
