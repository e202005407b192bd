// One case whole, NOT_SHARED resources, demands: Q9, Q11, Q14 (docs/audit-queries.md).
#include "gateway/audit_case_queries.h"

#include <algorithm>
#include <array>
#include <set>

#include "gateway/audit_answer.h"
#include "gateway/audit_asking.h"
#include "gateway/audit_lists.h"
#include "gateway/audit_scope.h"
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

constexpr std::size_t kHistoryMax = 200;  // events of a consultation
constexpr std::size_t kSeats = 3;         // of a consultation
constexpr std::uint8_t kResources = 1;    // parts of the answer, in its order
constexpr std::uint8_t kConsultations = 2;

constexpr auto kOfCase = std::to_array<QueryParameter>(
    {{.name = "case",
      .required = true,
      .description = "a request, consultation, demand, grant, correction or dispute of it",
      .description_zh = "案件标识：申请、会商、归集需求、权限、校核或争议"}});
constexpr auto kOfPeriod =
    std::to_array<QueryParameter>({{.name = "from",
                                    .required = false,
                                    .description = "first day, yyyymmdd",
                                    .description_zh = "起始日期, yyyymmdd"},
                                   {.name = "to",
                                    .required = false,
                                    .description = "last day, yyyymmdd",
                                    .description_zh = "截止日期, yyyymmdd"}});

constexpr auto kQueries = std::to_array<AuditQuery>({
    {.name = "q9",
     .title = "The full file of one case",
     .title_zh = "一案全卷",
     .source = "809 Art. 29",
     .parameters = kOfCase,
     .sight = QuerySight::kOwn,
     .subject_level = false,
     .run = RunCaseFile},
    {.name = "q11",
     .title = "Resources not shared: on what basis, and were they opened by three signatures?",
     .title_zh = "不予共享资源的依据，以及一事一议是否三方会签",
     .source = "S0 6.3.3; 809 Art. 14(3)",
     .parameters = {},
     .sight = QuerySight::kManagerOrAuditor,
     .subject_level = false,
     .run = RunNotShared},
    {.name = "q14",
     .title = "Was anything collected again; demands by answer and speed",
     .title_zh = "重复收集与归集需求的答复及时限",
     .source = "809 Art. 19, 40(1), 41(1); S0 6.2.3, 6.4",
     .parameters = kOfPeriod,
     .sight = QuerySight::kManagerOrAuditor,
     .subject_level = false,
     .run = RunDemands},
});

// Q11.
class NotShared {
 public:
  NotShared(const Call& call, std::size_t limit, AuditRows& answer)
      : call_(call), limit_(limit), answer_(answer), cut_(call), budget_(call) {}

  void AddRows(ByteView after) {
    AddParts(after);
    cut_.AddGap(answer_.completeness);
  }

 private:
  void AddParts(ByteView after) {
    const bool second = !after.empty() && after[0] == kConsultations;
    if (!second) {
      answer_.more_after =
          EachOf(call_, EntityKind::kResource, kResources, 0, after,
                 [this](const LedgerSnapshot::Listed& one) { return AddResource(one.id); });
      if (answer_.more_after) return;
    }
    answer_.more_after =
        EachOf(call_, EntityKind::kConsultation, kConsultations, 0, second ? after : ByteView(),
               [this](const LedgerSnapshot::Listed& one) { return AddConsultation(one.id); });
  }

  [[nodiscard]] bool IsCovered(const EntityId& id, const EntityBody& body) {
    return cut_.Keeps(cut_.Covers(id) && cut_.BeganBeforeEnd(body.born_at));
  }
  [[nodiscard]] bool HasRoom() const {
    return answer_.rows.Items().size() < limit_ && !budget_.IsSpent();
  }

  bool AddResource(const EntityId& id) {
    const auto body = FindBody(*call_.snapshot, id);
    if (!body || body->Text("share_class") != "NOT_SHARED") return true;
    if (!IsCovered(id, *body)) return true;
    const Json form = body->Form();
    const Json* basis = form.Find("prohibition_basis");
    Json row = Json::MakeObject({{"row", "resource"}, {"resource", ledger::ToHex(id)}});
    row.Set("code", body->Text("code")).Set("name", body->Text("name"));
    row.Set("provider", body->Party("provider")).Set("grade", body->Text("grade"));
    row.Set("status", std::string(ledger::StatusName(body->kind, body->status)));
    row.Set("basis", basis != nullptr ? *basis : Json());
    row.Set("has_basis", basis != nullptr && !basis->TextOr("law").empty());
    row.Set("case_by_case", basis != nullptr && basis->BoolOr("case_by_case"));
    if (const auto born = call_.snapshot->FindTx(body->born_tx)) {
      if (const auto stub = StubAt(*call_.snapshot, born->index)) {
        row.Set("transaction", TransactionRef(*stub, born->index));
      }
    }
    answer_.rows.Push(std::move(row));
    return HasRoom();
  }

