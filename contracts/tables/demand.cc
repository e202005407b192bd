// Collection demands and tasks 数据归集 (docs/contracts.md 4.4; S0 6.2.3, 6.4).
//
// A demand and its task are one case with one status; a task that came to nothing may be assigned
// anew.
#include "contracts/demand.h"

#include <algorithm>

#include "base/hex.h"
#include "contracts/catalogue_index.h"
#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/resource.h"

namespace jiandu::contracts {
namespace {

using ledger::DemandStatus;
using ledger::EntityBody;
using ledger::EntityId;

// demand.submit
const EntityBody* OwnBody(Case& judged) {
  return judged.state.Body(ledger::DepartmentEntity(judged.payload.department));
}
Code MayDemand(Case& judged) {
  const EntityBody* department = OwnBody(judged);
  const bool may = department != nullptr &&
                   HasDepartmentRole(judged.state, judged.payload.department, "DEPARTMENT") &&
                   !ManagerOf(judged.state, department->Text("jurisdiction")).empty();
  return may ? Code::kAccepted : Code::kRoleDenied;
}
// What the catalogue offers is requested, unless the demand says why it does not do: the resource
// it names, or whatever there is.
Code NotInCatalogue(Case& judged) {
  const EntityId named = judged.Named("resource");
  const bool insufficient = !judged.Text("insufficiency_code").empty();
  if (insufficient && named.IsZero()) return Code::kAccepted;
  const auto offer = FindOffer(judged.state, judged.Form().ItemsOf("items_wanted"),
                               judged.payload.department, insufficient ? named : EntityId());
  if (!offer) return Code::kAccepted;
  judged.also_touched.push_back(*offer);  // the receipt of the refusal names it
  return Code::kCatalogHasItem;
}
void Submit(Case& judged) {
  Birth birth = NewEntity(judged, ledger::EntityKind::kDemand);
  EntityBody& demand = birth.body;
  demand.status = To(DemandStatus::kSubmitted);
  demand.parties = {{"consumer", judged.payload.department},
                    {"manager", ManagerOf(judged.state, OwnBody(judged)->Text("jurisdiction"))}};
  demand.texts["profile"] = judged.state.CurrentProfile().version;
  demand.form = ToBytes(CanonicalJson(judged.Form()));
  StartClock(judged.state, demand, "D25", demand.Party("manager"), judged.Time());
  AddBirth(judged, std::move(birth));
}

// demand.assign
bool IsAssignment(const Case& judged) { return judged.Text("verdict") == "ASSIGN"; }
Code ProviderNamed(Case& judged) {
  if (!IsAssignment(judged)) return Code::kAccepted;
  const std::string_view provider = judged.Text("provider");
  if (provider.empty()) return Code::kFieldRequired;
  const EntityBody* demand = judged.NamedBody("demand");
  const bool own = demand != nullptr && demand->Party("consumer") == provider;
  return !own && HasDepartmentRole(judged.state, provider, "DEPARTMENT") ? Code::kAccepted
                                                                         : Code::kFieldInvalid;
}
Code RefusalReason(Case& judged) {
  return IsAssignment(judged) || HasReason(judged.Form()) ? Code::kAccepted : Code::kReasonRequired;
}
void Assign(Case& judged) {
  judged.note = judged.Text("verdict");
  EntityBody& demand = judged.state.Edit(judged.subject);
  SatisfyClock(judged, demand, "D25");
  if (!IsAssignment(judged)) {
    demand.status =
        To(judged.Text("verdict") == "REJECT" ? DemandStatus::kRejected : DemandStatus::kClosed);
    return;
  }
  // A task of its own: what was delivered under the one before does not fulfil it.
  demand.numbers["task"] = demand.Number("task") + 1;
  demand.numbers["acknowledged"] = 0;
  demand.texts.erase("resource");
  demand.parties["provider"] = judged.Text("provider");
  demand.status = To(DemandStatus::kAssigned);
  StartClock(judged.state, demand, "D10", judged.Text("provider"), judged.Time());
}

// demand.answer
bool Answers(const Case& judged, std::string_view answer) {
  return judged.Text("answer") == answer;
}
Code AnswerFields(Case& judged) {
  if (Answers(judged, "B_SUPERIOR")) {
    return judged.Form().Find("superior") == nullptr ? Code::kFieldRequired : Code::kAccepted;
  }
  if (!Answers(judged, "A_PROVIDE")) return Code::kAccepted;
  if (judged.Form().Find("resource") == nullptr) return Code::kFieldRequired;
  using enum ledger::ResourceStatus;
  const EntityBody* demand = judged.NamedBody("demand");
  const EntityBody* resource = judged.NamedBody("resource");
  const bool usable = demand == nullptr || resource == nullptr ||
                      (resource->Party("provider") == demand->Party("provider") &&
                       resource->status != To(kRetired) && resource->status != To(kDiscarded));
  return usable ? Code::kAccepted : Code::kFieldInvalid;
}
// A promise is only taken back.
Code MayAnswer(Case& judged) {
  return judged.body->status == To(DemandStatus::kProviding) && !Answers(judged, "C_UNABLE")
             ? Code::kBadState
             : Code::kAccepted;
}
Code ModeAllowed(Case& judged) {
  const std::string_view mode = judged.Text("mode");
  return !Answers(judged, "A_PROVIDE") || mode == "BATCH" || mode == "API" ? Code::kAccepted
                                                                           : Code::kModeNotAllowed;
}
Code LetterGiven(Case& judged) {
  const bool given = !judged.Text("letter_no").empty() && !judged.Text("letter_digest").empty() &&
                     !judged.Text("reason_code").empty();
  return !Answers(judged, "C_UNABLE") || given ? Code::kAccepted : Code::kLetterRequired;
}
void Answer(Case& judged) {
  judged.note = judged.Text("answer");
  EntityBody& demand = judged.state.Edit(judged.subject);
  SatisfyClock(judged, demand, "D10", demand.Party("provider"));
  EndClock(demand, "D26", judged.Time());
  demand.terms = ToBytes(CanonicalJson(judged.Form()));
  if (Answers(judged, "A_PROVIDE")) {
    demand.status = To(DemandStatus::kProviding);
    demand.texts["resource"] = judged.Text("resource");
    StartClock(judged.state, demand, "D26", demand.Party("provider"), judged.Time());
  } else if (Answers(judged, "B_SUPERIOR")) {
    demand.status = To(DemandStatus::kSuperior);
    StartClock(judged.state, demand, "D24", demand.Party("manager"), judged.Time());
  } else {
    demand.status = To(DemandStatus::kUnable);
  }
}

// demand.unified_apply, demand.unified_result, demand.withdraw
void Apply(Case& judged) {
  EntityBody& demand = judged.state.Edit(judged.subject);
  SatisfyClock(judged, demand, "D24");
  demand.texts["remote_case"] = judged.Text("remote_case");
}
void Result(Case& judged) {
  const std::string_view result = judged.Text("result");
  judged.note = result;
  EntityBody& demand = judged.state.Edit(judged.subject);
  // A report that does not say which is kept, and the case waits for one that does.
  if (result == "OBTAINED") demand.status = To(DemandStatus::kObtained);
  if (result == "REFUSED") demand.status = To(DemandStatus::kRefused);
}
void Withdraw(Case& judged) { EndAllClocks(judged.state.Edit(judged.subject), judged.Time()); }

// collect.deliver, collect.acknowledge: what each side says of a delivery of the task.
Bytes SaidKey(const Case& judged, char side) {
  Bytes suffix = {static_cast<std::uint8_t>(side)};
  AppendU32Be(suffix, static_cast<std::uint32_t>(judged.body->Number("task")));
  Append(suffix, AsBytes(judged.Text("delivery_id")));
  return ledger::PartKey(judged.subject, suffix);
}
template <char side>
Code SaidOnce(Case& judged) {
  return judged.state.Has(SaidKey(judged, side)) ? Code::kDuplicate : Code::kAccepted;
}
// The delivery counts when both sides speak of it and of the same content.
void Say(Case& judged, char side, char other) {
  const Bytes digest = ToBytes(judged.Text("delivery_digest"));
  const auto said = judged.state.Get(SaidKey(judged, other));
  judged.state.Put(SaidKey(judged, side), Bytes(digest));
  judged.note = judged.Text("delivery_id").substr(0, 64);
  if (!said || said->empty() || digest.empty()) return;
  if (!Equal(*said, digest)) {
    judged.Raise(ledger::Flag::kDigestMismatch);
    return;
  }
  EntityBody& demand = judged.state.Edit(judged.subject);
  demand.numbers["acknowledged"] = judged.Time();
  demand.status = DemandStatusNow(judged.state, demand);
}
void Deliver(Case& judged) {
  SatisfyClock(judged, judged.state.Edit(judged.subject), "D26");
  Say(judged, 'd', 'a');
}
void Acknowledge(Case& judged) { Say(judged, 'a', 'd'); }

constexpr Check kSubmitRules[] = {NotInCatalogue};
constexpr Check kAssignRules[] = {RefusalReason};
constexpr Check kAnswerRules[] = {ModeAllowed, LetterGiven};

constexpr std::uint32_t kSubmitted = In(DemandStatus::kSubmitted);
constexpr std::uint32_t kAssigned = In(DemandStatus::kAssigned);
constexpr std::uint32_t kProviding = In(DemandStatus::kProviding);
constexpr std::uint32_t kSuperior = In(DemandStatus::kSuperior);
constexpr std::uint32_t kApplied = In(DemandStatus::kApplied);
constexpr std::uint32_t kUnable = In(DemandStatus::kUnable);
constexpr std::uint32_t kDelivering = kProviding | In(DemandStatus::kFulfilled);

constexpr CaseRow kRows[] = {
    {.op = "demand.submit",
     .who = Who::kMakerHead,
     .role = MayDemand,
     .rules = kSubmitRules,
     .effect = Submit},
    {.op = "demand.assign",
     .sides = side::kManager,
     .who = Who::kMakerHead,
     .subject = "demand",
     .from = kSubmitted | kUnable,
     .required = ProviderNamed,
     .rules = kAssignRules,
     .effect = Assign},
    {.op = "demand.answer",
     .sides = side::kProvider,
     .who = Who::kMakerHead,
     .subject = "demand",
     .from = kAssigned | kProviding,
     .required = AnswerFields,
     .condition = MayAnswer,
     .rules = kAnswerRules,
     .effect = Answer},
    {.op = "demand.unified_apply",
     .sides = side::kManager,
     .who = Who::kMakerHead,
     .subject = "demand",
     .from = kSuperior,
     .to = To(DemandStatus::kApplied),
     .effect = Apply},
    {.op = "demand.unified_result",
     .sides = side::kManager,
     .who = Who::kMakerHead,
     .subject = "demand",
     .from = kApplied,
     .effect = Result},
    {.op = "demand.withdraw",
     .sides = side::kConsumer,
     .who = Who::kMaker,
     .subject = "demand",
     .from = kSubmitted | kAssigned | kProviding | kSuperior | kApplied | kUnable,
     .to = To(DemandStatus::kWithdrawn),
     .effect = Withdraw},
    {.op = "collect.deliver",
     .sides = side::kProvider,
     .who = Who::kSystem,
     .subject = "demand",
     .from = kDelivering,
     .condition = SaidOnce<'d'>,
     .effect = Deliver},
    {.op = "collect.acknowledge",
     .sides = side::kManager,
     .who = Who::kMaker,
     .subject = "demand",
     .from = kDelivering,
     .condition = SaidOnce<'a'>,
     .effect = Acknowledge},
};

}  // namespace

std::span<const CaseRow> DemandRows() { return kRows; }

std::uint32_t DemandStatusNow(BlockState& state, const EntityBody& demand) {
  if (demand.status != To(DemandStatus::kProviding) || demand.Number("acknowledged") == 0) {
    return demand.status;
  }
  const auto id = ledger::ParseEntityId(demand.Text("resource"));
  const EntityBody* resource = id ? state.Body(*id) : nullptr;
  const bool published = resource != nullptr && resource->Number("published_at") > 0;
  return published ? To(DemandStatus::kFulfilled) : demand.status;
}

}  // namespace jiandu::contracts
