// The catalogue: from draft to publication and retirement (docs/contracts.md 4.3; 809 Art. 13 to
// 19).
#include <algorithm>

#include "contracts/block_state.h"
#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/resource.h"
#include "ledger/model/forms.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::KeyRecord;
using ledger::ResourceStatus;

const Json& ContentOf(const Case& judged) {
  static const Json kEmpty = Json::MakeObject();
  const Json* content = judged.Form().Find("content");
  return content != nullptr ? *content : kEmpty;
}

bool IsPresent(const Json& object, const ledger::Field& field) {
  const Json* value = object.Find(field.name);
  if (value == nullptr) return false;
  return field.list_max == 0 || !value->Items().empty();
}

// All by-rule members of a form are there, in the objects below too.
bool IsComplete(const ledger::Form& form, const Json& object) {
  for (const ledger::Field& field : form.fields) {
    if (!IsPresent(object, field)) {
      if (field.need == ledger::Need::kByRule) return false;
      continue;
    }
    if (field.form == nullptr || field.need != ledger::Need::kByRule) continue;
    const Json* value = object.Find(field.name);
    if (field.list_max == 0 && !IsComplete(*field.form, *value)) return false;
    for (const Json& item : object.ItemsOf(field.name)) {
      if (!IsComplete(*field.form, item)) return false;
    }
  }
  return true;
}

// resource.draft, resource.submit
Code ItemsDiffer(Case& judged) {
  std::vector<std::string_view> ids;
  for (const Json& item : ContentOf(judged).ItemsOf("items")) {
    ids.push_back(item.TextOr("item_id"));
  }
  std::ranges::sort(ids);
  const bool twice = std::ranges::adjacent_find(ids) != ids.end();
  return twice ? Code::kFieldInvalid : Code::kAccepted;
}

// A provider is a department with a manager at its level or above.
Code MayProvide(Case& judged) {
  const std::string_view who = judged.payload.department;
  const EntityBody* department = judged.state.Body(ledger::DepartmentEntity(who));
  const bool may = department != nullptr && HasDepartmentRole(judged.state, who, "DEPARTMENT") &&
                   !ManagerOf(judged.state, department->Text("jurisdiction")).empty();
  return may ? Code::kAccepted : Code::kRoleDenied;
}

Code Art13(Case& judged) {
  const Json& content = ContentOf(judged);
  if (!IsComplete(ledger::forms::kResourceContent, content)) return Code::kCatalogIncomplete;
  const bool conditional = content.TextOr("share_class") == "CONDITIONAL";
  const bool scoped = content.BoolOr("share_scope_all") || !content.ItemsOf("share_scope").empty();
  if (conditional && (!scoped || content.ItemsOf("share_conditions").empty())) {
    return Code::kCatalogIncomplete;
  }
  // PIPL Art. 55: an impact assessment for any personal information.
  for (const Json& item : content.ItemsOf("items")) {
    if (item.TextOr("pi_flag") != "NONE" && content.TextOr("pia_digest").empty()) {
      return Code::kCatalogIncomplete;
    }
  }
  return Code::kAccepted;
}

Code ProhibitionBasis(Case& judged) {
  const Json& content = ContentOf(judged);
  if (content.TextOr("share_class") != "NOT_SHARED") return Code::kAccepted;
  const Json* basis = content.Find("prohibition_basis");
  const ledger::Field* field = ledger::forms::kResourceContent.Find("prohibition_basis");
  return basis != nullptr && IsComplete(*field->form, *basis) ? Code::kAccepted
                                                              : Code::kBasisRequired;
}

Code HighestGrade(Case& judged) {
  const Json& content = ContentOf(judged);
  const int grade = GradeRank(content.TextOr("grade"));
  for (const Json& item : content.ItemsOf("items")) {
    if (GradeRank(item.TextOr("item_grade")) > grade) return Code::kGradeTooLow;
  }
  return Code::kAccepted;
}
Code NoSecret(Case& judged) {
  return ContentOf(judged).TextOr("secrecy_declared") == "none" ? Code::kAccepted
                                                                : Code::kSecretDataForbidden;
}
Code NoCoreData(Case& judged) {
  return ContentOf(judged).TextOr("grade") == "CORE" ? Code::kCoreDataForbidden : Code::kAccepted;
}

