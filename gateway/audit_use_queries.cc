// Q8 and Q13: who holds grants on data of a grade, and whether data was passed on or kept.
#include <array>

#include "gateway/audit_asking.h"
#include "gateway/audit_detector.h"
#include "gateway/audit_sources.h"
#include "gateway/views.h"
#include "ledger/model/form.h"
#include "ledger/model/grant_index.h"

namespace jiandu::gateway {
namespace {

using enum Detects;
using ledger::EntityId;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kStep = 64;
constexpr int kHighestRank = 6;  // CORE
constexpr ledger::TimeMs kDormantMs = 90LL * 86'400'000;

constexpr auto kPassedOn = std::to_array<Detector>({{kFlag, "THIRD_PARTY"},
                                                    {kCode, "THIRD_PARTY_FORBIDDEN"},
                                                    {kOp, "third_party.report"},
                                                    {kFlag, "PURPOSE_MISMATCH", Keep::kUses},
                                                    {kFlag, "DERIVE_NOT_ALLOWED"},
                                                    {kLate, "D14"},
                                                    {kOverdue, "D14"},
                                                    {kOp, "disposal.reject"},
                                                    {kFlag, "WITNESS_MISSING"},
                                                    {kFlag, "DERIVED_UNLISTED"}});
constexpr auto kTables = std::to_array<DetectorTable>({{"q13", kPassedOn}});

constexpr auto kOfGrade = std::to_array<QueryParameter>(
    {{"grade", false, "least grade: G1, G2, G3 (default), G4, IMPORTANT, CORE",
      "最低分级：G1、G2、G3（默认）、G4、IMPORTANT、CORE"},
     {"department", false, "only grants of or on data of this department",
      "仅限该部门使用或提供的共享权限"}});

// A grant as the table of Q8 shows it.
void ShowGrant(Gather& gather, const ledger::EntityBody& resource, const EntityId& resource_id,
               const EntityId& id) {
  const auto grant = FindBody(gather.Snapshot(), id);
  if (!grant || gather.Sight().OfBody(*grant) != Sight::kParty) return;
  if (grant->status > static_cast<std::uint32_t>(ledger::GrantStatus::kSuspended)) return;
  if (!gather.Department().empty() && !gather.IsAsked(*grant)) return;
  if (!gather.Cut().Keeps(gather.Cut().BeganBeforeEnd(grant->born_at))) return;
  const std::int32_t last = ledger::LastUseOf(gather.State(), id);
  const ledger::TimeMs since = last == 0 ? grant->born_at : ledger::StartOfDate(last);
  Json row = Json::MakeObject();
  row.Set("detector", "grant").Set("kind", "holding").Set("grade", resource.Text("grade"));
  row.Set("department", grant->Party("consumer")).Set("provider", grant->Party("provider"));
  row.Set("resource_name", resource.Text("name"));
  row.Set("status", ledger::StatusName(ledger::EntityKind::kGrant, grant->status));
  row.Set("valid_to", grant->Number("valid_to"));
  row.Set("last_use", last == 0 ? Json() : Json(std::int64_t{last}));
  row.Set("dormant", gather.Snapshot().Time() - since > kDormantMs);
  Json entities = Json::MakeArray();
  entities.Push(EntityToJson(id));
  entities.Push(EntityToJson(resource_id));
  row.Set("entities", std::move(entities));
  Json transactions = Json::MakeArray();
  const auto born = gather.Snapshot().FindTx(grant->born_tx);
  const auto stub = born ? StubAt(gather.Snapshot(), born->index) : std::nullopt;
  if (stub) transactions.Push(TransactionRef(*stub, born->index));
  row.Set("transactions", std::move(transactions));
  gather.Push(std::move(row));
}

// Where Q8 stands within a grade: a resource and a grant of it.
Bytes KeyOf(const EntityId& resource, ByteView grant) {
  Bytes key;
  key.reserve(2 * EntityId::kSize);  // g++ 12 sees an overflow where it grows (GCC 105593 and kin)
  Append(key, resource.View());
  Append(key, grant);
  key.resize(2 * EntityId::kSize, 0xff);  // without a grant: done with the resource
  return key;
}

// Grants of one resource; false when the page is full.
bool FindGrants(Gather& gather, const EntityId& resource, std::optional<EntityId> after) {
  const auto body = FindBody(gather.Snapshot(), resource);
  if (!body) return true;
  while (true) {
    const auto grants =
        ledger::ListGrantsOf(gather.State(), resource, after ? &*after : nullptr, kStep);
    for (const EntityId& grant : grants) {
      if (!gather.Look()) return false;
      ShowGrant(gather, *body, resource, grant);
      gather.Pass(KeyOf(resource, grant.View()));
      after = grant;
    }
    if (grants.size() < kStep) return true;
  }
}

void FindOfGrade(Gather& gather, int rank) {
  std::optional<EntityId> resource;
  if (const ByteView after = gather.After(); after.size() == 2 * EntityId::kSize) {
    resource = EntityId::From(after.first(EntityId::kSize));
    if (!FindGrants(gather, *resource, EntityId::From(after.subspan(EntityId::kSize)))) return;
  }
  while (true) {
    const auto resources =
        ledger::ListOfGrade(gather.State(), rank, resource ? &*resource : nullptr, kStep);
    for (const EntityId& one : resources) {
      if (!gather.Look() || !FindGrants(gather, one, std::nullopt)) return;
      gather.Pass(KeyOf(one, {}));
      resource = one;
    }
    if (resources.size() < kStep) return;
  }
}

Answer ListHoldings(const AuditQuery& query, const Call& call) {
  int least = ledger::GradeRank("G3");
  if (const std::string* grade = call.target.Find("grade")) {
    least = ledger::GradeRank(*grade);
    if (least == 0) {
      return Refused(
          BadParameter("grade", "a grade is one of G1, G2, G3, G4, IMPORTANT, CORE (分级有误)"));
    }
  }
  if (auto problem = CheckDepartment(call)) return Refused(*std::move(problem));
  const auto asking = ReadAsking(call);
  if (!asking) return Refused(asking.error());
  Gather gather(call, asking->page, asking->period);
  const int first = std::max(least, static_cast<int>(gather.FirstSource()));
  for (int rank = first; rank <= kHighestRank && !gather.IsFull(); ++rank) {
    gather.Enter(static_cast<std::size_t>(rank));
    FindOfGrade(gather, rank);
  }
  AuditRows answer{.rows = gather.TakeRows(), .more_after = gather.Next()};
  answer.completeness.covers = {"resources by grade", "grants of a resource",
                                "last use of a grant"};
  answer.completeness.AddGap("uses that their provider has not reported are not counted as uses",
                             "提供部门未上报的访问不计为使用");
  gather.Cut().AddGap(answer.completeness);
  return AuditResponse(query, call, asking->page, asking->period, std::move(answer));
}

const std::array kQueries = {
    AuditQuery{.name = "q8",
               .title = "Who holds grants on data of a grade, and are they used (dormant: more "
                        "than 90 days without)",
               .title_zh = "谁持有高分级数据的共享权限，是否使用（超过90天未用为闲置）",
               .source = "809 Art. 27, 29",
               .parameters = kOfGrade,
               .run = ListHoldings},
    AuditQuery{.name = "q13",
               .title = "Was data passed on or used otherwise without consent; was it disposed of "
                        "when due",
               .title_zh = "数据是否未经同意提供第三方或移作他用；是否按期处置",
               .source = "809 Art. 25, 27(1), 40(2) to 40(4)",
               .parameters = PeriodParameters(),
               .run = RunDetectors},
};

}  // namespace

std::span<const AuditQuery> UseQueries() { return kQueries; }
std::span<const DetectorTable> UseTables() { return kTables; }

}  // namespace jiandu::gateway
