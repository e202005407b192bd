// Q12: whose delivery a leaked file was, which system took it, who was on duty, who has it besides.
//
// By the watermark's code and salt, by a leak that was traced, or, without a watermark, by the tags
// of persons in a sample: then the grants are named under which most of them were delivered. With
// neither, by resource, items and period (audit_leak_candidates.h).
#include <algorithm>
#include <map>
#include <set>

#include "base/hex.h"
#include "gateway/audit_answer.h"
#include "gateway/audit_asking.h"
#include "gateway/audit_gate.h"
#include "gateway/audit_leak_candidates.h"
#include "gateway/audit_scope.h"
#include "gateway/audit_subject_queries.h"
#include "gateway/views.h"
#include "ledger/model/grant_index.h"
#include "ledger/model/officer_index.h"
#include "ledger/model/subject_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kOfficersMax = 64;    // of a department with one duty at one time
constexpr std::size_t kCasesMax = 2000;     // third-party cases of a department
constexpr std::size_t kHoldersMax = 1024;   // grants of a derived resource
constexpr std::size_t kPlacesMax = 4096;    // transactions of the sample's tags
constexpr std::size_t kRecipientsMax = 64;  // that the ledger keeps of a grant
constexpr std::int64_t kAnyVersion = 9'007'199'254'740'991;

struct Asked {
  AuditScope scope;
  std::vector<EntityId> watermarks;
  std::vector<Hash256> tags;
};

std::optional<EntityId> WatermarkOf(const Call& call, const Hash256& commitment) {
  const auto bytes =
      call.snapshot->State().Get(ledger::UniqueKey("watermark/" + HexEncode(commitment.View())));
  return bytes ? EntityId::From(*bytes) : std::nullopt;
}

std::expected<void, Problem> AddByCode(const Call& call, Asked& asked) {
  const std::string* code = call.target.Find("code");
  const std::string* text = call.target.Find("code_salt");
  if (code == nullptr && text == nullptr) return {};
  const auto salt = HexDecodeFixed<32>(text != nullptr ? *text : std::string());
  if (code == nullptr || !salt) {
    return Refused(
        BadParameter("code_salt",
                     "a code is looked up with the salt of its commitment, 64 hex digits "
                     "(水印编码须附64位十六进制盐值)"));
  }
  const auto found = WatermarkOf(
      call, crypto::Sha256({AsBytes(crypto::kTagCommit), salt->View(), AsBytes(*code)}));
  if (found) asked.watermarks.push_back(*found);
  return {};
}

std::expected<void, Problem> AddByLeak(const Call& call, Asked& asked) {
  if (call.target.Find("leak") == nullptr) return {};
  const auto id = ReadEntity(call, "leak", EntityKind::kLeak);
  if (!id) return Refused(id.error());
  const auto leak = call.snapshot->BodyOf(*id);
  if (!leak) return Refused(Plain(ProblemKind::kNotFound, "there is no such leak (无此泄露事件)"));
  const Json traced = leak->Terms();
  for (const Json& hit : traced.ItemsOf("hits")) {
    if (const auto watermark = ledger::ParseEntityId(hit.TextOr("watermark"))) {
      asked.watermarks.push_back(*watermark);
    }
  }
  return {};
}

std::expected<Asked, Problem> ReadAsked(const Call& call) {
  auto scope = ScopeOf(call);
  if (!scope) return Refused(NoEngagement("no open engagement (无进行中的审计任务)"));
  Asked asked{.scope = *std::move(scope), .watermarks = {}, .tags = {}};
  auto tags = ReadTags(call);
  if (!tags) return Refused(tags.error());
  asked.tags = *std::move(tags);
  if (const auto added = AddByCode(call, asked); !added) return Refused(added.error());
  if (const auto added = AddByLeak(call, asked); !added) return Refused(added.error());
  const bool named = call.target.Find("code") != nullptr || call.target.Find("leak") != nullptr ||
                     !asked.tags.empty() || call.target.Find("resource") != nullptr;
  if (named) return asked;
  return Refused(BadParameter("code",
                              "name code and code_salt, a leak, tags, or resource, from and to "
                              "(须注明 code 与 code_salt、leak、tags，或者 resource 与 from、to)"));
}

// What follows from one delivery.
class Delivery {
 public:
  Delivery(const Call& call, const EntityId& watermark, const EntityBody& body,
           const EntityId& grant_id, const EntityBody& grant, Completeness& completeness)
      : call_(call),
        watermark_(watermark),
        body_(body),
        grant_id_(grant_id),
        grant_(grant),
        form_(body.Form()),
        completeness_(completeness) {}

