// Changes of published resources: amendment, grade, suspension, sources (docs/contracts.md 4.3; 809
// Art. 15, 17, 19, 27, GB/T 43697 Annex J).
#include <algorithm>

#include "contracts/catalogue_index.h"
#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/grant.h"
#include "contracts/resource.h"
#include "contracts/resource_content.h"
#include "contracts/resource_state.h"
#include "contracts/succession.h"
#include "contracts/suspender.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::Flag;
using ledger::ResourceStatus;
using ledger::TimeMs;

// resource.amend
bool IsDuty(std::string_view reason) { return reason == "LAW_CHANGE" || reason == "DUTY_CHANGE"; }
Code AmendFields(Case& judged) {
  const EntityBody* resource = judged.NamedBody("resource");
  if (resource == nullptr) return ItemsDiffer(judged);
  // The code is what the entry is known by.
  const std::string_view code = ContentOf(judged).TextOr("code");
  const bool same = code.empty() || code == resource->Text("code");
  const bool ahead = judged.Form().IntegerOr("event_date") > ledger::DateOf(judged.Time());
  return same && !ahead ? ItemsDiffer(judged) : Code::kFieldInvalid;
}
// One amendment at a time; one that was returned is submitted anew.
Code MayAmend(Case& judged) {
  const std::string_view before = judged.body->Text("amendment");
  return before.empty() || before == amendment::kReturned ? Code::kAccepted : Code::kBadState;
}
Code AmendReason(Case& judged) {
  const std::string_view reason = judged.Text("reason");
  const bool given = !reason.empty() && !judged.Text("reason_digest").empty() &&
                     (!IsDuty(reason) || judged.Form().Find("event_date") != nullptr);
  return given ? Code::kAccepted : Code::kReasonRequired;
}
bool HasEvidence(const Case& judged) {
  return !judged.Text("evaluator").empty() && !judged.Text("evidence_digest").empty();
}
// Another grade by way of an amendment is a regrade too.
Code AmendEvidence(Case& judged) {
  const bool regrades = ContentOf(judged).TextOr("grade") != judged.body->Text("grade");
  return regrades && !HasEvidence(judged) ? Code::kEvidenceRequired : Code::kAccepted;
}

// D01 runs from the event, whoever told of it first, and is satisfied once an event.
void SatisfyUpdate(Case& judged, EntityBody& resource) {
  const std::int64_t event = judged.Form().IntegerOr("event_date");
  const bool again =
      resource.Text("amendment") == amendment::kReturned && resource.Number("amend_event") == event;
  if (again) return;
  const std::string_view provider = resource.Party("provider");
  const TimeMs from = ledger::StartOfDate(event);
  const ledger::Clock* running = RunningClock(resource, "D01", provider);
  if (running == nullptr) {
    StartClock(judged.state, resource, "D01", provider, from);
  } else if (from < running->start) {
    const std::int64_t extra = running->extra;
    StartClock(judged.state, resource, "D01", provider, from);
    ExtendClock(resource, "D01", provider, extra);
  }
  SatisfyClock(judged, resource, "D01", provider);
  EndClock(resource, "D05m", judged.Time());  // what has come needs no extension
}
// A reorganisation started D01 on the successor; it lies with the department that was (4.1, DP3).
void SettleReorganisation(Case& judged) {
  const std::string provider(judged.body->Party("provider"));
  const EntityId former = ledger::DepartmentEntity(BirthParty(*judged.body, "provider"));
  const EntityBody* department = judged.state.Body(former);
  if (department == nullptr || RunningClock(*department, "D01", provider) == nullptr) return;
  SatisfyClock(judged, judged.state.Edit(former), "D01", provider);
  judged.also_touched.push_back(former);
}
void Amend(Case& judged) {
  const Json& content = ContentOf(judged);
  const std::string_view reason = judged.Text("reason");
  judged.note = reason;
  EntityBody& resource = judged.state.Edit(judged.subject);
  const bool tightened =
      ClassRank(content.TextOr("share_class")) > ClassRank(resource.Text("share_class"));
  if (tightened && reason != "LAW_CHANGE") judged.Raise(Flag::kClassTightened);
  if (IsDuty(reason)) {
    SatisfyUpdate(judged, resource);
    SettleReorganisation(judged);
  }
  DropAmendment(resource);
  resource.terms = ToBytes(CanonicalJson(content));
  resource.texts["amendment"] = amendment::kSubmitted;
  resource.texts["amend_reason"] = reason;
  resource.texts["amend_from_grade"] = resource.Text("grade");
  if (IsDuty(reason)) resource.numbers["amend_event"] = judged.Form().IntegerOr("event_date");
  StartClock(judged.state, resource, "D02", resource.Party("manager"), judged.Time());
}

