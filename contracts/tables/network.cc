// Calendar, profiles, rule sets, who handles a case, anchors (docs/contracts.md 4.2, 4.17).
#include <algorithm>
#include <array>

#include "contracts/department.h"
#include "contracts/engine.h"
#include "contracts/proposal.h"
#include "contracts/published_profile.h"
#include "contracts/ruleset.h"
#include "contracts/succession.h"

namespace jiandu::contracts {
namespace {

using ledger::CalendarYear;
using ledger::EntityBody;
using ledger::EntityId;

// What concerns everybody stands in the history of the network.
void TouchNetwork(Case& judged) { judged.also_touched.push_back(ledger::NetworkEntity()); }

// calendar.publish
Code CalendarForm(Case& judged) {
  // A year may have none, but says so.
  if (judged.Form().Find("makeup_workdays") == nullptr) return Code::kFieldRequired;
  return CalendarYear::FromJson(judged.Form()) ? Code::kAccepted : Code::kFieldInvalid;
}
Code NoticeNamed(Case& judged) {
  return judged.Text("notice_no").empty() || judged.Text("notice_digest").empty()
             ? Code::kNoticeRequired
             : Code::kAccepted;
}
std::int32_t NextDate(std::int32_t date) {
  constexpr std::int64_t kDayMs = 86'400'000;
  return ledger::DateOf(ledger::StartOfDate(date) + kDayMs);
}
// Lateness that has run is never cancelled: the days before the block stay as they were counted. A
// year is published for the first time at any time of it: until then its days were provisional.
Code PastStays(Case& judged) {
  const CalendarYear fresh = *CalendarYear::FromJson(judged.Form());
  const ledger::WorkCalendar& known = judged.state.Calendar();
  if (known.Find(fresh.year) == nullptr) return Code::kAccepted;
  ledger::WorkCalendar next;
  next.Put(fresh);
  const std::int32_t today = ledger::DateOf(judged.Time());
  for (std::int32_t date = fresh.year * 10000 + 101; date < today && date / 10000 == fresh.year;
       date = NextDate(date)) {
    if (known.IsWorkday(date) != next.IsWorkday(date)) return Code::kCalendarPast;
  }
  return Code::kAccepted;
}
void PublishCalendar(Case& judged) {
  CalendarYear fresh = *CalendarYear::FromJson(judged.Form());
  const CalendarYear* known = judged.state.Calendar().Find(fresh.year);
  fresh.version = known != nullptr ? known->version + 1 : 1;
  judged.state.PutCalendar(fresh);
  TouchNetwork(judged);
}

// profile.publish, ruleset.activate
Code ProfileForm(Case& judged) {
  return IsProfileVersion(judged.Form()) ? Code::kAccepted : Code::kFieldInvalid;
}
Code IsAhead(Case& judged) {
  return judged.Form().IntegerOr("effective") > static_cast<std::int64_t>(judged.Height())
             ? Code::kAccepted
             : Code::kEffectiveInPast;
}
Electorate AuditorAndHeads(Case& judged) {
  Electorate electorate = TwoThirdsOfHeads(judged);
  electorate.groups = {DepartmentsOf(judged.state, "AUDITOR")};
  return electorate;
}
void PublishProfile(Case& judged) {
  PutProfileVersion(judged.state, judged.Form());
  TouchNetwork(judged);
}
Code NewRuleset(Case& judged) {
  const std::int64_t wanted = judged.Form().IntegerOr("ruleset");
  return wanted > static_cast<std::int64_t>(RulesetInForce(judged.state)) ? Code::kAccepted
                                                                          : Code::kBadState;
}
// The rules themselves come with a program that knows them; the others stop before that height.
void ActivateRuleset(Case& judged) {
  const Json& form = judged.Form();
  PlanRuleset(judged.state,
              {.from = static_cast<ledger::Height>(form.IntegerOr("effective")),
               .ruleset = static_cast<std::uint64_t>(form.IntegerOr("ruleset"))},
              judged.Text("source_digest"));
  TouchNetwork(judged);
}

// case.assign: a department says who of its people answers for a case from now on (809 Art. 20).
Code HasPart(Case& judged) {
  const EntityBody& body = *judged.body;
  const std::string& who = judged.payload.department;
  if (!ledger::IsCase(body.kind)) return Code::kRoleDenied;
  const bool has_part =
      body.department == who || std::ranges::any_of(body.parties, [&who](const auto& party) {
        return party.second == who && !party.first.starts_with(kFormer);
      });
  return has_part ? Code::kAccepted : Code::kRoleDenied;
}
void Assign(Case& judged) {
  const EntityId handler = judged.Named("handler");
  const EntityBody* identity = judged.state.Body(handler);
  const bool own = identity != nullptr && identity->department == judged.payload.department &&
                   identity->Text("kind") == "OFFICER" &&
                   identity->status == To(ledger::IdentityStatus::kActive);
  if (!own) {
    // Nobody who could answer for the case is named; the act says who was.
    judged.Raise(ledger::Flag::kFieldMissing);
    if (identity != nullptr) {
      judged.note = "not its officer: " + identity->department + " ";
      judged.note += identity->Text("name");
    }
    return;
  }
  judged.note = identity->Text("name");
  judged.state.Edit(judged.subject).texts["handler/" + judged.payload.department] =
      ledger::ToHex(handler);
}

// anchor.publish
void Anchor(Case& judged) {
  const std::string date = std::to_string(judged.Form().IntegerOr("date"));
  judged.note = date;
  judged.state.Put(ledger::PartKey(ledger::NetworkEntity(), AsBytes("anchor/" + date)),
                   ToBytes(CanonicalJson(judged.Form())));
  TouchNetwork(judged);
}

constexpr Check kCalendarRules[] = {NoticeNamed, PastStays};
constexpr Check kVotedAheadRules[] = {IsAhead, Quorum};

constexpr CaseRow kRows[] = {
    {.op = "calendar.publish",
     .sides = side::kManager,
     .who = Who::kMakerHead,
     .required = CalendarForm,
     .rules = kCalendarRules,
     .effect = PublishCalendar},
    {.op = "profile.publish",
     .sides = side::kManager,
     .who = Who::kHead,
     .required = ProfileForm,
     .peer = IsVotingHead,
     .electorate = AuditorAndHeads,
     .rules = kVotedAheadRules,
     .effect = PublishProfile},
    {.op = "ruleset.activate",
     .sides = side::kManager,
     .who = Who::kHead,
     .peer = IsVotingHead,
     .electorate = TwoThirdsOfHeads,
     .condition = NewRuleset,
     .rules = kVotedAheadRules,
     .effect = ActivateRuleset},
    {.op = "case.assign", .who = Who::kHead, .subject = "case", .role = HasPart, .effect = Assign},
    {.op = "anchor.publish", .sides = side::kManager, .who = Who::kSystem, .effect = Anchor},
};

}  // namespace

std::span<const CaseRow> NetworkRows() { return kRows; }

}  // namespace jiandu::contracts
