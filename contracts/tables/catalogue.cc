// The catalogue: from draft to publication and retirement (docs/contracts.md 4.3; 809 Art. 13 to
// 19).
#include <algorithm>

#include "contracts/block_state.h"
#include "contracts/catalogue_index.h"
#include "contracts/clock.h"
#include "contracts/compromise.h"
#include "contracts/engine.h"
#include "contracts/resource.h"
#include "contracts/resource_content.h"
#include "contracts/resource_state.h"
#include "ledger/model/forms.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::KeyRecord;
using ledger::ResourceStatus;

// resource.draft, resource.submit
// A provider is a department with a manager at its level or above.
Code MayProvide(Case& judged) {
  const std::string_view who = judged.payload.department;
  const EntityBody* department = judged.state.Body(ledger::DepartmentEntity(who));
  const bool may = department != nullptr && HasDepartmentRole(judged.state, who, "DEPARTMENT") &&
                   !ManagerOf(judged.state, department->Text("jurisdiction")).empty();
  return may ? Code::kAccepted : Code::kRoleDenied;
}

void Draft(Case& judged) {
  Birth birth = NewEntity(judged, ledger::EntityKind::kResource);
  const std::string_view who = judged.payload.department;
  const EntityBody* department = judged.state.Body(ledger::DepartmentEntity(who));
  birth.body.status = To(ResourceStatus::kDraft);
  birth.body.parties["provider"] = who;
  birth.body.parties["manager"] = ManagerOf(judged.state, department->Text("jurisdiction"));
  SetContent(birth.body, ContentOf(judged));
  AddBirth(judged, std::move(birth));
}

void Submit(Case& judged) {
  EntityBody& resource = judged.state.Edit(judged.subject);
  SetContent(resource, ContentOf(judged));
  StartClock(judged.state, resource, "D02n", resource.Party("manager"), judged.Time());
}

// resource.review, resource.publish: of a new entry, or of the amendment of a published one.
bool IsReturn(const Case& judged) { return judged.Text("verdict") == "RETURN"; }
bool IsAmendment(const Case& judged) {
  return judged.body->status == To(ResourceStatus::kPublished) ||
         judged.body->status == To(ResourceStatus::kSuspended);
}

Code CodeIsUnique(Case& judged) {
  if (IsReturn(judged)) return Code::kAccepted;
  const auto holder = HolderOfCode(judged.state, judged.body->Text("code"));
  return holder && *holder != judged.subject ? Code::kDuplicate : Code::kAccepted;
}
Code IsToReview(Case& judged) {
  if (const Code code = CodeIsUnique(judged); code != Code::kAccepted) return code;
  return IsAmendment(judged) && judged.body->Text("amendment") != amendment::kSubmitted
             ? Code::kBadState
             : Code::kAccepted;
}
Code IsToPublish(Case& judged) {
  if (const Code code = CodeIsUnique(judged); code != Code::kAccepted) return code;
  return IsAmendment(judged) && judged.body->Text("amendment") != amendment::kApproved
             ? Code::kBadState
             : Code::kAccepted;
}
Code OneSource(Case& judged) {
  if (IsReturn(judged)) return Code::kAccepted;
  const Json& content = IsAmendment(judged) ? judged.body->Terms() : judged.body->Form();
  for (const std::string& element : SourceElements(content, judged.body->Party("provider"))) {
    if (IsSourceTaken(judged.state, element, judged.subject)) return Code::kSourceConflict;
  }
  return Code::kAccepted;
}
Code ReviewReason(Case& judged) {
  return IsReturn(judged) && !HasReason(judged.Form()) ? Code::kReasonRequired : Code::kAccepted;
}
void Review(Case& judged) {
  judged.note = judged.Text("verdict");
  EntityBody& resource = judged.state.Edit(judged.subject);
  if (IsAmendment(judged)) {
    resource.texts["amendment"] = IsReturn(judged) ? amendment::kReturned : amendment::kApproved;
    if (IsReturn(judged)) SatisfyClock(judged, resource, "D02");
    return;
  }
  if (IsReturn(judged)) SatisfyClock(judged, resource, "D02n");
  resource.status = To(IsReturn(judged) ? ResourceStatus::kReturned : ResourceStatus::kApproved);
}

