// See audit_leak_delivery.h.
#include "gateway/audit_leak_delivery.h"

#include <algorithm>
#include <map>
#include <set>

#include "gateway/views.h"
#include "ledger/model/grant_index.h"
#include "ledger/model/officer_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;

constexpr std::size_t kOfficersMax = 64;    // of a department with one duty at one time
constexpr std::size_t kCasesMax = 2000;     // third-party cases of a department
constexpr std::size_t kHoldersMax = 1024;   // grants of a derived resource
constexpr std::size_t kRecipientsMax = 64;  // that the ledger keeps of a grant
constexpr std::int64_t kAnyVersion = 9'007'199'254'740'991;

class Delivery {
 public:
  Delivery(const Call& call, const MarkedDelivery& marked, ScopeCut& cut,
           Completeness& completeness)
      : call_(call),
        watermark_(marked.watermark),
        body_(marked.body),
        grant_id_(marked.grant_id),
        grant_(marked.grant),
        form_(marked.body.Form()),
        cut_(cut),
        completeness_(completeness) {}

  void AddRows(Json& rows) {
    rows.Push(DeliveryRow());
    AddOfficers(grant_.Party("consumer"), rows);
    AddHolder(grant_.Party("consumer"), "DELIVERY", grant_id_, {}, rows);
    AddDerived(rows);
    AddThirdParties(rows);
    for (const auto& hidden : hidden_) {
      if (!holders_.contains(hidden)) cut_.LeaveOut();
    }
  }

 private:
  Json DeliveryRow() const {
    Json row = Json::MakeObject({{"row", "delivery"}, {"watermark", ledger::ToHex(watermark_)}});
    for (const std::string_view name : {"batch_id", "acc_id", "algo", "embedder"}) {
      if (const Json* value = form_.Find(name)) row.Set(name, *value);
    }
    row.Set("grant", ledger::ToHex(grant_id_)).Set("consumer", grant_.Party("consumer"));
    row.Set("provider", grant_.Party("provider")).Set("delivered_at", body_.born_at);
    if (const EntityId* resource = grant_.Link("resource")) {
      row.Set("resource", ledger::ToHex(*resource));
    }
    const std::string_view system = form_.TextOr("recipient_system");
    row.Set("system", system);
    if (const auto id = ledger::ParseEntityId(system)) {
      if (const auto identity = call_.snapshot->BodyOf(*id)) {
        row.Set("system_department", identity->department);
        if (const auto name = NameOf(*identity); !name.empty()) row.Set("system_name", name);
      }
    }
    const auto born = call_.snapshot->FindTx(body_.born_tx);
    if (const auto stub = born ? StubAt(*call_.snapshot, born->index) : std::nullopt) {
      row.Set("transaction", TransactionRef(*stub, born->index));
    }
    return row;
  }
  // The post of an officer, the name of a system: never a person's.
  static std::string NameOf(const EntityBody& identity) {
    const Json form = identity.Form();
    for (const std::string_view member : {"system_name", "post_code", "name"}) {
      if (const auto text = form.TextOr(member); !text.empty()) return std::string(text);
      if (const auto text = identity.Text(member); !text.empty()) return std::string(text);
    }
    return {};
  }

  // The department's handler of the case (case.assign), and those whose duty it was at the
  // delivery: head, leader, security.
  void AddOfficers(std::string_view department, Json& rows) {
    std::map<EntityId, std::uint32_t> on_duty;
    for (const std::uint32_t duty : ledger::kDutiesInCharge) {
      const auto officers = ledger::ListOfficers(call_.snapshot->State(), department, duty,
                                                 body_.born_at, kOfficersMax);
      if (officers.size() == kOfficersMax) {
        completeness_.AddGap("not all officers of " + std::string(department) + " were looked at",
                             "部门 " + std::string(department) + " 人员过多, 未逐一核对");
      }
      for (const EntityId& id : officers) on_duty[id] |= duty;
    }
    const auto handler = ledger::ParseEntityId(grant_.Text("handler/" + std::string(department)));
    if (handler) on_duty.try_emplace(*handler, 0);
    for (const auto& [id, duties] : on_duty) {
      AddOfficer(department, id, duties, handler && *handler == id, rows);
    }
  }
  void AddOfficer(std::string_view department, const EntityId& id, std::uint32_t duties,
                  bool handles, Json& rows) {
    const auto identity = call_.snapshot->BodyOf(id);
    if (!identity || !cut_.Keeps(cut_.CoversDepartment(department))) return;
    Json row = Json::MakeObject({{"row", "officer"}, {"department", std::string(department)}});
    row.Set("identity", ledger::ToHex(id)).Set("handler", handles);
    if (const auto name = NameOf(*identity); !name.empty()) row.Set("post", name);
    Json names = Json::MakeArray();
    for (const std::uint32_t bit : ledger::kDutiesInCharge) {
      if ((duties & bit) != 0) names.Push(ledger::DutyName(bit));
    }
    row.Set("duties", std::move(names)).Set("duties_changed_since", ChangedSince(*identity));
    row.Set("status", std::string(ledger::StatusName(EntityKind::kIdentity, identity->status)));
    rows.Push(std::move(row));
  }
  [[nodiscard]] bool ChangedSince(const EntityBody& identity) const {
    return std::ranges::any_of(identity.acts, [this](const ledger::Act& act) {
      return act.op == "identity.set_duties" && act.time > body_.born_at;
    });
  }

