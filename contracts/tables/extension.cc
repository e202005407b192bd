// Extensions of D01, D03 and D04: asked for once and before the due day, granted by the manager
// (docs/contracts.md 4.3, 4.6; 809 Art. 17, 21).
#include <algorithm>

#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/request.h"
#include "contracts/resource.h"
#include "contracts/self_dealing.h"

namespace jiandu::contracts {
namespace {

using ledger::Clock;
using ledger::EntityBody;
using ledger::TimeMs;

constexpr std::string_view kUpdate = "D01";  // counts from an event, not from a request

const Clock* ClockAsked(const Case& judged) {
  return RunningClock(*judged.body, judged.Text("code"), judged.body->Party("provider"));
}
// Which event the extension of D01 was for; a request has each deadline once.
std::string AnsweredName(const Case& judged) {
  return std::string("extended_").append(judged.Text("code"));
}
bool IsAnsweredBefore(const Case& judged, TimeMs start) {
  const std::int64_t answered = judged.body->Number(AnsweredName(judged));
  return judged.Text("code") == kUpdate ? answered == start : answered != 0;
}

// extension.ask. Of an event nobody told of yet the department tells by asking.
TimeMs StartOf(const Case& judged) {
  if (const Clock* clock = ClockAsked(judged)) return clock->start;
  return ledger::StartOfDate(judged.Form().IntegerOr("event_date"));
}
bool IsResource(const Case& judged) { return judged.body->kind == ledger::EntityKind::kResource; }
Code AskFields(Case& judged) {
  return judged.Form().IntegerOr("event_date") > ledger::DateOf(judged.Time()) ? Code::kFieldInvalid
                                                                               : Code::kAccepted;
}
Code MayAsk(Case& judged) {
  if (IsClosedByLaw(judged)) return Code::kResReclassed;
  if (RunningClock(*judged.body, "D05m") != nullptr) return Code::kBadState;  // it is being asked
  if (ClockAsked(judged) != nullptr) return Code::kAccepted;
  using enum ledger::ResourceStatus;
  const bool told = judged.Text("code") == kUpdate && IsResource(judged) &&
                    ((In(kPublished) | In(kSuspended)) >> judged.body->status & 1U) != 0 &&
                    judged.Form().Find("event_date") != nullptr;
  return told ? Code::kAccepted : Code::kBadState;
}
Code AskedInTime(Case& judged) {
  if (const Clock* clock = ClockAsked(judged)) {
    return IsOverdue(judged.state.Calendar(), *clock, judged.Time()) ? Code::kExtLate
                                                                     : Code::kAccepted;
  }
  const Profile& profile = judged.state.ProfileNamed(judged.body->Text("profile"));
  const std::int64_t days = profile.NumberOf(*FindDeadline(kUpdate));
  const TimeMs due = judged.state.Calendar().DueAfter(StartOf(judged), days).at;
  return judged.Time() >= due ? Code::kExtLate : Code::kAccepted;
}
Code AskedWithinLimit(Case& judged) {
  const std::int64_t most = FindDeadline(judged.Text("code"))->extra_max;
  const bool fits =
      judged.Form().IntegerOr("days") <= most && !IsAnsweredBefore(judged, StartOf(judged));
  return fits ? Code::kAccepted : Code::kExtLimit;
}
void Ask(Case& judged) {
  const TimeMs start = StartOf(judged);
  EntityBody& body = judged.state.Edit(judged.subject);
  if (ClockAsked(judged) == nullptr) {
    StartClock(judged.state, body, kUpdate, body.Party("provider"), start);
  }
  body.texts["extension"] = judged.Text("code");
  body.numbers["extension_days"] = judged.Form().IntegerOr("days");
  StartClock(judged.state, body, "D05m", body.Party("manager"), judged.Time());
  judged.note =
      std::string(judged.Text("code")) + " +" + std::to_string(body.Number("extension_days"));
}

// extension.consent, extension.refuse
Code IsAsked(Case& judged) {
  const bool asked = RunningClock(*judged.body, "D05m") != nullptr &&
                     judged.body->Text("extension") == judged.Text("code") &&
                     ClockAsked(judged) != nullptr;
  return asked ? Code::kAccepted : Code::kBadState;
}
// A consent still counts on the first working day after the day the deadline was due.
Code ConsentedInTime(Case& judged) {
  const ledger::WorkCalendar& calendar = judged.state.Calendar();
  const TimeMs due = DueOf(calendar, *ClockAsked(judged)).at;
  return judged.Time() >= calendar.DueAfter(due - 1, 1).at ? Code::kExtLate : Code::kAccepted;
}
Code ConsentedAsAsked(Case& judged) {
  return judged.Form().IntegerOr("days") > judged.body->Number("extension_days") ? Code::kExtLimit
                                                                                 : Code::kAccepted;
}
// The manager's consent to its own delay is none (809 Art. 21): as provider it has a head beside
// it, like at its own step (4.6).
bool IsOwnDelay(const Case& judged) {
  return judged.body->Party("provider") == judged.payload.department;
}
Code PeerForOwnDelay(Case& judged) {
  return IsOwnDelay(judged) ? SelfDealingPeer(judged) : Code::kAccepted;
}
void Answer(Case& judged, EntityBody& body) {
  body.numbers[AnsweredName(judged)] = ClockAsked(judged)->start;
  SatisfyClock(judged, body, "D05m");
}
void Consent(Case& judged) {
  if (IsOwnDelay(judged)) FlagSelfDealing(judged);
  EntityBody& body = judged.state.Edit(judged.subject);
  Answer(judged, body);
  const std::int64_t days = judged.Form().IntegerOr("days", body.Number("extension_days"));
  ExtendClock(body, judged.Text("code"), body.Party("provider"), days);
  judged.note = std::string(judged.Text("code")) + " +" + std::to_string(days);
}
Code RefusalReason(Case& judged) {
  return HasReason(judged.Form()) ? Code::kAccepted : Code::kReasonRequired;
}
void Refuse(Case& judged) {
  Answer(judged, judged.state.Edit(judged.subject));
  judged.note = judged.Text("code");
}

constexpr Check kAskRules[] = {AskedInTime, AskedWithinLimit};
constexpr Check kConsentRules[] = {ConsentedInTime, ConsentedAsAsked, PeerForOwnDelay};
constexpr Check kRefuseRules[] = {RefusalReason};

constexpr CaseRow kRows[] = {
    {.op = "extension.ask",
     .sides = side::kProvider,
     .who = Who::kMakerHead,
     .subject = "case",
     .required = AskFields,
     .condition = MayAsk,
     .rules = kAskRules,
     .effect = Ask},
    {.op = "extension.consent",
     .sides = side::kManager,
     .who = Who::kHead,
     .subject = "case",
     .peer = IsSuperiorPeer,
     .condition = IsAsked,
     .rules = kConsentRules,
     .effect = Consent},
    {.op = "extension.refuse",
     .sides = side::kManager,
     .who = Who::kHead,
     .subject = "case",
     .condition = IsAsked,
     .rules = kRefuseRules,
     .effect = Refuse},
};

}  // namespace

std::span<const CaseRow> ExtensionRows() { return kRows; }

}  // namespace jiandu::contracts
