// Corrections 校核: doubts about data, and their answer (docs/contracts.md 4.13; S0 6.6, 809 Art.
// 26).
#include <algorithm>
#include <array>

#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/propagation.h"
#include "contracts/resource.h"

namespace jiandu::contracts {
namespace {

using ledger::CorrectionStatus;
using ledger::EntityBody;
using ledger::EntityId;

// From now on the provider owes an answer, and the items are in doubt for everybody.
void OpenDoubt(Case& judged, const EntityId& id, EntityBody& correction) {
  const EntityId* resource = correction.Link("resource");
  if (resource == nullptr || !HasEffect(correction)) return;
  StartClock(judged.state, correction, "D07", correction.Party("provider"), judged.Time());
  OpenCase(judged.state, *resource);
  MarkDispute(judged.state, *resource, id, correction);
}

// correction.file
void File(Case& judged) {
  const EntityId resource_id = judged.Named("resource");
  const EntityBody& resource = *judged.state.Body(resource_id);
  const std::string& filer = judged.payload.department;
  const bool is_user = IsKnownUser(judged.state, resource_id, filer);
  if (!is_user) judged.Raise(ledger::Flag::kNotAUser);
  Birth birth = NewEntity(judged, ledger::EntityKind::kCorrection);
  birth.body.status = To(CorrectionStatus::kFiled);
  birth.body.parties = {{"consumer", filer},
                        {"manager", std::string(resource.Party("manager"))},
                        {"provider", std::string(resource.Party("provider"))}};
  birth.body.links["resource"] = resource_id;
  birth.body.texts["kind"] = judged.Text("kind");
  NoteFiler(birth.body, filer, is_user, is_user || resource.Number("published_at") > 0);
  // Nobody has seen a version that is not there yet: else no later one could mend it.
  birth.body.numbers["version_seen"] =
      std::min(judged.Form().IntegerOr("version_seen"), resource.Number("dataset_version"));
  birth.body.form = ToBytes(CanonicalJson(judged.Form()));
  OpenDoubt(judged, birth.id, birth.body);
  AddBirth(judged, std::move(birth));
}

void EndCase(Case& judged) {
  const EntityId* resource = judged.body->Link("resource");
  if (resource == nullptr || !HasEffect(*judged.body)) return;
  CloseCase(judged.state, *resource);
  UnmarkDispute(judged.state, *resource, judged.subject, *judged.body);
}

// correction.forward: only to the authoritative source of an item in doubt.
Code IsSource(Case& judged) {
  const EntityBody* resource = judged.state.Body(*judged.body->Link("resource"));
  if (resource == nullptr) return Code::kSourceMismatch;
  const Json& content = resource->Form();
  const Json& form = judged.body->Form();
  const auto doubted = form.ItemsOf("item_ids");
  for (const Json& item : content.ItemsOf("items")) {
    const bool in_doubt = std::ranges::any_of(doubted, [&item](const Json& id) {
      return id.IsText() && id.AsString() == item.TextOr("item_id");
    });
    if (in_doubt && item.TextOr("authoritative_source") == judged.Text("source")) {
      return Code::kAccepted;
    }
  }
  return Code::kSourceMismatch;
}
void Forward(Case& judged) {
  EntityBody& correction = judged.state.Edit(judged.subject);
  correction.parties["source"] = judged.Text("source");
  // The source must correct, the first provider still answers: both since the filing.
  if (const ledger::Clock* own = RunningClock(correction, "D07")) {
    StartClock(judged.state, correction, "D07", judged.Text("source"), ledger::TimeMs{own->start});
  }
}

// correction.resolve
bool Is(const Case& judged, std::string_view verdict) { return judged.Text("verdict") == verdict; }
// FIXED and PARTLY name a version that the provider registered after the one in doubt.
Code VersionRegistered(Case& judged) {
  if (Is(judged, "NOT_WRONG")) return Code::kAccepted;
  const EntityBody* resource = judged.state.Body(*judged.body->Link("resource"));
  const std::int64_t version = judged.Form().IntegerOr("new_version");
  const bool registered = resource != nullptr && version > 0 &&
                          version <= resource->Number("dataset_version") &&
                          version > judged.body->Number("version_seen");
  return registered ? Code::kAccepted : Code::kVersionRequired;
}
Code ReasonAndEvidence(Case& judged) {
  if (Is(judged, "FIXED")) return Code::kAccepted;
  return HasReason(judged.Form()) && !judged.Text("evidence_digest").empty()
             ? Code::kAccepted
             : Code::kReasonRequired;
}
void Resolve(Case& judged) {
  judged.note = judged.Text("verdict");
  EntityBody& correction = judged.state.Edit(judged.subject);
  // Silence confirms, so an answered one is no open case.
  EndCase(judged);
  SatisfyClock(judged, correction, "D07", correction.Party("provider"));
  if (const std::string_view source = correction.Party("source"); !source.empty()) {
    SatisfyClock(judged, correction, "D07", source);
  }
  StartClock(judged.state, correction, "D09b", correction.Party("consumer"), judged.Time());
  correction.texts["verdict"] = judged.Text("verdict");
  correction.terms = ToBytes(CanonicalJson(judged.Form()));
  correction.numbers["new_version"] = judged.Form().IntegerOr("new_version");
  correction.numbers["resolved_at"] = judged.Time();
  NoteCorrected(judged.state, judged.subject, correction);
}

// correction.confirm: NO reopens, once.
Code ReopensOnce(Case& judged) {
  return !judged.Form().BoolOr("confirmed") && judged.body->Number("reopened") > 0
             ? Code::kBadState
             : Code::kAccepted;
}
void Confirm(Case& judged) {
  const bool confirmed = judged.Form().BoolOr("confirmed");
  EntityBody& correction = judged.state.Edit(judged.subject);
  judged.note = confirmed ? "YES" : "NO";
  correction.status = To(confirmed ? CorrectionStatus::kConfirmed : CorrectionStatus::kReopened);
  SatisfyClock(judged, correction, "D09b");
  if (confirmed) return;
  correction.numbers["reopened"] = 1;
  OpenDoubt(judged, judged.subject, correction);
}

void Withdraw(Case& judged) {
  EndAllClocks(judged.state.Edit(judged.subject), judged.Time());
  EndCase(judged);
}

// correction.propagate, correction.impact: of who holds the data under a grant, or made it into a
// resource of its own.
bool Names(const Case& judged, std::string_view member) {
  return judged.Form().Find(member) != nullptr;
}
Code NamesHeld(Case& judged) {
  return Names(judged, "grant") || Names(judged, "resource") ? Code::kAccepted
                                                             : Code::kFieldRequired;
}
bool IsHolder(Case& judged, std::string_view member, std::string_view party) {
  if (!Names(judged, member)) return true;
  const EntityBody* held = judged.NamedBody(member);
  return held == nullptr || held->Party(party) == judged.payload.department;
}
Code HoldsIt(Case& judged) {
  const bool holds =
      IsHolder(judged, "grant", "consumer") && IsHolder(judged, "resource", "provider");
  return holds ? Code::kAccepted : Code::kRoleDenied;
}
// For a resource of its own the department answers with its head.
bool OwnResource(Case& judged) { return Names(judged, "resource"); }
Code WasCorrected(Case& judged) {
  return IsCorrected(*judged.body) ? Code::kAccepted : Code::kBadState;
}

void Answer(Case& judged, std::string_view member) {
  if (!Names(judged, member)) return;
  const EntityId held = judged.Named(member);
  CorrectionAnswer answer{.outcome = std::string(judged.Text("outcome")),
                          .at = judged.Time(),
                          .late = 0,
                          .out_version = judged.Form().IntegerOr("out_version")};
  const ledger::WorkCalendar& calendar = judged.state.Calendar();
  const ledger::TimeMs start = TaskStart(judged.state, judged.subject, held);
  const auto before = AnswerOf(judged.state, judged.subject, held);
  if (start > 0 && !before) {
    ledger::Clock clock = TaskClock(judged.state, judged.payload.department, start);
    const bool provisional = DueOf(calendar, clock).provisional;
    answer.late = provisional ? 0 : LateUnits(calendar, clock, judged.Time());
    clock.ended_at = judged.Time();
    clock.satisfied = true;
    clock.late = answer.late;
    if (answer.late > 0) judged.state.NoteLate(judged.subject, clock, judged.txid);
  }
  if (answer.late > 0) judged.Raise(ledger::Flag::kLate);
  // The first answer counts; the level below was told by the first that concerns it.
  if (before) {
    answer.late = before->late;
    if (before->outcome != "NOT_AFFECTED") answer.at = before->at;
  }
  NoteAnswer(judged.state, judged.subject, held, answer);
}
// A correction applied gives the derived resource a version that has it.
void NoteApplied(Case& judged) {
  const std::int64_t version = judged.Form().IntegerOr("out_version");
  if (judged.Text("outcome") != "APPLIED" || version == 0 || !OwnResource(judged)) return;
  const auto derivation = FindDerivation(judged.state, judged.Named("resource"));
  if (!derivation) return;
  const std::set<std::string> reached = ItemsReachedBy(judged.state, *derivation, judged.subject);
  NoteChange(judged.state, judged.Named("resource"), {reached.begin(), reached.end()},
             {.version = version, .correction = judged.subject});
}
void Propagate(Case& judged) {
  judged.note = judged.Text("outcome");
  if (judged.Text("outcome") == "APPLIED" ? !Names(judged, "out_version") && OwnResource(judged)
                                          : !HasReason(judged.Form())) {
    judged.Raise(ledger::Flag::kFieldMissing);
  }
  NoteApplied(judged);
  Answer(judged, "grant");
  Answer(judged, "resource");
}

constexpr auto kForwardRules = std::to_array<Check>({IsSource});
constexpr auto kResolveRules = std::to_array<Check>({VersionRegistered, ReasonAndEvidence});
constexpr std::uint32_t kFiled = In(CorrectionStatus::kFiled);
constexpr std::uint32_t kAccepted = In(CorrectionStatus::kAccepted);
constexpr std::uint32_t kReopened = In(CorrectionStatus::kReopened);

constexpr auto kRows = std::to_array<CaseRow>({
    {.op = "correction.file", .who = Who::kMaker, .effect = File},
    {.op = "correction.accept",
     .sides = side::kProvider,
     .who = Who::kMaker,
     .subject = "correction",
     .from = kFiled | kReopened,
     .to = To(CorrectionStatus::kAccepted)},
    {.op = "correction.forward",
     .sides = side::kProvider,
     .who = Who::kMaker,
     .subject = "correction",
     .from = kFiled | kAccepted,
     .to = To(CorrectionStatus::kForwarded),
     .rules = kForwardRules,
     .effect = Forward},
    {.op = "correction.resolve",
     .sides = side::kProvider,
     .who = Who::kMakerHead,
     .subject = "correction",
     .from = kFiled | kAccepted | In(CorrectionStatus::kForwarded) | kReopened,
     .to = To(CorrectionStatus::kResolved),
     .rules = kResolveRules,
     .effect = Resolve},
    {.op = "correction.confirm",
     .sides = side::kConsumer,
     .who = Who::kMaker,
     .subject = "correction",
     .from = In(CorrectionStatus::kResolved),
     .condition = ReopensOnce,
     .effect = Confirm},
    {.op = "correction.withdraw",
     .sides = side::kConsumer,
     .who = Who::kMaker,
     .subject = "correction",
     .from = kFiled,
     .to = To(CorrectionStatus::kWithdrawn),
     .effect = Withdraw},
    {.op = "correction.propagate",
     .who = Who::kMaker,
     .subject = "correction",
     .required = NamesHeld,
     .head_needed = OwnResource,
     .role = HoldsIt,
     .condition = WasCorrected,
     .effect = Propagate},
    {.op = "correction.impact",
     .who = Who::kMaker,
     .subject = "correction",
     .required = NamesHeld,
     .role = HoldsIt},
});

}  // namespace

std::span<const CaseRow> CorrectionRows() { return kRows; }

}  // namespace jiandu::contracts