// The amended content takes the place of the published one.
void TakeAmendment(Case& judged, EntityBody& resource) {
  LeaveCatalogue(judged.state, judged.subject, resource, resource.Terms());
  const std::string class_before(resource.Text("share_class"));
  const std::string grade_before(resource.Text("grade"));
  const bool by_law = resource.Text("amend_reason") == "LAW_CHANGE";
  // Graded anew since the amendment was submitted: that grade stands, unless items are above it.
  const bool regraded = resource.Text("amend_from_grade") != grade_before &&
                        GradeRank(grade_before) >= HighestItemGrade(resource.Terms());
  SetContent(resource, resource.Terms());
  if (regraded) resource.texts["grade"] = grade_before;
  if (grade_before == "CORE" && !regraded) {
    EndStop(judged.state, judged.subject, StopCause::kCore);
  }
  DropAmendment(resource);
  resource.numbers["version"] = resource.Number("version") + 1;
  if (by_law && class_before != resource.Text("share_class")) {
    NoteClassByLaw(resource, judged.Time());
  }
  SatisfyClock(judged, resource, "D02");
}
void Publish(Case& judged) {
  EntityBody& resource = judged.state.Edit(judged.subject);
  if (IsAmendment(judged)) {
    TakeAmendment(judged, resource);
  } else {
    resource.status = To(ResourceStatus::kPublished);
    resource.numbers["version"] = resource.Number("version") + 1;
    resource.numbers["published_at"] = judged.Time();
    SatisfyClock(judged, resource, "D02n");
  }
  KeepContent(judged.state, judged.subject, resource);
  EnterCatalogue(judged.state, judged.subject, resource);
}

// resource.retire
bool IsCaseManagerHead(Case& judged, const KeyRecord& peer) {
  return judged.body != nullptr && judged.body->Party("manager") == peer.department;
}
bool ManagerIsAnother(Case& judged) {
  return judged.body != nullptr && judged.body->Party("manager") != judged.payload.department;
}
// Requests of this resource, and consultations agreed on, that end with it by being listed.
bool IsAgreed(const EntityBody& consultation) {
  return consultation.kind == ledger::EntityKind::kConsultation &&
         consultation.status == To(ledger::ConsultationStatus::kAgreed);
}
std::vector<EntityId> Settled(Case& judged) {
  std::vector<EntityId> settled;
  for (const Json& item : judged.Form().ItemsOf("settled")) {
    const auto id = ledger::ParseEntityId(item.AsString());
    const EntityBody* listed = id ? judged.state.Body(*id) : nullptr;
    if (listed == nullptr) continue;
    const EntityId* resource = listed->Link("resource");
    const bool open =
        listed->kind == ledger::EntityKind::kRequest ? IsOpenRequest(*listed) : IsAgreed(*listed);
    const bool fits = resource != nullptr && *resource == judged.subject && open;
    if (fits && std::ranges::find(settled, *id) == settled.end()) settled.push_back(*id);
  }
  return settled;
}
Code NoOpenCases(Case& judged) {
  const std::size_t settled = Settled(judged).size();
  std::size_t open = OpenCases(judged.state, judged.subject);
  if (open > settled) return Code::kOpenCases;
  const Reopened reopened = ReopenedCases(judged.state, judged.subject, settled - open + 1);
  open += reopened.cases.size();
  return !reopened.complete || open > settled ? Code::kOpenCases : Code::kAccepted;
}
void Retire(Case& judged) {
  for (const EntityId& id : Settled(judged)) {
    CountReopened(judged.state, id);
    const bool request = ledger::KindOf(id) == ledger::EntityKind::kRequest;
    EndAllClocks(judged.state.Edit(id), judged.Time());
    RecordAct(
        judged, id,
        request ? To(ledger::RequestStatus::kClosed) : To(ledger::ConsultationStatus::kLapsed));
    CloseCase(judged.state, judged.subject);
  }
  // Another department may be the source from now on. The code stays taken.
  LeaveCatalogue(judged.state, judged.subject, *judged.body, Json::MakeObject());
  EntityBody& resource = judged.state.Edit(judged.subject);
  DropAmendment(resource);
  EndAllClocks(resource, judged.Time());
}

