// Texts of the machine CR (docs/contracts.md 4.13).
#include "contracts/rule_texts.h"

namespace jiandu::contracts {
namespace {

using enum ledger::Code;
using enum ledger::Flag;

constexpr RuleText kCorrections[] = {
    {.op = "correction.file",
     .number = "CR1",
     .effect = "D07 on the provider; the doubt is shown to all holders of grants; of who never had "
               "the data, about an entry never published: on record alone",
     .effect_zh =
         "提供部门D07起算；向全部权限持有方提示异议；从未使用数据的部门对从未发布的目录提出的，"
         "仅记录在案",
     .flags = kOf<kNotAUser>,
     .derived = "DISPUTED",
     .source = "S0 6.6.1; 809 Art. 26",
     .to = "FILED"},
    {.op = "correction.accept",
     .number = "CR2",
     .effect = "the clock goes on",
     .effect_zh = "期限继续计算",
     .source = "809 Art. 26"},
    {.op = "correction.forward",
     .number = "CR3",
     .asks = "to the authoritative source of an item in doubt",
     .asks_zh = "转存疑数据项的数源部门",
     .effect = "the source corrects, the provider still answers; both by the original D07",
     .effect_zh = "由数源部门更正、提供部门答复，均适用原D07",
     .codes = kOf<kSourceMismatch>,
     .source = "809 Art. 19, 26"},
    {.op = "correction.resolve",
     .number = "CR4",
     .asks = "FIXED: a version registered by resource.refresh after the one in doubt; NOT_WRONG: "
             "reasons and evidence; PARTLY: both",
     .asks_zh = "已更正：登记晚于存疑版本的新版本；无误：说明理由并附证据；部分更正：两者兼具",
     .effect = "D07 satisfied; D09b on the filer; FIXED, PARTLY: tasks (CR6) for active grants and "
               "copies not yet disposed of; dispute open",
     .effect_zh = "D07完成；提出方确认期限D09b起算；已更正、部分更正的，向有效权限和未处置副本的"
                  "持有方派发更正任务（CR6）；可提出争议",
     .codes = kOf<kVersionRequired, kReasonRequired>,
     .flags = kOf<kLate>,
     .derived = "STALE",
     .source = "S0 6.6.2; 809 Art. 26"},
    {.op = "correction.confirm",
     .number = "CR5",
     .asks = "YES or NO; NO once",
     .asks_zh = "确认或者不确认；不确认限一次",
     .effect = "D09b satisfied; reopened: a new D07 on the provider",
     .effect_zh = "D09b完成；重新办理的，提供部门D07重新起算",
     .derived = "DISPUTED",
     .source = "809 Art. 26",
     .to = "CONFIRMED, REOPENED"},
    {.number = "CR5",
     .asks = "D09b passed",
     .asks_zh = "D09b届满",
     .effect = "confirmed by silence",
     .effect_zh = "逾期视为确认",
     .source = "local",
     .with = "correction.resolve",
     .from = "RESOLVED",
     .to = "CONFIRMED"},
    {.op = "correction.propagate",
     .number = "CR6",
     .asks = "APPLIED, NOT_AFFECTED or KEPT; names the new out-version or a reason; the owner of "
             "a derived resource with its head",
     .asks_zh = "已同步、不受影响或者保留；写明新版本或者理由；衍生数据责任部门须由负责人签署",
     .effect = "D23 satisfied; the next level is told",
     .effect_zh = "D23完成；通知下一级持有方",
     .flags = kOf<kLate>,
     .derived = "STALE",
     .source = "809 Art. 25, 29"},
    {.op = "correction.withdraw",
     .number = "CR7",
     .effect = "the doubt is no longer shown; clocks end",
     .effect_zh = "异议提示解除；各期限终止"},
    {.op = "correction.impact",
     .number = "CR8",
     .asks = "matter codes and counts of acts based on wrong data",
     .asks_zh = "写明依据错误数据办理的事项代码和数量",
     .effect = "links the value with the acts",
     .effect_zh = "将错误数据与所办事项关联"},
};

}  // namespace

std::span<const RuleText> CorrectionTexts() { return kCorrections; }

}  // namespace jiandu::contracts
