// Q5, Q6, Q7, Q10, Q15: what accesses, decisions, keys and evidence were flagged with.
#include <array>

#include "gateway/audit_detector.h"

namespace jiandu::gateway {
namespace {

using enum Detects;

constexpr auto kQuota = std::to_array<Detector>({{kFlag, "OVER_DAILY_CAP"},
                                                 {kFlag, "OVER_RATE"},
                                                 {kFlag, "OVER_ROWS"},
                                                 {kFlag, "OVER_BYTES"},
                                                 {kFlag, "OVER_USES"},
                                                 {kUsed, "DAY_OVER_CAP"},
                                                 {kUsed, "AVG_OVER"}});
constexpr auto kBounds = std::to_array<Detector>({{kFlag, "IP_NOT_ALLOWED"},
                                                  {kFlag, "OUTSIDE_HOURS"},
                                                  {kFlag, "ITEM_NOT_GRANTED"},
                                                  {kFlag, "ACCOUNT_NOT_ALLOWED"},
                                                  {kFlag, "SYSTEM_NOT_ALLOWED"},
                                                  {kFlag, "PURPOSE_MISMATCH"},
                                                  {kFlag, "WHILE_SUSPENDED"},
                                                  {kFlag, "EXPIRED"},
                                                  {kFlag, "NOT_YET_VALID"},
                                                  {kFlag, "MASK_MISSING"},
                                                  {kUsed, "DENY_IGNORED"}});
constexpr auto kIdentity = std::to_array<Detector>({{kFlag, "NO_GRANT"},
                                                    {kFlag, "DEPARTMENT_MISMATCH"},
                                                    {kCode, "ID_REVOKED"},
                                                    {kCompromised, "SIGNED_WHILE_COMPROMISED"},
                                                    {kFlag, "OLD_KEY"}});
constexpr auto kDecisions = std::to_array<Detector>({{kFlag, "UNCONDITIONAL_REFUSAL"},
                                                     {kFlag, "MANAGER_REFUSAL_GROUND"},
                                                     {kFlag, "RETURN_FIRST"},
                                                     {kFlag, "EXTRA_CONDITION"},
                                                     {kFlag, "RETURN_FLOW_CONDITION"},
                                                     {kFlag, "CLASS_TIGHTENED"}});
constexpr auto kEvidence = std::to_array<Detector>({{kUsed, "ONE_SIDED"},
                                                    {kUsed, "GAP"},
                                                    {kFlag, "DIGEST_MISMATCH"},
                                                    {kFlag, "CLOCK_SKEW"},
                                                    {kFlag, "LATE_EVIDENCE"},
                                                    {kFlag, "STRADDLES"},
                                                    {kFlag, "BATCH_NOT_ALLOWED"},
                                                    {kFlag, "FIELD_MISSING"},
                                                    {kFlag, "OLD_KEY"},
                                                    {kOp, "identity.register"},
                                                    {kOp, "identity.rotate_key"},
                                                    {kOp, "identity.revoke"},
                                                    {kOp, "identity.reconfirm"},
                                                    {kOp, "node.admit"},
                                                    {kOp, "node.remove"},
                                                    {kOp, "node.rotate_key"},
                                                    {kOp, "log.rotate_key"},
                                                    {kOp, "node.equivocation"},
                                                    {kOp, "access.leaf_produced"},
                                                    {kOverdue, "D12", Keep::kLeafDemands},
                                                    {kOp, "audit.log_query"},
                                                    {kFlag, "OUTSIDE_ENGAGEMENT"}});

constexpr auto kBoundsGaps =
    std::to_array<QueryGap>({{"digest batches: flags are lower bounds, drawn from counts",
                              "摘要批次的标记按计数得出，为下限"}});
constexpr auto kEvidenceGaps = std::to_array<QueryGap>(
    {{"outages: intervals between blocks stand in the headers and the metrics of each node, not in "
      "an index",
      "中断：区块间隔见区块头与各节点指标，无索引"},
     {"what log keepers hold of digest batches is shown only when it is produced (LeafProduced)",
      "摘要批次的明细由日志保管方保存，提交后方可查"}});

constexpr auto kTables = std::to_array<DetectorTable>({{"q5", kQuota},
                                                       {"q6", kBounds, kBoundsGaps},
                                                       {"q7", kIdentity},
                                                       {"q10", kDecisions},
                                                       {"q15", kEvidence, kEvidenceGaps}});

const std::array kQueries = {
    AuditQuery{.name = "q5",
               .title = "Which accesses exceeded quota, rate, rows, bytes or the declared average",
               .title_zh = "哪些访问超出每日限额、频率、行数、字节数或申报日均量",
               .source = "809 Art. 26, 29",
               .parameters = PeriodParameters(),
               .run = RunDetectors},
    AuditQuery{.name = "q6",
               .title = "Which accesses were out of bounds: address, time, item, account, purpose, "
                        "suspended, expired",
               .title_zh = "哪些访问越界：地址、时间、数据项、账号、用途、暂停、过期",
               .source = "809 Art. 26, 29",
               .parameters = PeriodParameters(),
               .run = RunDetectors},
    AuditQuery{.name = "q7",
               .title =
                   "Which accesses had no grant; which acts came from a revoked or compromised "
                   "identity",
               .title_zh = "哪些访问无共享权限；哪些行为出自已注销或已泄露的身份",
               .source = "809 Art. 29, 35",
               .parameters = PeriodParameters(),
               .run = RunDetectors},
    AuditQuery{.name = "q10",
               .title = "Which refusals lack basis, which conditions are outside the catalogue, "
                        "which class was tightened",
               .title_zh = "哪些拒绝缺乏依据，哪些条件超出目录，哪些共享属性被收紧",
               .source = "809 Art. 14, 21, 39(2)",
               .parameters = PeriodParameters(),
               .run = RunDetectors},
    AuditQuery{.name = "q15",
               .title = "Is the evidence complete and untouched; who queried the audit data",
               .title_zh = "证据是否完整未改；谁查询过审计数据",
               .source = "809 Art. 29; 790 Art. 51",
               .parameters = PeriodParameters(),
               .run = RunDetectors},
};

}  // namespace

std::span<const AuditQuery> EventQueries() { return kQueries; }
std::span<const DetectorTable> EventTables() { return kTables; }

}  // namespace jiandu::gateway