  void AddHolder(std::string_view department, std::string_view through, const EntityId& by,
                 std::string_view status, Json& rows) {
    if (department.empty()) return;
    if (!cut_.CoversDepartment(department) && !cut_.Covers(by)) {
      hidden_.emplace(department, through);
      return;
    }
    if (!holders_.emplace(department, through).second) return;
    Json row = Json::MakeObject({{"row", "holder"}, {"watermark", ledger::ToHex(watermark_)}});
    row.Set("department", std::string(department)).Set("through", std::string(through));
    row.Set("by", ledger::ToHex(by));
    if (!status.empty()) row.Set("status", std::string(status));
    rows.Push(std::move(row));
  }

  // Owners of what was made of the delivery, and who holds that.
  void AddDerived(Json& rows) {
    const EntityId* resource = grant_.Link("resource");
    if (resource == nullptr) return;
    const auto carriers = call_.snapshot->CarriersOf(*resource, kAnyVersion, "*");
    if (!carriers.whole) {
      completeness_.AddGap("more was made of the resource than one answer follows",
                           "该资源的衍生数据过多, 未全部追溯");
    }
    for (const EntityId& made : ReachedBy(carriers.list)) {
      if (call_.IsAbandoned()) return;
      AddHoldersOf(made, rows);
    }
  }
  // What was made of the delivery, directly or through another: of the resource as a whole more may
  // have been made. A carrier may be listed before the one it was made of is known to be reached,
  // so the list is gone through until nothing is added.
  [[nodiscard]] std::set<EntityId> ReachedBy(
      const std::vector<LedgerSnapshot::Carrier>& carriers) const {
    std::set<EntityId> reached;
    for (const auto& one : carriers) {
      if (one.level == 1 && IsMadeOfIt(one.derivation)) reached.insert(one.resource);
    }
    for (std::size_t before = 0; before != reached.size();) {
      before = reached.size();
      for (const auto& one : carriers) {
        if (reached.contains(one.input)) reached.insert(one.resource);
      }
    }
    return reached;
  }
  void AddHoldersOf(const EntityId& made, Json& rows) {
    const auto body = call_.snapshot->BodyOf(made);
    if (!body) return;
    AddHolder(body->Party("provider"), "DERIVED", made, {}, rows);
    const auto grants = ledger::ListGrantsOf(call_.snapshot->State(), made, nullptr, kHoldersMax);
    if (grants.size() == kHoldersMax) {
      completeness_.AddGap("more grants on " + ledger::ToHex(made) + " than were listed",
                           "资源 " + ledger::ToHex(made) + " 的共享权限过多, 未全部列出");
    }
    for (const EntityId& id : grants) {
      const auto grant = call_.snapshot->BodyOf(id);
      if (!grant) continue;
      AddHolder(grant->Party("consumer"), "DERIVED", id,
                ledger::StatusName(EntityKind::kGrant, grant->status), rows);
    }
  }
  // The derivation names the grant, and this batch or none.
  [[nodiscard]] bool IsMadeOfIt(const EntityId& id) const {
    const auto derivation = call_.snapshot->BodyOf(id);
    if (!derivation) return false;
    const Json form = derivation->Form();
    const std::string grant = ledger::ToHex(grant_id_);
    const auto inputs = form.ItemsOf("inputs");
    return std::ranges::any_of(inputs, [&](const Json& input) {
      if (input.TextOr("grant") != grant) return false;
      const auto batches = input.ItemsOf("batch_ids");
      return batches.empty() || std::ranges::any_of(batches, [this](const Json& batch) {
               return batch.IsText() && batch.AsString() == form_.TextOr("batch_id");
             });
    });
  }

  void AddThirdParties(Json& rows) {
    const auto listed = call_.snapshot->List(
        EntityKind::kThirdParty, ledger::DepartmentId(grant_.Party("consumer")), {}, kCasesMax);
    if (listed.size() == kCasesMax) {
      completeness_.AddGap("not all consents to pass data on were looked at",
                           "提供第三方案件过多, 未逐一核对");
    }
    for (const auto& one : listed) {
      const auto consent = call_.snapshot->BodyOf(one.id);
      if (!consent || consent->Link("grant") == nullptr || *consent->Link("grant") != grant_id_ ||
          consent->status != static_cast<std::uint32_t>(ledger::ThirdPartyStatus::kConsented)) {
        continue;
      }
      const Json form = consent->Form();
      AddHolder(form.TextOr("recipient"), "THIRD_PARTY", one.id, "CONSENTED", rows);
    }
    // Those without consent as well: they hold it all the same.
    const auto recipients = call_.snapshot->RecipientsOf(grant_id_);
    if (recipients.size() >= kRecipientsMax) {
      completeness_.AddGap("the ledger keeps the first 64 recipients of a grant's data",
                           "账本仅保留每项权限的前64个接收方");
    }
    for (const ledger::DepartmentId& recipient : recipients) {
      AddHolder(recipient, "THIRD_PARTY", grant_id_, "REPORTED", rows);
    }
  }

  const Call& call_;
  const EntityId& watermark_;
  const EntityBody& body_;
  const EntityId& grant_id_;
  const EntityBody& grant_;
  Json form_;
  ScopeCut& cut_;
  Completeness& completeness_;
  using Held = std::pair<std::string, std::string>;  // department, through what
  std::set<Held> holders_;
  std::set<Held> hidden_;  // by what the engagement does not cover
};

}  // namespace

void AddDelivery(const Call& call, const MarkedDelivery& marked, ScopeCut& cut, AuditRows& answer) {
  Delivery(call, marked, cut, answer.completeness).AddRows(answer.rows);
}

}  // namespace jiandu::gateway
