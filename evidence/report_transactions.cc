// What was done, by whom: all transactions in order, then the decisions and the digests of
// documents among them.
#include "base/hex.h"
#include "evidence/html.h"
#include "evidence/report_fields.h"
#include "evidence/report_sections.h"
#include "evidence/report_words.h"
#include "ledger/export/op_mapping.h"
#include "ledger/model/codes.h"

namespace jiandu::evidence {
namespace {

using ledger::RecordedEvent;

std::string SignersOf(const ReportInput& input, const RecordedEvent& event) {
  if (!event.transaction.has_value()) return Both("未展示", "not shown");
  const ledger::Payload& payload = event.transaction->payload;
  std::string html = "<div>" + input.Department(payload.department) + "</div>";
  for (const ledger::Signer& signer : payload.signers) {
    const auto department = input.record.DepartmentOf(signer, payload);
    html += "<div>" + RoleWords(signer.role) + " " + input.Officer(signer.key);
    if (!department.empty() && department != payload.department) {
      html += ", " + input.Department(department);
    }
    html += "</div>";
  }
  return html;
}

std::string ResultOf(const ledger::Stub& stub) {
  std::string html = Both("已接受", "accepted");
  if (stub.code != 0) {
    const ledger::CodeInfo* code = ledger::FindCode(stub.code);
    html = "<span class=\"late\">" + Both("驳回", "refused") + "</span><br>" +
           (code != nullptr ? Code(code->name) + "<br>" + BothText(code->message_zh, code->message)
                            : std::to_string(stub.code));
  }
  for (const ledger::FlagInfo& flag : ledger::AllFlags()) {
    if ((stub.flags >> flag.bit & 1U) != 0) {
      html += "<br><span class=\"flag\">" + Code(flag.name) + "</span>";
    }
  }
  return html;
}

std::string PayloadOf(const ReportInput& input, const RecordedEvent& event) {
  if (!event.transaction.has_value()) {
    return Both("内容未向申请人展示。", "Its content was withheld from who asked.");
  }
  const FieldRows fields = FieldsOf(input, event.stub->op, event.transaction->payload.body);
  std::string html = "<dl>";
  for (const FieldRow& row : fields.rows) {
    html += "<dt>" + row.label + "</dt><dd>" + row.value + "</dd>";
  }
  html += "</dl>";
  if (fields.more > 0) {
    const std::string n = std::to_string(fields.more);
    html += Both("另有 " + n + " 项见证明原文。", n + " more members are in the proof.");
  }
  return html;
}

// A link from any section to the transaction's row.
std::string LinkTo(const RecordedEvent& event) {
  const std::string index = std::to_string(event.index);
  return "<a href=\"#t" + index + "\">" + index + "</a>";
}

}  // namespace

std::string TransactionsSection(const ReportInput& input) {
  std::string html = Heading("transactions", "全部记录（按先后）", "All transactions, in order");
  html += "<table class=\"log\"><thead><tr><th>" + Both("序号", "Index") + "</th><th>" +
          Both("时间 (UTC+8)", "Time") + "</th><th>" + Both("行为", "Act") + "</th><th>" +
          Both("签署", "Signed by") + "</th><th>" + Both("结果", "Result") + "</th></tr></thead>\n";
  for (const RecordedEvent& event : input.record.events) {
    const std::string index = std::to_string(event.index);
    html.append("<tbody id=\"t").append(index).append("\"><tr><td>");
    html.append(index).append("</td>");
    if (!event.stub.has_value()) {
      const std::string what = event.is_genesis
                                   ? Both("创世文件所载。", "Recorded in the genesis document.")
                                   : Both("内容未展示。", "Withheld.");
      html += "<td colspan=\"4\">" + what + "</td></tr></tbody>\n";
      continue;
    }
    const ledger::Stub& stub = *event.stub;
    html +=
        "<td>" + Moment(ledger::LocalText(stub.time)) + "<br>" +
        Both("第 " + std::to_string(stub.height) + " 块", "block " + std::to_string(stub.height)) +
        "</td><td>" + OpWords(stub.op) + "</td><td>" + SignersOf(input, event) + "</td><td>" +
        ResultOf(stub) + "</td></tr>\n<tr class=\"body\"><td></td><td colspan=\"4\">" +
        PayloadOf(input, event) + "<div class=\"ids\">txid " + Code(HexEncode(stub.txid.View())) +
        " · SHA-256 " + Code(HexEncode(stub.env.View())) + "</div></td></tr></tbody>\n";
  }
  return html + "</table>\n";
}

std::string DecisionsSection(const ReportInput& input) {
  Table table({Both("序号", "Index"), Both("时间", "Time"), Both("决定", "Decision"),
               Both("结论与理由", "Verdict and reasons"),
               Both("部门与经办", "Department, officers")});
  for (const RecordedEvent& event : input.record.events) {
    if (!event.stub.has_value() || event.stub->code != 0) continue;
    const ledger::OpMapping* row = ledger::FindOpMapping(event.stub->op);
    const bool decides = row != nullptr && (row->record == "Decision" || row->activity == "Grant");
    if (!decides) continue;
    std::string verdict = Both("未展示", "not shown");
    if (event.transaction.has_value()) {
      verdict.clear();
      for (const FieldRow& field :
           FieldsOf(input, event.stub->op, event.transaction->payload.body).rows) {
        const bool tells = field.name == "verdict" || field.name == "answer" ||
                           field.name.starts_with("reason") || field.name.ends_with("_no") ||
                           field.name.ends_with("_digest") || field.name.starts_with("legal_basis");
        if (tells) verdict += "<div>" + field.label + ": " + field.value + "</div>";
      }
    }
    table.Row({LinkTo(event), Moment(ledger::LocalText(event.stub->time)), OpWords(event.stub->op),
               verdict, SignersOf(input, event)});
  }
  return Heading("decisions", "审批与决定", "Decisions") + table.Html();
}

std::string DocumentsSection(const ReportInput& input) {
  Table table({Both("序号", "Index"), Both("行为", "Act"), Both("文件", "Document"),
               Both("摘要值", "Digest")});
  for (const RecordedEvent& event : input.record.events) {
    if (!event.transaction.has_value()) continue;
    for (const FieldRow& field :
         FieldsOf(input, event.stub->op, event.transaction->payload.body).rows) {
      if (field.is_digest) {
        table.Row({LinkTo(event), OpWords(event.stub->op), field.label, field.value});
      }
    }
  }
  return Heading("documents", "函件与材料摘要", "Letters and documents, by their digests") +
         Note("原件由各部门保存；对原件计算 SHA-256 即可与此核对。",
              "Departments keep the originals; their SHA-256 is what stands here.") +
         table.Html();
}

std::string FlagsSection(const ReportInput& input) {
  Table table({Both("序号", "Index"), Both("时间", "Time"), Both("行为", "Act"),
               Both("标注或驳回", "Flag or refusal"), Both("含义", "Meaning")});
  for (const RecordedEvent& event : input.record.events) {
    if (!event.stub.has_value()) continue;
    const ledger::Stub& stub = *event.stub;
    if (const ledger::CodeInfo* code = ledger::FindCode(stub.code); stub.code != 0) {
      table.Row({LinkTo(event), Moment(ledger::LocalText(stub.time)), OpWords(stub.op),
                 code != nullptr ? Code(code->name) : std::to_string(stub.code),
                 code != nullptr ? BothText(code->message_zh, code->message) : ""},
                "late");
    }
    for (const ledger::FlagInfo& flag : ledger::AllFlags()) {
      if ((stub.flags >> flag.bit & 1U) == 0) continue;
      table.Row({LinkTo(event), Moment(ledger::LocalText(stub.time)), OpWords(stub.op),
                 Code(flag.name), BothText(flag.message_zh, flag.message)});
    }
  }
  return Heading("flags", "标注与驳回", "Flags and refusals") + table.Html();
}

}  // namespace jiandu::evidence