  bool AddConsultation(const EntityId& id) {
    const auto body = FindBody(*call_.snapshot, id);
    if (!body || !IsCovered(id, *body)) return true;
    Json row = Json::MakeObject({{"row", "consultation"}, {"consultation", ledger::ToHex(id)}});
    if (const EntityId* resource = body->Link("resource")) {
      row.Set("resource", ledger::ToHex(*resource));
    }
    row.Set("status", std::string(ledger::StatusName(body->kind, body->status)));
    for (const std::string_view name : {"consumer", "manager", "provider"}) {
      row.Set(name, body->Party(name));
    }
    const bool agreed = body->Text("result_kind") != "";
    row.Set("legal_basis", body->Text("legal_basis")).Set("result_kind", body->Text("result_kind"));
    const std::set<ledger::DepartmentId> signers =
        agreed ? SignersOf(id, row) : std::set<ledger::DepartmentId>();
    Json departments = Json::MakeArray();
    for (const auto& department : signers) departments.Push(department);
    row.Set("signed_by", std::move(departments));
    row.Set("three_signatures", signers.size() >= kSeats);
    AddGrant(*body, row);
    answer_.rows.Push(std::move(row));
    return HasRoom();
  }

  // Departments whose heads signed the resolution that has the effect: those of the transaction,
  // and of the cosigns it waited for.
  std::set<ledger::DepartmentId> SignersOf(const EntityId& id, Json& row) {
    std::set<ledger::DepartmentId> departments;
    const auto history = call_.snapshot->History(id, 0, kHistoryMax + 1);
    if (history.size() > kHistoryMax) {
      answer_.completeness.AddGap(
          "only the first 200 events of consultation " + ledger::ToHex(id) + " were read",
          "会商 " + ledger::ToHex(id) + " 仅读取前200条记录");
    }
    for (const ledger::LogIndex index : history) {
      const auto found = ReadSigned(index);
      if (!found) continue;
      const bool resolves = found->transaction.payload.op == "consultation.resolve";
      const auto pending = PendingOf(*found);
      if (!resolves && !pending) continue;
      const std::set<ledger::DepartmentId> own =
          pending ? SignersOfPending(*pending) : HeadsOf(found->transaction.payload);
      if (own.empty()) continue;
      departments.insert(own.begin(), own.end());
      row.Set("transaction", TransactionRef(found->stub, found->index));
    }
    return departments;
  }
  // An accepted resolution or cosign; nothing else is read, for it costs its block.
  std::optional<ReadTransaction> ReadSigned(ledger::LogIndex index) {
    const auto stub = StubAt(*call_.snapshot, index);
    if (!stub || stub->code != 0) return std::nullopt;
    if (stub->op != "consultation.resolve" && stub->op != "cosign") return std::nullopt;
    return ReadTransactionAt(*call_.snapshot, index, budget_);
  }
  static std::optional<EntityId> PendingOf(const ReadTransaction& found) {
    if (found.transaction.payload.op != "cosign") return std::nullopt;
    const auto id = ledger::ParseEntityId(found.transaction.payload.body.TextOr("pending"));
    if (!id) return std::nullopt;
    return *id;
  }
  // All who signed what waited, when it was a resolution.
  std::set<ledger::DepartmentId> SignersOfPending(const EntityId& pending) {
    std::set<ledger::DepartmentId> departments;
    const auto body = FindBody(*call_.snapshot, pending);
    if (!body || body->Text("op") != "consultation.resolve") return departments;
    for (const ledger::LogIndex index : call_.snapshot->History(pending, 0, kHistoryMax)) {
      const auto found = ReadSigned(index);
      if (found) departments.merge(HeadsOf(found->transaction.payload));
    }
    return departments;
  }
  std::set<ledger::DepartmentId> HeadsOf(const ledger::Payload& payload) const {
    std::set<ledger::DepartmentId> departments;
    for (const ledger::Signer& signer : payload.signers) {
      const bool head =
          signer.role == ledger::SignerRole::kHead || signer.role == ledger::SignerRole::kPeer;
      const auto key = ledger::FindKeyRecord(call_.snapshot->State(), signer.key);
      if (head && key) departments.insert(key->department);
    }
    return departments;
  }
  void AddGrant(const EntityBody& consultation, Json& row) const {
    const auto id = ledger::ParseEntityId(consultation.Text("grant"));
    const auto grant = id ? FindBody(*call_.snapshot, *id) : std::nullopt;
    row.Set("grant", grant ? Json(ledger::ToHex(*id)) : Json());
    if (!grant) return;
    row.Set("uses_max", grant->Number("uses_max")).Set("valid_to", grant->Number("valid_to"));
    row.Set("grant_status", std::string(ledger::StatusName(grant->kind, grant->status)));
  }

  const Call& call_;
  std::size_t limit_;
  AuditRows& answer_;
  ScopeCut cut_;
  ReadBudget budget_;
};

}  // namespace

std::span<const AuditQuery> CaseQueries() { return kQueries; }

Answer RunNotShared(const AuditQuery& query, const Call& call) {
  const auto asking = ReadAsking(call);
  if (!asking) return Refused(asking.error());
  AuditRows answer;
  answer.completeness.covers = {"catalogue", "consultations"};
  NotShared(call, asking->page.limit, answer).AddRows(asking->page.after_key);
  return AuditResponse(query, call, asking->page, asking->period, std::move(answer));
}

}  // namespace jiandu::gateway
