// The liability items of Order 809 Art. 39 to 41 as queries (docs/audit-queries.md): each a table
// of detectors. An item found is an indicator; who decides about it weighs the reasons.
#include <array>

#include "gateway/audit_detector.h"

namespace jiandu::gateway {
namespace {

using enum Detects;

// Article 39: providers.
constexpr auto k39_1 = std::to_array<Detector>(
    {{kOverdue, "D01"}, {kLate, "D01"}, {kCode, "UNKNOWN_REF", Keep::kNamesNoResource}});
constexpr auto k39_2 = std::to_array<Detector>(
    {{kFlag, "EXTRA_CONDITION"}, {kFlag, "CLASS_TIGHTENED"}, {kFlag, "UNCONDITIONAL_REFUSAL"}});
constexpr auto k39_3 =
    std::to_array<Detector>({{kTasks, "D23"}, {kLate, "D23"}, {kOverdue, "D18"}, {kLate, "D18"}});
constexpr auto k39_4 = std::to_array<Detector>({{kLate, "D03"},
                                                {kLate, "D04"},
                                                {kLate, "D06"},
                                                {kOverdue, "D03"},
                                                {kOverdue, "D04"},
                                                {kOverdue, "D06"}});
constexpr auto k39_5 = std::to_array<Detector>({{kOp, "decision.submit", Keep::kReturnFlowRefused},
                                                {kFlag, "RETURN_FLOW_CONDITION"},
                                                {kLate, "D04", Keep::kReturnFlow},
                                                {kLate, "D06", Keep::kReturnFlow},
                                                {kOverdue, "D04", Keep::kReturnFlow},
                                                {kOverdue, "D06", Keep::kReturnFlow}});
constexpr auto k39_6 = std::to_array<Detector>({{kLate, "D07"}, {kOverdue, "D07"}});
constexpr auto k39_7 = std::to_array<Detector>({{kFlag, "UNILATERAL_STOP"}, {kFlag, "NOT_AGREED"}});
constexpr auto k39_9 = std::to_array<Detector>(
    {{kFlag, "RETURN_FIRST"}, {kFlag, "RETURN_LATE"}, {kOverdue, "D31"}, {kLate, "D31"}});

// Article 40: users.
constexpr auto k40_1 = std::to_array<Detector>({{kElements, "element_code"}});
constexpr auto k40_2 = std::to_array<Detector>({{kFlag, "ITEM_NOT_GRANTED", Keep::kUses},
                                                {kFlag, "PURPOSE_MISMATCH", Keep::kUses},
                                                {kFlag, "NO_GRANT_INPUT"},
                                                {kFlag, "DERIVE_NOT_ALLOWED"}});
constexpr auto k40_3 = std::to_array<Detector>({{kFlag, "THIRD_PARTY"}});
constexpr auto k40_4 = std::to_array<Detector>(
    {{kOverdue, "D14"}, {kLate, "D14"}, {kOp, "disposal.reject"}, {kFlag, "WITNESS_MISSING"}});
// D17 past due is NO_USE_REPORT, D12 of a demand for a leaf NOT_PRODUCED.
constexpr auto k40_5 = std::to_array<Detector>({{kOverdue, "D17"},
                                                {kLate, "D17"},
                                                {kUsed, "GAP"},
                                                {kOverdue, "D12", Keep::kLeafDemands},
                                                {kLate, "D12", Keep::kLeafDemands}});
constexpr auto k40_6 = std::to_array<Detector>(
    {{kRaised, "SAFEGUARD_GAP"}, {kOp, "incident.report"}, {kOp, "leak.trace"}});
constexpr auto k40_7 = std::to_array<Detector>(
    {{kCode, "ID_REVOKED"}, {kCompromised, "SIGNED_WHILE_COMPROMISED"}, {kOp, "audit.finding"}});

// Article 41: managers.
constexpr auto k41_1 = std::to_array<Detector>({{kElements, "element_code", Keep::kUndesignated}});
constexpr auto k41_2 = std::to_array<Detector>({{kOverdue, "D29"}, {kLate, "D29"}});
constexpr auto k41_3 = std::to_array<Detector>({{kOverdue, "D02"},
                                                {kOverdue, "D02n"},
                                                {kOverdue, "D05m"},
                                                {kOverdue, "D08"},
                                                {kOverdue, "D16", Keep::kOnManager},
                                                {kOverdue, "D24"},
                                                {kOverdue, "D25"},
                                                {kLate, "D02"},
                                                {kLate, "D02n"},
                                                {kLate, "D05m"},
                                                {kLate, "D08"},
                                                {kLate, "D16", Keep::kOnManager},
                                                {kLate, "D24"},
                                                {kLate, "D25"}});

constexpr QueryGap kHeld{
    "deadlines past due are those of this height; those ended late are those of the period",
    "逾期未办按本高度列出；逾期办结按期间列出"};
constexpr auto kPlain = std::to_array<QueryGap>({kHeld});
constexpr auto kReasons = std::to_array<QueryGap>(
    {kHeld,
     {"no profile has a list of just causes yet: reasons given are shown (`late_reason`), not "
      "judged; days of the manager and the consumer are taken off",
      "规则配置尚无正当理由清单：所填理由照列（late_"
      "reason），不作判断；已扣除主管部门与需求部门所占日数"}});
constexpr auto kMirrors = std::to_array<QueryGap>(
    {kHeld,
     {"corrections not taken over are listed of all holders; whether one is a mirror of the source "
      "is for the reader to see",
      "列出所有未按更正处理的持有方；是否为镜像由查阅者判断"}});
constexpr auto kOutOfScope = std::to_array<QueryGap>(
    {{"out of scope: whether a platform was brought into the national system is no matter of this "
      "ledger",
      "不在范围内：平台是否纳入全国一体化体系非本账本所载"}});
constexpr auto kIndicator = std::to_array<QueryGap>(
    {{"an indicator only: data collected outside the published catalogue are not known here; of an "
      "element the 64 resources published last are compared",
      "仅为线索：目录之外的收集本账本不知；每一数据元比较最近发布的64个资源"}});
constexpr auto kFindings =
    std::to_array<QueryGap>({{"all findings of audits are listed: whether one is about a false "
                              "commitment to truth its code "
                              "says (`facts.code`)",
                              "列出全部审计发现：是否涉及虚假承诺见其编码（facts.code）"}});
constexpr auto kEntries = std::to_array<QueryGap>(
    {kHeld,
     {"resources used without an entry show only where a transaction named them and was refused",
      "未编目资源仅在交易引用并被拒时可见"}});

constexpr auto kTables = std::to_array<DetectorTable>({{"39-1", k39_1, kEntries},
                                                       {"39-2", k39_2},
                                                       {"39-3", k39_3, kMirrors},
                                                       {"39-4", k39_4, kReasons},
                                                       {"39-5", k39_5, kPlain},
                                                       {"39-6", k39_6, kPlain},
                                                       {"39-7", k39_7},
                                                       {"39-8", {}, kOutOfScope},
                                                       {"39-9", k39_9, kPlain},
                                                       {"40-1", k40_1, kIndicator},
                                                       {"40-2", k40_2},
                                                       {"40-3", k40_3},
                                                       {"40-4", k40_4, kPlain},
                                                       {"40-5", k40_5, kPlain},
                                                       {"40-6", k40_6},
                                                       {"40-7", k40_7, kFindings},
                                                       {"41-1", k41_1, kIndicator},
                                                       {"41-2", k41_2, kPlain},
                                                       {"41-3", k41_3, kPlain}});

AuditQuery Item(std::string_view name, std::string_view source, std::string_view title,
                std::string_view title_zh) {
  return AuditQuery{.name = name,
                    .title = title,
                    .title_zh = title_zh,
                    .source = source,
                    .parameters = PeriodParameters(),
                    .run = RunDetectors};
}

const std::array kQueries = {
    Item("39-1", "809 Art. 39(1)", "Catalogue not made or updated as required",
         "未按要求编制或者更新政务数据目录"),
    Item("39-2", "809 Art. 39(2)", "Conditions added without authority that hinder sharing",
         "擅自增设共享条件，阻碍共享"),
    Item("39-3", "809 Art. 39(3)", "No cooperation with the source in updating",
         "未配合数源部门及时完成更新"),
    Item("39-4", "809 Art. 39(4)", "Not answered or shared in time without just cause",
         "未按时答复或者共享，无正当理由"),
    Item("39-5", "809 Art. 39(5)", "Data not returned to lower levels", "未按要求回流数据"),
    Item("39-6", "809 Art. 39(6)", "Corrections not checked or made in time",
         "未按时核实、更正数据"),
    Item("39-7", "809 Art. 39(7)", "Service stopped or changed without authority",
         "擅自终止或者变更共享服务"),
    Item("39-8", "809 Art. 39(8)", "Platform not brought into the national system",
         "未将平台纳入全国一体化体系"),
    Item("39-9", "809 Art. 39(9)", "Other duties of providers", "提供部门其他未履行职责的情形"),
    Item("40-1", "809 Art. 40(1)", "Data collected again", "重复收集数据"),
    Item("40-2", "809 Art. 40(2)", "Used beyond scope or purpose", "超范围、超目的使用数据"),
    Item("40-3", "809 Art. 40(3)", "Passed on to third parties without authority",
         "擅自提供给第三方"),
    Item("40-4", "809 Art. 40(4)", "Data not disposed of properly", "未妥善处置数据"),
    Item("40-5", "809 Art. 40(5)", "Records not kept", "未保存有关记录"),
    Item("40-6", "809 Art. 40(6)", "Duties of security not fulfilled", "未履行安全管理责任"),
    Item("40-7", "809 Art. 40(7)", "Other duties of users", "需求部门其他未履行职责的情形"),
    Item("41-1", "809 Art. 41(1)", "Source of data not determined", "未明确数源部门"),
    Item("41-2", "809 Art. 41(2)", "Disputes not mediated as required", "未按规定协调争议"),
    Item("41-3", "809 Art. 41(3)", "Other duties of managers", "主管部门其他未履行职责的情形"),
};

}  // namespace

std::span<const AuditQuery> LiabilityQueries() { return kQueries; }
std::span<const DetectorTable> LiabilityTables() { return kTables; }

}  // namespace jiandu::gateway
