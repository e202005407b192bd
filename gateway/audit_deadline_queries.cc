// Q3 and Q4: who was late, and who is.
#include <array>

#include "gateway/audit_detector.h"

namespace jiandu::gateway {
namespace {

using enum Detects;

constexpr auto kLateAnswers = std::to_array<Detector>(
    {{kLate, "D03"},  {kLate, "D04"},  {kLate, "D06"},  {kLate, "D07"}, {kLate, "D01"},
     {kLate, "D02"},  {kLate, "D02n"}, {kLate, "D05m"}, {kLate, "D08"}, {kLate, "D09a"},
     {kLate, "D09b"}, {kLate, "D09c"}, {kLate, "D10"},  {kLate, "D11"}, {kLate, "D12"},
     {kLate, "D13"},  {kLate, "D14"},  {kLate, "D16"},  {kLate, "D17"}, {kLate, "D18"},
     {kLate, "D19"},  {kLate, "D20"},  {kLate, "D21"},  {kLate, "D22"}, {kLate, "D23"},
     {kLate, "D24"},  {kLate, "D25"},  {kLate, "D26"},  {kLate, "D28"}, {kLate, "D29"},
     {kLate, "D30"},  {kLate, "D31"},  {kLate, "I01"}});
constexpr auto kOverdueNow = std::to_array<Detector>({{kOverdue, ""}, {kTasks, "D23"}});

constexpr auto kLateGaps = std::to_array<QueryGap>(
    {{"lateness is that of the calendar known when the deadline ended; what ended by a calendar "
      "not yet published is not listed",
      "逾期按办结时已公布的工作日历计算；按未公布日历计算的不列入"},
     {"whether a reason for lateness given is a just cause is not judged: no profile has a list of "
      "them yet",
      "所填逾期理由是否正当未作判断：规则配置尚无正当理由清单"}});
constexpr auto kOverdueGaps = std::to_array<QueryGap>(
    {{"D27 is kept with the key, not as a deadline of a case", "D27随密钥记录，不作为事项时限"},
     {"responsible heads are those of now", "责任负责人按当前登记列出"}});

constexpr auto kTables = std::to_array<DetectorTable>(
    {{"q3", kLateAnswers, kLateGaps}, {"q4", kOverdueNow, kOverdueGaps}});

const std::array kQueries = {
    AuditQuery{.name = "q3",
               .title = "Which answers were late, by whom, by how many working days, with what "
                        "extension, reason and waits",
               .title_zh = "哪些答复逾期：责任部门与人员、逾期工作日、延期、理由与等待",
               .source = "809 Art. 17, 21, 22, 26",
               .parameters = PeriodParameters(),
               .run = RunDetectors},
    AuditQuery{.name = "q4",
               .title = "What is overdue now, and with whom",
               .title_zh = "当前逾期未办事项及责任部门",
               .source = "809 Art. 17, 21, 22, 26, 27",
               .parameters = DepartmentParameter(),
               .run = RunDetectors},
};

}  // namespace

std::span<const AuditQuery> DeadlineQueries() { return kQueries; }
std::span<const DetectorTable> DeadlineTables() { return kTables; }

}  // namespace jiandu::gateway