  void AddRows(Json& rows) {
    rows.Push(DeliveryRow());
    AddOfficers(grant_.Party("consumer"), rows);
    AddHolder(grant_.Party("consumer"), "DELIVERY", grant_id_, {}, rows);
    AddDerived(rows);
    AddThirdParties(rows);
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
                  bool handles, Json& rows) const {
    const auto identity = call_.snapshot->BodyOf(id);
    if (!identity) return;
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
    if (department.empty() || !holders_.emplace(department, through).second) return;
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
    std::set<EntityId> reached;
    const auto carriers = call_.snapshot->CarriersOf(*resource, kAnyVersion, "*");
    if (!carriers.whole) {
      completeness_.AddGap("more was made of the resource than one answer follows",
                           "该资源的衍生数据过多, 未全部追溯");
    }
    for (const auto& one : carriers.list) {
      const bool direct = one.level == 1 && IsMadeOfIt(one.derivation);
      if (!direct && !reached.contains(one.input)) continue;
      reached.insert(one.resource);
      const auto made = call_.snapshot->BodyOf(one.resource);
      if (!made) continue;
      AddHolder(made->Party("provider"), "DERIVED", one.resource, {}, rows);
      const auto grants =
          ledger::ListGrantsOf(call_.snapshot->State(), one.resource, nullptr, kHoldersMax);
      if (grants.size() == kHoldersMax) {
        completeness_.AddGap("more grants on " + ledger::ToHex(one.resource) + " than were listed",
                             "资源 " + ledger::ToHex(one.resource) + " 的共享权限过多, 未全部列出");
      }
      for (const EntityId& id : grants) {
        const auto grant = call_.snapshot->BodyOf(id);
        if (!grant) continue;
        AddHolder(grant->Party("consumer"), "DERIVED", id,
                  ledger::StatusName(EntityKind::kGrant, grant->status), rows);
      }
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
  Completeness& completeness_;
  std::set<std::pair<std::string, std::string>> holders_;
};

void AddDeliveries(const Call& call, const Asked& asked, ScopeCut& cut, AuditRows& answer) {
  for (const EntityId& id : asked.watermarks) {
    const auto watermark = call.snapshot->BodyOf(id);
    const EntityId* grant_id = watermark ? watermark->Link("grant") : nullptr;
    const auto grant = grant_id != nullptr ? call.snapshot->BodyOf(*grant_id) : std::nullopt;
    if (!grant || grant->Link("resource") == nullptr) continue;
    const bool covered = cut.Covers(*grant->Link("resource")) && cut.CoversTime(watermark->born_at);
    if (!cut.Keeps(covered)) continue;
    Delivery(call, id, *watermark, *grant_id, *grant, answer.completeness).AddRows(answer.rows);
  }
}

// Grants under which the sample's tags were delivered, those with most of them first.
void AddCandidates(const Call& call, const Asked& asked, ScopeCut& cut, AuditRows& answer) {
  std::map<EntityId, std::set<std::string>> found;
  std::map<EntityId, std::set<ledger::LogIndex>> shown;
  std::size_t places = 0;
  std::size_t outside = 0;
  for (const Hash256& tag : asked.tags) {
    for (const auto& place :
         ledger::PlacesOfSubject(call.snapshot->State(), tag, kPlacesMax - places)) {
      ++places;
      const auto known = call.snapshot->FindTx(place.txid);
      const auto stub = known ? StubAt(*call.snapshot, known->index) : std::nullopt;
      if (!stub) continue;
      if (stub->time < asked.scope.from || stub->time >= asked.scope.until) {
        ++outside;
        continue;
      }
      for (const ledger::Touch& touch : stub->touched) {
        if (ledger::KindOf(touch.entity) != EntityKind::kGrant) continue;
        found[touch.entity].insert(HexEncode(tag.View()));
        shown[touch.entity].insert(known->index);
      }
    }
  }
  std::vector<std::pair<std::size_t, EntityId>> order;
  for (const auto& [grant, tags] : found) order.emplace_back(tags.size(), grant);
  std::ranges::sort(order, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  for (const auto& [count, id] : order) {
    const auto grant = call.snapshot->BodyOf(id);
    if (!grant || grant->Link("resource") == nullptr) continue;
    if (!cut.Keeps(cut.Covers(*grant->Link("resource")))) continue;
    Json row = Json::MakeObject({{"row", "candidate"}, {"grant", ledger::ToHex(id)}});
    row.Set("consumer", grant->Party("consumer")).Set("provider", grant->Party("provider"));
    row.Set("resource", ledger::ToHex(*grant->Link("resource")));
    row.Set("tags", count).Set("of", asked.tags.size());
    row.Set("transactions", shown[id].size());
    if (const auto stub = StubAt(*call.snapshot, *shown[id].begin())) {
      row.Set("transaction", TransactionRef(*stub, *shown[id].begin()));
    }
    answer.rows.Push(std::move(row));
  }
  if (places == kPlacesMax) {
    answer.completeness.AddGap("more transactions than one query finds: ask for fewer tags",
                               "交易过多, 请减少标签分次查询");
  }
  answer.completeness.AddGap("tags inside digest batches are found only where a leaf was shown",
                             "摘要批次内的标签仅在明细已出示时可查");
  if (outside > 0) {
    answer.completeness.AddGap(
        std::to_string(outside) + " accesses were recorded outside the engagement's period",
        std::to_string(outside) + " 次访问记录于审计任务期间之外");
  }
}

}  // namespace

Answer RunLeak(const AuditQuery& query, const Call& call) {
  const auto asked = ReadAsked(call);
  if (!asked) return Refused(asked.error());
  const auto search = ReadLeakSearch(call, asked->scope);
  if (!search) return Refused(search.error());
  const auto asking = ReadAsking(call);
  if (!asking) return Refused(asking.error());
  AuditRows answer;
  answer.completeness.covers = {"watermarks", "lineage", "third_party"};
  ScopeCut cut(call);
  AddDeliveries(call, *asked, cut, answer);
  if (!asked->tags.empty()) {
    answer.completeness.covers.emplace_back("subject_tags");
    AddCandidates(call, *asked, cut, answer);
  }
  if (*search) {
    answer.completeness.covers.emplace_back("grant_use");
    AddLeakCandidates(call, **search, answer);
  } else if (asked->watermarks.empty() && asked->tags.empty()) {
    answer.completeness.AddGap("no watermark on the ledger opens with this code and salt",
                               "账本上无水印承诺可由该编码与盐值打开");
  }
  cut.AddGap(answer.completeness);
  return AuditResponse(query, call, asking->page, asking->period, std::move(answer));
}

}  // namespace jiandu::gateway
