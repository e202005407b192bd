// What the case is, what belongs to it, and what this pack does not say.
#include <algorithm>
#include <set>

#include "base/hex.h"
#include "contracts/clock.h"
#include "evidence/html.h"
#include "evidence/report_sections.h"
#include "evidence/report_words.h"

namespace jiandu::evidence {
namespace {

using ledger::EntityBody;
using ledger::EntityId;

std::size_t CountEvents(const ReportInput& input, bool (*counts)(const ledger::Stub&)) {
  return static_cast<std::size_t>(
      std::ranges::count_if(input.record.events, [counts](const ledger::RecordedEvent& event) {
        return event.stub.has_value() && counts(*event.stub);
      }));
}

// Contents that are not in the pack may hold deadlines: then their number is only the least.
std::string LateText(const ReportInput& input, std::size_t late) {
  std::string count = std::to_string(late);
  const std::size_t unseen = input.Unseen();
  if (unseen == 0) return count;
  const std::string n = std::to_string(unseen);
  return "<span class=\"late\">" +
         Both("至少 " + count + " 项：另有 " + n + " 个事项的内容不在本证据包中，其时限不明",
              "at least " + count + ": the contents of " + n +
                  " more cases are not in this pack, nor their deadlines") +
         "</span>";
}

std::size_t LateClocks(const ReportInput& input) {
  std::size_t late = 0;
  for (const auto& [id, body] : input.bodies) {
    for (const ledger::Clock& clock : body.clocks) {
      const bool overdue = contracts::IsOverdue(input.calendar, clock, input.record.time);
      if (clock.late > 0 || overdue) ++late;
    }
  }
  return late;
}

std::string PartiesOf(const ReportInput& input, const EntityBody& body) {
  std::string html;
  for (const auto& [name, code] : body.parties) {
    html += "<div>" + PartyWords(name) + ": " + input.Department(code) + "</div>";
  }
  return html;
}

std::string LinksOf(const ReportInput& input, const EntityBody& body) {
  std::string html;
  for (const auto& [name, id] : body.links) html += "<div>" + input.Entity(id) + "</div>";
  return html;
}

// A term that passed ended it, whatever the stored status says.
std::string StatusOf(const ReportInput& input, const EntityBody& body) {
  std::string html = StatusWords(body.kind, body.status);
  const std::int64_t valid_to = body.Number("valid_to");
  if (valid_to > 0) {
    html +=
        "<div>" + Both("有效期至", "valid to") + " " + Moment(ledger::EndText(valid_to)) + "</div>";
    if (valid_to <= input.record.time)
      html += "<div class=\"late\">" + Both("已到期", "past") + "</div>";
  }
  return html;
}

}  // namespace

std::string SummarySection(const ReportInput& input) {
  Facts facts;
  facts.Add("案件", "Case", input.Entity(input.subject));
  if (const auto body = input.bodies.find(input.subject); body != input.bodies.end()) {
    facts.Add("状态", "Status", StatusOf(input, body->second));
    facts.Add("归属部门", "Department", input.Department(body->second.department));
    facts.Add("各方", "Parties", PartiesOf(input, body->second));
    facts.Add("立案时间", "Opened", ledger::LocalText(body->second.born_at));
  }
  facts.Add("账本", "Ledger", Value(input.record.chain));
  facts.Add("截至", "As of",
            Both("第 " + std::to_string(input.record.as_of) + " 块",
                 "height " + std::to_string(input.record.as_of)) +
                ", " + ledger::LocalText(input.record.time) + " (UTC+8)");
  facts.Add("事项", "Transactions", std::to_string(input.record.events.size()));
  facts.Add("其中被驳回", "Of these refused",
            std::to_string(CountEvents(input, [](const ledger::Stub& s) { return s.code != 0; })));
  facts.Add("其中有标注", "Of these flagged",
            std::to_string(CountEvents(input, [](const ledger::Stub& s) { return s.flags != 0; })));
  facts.Add("逾期的时限", "Deadlines missed", LateText(input, LateClocks(input)));
  facts.Add("内容未展示", "Withheld from who asked", std::to_string(input.record.withheld));
  facts.Add("创世文件", "Genesis document (SHA-256)", Code(HexEncode(input.genesis.hash.View())));
  facts.Add("区块头", "Header", Code(HexEncode(input.record.head_hash.View())));
  facts.Add("证明", "Proof (SHA-256)", Code(input.proof_hash));
  return Heading("summary", "摘要", "Summary") + facts.Html();
}

std::string EntitiesSection(const ReportInput& input) {
  Table table({Both("事项", "What"), Both("状态", "Status"), Both("各方", "Parties"),
               Both("关联", "Belongs to"), Both("立案", "Opened"), Both("记录数", "Events")});
  std::set<EntityId> told;
  for (const EntityId& id : input.record.asked) {
    const auto leaf = input.record.complete.find(id);
    const std::string events =
        leaf != input.record.complete.end() ? std::to_string(leaf->second.size) : "";
    told.insert(id);
    const auto body = input.bodies.find(id);
    if (body == input.bodies.end()) {
      table.Row({input.Entity(id), Both("未展示", "not shown"), "", "", "", events});
      continue;
    }
    table.Row({input.Entity(id), StatusOf(input, body->second), PartiesOf(input, body->second),
               LinksOf(input, body->second), Moment(ledger::LocalText(body->second.born_at)),
               events});
  }
  std::set<EntityId> others;
  for (const ledger::RecordedEvent& event : input.record.events) {
    if (!event.stub.has_value()) continue;
    for (const ledger::Touch& touch : event.stub->touched) {
      const auto kind = ledger::KindOf(touch.entity);
      const bool is_partition =
          kind == ledger::EntityKind::kDepartmentMonth || kind == ledger::EntityKind::kPair;
      if (!is_partition && !told.contains(touch.entity)) others.insert(touch.entity);
    }
  }
  std::string html = Heading("entities", "案件及所属事项", "The case and what belongs to it") +
                     Note("下列各项的全部记录均在本证据包中，其完整性可离线验证。",
                          "All events of these are in this pack; that they are all is proven.") +
                     table.Html();
  if (others.empty()) return html;
  html += Note("涉及但未收录其全部记录：", "Touched, but their histories are not in this pack:") +
          "<ul>";
  for (const EntityId& id : others) html += "<li>" + input.Entity(id) + "</li>";
  return html + "</ul>\n";
}

std::string LimitsSection(const ReportInput& input) {
  std::string html = Heading("limits", "本证据包未证明的事项", "What this pack does not prove");
  html += "<ul>\n";
  for (const sdk::Sentence& one : input.verdict.not_proven) {
    html += "<li>" + BothText(one.zh, one.en) + "</li>\n";
  }
  html += "<li>" +
          Both("账本之外发生而未上报的行为。",
               "What happened outside the ledger and was not reported.") +
          "</li>\n";
  html += "<li>" +
          Both("所列状态为账本所存；因期满、逾期自动产生的结果以截至时间另行推算。",
               "Statuses are as stored; what follows from time alone is derived.") +
          "</li>\n</ul>\n";
  Table withheld({Both("日志序号", "Log index"), Both("条目哈希", "Hash of the entry")});
  for (const ledger::RecordedEvent& event : input.record.events) {
    if (event.IsWithheld()) {
      withheld.Row({std::to_string(event.index), Code(HexEncode(event.leaf_hash.View()))});
    }
  }
  if (!withheld.IsEmpty()) {
    html += Note("下列记录存在，但未向申请人展示内容：",
                 "These exist, but what they say was withheld from who asked:") +
            withheld.Html();
  }
  const sdk::Sentence trust = input.verdict.TrustStatement();
  return html + "<p class=\"trust\">" + BothText(trust.zh, trust.en) + "</p>\n";
}

}  // namespace jiandu::evidence
