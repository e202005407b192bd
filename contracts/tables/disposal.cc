// Use reports and disposal 处置 (docs/contracts.md 4.11; 809 Art. 27(1), 29).
#include <algorithm>
#include <set>

#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/grant.h"
#include "contracts/grant_terms.h"
#include "contracts/hold.h"
#include "contracts/lineage.h"
#include "contracts/resource.h"
#include "contracts/resource_state.h"

namespace jiandu::contracts {
namespace {

using ledger::DisposalStatus;
using ledger::EntityBody;
using ledger::EntityId;
using ledger::Flag;
using ledger::GrantStatus;

constexpr std::uint32_t kLiving =
    In(GrantStatus::kOpened) | In(GrantStatus::kActive) | In(GrantStatus::kSuspended);
constexpr std::uint32_t kEnded =
    In(GrantStatus::kExpired) | In(GrantStatus::kTerminated) | In(GrantStatus::kRelinquished);

bool IsIn(std::uint32_t statuses, std::uint32_t status) { return (statuses >> status & 1U) != 0; }
bool Lives(Case& judged, const EntityId& id, const EntityBody& grant) {
  return IsIn(kLiving, EffectiveStatus(judged.state, id, grant, judged.Time()));
}

// disposal.report; the subject is the grant.
const EntityBody* LastDisposal(Case& judged) {
  const auto id = ledger::ParseEntityId(judged.body->Text("disposal"));
  return id ? judged.state.Body(*id) : nullptr;
}
// Due: the grant has ended, or its data was recalled, also of a grant that was declined since. One
// report at a time waits for P.
Code IsDue(Case& judged) {
  const std::uint32_t status =
      EffectiveStatus(judged.state, judged.subject, *judged.body, judged.Time());
  const ledger::Clock* clock = RunningClock(*judged.body, "D14");
  const bool open = IsIn(kLiving, status) || status == To(GrantStatus::kClosed);
  const bool recalled = open && clock != nullptr && clock->start <= judged.Time();
  if (!IsIn(kEnded, status) && !recalled) return Code::kBadState;
  const EntityBody* last = LastDisposal(judged);
  const bool waits = last != nullptr && last->status == To(DisposalStatus::kReported);
  return waits ? Code::kBadState : Code::kAccepted;
}

// A second person saw it, one this ledger knows.
bool HasWitness(Case& judged) {
  const EntityId id = judged.Named("witness");
  const EntityBody* witness = judged.state.Body(id);
  const SignerInfo* maker = judged.Signer(ledger::SignerRole::kMaker);
  return witness != nullptr && witness->kind == ledger::EntityKind::kIdentity &&
         witness->status == To(ledger::IdentityStatus::kActive) && maker != nullptr &&
         maker->record->identity != id;
}
// Of what is known to be made of the grant's data, how many are listed, and how many there are: one
// more than a report can list stands for all that are more.
struct Derived {
  std::size_t listed = 0;
  std::size_t known = 0;
};
Derived DerivedIn(BlockState& state, const EntityId& grant, const Json& report) {
  Derived derived;
  derived.known = MadeUnder(state.Present(), grant, kDerivedListed + 1).size();
  std::set<EntityId> seen;
  for (const Json& entry : report.ItemsOf("derived")) {
    const auto id = ledger::ParseEntityId(entry.TextOr("resource"));
    if (id && seen.insert(*id).second && IsMadeUnder(state, grant, *id)) ++derived.listed;
  }
  return derived;
}

void Report(Case& judged) {
  const bool witnessed = HasWitness(judged);
  if (!witnessed) judged.Raise(Flag::kWitnessMissing);
  const Derived derived = DerivedIn(judged.state, judged.subject, judged.Form());
  if (derived.listed < derived.known) judged.Raise(Flag::kDerivedUnlisted);
  judged.note = judged.Text("kind");
  EntityBody& grant = judged.state.Edit(judged.subject);
  SatisfyClock(judged, grant, "D14");
  Birth birth = NewEntity(judged, ledger::EntityKind::kDisposal);
  EntityBody& disposal = birth.body;
  disposal.status = To(DisposalStatus::kReported);
  disposal.parties = grant.parties;
  disposal.links["grant"] = judged.subject;
  disposal.texts = {{"kind", std::string(judged.Text("kind"))},
                    {"profile", std::string(grant.Text("profile"))}};
  disposal.numbers["witnessed"] = witnessed ? 1 : 0;
  disposal.form = ToBytes(CanonicalJson(judged.Form()));
  StartClock(judged.state, disposal, "D09c", grant.Party("provider"), judged.Time());
  grant.texts["disposal"] = ledger::ToHex(birth.id);
  AddBirth(judged, std::move(birth));
}

// disposal.accept, disposal.reject
const EntityId& GrantOf(const Case& judged) { return *judged.body->Link("grant"); }

Code Witnessed(Case& judged) {
  return judged.body->Number("witnessed") == 1 ? Code::kAccepted : Code::kWitnessRequired;
}
Code DerivedListed(Case& judged) {
  const Derived derived = DerivedIn(judged.state, GrantOf(judged), judged.body->Form());
  // A full list is taken; that there is more stays flagged.
  return derived.listed >= std::min(derived.known, kDerivedListed) ? Code::kAccepted
                                                                   : Code::kDerivedNotListed;
}
Code NotHeld(Case& judged) {
  const bool held = IsHeld(judged.state, GrantOf(judged), judged.Time()) ||
                    IsHeld(judged.state, judged.subject, judged.Time());
  return held ? Code::kEvidenceHeld : Code::kAccepted;
}
void Accept(Case& judged) {
  const EntityId id = GrantOf(judged);
  SatisfyClock(judged, judged.state.Edit(judged.subject), "D09c");
  EntityBody& grant = judged.state.Edit(id);
  if (Lives(judged, id, grant)) {  // batches were recalled; the end is still to come
    StartClock(judged.state, grant, "D14", grant.Party("consumer"), grant.Number("valid_to") - 1);
    RecordAct(judged, id, 0);
    return;
  }
  // What was used is still to be reported (D17); nothing else is owed.
  for (const std::string_view code : {"D06", "D09a", "D12", "D14"}) {
    EndClock(grant, code, judged.Time());
  }
  if (const EntityId* resource = grant.Link("resource")) {
    ForgetGrant(judged.state, *resource, id);
  }
  NoteStatus(judged, id, GrantStatus::kClosed);
  RecordAct(judged, id, To(GrantStatus::kClosed));
}
Code ReasonGiven(Case& judged) {
  return HasReason(judged.Form()) ? Code::kAccepted : Code::kReasonRequired;
}
void Reject(Case& judged) {
  judged.note = judged.Text("reason_code");
  SatisfyClock(judged, judged.state.Edit(judged.subject), "D09c");
  EntityBody& grant = judged.state.Edit(GrantOf(judged));
  StartDisposal(judged.state, grant, judged.Time());
  RecordAct(judged, GrantOf(judged), 0);
}

// use.report: of the period that ends on the day the clock starts from, once that day is over or
// nothing more will be used.
bool CoversPeriod(Case& judged, const ledger::Clock& clock) {
  const bool over = judged.Time() > clock.start || !Lives(judged, judged.subject, *judged.body);
  return over && judged.Form().IntegerOr("period") == ledger::DateOf(clock.start);
}
void ReportUse(Case& judged) {
  judged.note = std::to_string(judged.Form().IntegerOr("period"));
  const ledger::Clock* running = RunningClock(*judged.body, "D17");
  if (running == nullptr || !CoversPeriod(judged, *running)) return;
  const ledger::TimeMs end = running->start;
  EntityBody& grant = judged.state.Edit(judged.subject);
  SatisfyClock(judged, grant, "D17");
  // The period after it is owed when the grant lived into it.
  const AccessTerms* terms = judged.state.Terms(judged.subject);
  const bool ended_by_act = terms != nullptr && terms->StatusAt(end + 1) >= GrantStatus::kExpired;
  const ledger::TimeMs ran_out_at = judged.state.Uses(judged.subject).ran_out_at;
  const bool ended =
      ended_by_act || grant.Number("valid_to") <= end + 1 || (ran_out_at > 0 && ran_out_at <= end);
  if (ended) return;
  StartClock(judged.state, grant, "D17", grant.Party("consumer"), QuarterEnd(end + 1));
}

constexpr Check kAcceptRules[] = {Witnessed, DerivedListed, NotHeld};
constexpr Check kRejectRules[] = {ReasonGiven};
constexpr std::uint32_t kReported = In(DisposalStatus::kReported);

constexpr CaseRow kRows[] = {
    {.op = "disposal.report",
     .sides = side::kConsumer,
     .who = Who::kMakerHead,
     .subject = "grant",
     .condition = IsDue,
     .effect = Report},
    {.op = "disposal.accept",
     .sides = side::kProvider,
     .who = Who::kHead,
     .subject = "disposal",
     .from = kReported,
     .to = To(DisposalStatus::kClosed),
     .rules = kAcceptRules,
     .effect = Accept},
    {.op = "disposal.reject",
     .sides = side::kProvider,
     .who = Who::kHead,
     .subject = "disposal",
     .from = kReported,
     .to = To(DisposalStatus::kRejected),
     .rules = kRejectRules,
     .effect = Reject},
    {.op = "use.report",
     .sides = side::kConsumer,
     .who = Who::kMaker,
     .subject = "grant",
     .effect = ReportUse},
};

}  // namespace

std::span<const CaseRow> DisposalRows() { return kRows; }

}  // namespace jiandu::contracts