void SetContent(EntityBody& body, const Json& content) {
  body.form = ToBytes(CanonicalJson(content));
  for (const std::string_view name : {"code", "name", "share_class", "grade"}) {
    body.texts.insert_or_assign(std::string(name), std::string(content.TextOr(name)));
  }
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

// resource.review, resource.publish
// Codes are words of the departments' own and may hold a slash: each kind of name has its own room.
Bytes CodeKey(const EntityBody& resource) {
  return ledger::UniqueKey("code/" + std::string(resource.Text("code")));
}
Bytes ElementKey(std::string_view element) {
  return ledger::UniqueKey("element/" + std::string(element));
}

// Elements of which the provider says it is the source (一数一源).
std::vector<std::string> SourceElements(const EntityBody& resource) {
  std::vector<std::string> elements;
  const Json content = resource.Form();
  for (const Json& item : content.ItemsOf("items")) {
    if (item.TextOr("item_role") == "CONTENT" &&
        item.TextOr("authoritative_source") == resource.Party("provider")) {
      elements.emplace_back(item.TextOr("element_code"));
    }
  }
  return elements;
}

bool IsReturn(const Case& judged) { return judged.Text("verdict") == "RETURN"; }

Code CodeIsUnique(Case& judged) {
  if (IsReturn(judged)) return Code::kAccepted;
  const auto holder = judged.state.Get(CodeKey(*judged.body));
  return holder && !Equal(*holder, judged.subject.View()) ? Code::kDuplicate : Code::kAccepted;
}
Code OneSource(Case& judged) {
  if (IsReturn(judged)) return Code::kAccepted;
  for (const std::string& element : SourceElements(*judged.body)) {
    const auto holder = judged.state.Get(ElementKey(element));
    if (holder && !Equal(*holder, judged.subject.View())) return Code::kSourceConflict;
  }
  return Code::kAccepted;
}
Code ReviewReason(Case& judged) {
  return IsReturn(judged) && !HasReason(judged.Form()) ? Code::kReasonRequired : Code::kAccepted;
}
void Review(Case& judged) {
  judged.note = judged.Text("verdict");
  EntityBody& resource = judged.state.Edit(judged.subject);
  if (IsReturn(judged)) SatisfyClock(judged, resource, "D02n");
  resource.status = To(IsReturn(judged) ? ResourceStatus::kReturned : ResourceStatus::kApproved);
}
void Publish(Case& judged) {
  EntityBody& resource = judged.state.Edit(judged.subject);
  resource.numbers["version"] = resource.Number("version") + 1;
  resource.numbers["published_at"] = judged.Time();
  SatisfyClock(judged, resource, "D02n");
  judged.state.Put(CodeKey(resource), ToBytes(judged.subject.View()));
  for (const std::string& element : SourceElements(resource)) {
    judged.state.Put(ElementKey(element), ToBytes(judged.subject.View()));
  }
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
  return OpenCases(judged.state, judged.subject) > Settled(judged).size() ? Code::kOpenCases
                                                                          : Code::kAccepted;
}
void Retire(Case& judged) {
  for (const EntityId& id : Settled(judged)) {
    const bool request = ledger::KindOf(id) == ledger::EntityKind::kRequest;
    EndAllClocks(judged.state.Edit(id), judged.Time());
    RecordAct(
        judged, id,
        request ? To(ledger::RequestStatus::kClosed) : To(ledger::ConsultationStatus::kLapsed));
    CloseCase(judged.state, judged.subject);
  }
  // Another department may be the source from now on. The code stays taken.
  for (const std::string& element : SourceElements(*judged.body)) {
    const auto holder = judged.state.Get(ElementKey(element));
    if (holder && Equal(*holder, judged.subject.View())) judged.state.Delete(ElementKey(element));
  }
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

constexpr Check kSubmitRules[] = {Art13, ProhibitionBasis, HighestGrade, NoSecret, NoCoreData};
constexpr Check kReviewRules[] = {ReviewReason, OneSource};
constexpr Check kPublishRules[] = {OneSource};
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
     .from = In(ResourceStatus::kSubmitted),
     .condition = CodeIsUnique,
     .rules = kReviewRules,
     .effect = Review},
    {.op = "resource.publish",
     .sides = side::kManager,
     .who = Who::kMakerHead,
     .subject = "resource",
     .from = In(ResourceStatus::kApproved),
     .to = To(ResourceStatus::kPublished),
     .condition = CodeIsUnique,
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
