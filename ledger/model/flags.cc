// The flags, row by row as docs/contracts.md 4.21 has them.
//
// A bit never changes and is never used again: it stands in stubs. Derived flags (kind D) are
// computed from the state when somebody asks and have no bit.
#include <algorithm>
#include <array>

#include "ledger/model/codes.h"

namespace jiandu::ledger {
namespace {

constexpr FlagInfo kFlags[] = {
    {0, "NO_GRANT", "access", "grant_missing, or no grant of this consumer on this resource.",
     "无共享权限。"},
    {1, "DEPARTMENT_MISMATCH", "access",
     "System or account belongs to another department than the grant's consumer.",
     "系统或账号不属于使用部门。"},
    {2, "NOT_YET_VALID", "access", "occurred_at < valid_from or the grant not yet ACTIVE.",
     "权限尚未生效。"},
    {3, "EXPIRED", "access", "Grant EXPIRED, TERMINATED, RELINQUISHED or CLOSED at occurred_at.",
     "权限已终止或到期。"},
    {4, "WHILE_SUSPENDED", "access", "Grant SUSPENDED at occurred_at; also on RedistReport.",
     "权限暂停期间访问。"},
    {5, "IP_NOT_ALLOWED", "access",
     "System address outside cidrs, or client_net = NONE; batch: count over ip_counts, a lower "
     "bound if 32 are outside.",
     "访问地址不在许可范围。"},
    {6, "SYSTEM_NOT_ALLOWED", "access", "system_id not in the grant.", "系统未获授权。"},
    {7, "ACCOUNT_NOT_ALLOWED", "access", "acct_tag not in the grant, or item outside that account.",
     "账号未获授权。"},
    {8, "ITEM_NOT_GRANTED", "access", "A bit of an items mask outside items.", "数据项未获授权。"},
    {9, "OUTSIDE_HOURS", "access", "Outside daily_window; batch: out_of_window.", "不在许可时段。"},
    {10, "OVER_DAILY_CAP", "access", "min(n, total - daily_cap) by 4.10.2.", "超过每日上限。"},
    {11, "OVER_RATE", "access",
     "peak_per_min (single: calls of the grant in that minute) > rate_per_min.",
     "超过每分钟频次。"},
    {12, "OVER_ROWS", "access", "max_rows or rows of one call > rows_per_call_max.",
     "超过单次行数。"},
    {13, "OVER_BYTES", "access", "Bytes of the grant on that day > bytes_per_day.",
     "超过每日流量。"},
    {14, "OVER_USES", "access", "Counted use number > uses_max.", "超过使用次数。"},
    {15, "MASK_MISSING", "access", "An item's mask of the grant not applied.", "未按要求脱敏。"},
    {16, "PURPOSE_MISMATCH", "access", "Purpose or matter code differs from the grant's.",
     "用途或事项不符。"},
    {17, "STALE_VERSION", "access", "dataset_version older than the one current at occurred_at.",
     "使用过期数据版本。"},
    {18, "LATE_EVIDENCE", "access",
     "Committed more than evidence_lag_max after occurred_at (batch: after to).", "存证迟报。"},
    {19, "DIGEST_MISMATCH", "access",
     "Digest of the other side, leaf path or seal opening does not agree.", "摘要不一致。"},
    {20, "STRADDLES", "access", "Digest batch not cut at a state change.",
     "批次跨越权限状态变更。"},
    {21, "BATCH_NOT_ALLOWED", "access", "Digest batch on grade G4 or higher.",
     "该级别不得以摘要批次存证。"},
    {22, "EMERGENCY", "access", "Access under an EMERGENCY grant.", "应急权限下的访问。"},
    {23, "CLOCK_SKEW", "any", "At or occurred_at off ledger time beyond clock_tolerance.",
     "时间偏差过大。"},
    {24, "FIELD_MISSING", "any", "A fact lacks a non-structural required field.", "缺少应填项。"},
    {25, "OLD_KEY", "any", "Fact signed by a SYSTEM key of a reorganised department, in grace.",
     "使用原部门系统密钥。"},
    {26, "LATE", "any", "Satisfied after due; value = late_units.", "逾期完成。"},
    {27, "CLASS_TIGHTENED", "catalogue",
     "ResAmend by P makes the class stricter; shown (derived) on requests then pending.",
     "共享属性被收紧。"},
    {28, "STALE_SOURCE", "catalogue",
     "Refresh later than the update cycle (also derived while none arrives).", "更新超出周期。"},
    {29, "EXTRA_CONDITION", "decision",
     "Condition code outside the resource's list; verdict treated as NARROW.",
     "附加了目录外条件。"},
    {30, "RETURN_FLOW_CONDITION", "decision", "The same on a RETURN_FLOW request.",
     "回流附加了目录外条件。"},
    {31, "UNCONDITIONAL_REFUSAL", "decision",
     "P refuses UNCONDITIONAL on other than LAW, SAFETY or FORM.", "无条件共享被拒绝。"},
    {32, "RETURN_FIRST", "decision", "Refused for INCOMPLETE_MATERIALS without a return.",
     "未先一次性告知即拒绝。"},
    {33, "RETURN_LATE", "decision", "Returned after due.", "逾期退回。"},
    {34, "MANAGER_REFUSAL_GROUND", "decision",
     "M refuses after P approved on other than LAW, SAFETY or FORM.", "主管部门拒绝理由不当。"},
    {35, "SUBSTITUTED", "decision", "M answered in P's place.", "主管部门代为审批。"},
    {36, "SELF_DEALING", "decision",
     "M is a side and neither government nor superior was registered.",
     "主管部门为当事方且无上级会签。"},
    {37, "NOT_AGREED", "grant", "Change by P without C's agreement.", "使用方未同意变更。"},
    {38, "UNILATERAL_STOP", "grant",
     "Service stopped without GrantChange; or resource suspended by P with live grants and no "
     "incident.",
     "单方停止服务。"},
    {39, "THIRD_PARTY", "grant", "Passed on without a live consent.", "未经同意提供第三方。"},
    {40, "NO_GRANT_INPUT", "lineage", "Input without an active grant.", "输入数据无有效权限。"},
    {41, "DERIVE_NOT_ALLOWED", "lineage", "Kind not in derive_allowed.", "不允许该类衍生。"},
    {42, "GRADE_BELOW_INPUT", "lineage", "Grade below the highest input without assessment.",
     "定级低于输入数据。"},
    {43, "CYCLE", "lineage", "Derivation names its own version.", "衍生引用自身版本。"},
    {44, "WITNESS_MISSING", "disposal", "No witness, or witness = maker.", "缺少见证人。"},
    {45, "DERIVED_UNLISTED", "disposal", "Known derived resources not listed.", "衍生数据未列明。"},
    {46, "NOT_A_USER", "correction", "Filer never had a grant or access on the resource.",
     "提出方从未使用该资源。"},
    {47, "OUTSIDE_ENGAGEMENT", "audit", "Query logged without a covering open engagement.",
     "超出审计任务范围。"},
};

constexpr FlagInfo kDerivedFlags[] = {
    {kNoBit, "OVERDUE", "any", "Open deadline past due; value grows per wd.", "已逾期。"},
    {kNoBit, "SIGNED_WHILE_COMPROMISED", "any",
     "Signed by a key revoked COMPROMISED and committed since compromised_since.",
     "失密期间签署。"},
    {kNoBit, "SAFEGUARD_GAP", "catalogue",
     "Grant's safeguards below the table for the resource's current grade.",
     "安全措施低于现行要求。"},
    {kNoBit, "DENY_IGNORED", "access",
     "OK or NOT_FOUND access while the consumer's rights (DP2) or the resource (CORE, incident) "
     "were suspended.",
     "拒绝后仍被访问。"},
    {kNoBit, "PROVISIONAL", "any", "Due date in a year without a published calendar.",
     "期限暂按周一至周五计。"},
    {kNoBit, "ONE_SIDED", "access", "Other side silent for ack_hours after commit.",
     "仅一方存证。"},
    {kNoBit, "GAP", "access", "prev_batch_id names a batch not on the ledger.", "批次链断缺。"},
    {kNoBit, "DENIED_BURST", "access",
     "at least denied_burst.n DENIED in denied_burst.minutes (batch: peak_denied_per_min).",
     "短时大量被拒。"},
    {kNoBit, "DAY_OVER_CAP", "access",
     "Counted uses of (grant, day), ONE_SIDED included, > daily_cap.", "当日总量超限。"},
    {kNoBit, "AVG_OVER", "access",
     "Counted uses of a month / its days with the grant ACTIVE > daily_avg_declared.",
     "月均超过申报量。"},
    {kNoBit, "NOT_PRODUCED", "access", "Leaf, document or name not produced by its term.",
     "逾期未提供。"},
    {kNoBit, "ACK_OVERDUE", "grant", "OPENED past D09a (on C).", "逾期未确认。"},
    {kNoBit, "ACCEPT_OVERDUE", "disposal", "REPORTED past D09c (on P).", "逾期未验收。"},
    {kNoBit, "NO_USE_REPORT", "use", "D17 passed without UseReport.", "未提交使用报告。"},
    {kNoBit, "STALE", "lineage",
     "Out-item reached by a later version or correction, until DeriveRefresh or CorrPropagate.",
     "上游已更正或更新。"},
    {kNoBit, "DISPUTED", "correction", "Item or record with an open correction.", "存在未结异议。"},
};

}  // namespace

std::span<const FlagInfo> AllFlags() { return kFlags; }
std::span<const FlagInfo> DerivedFlags() { return kDerivedFlags; }

const FlagInfo* FindFlag(std::string_view name) {
  const auto* found = std::ranges::find(kFlags, name, &FlagInfo::name);
  return found != std::end(kFlags) ? found : nullptr;
}

}  // namespace jiandu::ledger