// resource.refresh
Code NewVersion(Case& judged) {
  return judged.Form().IntegerOr("dataset_version", kNoVersion) <=
                 judged.body->Number("dataset_version")
             ? Code::kDuplicate
             : Code::kAccepted;
}
void Refresh(Case& judged) {
  const std::int64_t cycle = CycleMs(judged.body->Form().TextOr("update_cycle"));
  EntityBody& resource = judged.state.Edit(judged.subject);
  const std::int64_t last = resource.Number("last_refresh", resource.Number("published_at"));
  if (cycle > 0 && judged.Time() - last > cycle) judged.Raise(ledger::Flag::kStaleSource);
  const std::int64_t version =
      judged.Form().IntegerOr("dataset_version", resource.Number("dataset_version") + 1);
  resource.numbers["dataset_version"] = version;
  resource.numbers["last_refresh"] = judged.Time();
  resource.texts["dataset_digest"] = judged.Text("dataset_digest");
  AddVersion(judged.state, judged.subject, judged.Time(), version);
  judged.note = "version " + std::to_string(version);
}

constexpr Check kSubmitRules[] = {Art13,    HasLineage, ProhibitionBasis, HighestGrade,
                                  NoSecret, NoCoreData, Consented};
constexpr Check kReviewRules[] = {ReviewReason, OneSource};
constexpr Check kPublishRules[] = {Consented, OneSource};
constexpr Check kRetireRules[] = {NoOpenCases};

constexpr std::uint32_t kEditable = In(ResourceStatus::kDraft) | In(ResourceStatus::kReturned);
constexpr std::uint32_t kPublic = In(ResourceStatus::kPublished) | In(ResourceStatus::kSuspended);

constexpr CaseRow kRows[] = {
    {.op = "resource.draft",
     .who = Who::kMaker,
     .required = ItemsDiffer,
     .role = MayProvide,
     .effect = Draft},
    {.op = "resource.submit",
     .sides = side::kProvider,
     .who = Who::kMakerLeader,
     .subject = "resource",
     .from = kEditable,
     .to = To(ResourceStatus::kSubmitted),
     .required = ItemsDiffer,
     .rules = kSubmitRules,
     .effect = Submit},
    {.op = "resource.review",
     .sides = side::kManager,
     .who = Who::kMakerHead,
     .subject = "resource",
     .from = In(ResourceStatus::kSubmitted) | kPublic,
     .condition = IsToReview,
     .rules = kReviewRules,
     .effect = Review},
    {.op = "resource.publish",
     .sides = side::kManager,
     .who = Who::kMakerHead,
     .subject = "resource",
     .from = In(ResourceStatus::kApproved) | kPublic,
     .condition = IsToPublish,
     .rules = kPublishRules,
     .effect = Publish},
    {.op = "resource.discard",
     .sides = side::kProvider,
     .who = Who::kMaker,
     .subject = "resource",
     .from = kEditable,
     .to = To(ResourceStatus::kDiscarded)},
    {.op = "resource.retire",
     .sides = side::kProvider,
     .who = Who::kLeader,
     .subject = "resource",
     .from = kPublic,
     .to = To(ResourceStatus::kRetired),
     .peer = IsCaseManagerHead,
     .peer_needed = ManagerIsAnother,
     .rules = kRetireRules,
     .effect = Retire},
    {.op = "resource.refresh",
     .sides = side::kProvider,
     .who = Who::kMakerOrSystem,
     .subject = "resource",
     .from = kPublic | In(ResourceStatus::kRetired),
     .condition = NewVersion,
     .effect = Refresh},
};

}  // namespace

std::span<const CaseRow> CatalogueRows() { return kRows; }

}  // namespace jiandu::contracts
