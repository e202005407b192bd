// See report.h.
#include "evidence/report.h"

#include "evidence/html.h"
#include "evidence/report_sections.h"

namespace jiandu::evidence {
namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="jiandu evidence pack 1">
<title>证据包 Evidence pack</title>
<style>
:root{--ink:#1b1f24;--soft:#5b6572;--line:#d5dae0;--wash:#f5f7f9;--red:#a3201d;--blue:#174a7c}
*{box-sizing:border-box}
body{margin:0;color:var(--ink);background:#fff;font:15px/1.6 "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","Noto Sans",sans-serif}
main{max-width:1120px;margin:0 auto;padding:32px 28px 64px}
h1{font-size:27px;margin:0 0 4px;line-height:1.3}
h2{font-size:19px;margin:40px 0 10px;padding-bottom:6px;border-bottom:2px solid var(--ink)}
h3{font-size:16px;margin:22px 0 8px}
[lang=en]{color:var(--soft);font-size:.92em}
th [lang=en]{font-weight:400}
h1 [lang=en],h2 [lang=en]{font-weight:400}
p{margin:6px 0}
.how{border:1px solid var(--line);border-left:5px solid var(--blue);background:var(--wash);padding:12px 16px;margin:18px 0}
.note{color:var(--soft);font-size:13.5px}
nav{margin:14px 0;font-size:14px}
nav a{margin-right:16px;white-space:nowrap}
a{color:var(--blue)}
table{border-collapse:collapse;width:100%;margin:8px 0 4px;font-size:13.5px}
th,td{border:1px solid var(--line);padding:6px 9px;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{overflow-wrap:normal}
td{min-width:4.5em}
thead th{background:var(--wash)}
.t{white-space:nowrap}
.facts th{width:15em;background:var(--wash);font-weight:600}
.log tbody{border-top:2px solid #9aa4af}
.log td:first-child,.log th:first-child{width:4.5em}
.log td:nth-child(2){width:11.5em}
tr.body>td{border-top:0}
tr.late>td{background:#fdf3f2}
.late{color:var(--red);font-weight:600}
.flag code{color:var(--red)}
code{font:12.5px/1.5 "Noto Sans Mono","DejaVu Sans Mono",Consolas,monospace;word-break:break-all}
code.n{white-space:nowrap}
.ids{color:var(--soft);font-size:12px;margin-top:4px}
dl{display:grid;grid-template-columns:minmax(7em,32%) 1fr;gap:1px 14px;margin:2px 0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
ul{margin:6px 0;padding-left:1.4em}
.u{font:11px/1 monospace;border:1px solid var(--red);color:var(--red);padding:0 3px;border-radius:2px}
.trust{font-weight:600;border-top:1px solid var(--line);padding-top:10px;margin-top:14px}
pre{white-space:pre-wrap;word-break:break-all;font:11px/1.35 monospace;color:var(--soft)}
@media (max-width:640px){main{padding:16px 12px}dl{grid-template-columns:1fr}.facts th{width:9em}}
@page{size:A4;margin:16mm 13mm}
@media print{
body{font-size:10.5pt}main{max-width:none;padding:0}
h2{break-after:avoid}thead{display:table-header-group}
.log tbody,.facts tr,tr{break-inside:avoid}
.log tbody{break-inside:auto}
table{font-size:9pt}code{font-size:8pt}
nav,details{display:none}a{color:inherit;text-decoration:none}
tr.late>td{background:none}
}
</style>
</head>
<body>
<main>
)";

constexpr std::string_view kContents =
    "<nav><a href=\"#summary\">摘要 Summary</a><a href=\"#entities\">事项 Case</a>"
    "<a href=\"#decisions\">决定 Decisions</a><a href=\"#deadlines\">时限 Deadlines</a>"
    "<a href=\"#flags\">标注 Flags</a><a href=\"#accesses\">权限与访问 Accesses</a>"
    "<a href=\"#transactions\">全部记录 Transactions</a>"
    "<a href=\"#documents\">材料 Documents</a><a href=\"#limits\">未证明事项 Not proven</a>"
    "<a href=\"#proof\">证明 Proof</a></nav>\n";

constexpr std::string_view kEnd = "</pre></details>\n</section>\n</main>\n</body>\n</html>\n";

}  // namespace

std::string ReportBegin(const ReportInput& input) {
  std::string html(kHead);
  html += "<h1>" + Both("证据包", "Evidence pack") + "</h1>\n";
  html += Paragraph(input.Entity(input.subject));
  html += "<div class=\"how\">";
  html += Paragraph(Both(
      "本页由所附证明生成。仅凭本页不足为凭，请以自有的创世文件离线验证：",
      "This page is made of the proof at its end. By itself it proves nothing; verify it offline "
      "with the genesis document you trust:"));
  html += Paragraph("<code>jiandu verify FILE.html --genesis genesis.json</code>");
  html +=
      Paragraph(Both("改动任何一个字节，验证即告失败。", "Any changed byte fails.")) + "</div>\n";
  html += kContents;
  html += SummarySection(input) + EntitiesSection(input) + DecisionsSection(input) +
          DeadlinesSection(input) + FlagsSection(input) + AccessesSection(input) +
          TransactionsSection(input) + DocumentsSection(input) + LimitsSection(input);
  html += "<section>" + Heading("proof", "证明", "Proof");
  html += Paragraph(Both("格式见 docs/proof-format.md；打印时不含本节。",
                         "Format: docs/proof-format.md. Not printed.") +
                    " SHA-256 " + Code(input.proof_hash));
  html += "<details><summary>" + Both("展开", "show") + "</summary><pre id=\"materials\">\n";
  return html;
}

std::string_view ReportEnd() { return kEnd; }

}  // namespace jiandu::evidence
