// Emergency sharing 应急共享: declaration, renewal, end and review (docs/contracts.md 4.14). Grants
// under it: emergency_grant.cc.
#include "contracts/emergency.h"

#include <algorithm>
#include <array>

#include "contracts/clock.h"
#include "contracts/emergency_grant.h"
#include "contracts/engine.h"
#include "contracts/jurisdiction.h"
#include "contracts/self_dealing.h"

namespace jiandu::contracts {
namespace {

using ledger::EmergencyStatus;
using ledger::EntityBody;
using ledger::EntityKind;

constexpr std::int64_t kHourMs = 3'600'000;

std::int64_t LongestMs(Case& judged) {
  return judged.state.CurrentProfile().emergency_hours_max * kHourMs;
}

// emergency.declare
Code DeclareFields(Case& judged) {
  const Json& form = judged.Form();
  const bool no_scope = form.ItemsOf("resources").empty() && form.ItemsOf("labels").empty();
  // The manager acts on a document of the government.
  const bool by_government =
      HasDepartmentRole(judged.state, judged.payload.department, "GOVERNMENT");
  const bool no_document = !by_government && judged.Text("document_digest").empty();
  if (no_scope || form.ItemsOf("departments").empty() || no_document) return Code::kFieldRequired;
  return form.IntegerOr("end") > judged.Time() ? Code::kAccepted : Code::kFieldInvalid;
}
Code IsShort(Case& judged) {
  return judged.Form().IntegerOr("end") - judged.Time() > LongestMs(judged) ? Code::kEmergTooLong
                                                                            : Code::kAccepted;
}
Code IsEnabled(Case& judged) {
  return judged.state.CurrentProfile().emergency ? Code::kAccepted : Code::kEmergNotEnabled;
}
void Declare(Case& judged) {
  const std::string& issuer = judged.payload.department;
  const std::string jurisdiction = JurisdictionOf(judged.state, issuer);
  Birth birth = NewEntity(judged, EntityKind::kEmergency);
  EntityBody& emergency = birth.body;
  emergency.status = To(EmergencyStatus::kDeclared);
  emergency.parties["issuer"] = issuer;
  emergency.numbers = {{"start", judged.Time()}, {"end", judged.Form().IntegerOr("end")}};
  emergency.texts = {{"event_no", std::string(judged.Text("event_no"))},
                     {"jurisdiction", jurisdiction},
                     {"profile", judged.state.CurrentProfile().version}};
  emergency.form = ToBytes(CanonicalJson(judged.Form()));
  if (const std::string auditor = OfficeOf(judged.state, "auditor", jurisdiction);
      !auditor.empty()) {
    emergency.parties["auditor"] = auditor;
    StartClock(judged.state, emergency, "D13", auditor, emergency.Number("end") - 1);
  }
  AddBirth(judged, std::move(birth));
}

// emergency.renew, emergency.end
// Who declared it, and the governments and managers of its place and above.
Code IsCompetent(Case& judged) {
  const std::string& who = judged.payload.department;
  return who == judged.body->Party("issuer") ||
                 Covers(JurisdictionOf(judged.state, who), judged.body->Text("jurisdiction"))
             ? Code::kAccepted
             : Code::kRoleDenied;
}
Code EndsLater(Case& judged) {
  const EntityBody* emergency = judged.NamedBody("emergency");
  return emergency == nullptr || judged.Form().IntegerOr("end") > emergency->Number("end")
             ? Code::kAccepted
             : Code::kFieldInvalid;
}
Code IsShortRenewal(Case& judged) {
  const std::int64_t more = judged.Form().IntegerOr("end") - judged.body->Number("end");
  return more > LongestMs(judged) ? Code::kEmergTooLong : Code::kAccepted;
}
// The reviews are owed since the end, and so move with it.
void MoveEnd(Case& judged, ledger::TimeMs end, ledger::TimeMs review_from) {
  EntityBody& emergency = judged.state.Edit(judged.subject);
  emergency.numbers["end"] = end;
  std::vector<std::string> reviewers;
  for (const ledger::Clock& clock : emergency.clocks) {
    if (clock.code == "D13") reviewers.push_back(clock.department);
  }
  for (const std::string& reviewer : reviewers) {
    StartClock(judged.state, emergency, "D13", reviewer, review_from);
  }
}
void Renew(Case& judged) {
  const ledger::TimeMs end = judged.Form().IntegerOr("end");
  MoveEnd(judged, end, end - 1);
}
void End(Case& judged) { MoveEnd(judged, judged.Time(), judged.Time()); }

// emergency.object
Code IsEmergencyGrant(Case& judged) {
  return judged.body->Link("emergency") != nullptr ? Code::kAccepted : Code::kBadState;
}
void Object(Case& judged) { judged.note = judged.Text("reason_code"); }

// emergency.review
Code MayReview(Case& judged) {
  const std::string& who = judged.payload.department;
  const bool owes = judged.body->FindClock("D13", who) != nullptr;
  return owes || HasDepartmentRole(judged.state, who, "AUDITOR") ? Code::kAccepted
                                                                 : Code::kRoleDenied;
}
std::string ReviewName(const Case& judged) { return "review/" + judged.payload.department; }
// Each reviews once: what it has found since is for an order, not for another verdict.
Code ReviewsOnce(Case& judged) {
  return judged.body->Text(ReviewName(judged)).empty() ? Code::kAccepted : Code::kDuplicate;
}
void Review(Case& judged) {
  judged.note = judged.Text("verdict");
  if (judged.Text("verdict") == "EXCESSIVE" && judged.Form().ItemsOf("records").empty()) {
    judged.Raise(ledger::Flag::kFieldMissing);
  }
  EntityBody& emergency = judged.state.Edit(judged.subject);
  const std::string& who = judged.payload.department;
  // An auditor that nobody registered for the place reviews in the same time.
  if (emergency.FindClock("D13", who) == nullptr) {
    StartClock(judged.state, emergency, "D13", who, emergency.Number("end") - 1);
  }
  SatisfyClock(judged, emergency, "D13", who);
  const bool all = RunningClock(emergency, "D13") == nullptr &&
                   std::ranges::none_of(emergency.clocks, &ledger::Clock::Runs);
  emergency.status = To(all ? EmergencyStatus::kReviewed : EmergencyStatus::kEnded);
  emergency.texts[ReviewName(judged)] = judged.Text("verdict");
}

constexpr auto kDeclareRules = std::to_array<Check>({IsShort, IsEnabled});
constexpr auto kRenewRules = std::to_array<Check>({IsShortRenewal});
constexpr auto kOpenRules = std::to_array<Check>({AllowsEmergencyGrant});
constexpr std::uint32_t kDeclared = In(EmergencyStatus::kDeclared);
constexpr std::uint32_t kOver = In(EmergencyStatus::kEnded) | In(EmergencyStatus::kReviewed);

constexpr auto kRows = std::to_array<CaseRow>({
    {.op = "emergency.declare",
     .sides = side::kGovernment | side::kAnyManager,
     .who = Who::kHead,
     .required = DeclareFields,
     .rules = kDeclareRules,
     .effect = Declare},
    {.op = "emergency.renew",
     .sides = side::kGovernment,
     .who = Who::kHead,
     .subject = "emergency",
     .from = kDeclared,
     .required = EndsLater,
     .role = IsCompetent,
     .rules = kRenewRules,
     .effect = Renew},
    {.op = "emergency.open_grant",
     .sides = side::kAnyManager,
     .who = Who::kMaker,
     .subject = "emergency",
     .required = EmergencyGrantFields,
     .peer = IsSuperiorPeer,
     .head_needed = OwnHeadStandsIn,
     .role = ManagesResource,
     .condition = OneEmergencyGrant,
     .rules = kOpenRules,
     .effect = OpenEmergencyGrant},
    {.op = "emergency.object",
     .sides = side::kProvider,
     .who = Who::kHead,
     .subject = "grant",
     .condition = IsEmergencyGrant,
     .effect = Object},
    {.op = "emergency.end",
     .sides = side::kGovernment | side::kAnyManager,
     .who = Who::kHead,
     .subject = "emergency",
     .from = kDeclared,
     .to = To(EmergencyStatus::kEnded),
     .role = IsCompetent,
     .effect = End},
    {.op = "emergency.review",
     .who = Who::kHead,
     .subject = "emergency",
     .from = kOver,
     .role = MayReview,
     .condition = ReviewsOnce,
     .effect = Review},
});

}  // namespace

std::span<const CaseRow> EmergencyRows() { return kRows; }

}  // namespace jiandu::contracts
