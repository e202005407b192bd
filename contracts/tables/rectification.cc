// Rectification orders 整改通知 on grants (docs/contracts.md 4.15, SV7 to SV9; 809 Art. 27(2), 39
// to 41).
#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/grant.h"
#include "contracts/jurisdiction.h"
#include "contracts/resource.h"
#include "contracts/self_dealing.h"
#include "contracts/suspender.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::RectificationStatus;

bool IsLiability(std::string_view ground) { return ground.starts_with("ART_"); }

// Art. 41: a government or superior over the manager.
bool IsOverManager(Case& judged) {
  const std::string& who = judged.payload.department;
  const std::string_view manager = judged.body->Party("manager");
  const bool above = HasDepartmentRole(judged.state, who, "GOVERNMENT") ||
                     HasDepartmentRole(judged.state, who, "SUPERIOR");
  return above && who != manager &&
         Covers(JurisdictionOf(judged.state, who), JurisdictionOf(judged.state, manager));
}
// Art. 27(2): the suspender or the manager. Art. 39 and 40: the manager, two officers.
Code MayOrder(Case& judged) {
  const std::string_view who = judged.payload.department;
  const bool manager = who == judged.body->Party("manager");
  const std::string_view ground = judged.Text("ground");
  if (ground == "ART_41") return IsOverManager(judged) ? Code::kAccepted : Code::kRoleDenied;
  if (IsLiability(ground)) {
    return manager && judged.Signer(ledger::SignerRole::kMaker) != nullptr ? Code::kAccepted
                                                                           : Code::kRoleDenied;
  }
  return MayLift(*judged.body, who) ? Code::kAccepted : Code::kRoleDenied;
}
Code GroundGiven(Case& judged) {
  return judged.Text("ground").empty() || judged.Form().ItemsOf("evidence").empty()
             ? Code::kGroundRequired
             : Code::kAccepted;
}
Code TermGiven(Case& judged) {
  const std::int64_t term = judged.Form().IntegerOr("term");
  return term > judged.Time() && term <= LatestTerm(judged) ? Code::kAccepted : Code::kTermRequired;
}
// One order at a time stands on a grant for each of its sides.
Code NoOpenOrder(Case& judged) {
  const EntityBody* order = OrderOf(judged.state, *judged.body, TargetOf(judged.Text("ground")));
  const bool open = order != nullptr && (order->status == To(RectificationStatus::kOrdered) ||
                                         order->status == To(RectificationStatus::kReported));
  return open ? Code::kDuplicate : Code::kAccepted;
}
void Order(Case& judged) {
  judged.note = judged.Text("ground");
  (void)BearOrder(judged, judged.subject, judged.Form());
}

void Report(Case& judged) {
  EntityBody& order = judged.state.Edit(judged.subject);
  SatisfyClock(judged, order, "D12");
  if (judged.Form().BoolOr("refused")) order.numbers["refused"] = 1;
}
// The manager's report to itself needs another's word (4.6).
Code AcceptedForAnother(Case& judged) {
  return judged.body->Party("target") == judged.payload.department ? SelfDealingPeer(judged)
                                                                   : Code::kAccepted;
}
Code ReasonGiven(Case& judged) {
  return HasReason(judged.Form()) ? Code::kAccepted : Code::kReasonRequired;
}
// Without a report an order fails only when its term has passed.
Code MayFail(Case& judged) {
  const bool reported = judged.body->status == To(RectificationStatus::kReported);
  return reported || judged.Time() > judged.body->Number("term") ? Code::kAccepted
                                                                 : Code::kBadState;
}
void Fail(Case& judged) {
  judged.note = judged.Text("reason_code");
  // No report is owed any more; how late it was stays.
  (void)StopClock(judged, judged.state.Edit(judged.subject), "D12");
}

constexpr Check kOrderRules[] = {TermGiven, GroundGiven};
constexpr Check kFailRules[] = {ReasonGiven};
constexpr Check kAcceptRules[] = {AcceptedForAnother};
constexpr std::uint32_t kLiving = In(ledger::GrantStatus::kOpened) |
                                  In(ledger::GrantStatus::kActive) |
                                  In(ledger::GrantStatus::kSuspended);
constexpr std::uint32_t kOrdered = In(RectificationStatus::kOrdered);
constexpr std::uint32_t kReported = In(RectificationStatus::kReported);

constexpr CaseRow kRows[] = {
    {.op = "rectification.order",
     .sides = side::kManager | side::kProvider | side::kGovernment | side::kSuperior,
     .who = Who::kHead,
     .subject = "grant",
     .from = kLiving,
     .role = MayOrder,
     .condition = NoOpenOrder,
     .rules = kOrderRules,
     .effect = Order},
    {.op = "rectification.report",
     .sides = side::kTarget,
     .who = Who::kHead,
     .subject = "rectification",
     .from = kOrdered,
     .to = To(RectificationStatus::kReported),
     .effect = Report},
    {.op = "rectification.accept",
     .sides = side::kIssuer,
     .who = Who::kHead,
     .subject = "rectification",
     .from = kReported,
     .to = To(RectificationStatus::kAccepted),
     .peer = IsSuperiorPeer,
     .rules = kAcceptRules},
    {.op = "rectification.fail",
     .sides = side::kIssuer,
     .who = Who::kHead,
     .subject = "rectification",
     .from = kOrdered | kReported,
     .to = To(RectificationStatus::kFailed),
     .condition = MayFail,
     .rules = kFailRules,
     .effect = Fail},
};

}  // namespace

std::span<const CaseRow> RectificationRows() { return kRows; }

}  // namespace jiandu::contracts
