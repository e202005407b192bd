// Texts of calendar, profile, rule set, handlers and anchors (docs/contracts.md 4.2, 4.17).
#include "contracts/rule_texts.h"

namespace jiandu::contracts {
namespace {

using enum ledger::Code;
using enum ledger::Flag;

constexpr RuleText kPolicy[] = {
    {.op = "calendar.publish",
     .number = "4.2",
     .asks = "number and digest of the notice; changes no day before its block",
     .asks_zh = "通知文号和摘要；不得更改已过日期",
     .effect = "a new version of the year; due dates of open deadlines are counted anew, lateness "
               "already run stays",
     .effect_zh = "该年度日历更新版本；未结期限重新计算，已发生的逾期不予撤销",
     .codes = kOf<kNoticeRequired, kCalendarPast>,
     .derived = "PROVISIONAL"},
    {.op = "profile.publish",
     .number = "4.2",
     .asks = "effective height ahead; votes: the auditor's head and 2/3 of the heads",
     .asks_zh = "生效高度须在后；经审计机关负责人和三分之二以上部门负责人表决同意",
     .effect = "a new version from that height; open cases keep theirs",
     .effect_zh = "自该高度起适用新版本；在办事项仍按原版本办理",
     .codes = kOf<kEffectiveInPast, kQuorumNotMet>},
    {.op = "ruleset.activate",
     .number = "4.2",
     .asks = "height ahead; votes: 2/3 of the heads",
     .asks_zh = "生效高度须在后；经三分之二以上部门负责人表决同意",
     .effect = "from that height the rules of another version of the program",
     .effect_zh = "自该高度起适用新版规则程序",
     .codes = kOf<kEffectiveInPast, kQuorumNotMet>},
    {.op = "case.assign",
     .number = "4.2",
     .asks = "an active officer of the department; another is flagged and named in the act, and "
             "handles nothing",
     .asks_zh = "承办人为本部门有效人员；非本部门有效人员的予以标注并记明，不成为承办人",
     .effect = "handler of the case, who answers for its deadlines",
     .effect_zh = "确定事项承办人，由其对办理期限负责",
     .source = "809 Art. 20"},
};

constexpr RuleText kAnchors[] = {
    {.op = "anchor.publish",
     .number = "4.17",
     .asks = "app hash and block hash of a day",
     .asks_zh = "列明当日账本摘要和区块摘要",
     .effect = "on record that the auditor and the superior ledger have them",
     .effect_zh = "记录已交审计机关和上级账本留存"},
};

}  // namespace

std::span<const RuleText> PolicyTexts() { return kPolicy; }
std::span<const RuleText> AnchorTexts() { return kAnchors; }

}  // namespace jiandu::contracts
