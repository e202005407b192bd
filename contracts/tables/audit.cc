// Engagements of auditors, logged queries, findings, holds (docs/contracts.md 4.15, SV13 to SV16;
// 网数 Art. 51).
#include <algorithm>
#include <array>

#include "contracts/engagement.h"
#include "contracts/engine.h"
#include "contracts/hold.h"
#include "contracts/terms.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;

constexpr std::int64_t kDayMs = 86'400'000;
// An engagement for ever, or for all time, is none (网数 Art. 51: nothing unrelated): a year of
// work at a time, on ten years at most.
constexpr std::int64_t kLongestMs = 366 * kDayMs;
constexpr std::int64_t kWidestMs = 3'653 * kDayMs;

// A day counts to its end.
ledger::TimeMs EndOfDay(std::int64_t date) { return ledger::StartOfDate(date) + kDayMs; }

// audit.open
Code HasScope(Case& judged) {
  const Json& form = judged.Form();
  if (form.ItemsOf("departments").empty() && form.ItemsOf("resources").empty()) {
    return Code::kFieldRequired;
  }
  const ledger::TimeMs from = ledger::StartOfDate(form.IntegerOr("period_from"));
  const ledger::TimeMs to = EndOfDay(form.IntegerOr("period_to"));
  const ledger::TimeMs until = EndOfDay(form.IntegerOr("until"));
  const bool period = from < to && to <= from + kWidestMs && to <= until;
  const bool ends = until > judged.Time() && until <= judged.Time() + kLongestMs;
  return period && ends ? Code::kAccepted : Code::kFieldInvalid;
}
// Departments that have ended may be audited, those that never were may not.
Code ScopeKnown(Case& judged) {
  const auto departments = judged.Form().ItemsOf("departments");
  return std::ranges::all_of(
             departments,
             [&judged](const Json& code) {
               return judged.state.Exists(ledger::DepartmentEntity(code.AsString()));
             })
             ? Code::kAccepted
             : Code::kUnknownRef;
}
void Open(Case& judged) {
  Birth birth = NewEntity(judged, EntityKind::kEngagement);
  EntityBody& engagement = birth.body;
  engagement.status = To(ledger::EngagementStatus::kOpen);
  engagement.parties["owner"] = judged.payload.department;
  engagement.numbers = {{"period_from", judged.Form().IntegerOr("period_from")},
                        {"period_to", judged.Form().IntegerOr("period_to")},
                        {"until", EndOfDay(judged.Form().IntegerOr("until"))}};
  engagement.form = ToBytes(CanonicalJson(judged.Form()));
  AddBirth(judged, std::move(birth));
}

// audit.log_query
bool IsInside(Case& judged) {
  const EntityBody* engagement = OpenEngagement(judged);
  if (engagement == nullptr) return false;
  const Json scope = engagement->Form();
  for (const Json& resource : judged.Form().ItemsOf("resources")) {
    const auto id = ledger::ParseEntityId(resource.AsString());
    if (!id || !CoversResource(judged, scope, *id)) return false;
  }
  return IsSubset(judged.Form(), scope, "departments");
}
// Every query is on record, and shown on the engagement it claims to belong to.
void LogQuery(Case& judged) {
  if (!IsInside(judged)) judged.Raise(ledger::Flag::kOutsideEngagement);
  if (OpenEngagement(judged) != nullptr) RecordAct(judged, judged.Named("engagement"), 0);
}

// audit.finding, audit.reply
Code TargetKnown(Case& judged) {
  return judged.state.Exists(ledger::DepartmentEntity(judged.Text("target"))) ? Code::kAccepted
                                                                              : Code::kUnknownRef;
}
void Find(Case& judged) {
  judged.note = judged.Text("code");
  Birth birth = NewEntity(judged, EntityKind::kFinding);
  birth.body.status = To(ledger::FindingStatus::kStated);
  birth.body.parties = {{"issuer", judged.payload.department},
                        {"target", std::string(judged.Text("target"))}};
  birth.body.texts["code"] = judged.Text("code");
  if (OpenEngagement(judged) != nullptr) {
    birth.body.links["engagement"] = judged.Named("engagement");
  }
  birth.body.form = ToBytes(CanonicalJson(judged.Form()));
  AddBirth(judged, std::move(birth));
}
void Reply(Case& judged) {
  judged.state.Edit(judged.subject).terms = ToBytes(CanonicalJson(judged.Form()));
}

// audit.hold
std::vector<EntityId> Evidence(const Case& judged) {
  std::vector<EntityId> ids;
  for (const Json& text : judged.Form().ItemsOf("evidence")) {
    if (const auto id = ledger::ParseEntityId(text.AsString())) ids.push_back(*id);
  }
  return ids;
}
Code HoldFields(Case& judged) {
  if (Evidence(judged).empty()) return Code::kFieldRequired;
  return EndOfDay(judged.Form().IntegerOr("until")) > judged.Time() ? Code::kAccepted
                                                                    : Code::kFieldInvalid;
}
Code HasEngagement(Case& judged) {
  const EntityBody* engagement = OpenEngagement(judged);
  if (engagement == nullptr) return Code::kNoEngagement;
  const Json scope = engagement->Form();
  const std::vector<EntityId> evidence = Evidence(judged);
  return std::ranges::all_of(evidence,
                             [&](const EntityId& id) { return CoversEntity(judged, scope, id); })
             ? Code::kAccepted
             : Code::kNoEngagement;
}
void Hold(Case& judged) {
  const ledger::TimeMs until = EndOfDay(judged.Form().IntegerOr("until"));
  Birth birth = NewEntity(judged, EntityKind::kHold);
  birth.body.status = To(ledger::HoldStatus::kHeld);
  birth.body.parties["issuer"] = judged.payload.department;
  birth.body.links["engagement"] = judged.Named("engagement");
  birth.body.numbers["until"] = until;
  birth.body.form = ToBytes(CanonicalJson(judged.Form()));
  for (const EntityId& id : Evidence(judged)) SetHold(judged.state, id, until);
  AddBirth(judged, std::move(birth));
}

constexpr auto kHoldRules = std::to_array<Check>({HasEngagement});
constexpr auto kRows = std::to_array<CaseRow>({
    {.op = "audit.open",
     .sides = side::kAuditor,
     .who = Who::kHead,
     .required = HasScope,
     .condition = ScopeKnown,
     .effect = Open},
    {.op = "audit.log_query", .sides = side::kAuditor, .who = Who::kSystem, .effect = LogQuery},
    {.op = "audit.finding",
     .sides = side::kAuditor,
     .who = Who::kMakerHead,
     .condition = TargetKnown,
     .effect = Find},
    {.op = "audit.reply",
     .sides = side::kTarget,
     .who = Who::kMakerHead,
     .subject = "finding",
     .from = In(ledger::FindingStatus::kStated),
     .to = To(ledger::FindingStatus::kReplied),
     .effect = Reply},
    {.op = "audit.hold",
     .sides = side::kAuditor,
     .who = Who::kHead,
     .required = HoldFields,
     .rules = kHoldRules,
     .effect = Hold},
});

}  // namespace

std::span<const CaseRow> AuditRows() { return kRows; }

}  // namespace jiandu::contracts