// resource.amend_withdraw
Code IsAmended(Case& judged) {
  return judged.body->Text("amendment").empty() ? Code::kBadState : Code::kAccepted;
}
// The update by law or duties is owed again, from its event.
void WithdrawAmendment(Case& judged) {
  EntityBody& resource = judged.state.Edit(judged.subject);
  EndClock(resource, "D02", judged.Time());
  if (const std::int64_t event = resource.Number("amend_event"); event > 0) {
    const std::string provider(resource.Party("provider"));
    const ledger::Clock* met = resource.FindClock("D01", provider);
    const std::int64_t extra = met != nullptr ? met->extra : 0;
    StartClock(judged.state, resource, "D01", provider, ledger::StartOfDate(event));
    ExtendClock(resource, "D01", provider, extra);
  }
  DropAmendment(resource);
}

// resource.grade
int GradeStep(const Case& judged, const EntityBody& resource) {
  return GradeRank(judged.Text("grade")) - GradeRank(resource.Text("grade"));
}
bool IsManagerHead(Case& judged, const ledger::KeyRecord& peer) {
  return judged.body != nullptr && judged.body->Party("manager") == peer.department;
}
bool LowersForAnother(Case& judged) {
  return judged.body != nullptr && GradeStep(judged, *judged.body) < 0 &&
         judged.body->Party("manager") != judged.payload.department;
}
Code OtherGrade(Case& judged) {
  return GradeStep(judged, *judged.body) != 0 ? Code::kAccepted : Code::kDuplicate;
}
Code EvidenceGiven(Case& judged) {
  return HasEvidence(judged) ? Code::kAccepted : Code::kEvidenceRequired;
}
Code AboveItems(Case& judged) {
  return HighestItemGrade(judged.body->Form()) > GradeRank(judged.Text("grade"))
             ? Code::kGradeTooLow
             : Code::kAccepted;
}
void Grade(Case& judged) {
  judged.note = judged.Text("grade");
  EntityBody& resource = judged.state.Edit(judged.subject);
  if (resource.Text("grade") == "CORE") {
    EndStop(judged.state, judged.subject, StopCause::kCore);
  }
  resource.texts["grade"] = judged.Text("grade");
  if (judged.Text("grade") == "CORE") {
    BeginStop(judged.state, judged.subject, StopCause::kCore, 0);
  }
}

// resource.suspend, resource.resume
bool IsByProvider(const Case& judged) {
  return judged.payload.department == judged.body->Party("provider");
}
Code SuspensionTime(Case& judged) {
  const Json* until = judged.Form().Find("until");
  return until != nullptr && until->AsInteger() <= judged.Time() ? Code::kFieldInvalid
                                                                 : Code::kAccepted;
}
Code SuspensionReason(Case& judged) {
  return judged.Text("ground").empty() || judged.Text("reason_digest").empty()
             ? Code::kReasonRequired
             : Code::kAccepted;
}
Code NotTooLong(Case& judged) {
  return IsByProvider(judged) && judged.Form().IntegerOr("until") > LatestTerm(judged)
             ? Code::kSuspendTooLong
             : Code::kAccepted;
}
void Suspend(Case& judged) {
  const bool incident = judged.Text("ground") == "INCIDENT";
  judged.note = judged.Text("ground");
  EntityBody& resource = judged.state.Edit(judged.subject);
  // The provider's ends by itself; the manager's when it is resumed, if it names no end.
  const std::int64_t last =
      judged.Form().IntegerOr("until", IsByProvider(judged) ? LatestTerm(judged) : -1);
  const TimeMs until = last + 1;
  resource.numbers["suspended_until"] = until;
  resource.texts["suspended_by"] = judged.payload.department;
  resource.texts["ground"] = judged.Text("ground");
  if (incident) BeginStop(judged.state, judged.subject, StopCause::kIncident, until);
  if (IsByProvider(judged) && !incident && HasLiveGrant(judged.state, judged.subject)) {
    judged.Raise(Flag::kUnilateralStop);
  }
}
Code SuspenderOrManager(Case& judged) {
  return MayLift(*judged.body, judged.payload.department) ? Code::kAccepted : Code::kRoleDenied;
}
// What counts as SUSPENDED for its grade is not resumed.
Code IsItselfSuspended(Case& judged) {
  const TimeMs until = judged.body->Number("suspended_until");
  const bool suspended = judged.body->status == To(ResourceStatus::kSuspended) &&
                         (until == 0 || judged.Time() < until);
  return suspended ? Code::kAccepted : Code::kBadState;
}
void Resume(Case& judged) {
  judged.state.Edit(judged.subject).numbers["suspended_until"] = 0;
  EndStop(judged.state, judged.subject, StopCause::kIncident);
}

