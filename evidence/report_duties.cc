// What was owed and when, and what was used: deadlines of the bodies, grants and accesses.
#include <algorithm>

#include "contracts/clock.h"
#include "contracts/deadlines.h"
#include "evidence/html.h"
#include "evidence/report_fields.h"
#include "evidence/report_sections.h"
#include "evidence/report_words.h"
#include "ledger/export/op_mapping.h"
#include "ledger/model/codes.h"

namespace jiandu::evidence {
namespace {

using ledger::Clock;
using ledger::EntityBody;
using ledger::EntityId;

std::string UnitsOf(const Clock& clock, std::int64_t n) {
  const std::string number = std::to_string(n);
  return clock.unit == ledger::ClockUnit::kHours
             ? Both(number + " 小时", number + " hours")
             : Both(number + " 个工作日", number + (n == 1 ? " working day" : " working days"));
}

std::string DueOf(const ReportInput& input, const Clock& clock) {
  const auto due = ledger::DueOf(input.calendar, clock);
  std::string html = Moment(ledger::EndText(due.at));
  if (clock.extra > 0)
    html += "<div>" + Both("含延期", "extended by") + " " + UnitsOf(clock, clock.extra) + "</div>";
  if (due.provisional) {
    html += "<div>" + Both("暂按周一至周五计", "provisional: Monday to Friday") + "</div>";
  }
  return html;
}

std::string EndOf(const ReportInput& input, const Clock& clock) {
  if (clock.Runs()) {
    return contracts::IsOverdue(input.calendar, clock, input.record.time)
               ? Both("未完成，已逾期", "open, overdue")
               : Both("未到期", "running");
  }
  const std::string at = Moment(ledger::LocalText(clock.ended_at));
  return (clock.satisfied ? Both("已完成", "done") : Both("停止或不再需要", "stopped or void")) +
         "<br>" + at;
}

// Working days late, and whose they are.
std::string LateOf(const ReportInput& input, const Clock& clock) {
  std::int64_t late = clock.late;
  if (clock.Runs() && contracts::IsOverdue(input.calendar, clock, input.record.time)) {
    late += contracts::LateUnits(input.calendar, clock, input.record.time);
  }
  std::string html =
      late == 0 ? Both("否", "no") : "<span class=\"late\">" + UnitsOf(clock, late) + "</span>";
  for (const auto& [department, days] : clock.waits) {
    html += "<div>" + Both("另由他方占用", "besides, taken by") + " " +
            input.Department(department) + ": " + UnitsOf(clock, days) + "</div>";
  }
  return html;
}

std::string OwnersOf(const ReportInput& input, const Clock& clock) {
  std::string html = input.Department(clock.department);
  for (const auto& [department, until] : clock.held_until) {
    html += "<div>" + Both("此前", "before") + " " + input.Department(department) + " → " +
            ledger::LocalText(until) + "</div>";
  }
  return html;
}

std::string RuleOf(const Clock& clock) {
  const contracts::DeadlineRule* rule = contracts::FindDeadline(clock.code);
  std::string html = Code(clock.code);
  if (rule == nullptr) return html;
  return html + " " + BothText(rule->ends_zh, rule->ends) + "<br>" + Text(rule->source);
}

std::string TermsOf(const ReportInput& input, const EntityBody& body) {
  const Json& terms =
      body.Terms().IsObject() && !body.Terms().Members().empty() ? body.Terms() : body.Form();
  const FieldRows fields = FieldsOfTerms(input, terms);
  std::string html = "<dl>";
  for (const FieldRow& row : fields.rows) {
    html += "<dt>" + row.label + "</dt><dd>" + row.value + "</dd>";
  }
  return html + "</dl>";
}

// What a list cannot show is said above it: "none" must not be read as "there was none".
std::string NotShown(std::size_t count, std::string_view zh, std::string_view en) {
  if (count == 0) return "";
  const std::string n = std::to_string(count);
  return "<p class=\"late\">" + Both("另有 " + n + std::string(zh), n + " " + std::string(en)) +
         "</p>\n";
}

std::string GrantsFacts(const ReportInput& input) {
  std::string html;
  for (const auto& [id, body] : input.bodies) {
    if (body.kind != ledger::EntityKind::kGrant) continue;
    Facts facts;
    facts.Add("权限", "Grant", input.Entity(id));
    facts.Add("状态", "Status", StatusWords(body.kind, body.status));
    facts.Add("使用部门", "Consumer", input.Department(body.Party("consumer")));
    facts.Add("提供部门", "Provider", input.Department(body.Party("provider")));
    facts.Add("条件", "Terms", TermsOf(input, body));
    html += facts.Html();
  }
  return html.empty() ? Paragraph(Both("无。", "None.")) : html;
}

}  // namespace

std::string DeadlinesSection(const ReportInput& input) {
  Table table({Both("事项", "Of"), Both("时限", "Deadline"), Both("责任部门", "Responsible"),
               Both("起算", "From"), Both("到期", "Due"), Both("办理", "Outcome"),
               Both("逾期", "Late")});
  for (const auto& [id, body] : input.bodies) {
    for (const Clock& clock : body.clocks) {
      const bool overdue = contracts::IsOverdue(input.calendar, clock, input.record.time);
      table.Row({input.Entity(id), RuleOf(clock), OwnersOf(input, clock),
                 Moment(ledger::LocalText(clock.start)), DueOf(input, clock), EndOf(input, clock),
                 LateOf(input, clock)},
                clock.late > 0 || overdue ? "late" : "");
    }
  }
  return Heading("deadlines", "办理时限", "Deadlines") +
         Note("工作日按创世文件及本证据包所载工作日历计算。",
              "Working days by the calendars of the genesis document and of this record.") +
         NotShown(input.Unseen(), " 个事项的内容不在本证据包中，其时限未列入。",
                  "cases are without their contents in this pack: their deadlines are not below.") +
         table.Html();
}

std::string AccessesSection(const ReportInput& input) {
  Table table({Both("序号", "Index"), Both("时间", "Time"), Both("行为", "Act"),
               Both("权限", "Grant"), Both("结果", "Result"), Both("行数", "Rows"),
               Both("标注", "Flags")});
  for (const ledger::RecordedEvent& event : input.record.events) {
    if (!event.stub.has_value()) continue;
    const ledger::Stub& stub = *event.stub;
    const ledger::OpMapping* row = ledger::FindOpMapping(stub.op);
    if (row == nullptr || row->effect != ledger::ProvEffect::kDelivers) continue;
    const auto grant = std::ranges::find_if(stub.touched, [](const ledger::Touch& touch) {
      return ledger::KindOf(touch.entity) == ledger::EntityKind::kGrant;
    });
    std::string result = Both("未展示", "not shown");
    std::string rows;
    if (event.transaction.has_value()) {
      const Json& body = event.transaction->payload.body;
      const Json* digest = body.Find("digest");
      const auto records = body.ItemsOf("records");
      const std::string count = std::to_string(records.size());
      result = records.empty() ? Code(body.TextOr("result", "DIGEST"))
                               : Both(count + " 次", count + " calls");
      const std::int64_t n = (digest != nullptr ? *digest : body).IntegerOr("rows", -1);
      if (n >= 0) rows = std::to_string(n);
    }
    std::string flags;
    for (const ledger::FlagInfo& flag : ledger::AllFlags()) {
      if ((stub.flags >> flag.bit & 1U) != 0) flags.append(Code(flag.name)).append(" ");
    }
    const std::string index = std::to_string(event.index);
    std::string link = "<a href=\"#t";
    link.append(index).append("\">").append(index).append("</a>");
    table.Row(
        {link, Moment(ledger::LocalText(stub.time)), OpWords(stub.op),
         grant == stub.touched.end() ? Both("无", "none") : Code(ledger::ToHex(grant->entity)),
         result, rows, flags},
        stub.flags != 0 || stub.code != 0 ? "late" : "");
  }
  return Heading("accesses", "权限与访问", "Grants and accesses") +
         NotShown(input.Unseen(ledger::EntityKind::kGrant), " 项权限的内容不在本证据包中。",
                  "grants are without their contents in this pack.") +
         GrantsFacts(input) + "<h3>" + Both("访问", "Accesses") + "</h3>\n" +
         NotShown(input.GrantsLeftOut(), " 项权限的记录不在本证据包中，其访问未列入。",
                  "grants are without their events in this pack: their accesses are not below.") +
         NotShown(input.record.withheld, " 条记录未展示，其中可能有访问。",
                  "events are withheld, and may be accesses.") +
         table.Html();
}

}  // namespace jiandu::evidence
