// Runs the tables: source after source, until the page is full.
#include "gateway/audit_detector.h"

#include <algorithm>
#include <array>

#include "gateway/audit_asking.h"
#include "gateway/audit_sources.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

constexpr QueryParameter kDepartment{"department", false, "only rows about this department",
                                     "仅限该部门"};
constexpr auto kOfDepartment = std::to_array<QueryParameter>({kDepartment});
constexpr auto kOfPeriod = std::to_array<QueryParameter>(
    {kDepartment,
     {"from", false, "first day of the period, yyyymmdd", "起始日期，八位数字"},
     {"to", false, "last day of the period, yyyymmdd", "截止日期，八位数字"}});

void Find(Gather& gather, const Detector& detector) {
  switch (detector.how) {
    case Detects::kFlag:
    case Detects::kCode:
    case Detects::kOp: return FindEvents(gather, detector);
    case Detects::kLate: return FindLate(gather, detector);
    case Detects::kOverdue: return FindOverdue(gather, detector);
    case Detects::kTasks: return FindTasks(gather, detector);
    case Detects::kUsed: return FindUsed(gather, detector);
    case Detects::kRaised: return FindRaised(gather, detector);
    case Detects::kCompromised: return FindCompromised(gather, detector);
    case Detects::kElements: return FindElements(gather, detector);
  }
}

// What each index was asked for: "flag EXTRA_CONDITION", "late D04".
std::string Covers(const Detector& detector) {
  static constexpr std::array<std::string_view, 10> kIndexes = {
      "flag ",         "code ",       "op ",           "late ",         "overdue ",
      "derived flag ", "overdue D23", "derived flag ", "derived flag ", "element index"};
  std::string text(kIndexes.at(static_cast<std::size_t>(detector.how)));
  if (text.ends_with(' ')) text.append(detector.what.empty() ? "any deadline" : detector.what);
  return text;
}

Completeness CompletenessOf(const DetectorTable& table, const Call& call) {
  Completeness completeness;
  for (const Detector& detector : table.detectors) completeness.covers.push_back(Covers(detector));
  for (const QueryGap& gap : table.gaps) {
    completeness.AddGap(std::string(gap.text), std::string(gap.text_zh));
  }
  if (!call.reader->sees_all) {
    completeness.AddGap("rows about other departments are not shown to this reader",
                        "不向本提问者显示他部门的情况");
  }
  return completeness;
}

}  // namespace

std::span<const QueryParameter> PeriodParameters() { return kOfPeriod; }
std::span<const QueryParameter> DepartmentParameter() { return kOfDepartment; }

const DetectorTable* FindDetectors(std::string_view query) {
  for (const auto tables : {DeadlineTables(), EventTables(), UseTables(), LiabilityTables()}) {
    const auto found = std::ranges::find(tables, query, &DetectorTable::query);
    if (found != tables.end()) return &*found;
  }
  return nullptr;
}

Answer RunDetectors(const AuditQuery& query, const Call& call) {
  const DetectorTable* table = FindDetectors(query.name);
  if (table == nullptr) return Refused(Plain(ProblemKind::kInternal));
  if (auto problem = CheckDepartment(call)) return Refused(*std::move(problem));
  const auto asking = ReadAsking(call);
  if (!asking) return Refused(asking.error());
  Gather gather(call, asking->page, asking->period);
  for (std::size_t i = gather.FirstSource(); i < table->detectors.size() && !gather.IsFull(); ++i) {
    gather.Enter(i);
    Find(gather, table->detectors[i]);
  }
  AuditRows answer{.rows = gather.TakeRows(),
                   .more_after = gather.Next(),
                   .completeness = CompletenessOf(*table, call)};
  gather.Cut().AddGap(answer.completeness);
  return AuditResponse(query, call, asking->page, asking->period, std::move(answer));
}

}  // namespace jiandu::gateway