// resource.designate_source
Code ElementsKnown(Case& judged) {
  const Json content = judged.body->Form();
  const auto elements = judged.Form().ItemsOf("elements");
  const bool all = std::ranges::all_of(elements, [&content](const Json& element) {
    return HasContent(content, element.AsString());
  });
  return all ? Code::kAccepted : Code::kItemUnknown;
}
void DesignateSource(Case& judged) {
  for (const Json& element : judged.Form().ItemsOf("elements")) {
    Designate(judged.state, element.AsString(), judged.subject);
  }
  EntityBody& resource = judged.state.Edit(judged.subject);
  resource.texts["source"] = resource.Party("provider");
}

// resource.source_task, resource.source_done
Code IsSource(Case& judged) {
  const EntityBody* resource = judged.NamedBody("resource");
  return resource == nullptr || resource->Party("provider") == judged.payload.department
             ? Code::kAccepted
             : Code::kRoleDenied;
}
void AskUpdate(Case& judged) {
  const EntityId resource_id = judged.Named("resource");
  const std::string_view contributor = judged.Text("contributor");
  Birth birth = NewEntity(judged, ledger::EntityKind::kSourceTask);
  birth.body.status = To(ledger::SourceTaskStatus::kAsked);
  birth.body.parties = {{"source", judged.payload.department},
                        {"manager", std::string(judged.state.Body(resource_id)->Party("manager"))}};
  birth.body.links["resource"] = resource_id;
  birth.body.form = ToBytes(CanonicalJson(judged.Form()));
  if (!contributor.empty()) {
    birth.body.parties["contributor"] = contributor;
    StartClock(judged.state, birth.body, "D18", contributor, judged.Time());
  }
  AddBirth(judged, std::move(birth));
}
void UpdateDone(Case& judged) {
  EntityBody& task = judged.state.Edit(judged.subject);
  SatisfyClock(judged, task, "D18");
  task.terms = ToBytes(CanonicalJson(judged.Form()));
}

constexpr Check kAmendRules[] = {AmendReason,      Art13,        HasLineage,
                                 ProhibitionBasis, HighestGrade, NoSecret,
                                 NoCoreData,       Consented,    AmendEvidence};
constexpr Check kGradeRules[] = {EvidenceGiven, AboveItems};
constexpr Check kSuspendRules[] = {SuspensionReason, NotTooLong};
constexpr Check kDesignateRules[] = {ElementsKnown};

constexpr std::uint32_t kPublished = In(ResourceStatus::kPublished);
constexpr std::uint32_t kSuspended = In(ResourceStatus::kSuspended);

constexpr CaseRow kRows[] = {
    {.op = "resource.amend",
     .sides = side::kProvider,
     .who = Who::kMakerLeader,
     .subject = "resource",
     .from = kPublished | kSuspended,
     .required = AmendFields,
     .condition = MayAmend,
     .rules = kAmendRules,
     .effect = Amend},
    {.op = "resource.amend_withdraw",
     .sides = side::kProvider,
     .who = Who::kMaker,
     .subject = "resource",
     .from = kPublished | kSuspended,
     .condition = IsAmended,
     .effect = WithdrawAmendment},
    {.op = "resource.grade",
     .sides = side::kProvider,
     .who = Who::kHead,
     .subject = "resource",
     .from = kPublished | kSuspended,
     .peer = IsManagerHead,
     .peer_needed = LowersForAnother,
     .condition = OtherGrade,
     .rules = kGradeRules,
     .effect = Grade},
    {.op = "resource.suspend",
     .sides = side::kProvider | side::kManager,
     .who = Who::kHead,
     .subject = "resource",
     .from = kPublished,
     .to = To(ResourceStatus::kSuspended),
     .required = SuspensionTime,
     .rules = kSuspendRules,
     .effect = Suspend},
    {.op = "resource.resume",
     .sides = side::kProvider | side::kManager,
     .who = Who::kHead,
     .subject = "resource",
     .from = kSuspended,
     .to = To(ResourceStatus::kPublished),
     .role = SuspenderOrManager,
     .condition = IsItselfSuspended,
     .effect = Resume},
    {.op = "resource.designate_source",
     .sides = side::kManager,
     .who = Who::kHead,
     .subject = "resource",
     .from = kPublished | kSuspended,
     .rules = kDesignateRules,
     .effect = DesignateSource},
    {.op = "resource.source_task", .who = Who::kMaker, .role = IsSource, .effect = AskUpdate},
    {.op = "resource.source_done",
     .sides = side::kContributor,
     .who = Who::kMaker,
     .subject = "source_task",
     .from = In(ledger::SourceTaskStatus::kAsked),
     .to = To(ledger::SourceTaskStatus::kDone),
     .effect = UpdateDone},
};

}  // namespace

std::span<const CaseRow> CatalogueChangeRows() { return kRows; }

}  // namespace jiandu::contracts
