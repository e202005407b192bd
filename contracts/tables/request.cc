// Requests: submission, the one return, acceptance of an offer, withdrawal
// (docs/contracts.md 4.5, 4.6).
#include "contracts/request.h"

#include <algorithm>

#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/resource.h"
#include "contracts/resource_content.h"
#include "contracts/resource_state.h"
#include "contracts/safeguards.h"
#include "contracts/terms.h"
#include "contracts/territory.h"
#include "crypto/hash.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::RequestStatus;
using ledger::ResourceStatus;

// The request as asked for now: the body of a submission, the content of a resubmission, or what
// was submitted before.
const Json* NewContent(const Case& judged) {
  return judged.op.op == "request.submit" ? &judged.Form() : judged.Form().Find("content");
}
EntityId ResourceIdOf(const Case& judged) {
  const Json* content = NewContent(judged);
  if (content == nullptr) return {};
  return ledger::ParseEntityId(content->TextOr("resource")).value_or(EntityId());
}
const EntityBody* ResourceBody(Case& judged) { return judged.state.Body(ResourceIdOf(judged)); }
// A resubmission is judged by the version of its submission, whatever was published since.
Json ResourceContent(Case& judged) {
  return judged.body != nullptr ? ContentOfVersion(judged.state, ResourceIdOf(judged),
                                                   judged.body->Number("resource_version"))
                                : ResourceBody(judged)->Form();
}
std::string_view ClassOf(Case& judged) {
  const EntityBody* of = judged.body != nullptr ? judged.body : ResourceBody(judged);
  return of->Text("share_class");
}
bool IsPublishedNow(Case& judged, const EntityBody& resource) {
  return ResourceStatusAt(resource, judged.Time()) == To(ResourceStatus::kPublished);
}

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> values) {
  return std::ranges::find(values, text) != values.end();
}

// Members that depend on others (docs/contracts.md 4.5): 1b.
Code DependentFields(Case& judged) {
  const Json* content = NewContent(judged);
  if (content == nullptr) return Code::kAccepted;
  const auto lacks = [content](std::string_view name) {
    const Json* value = content->Find(name);
    return value == nullptr || (value->IsArray() && value->Items().empty());
  };
  const std::string_view mode = content->TextOr("delivery_mode");
  const EntityBody* resource = ResourceBody(judged);
  const bool from_g3 = resource != nullptr && GradeRank(resource->Text("grade")) >= 3;
  if ((IsOneOf(mode, {"API", "BATCH"}) && lacks("systems")) ||
      (IsOneOf(mode, {"PAGE", "FILE"}) && lacks("client_nets")) ||
      (mode == "BATCH" && lacks("batch_plan")) ||
      (content->TextOr("kind") == "RETURN_FLOW" && lacks("territory")) ||
      (from_g3 && lacks("matter_code"))) {
    return Code::kFieldRequired;
  }
  const std::int64_t to = content->IntegerOr("valid_to");
  const EntityBody* before = judged.NamedBody("request");  // of a resubmission
  const std::int64_t version = before != nullptr     ? before->Number("resource_version")
                               : resource != nullptr ? resource->Number("version")
                                                     : 0;
  const bool version_fits = resource == nullptr ||
                            (before == nullptr && !IsPublishedNow(judged, *resource)) ||
                            content->IntegerOr("resource_version") == version;
  if (!content->BoolOr("truth_commitment") || content->IntegerOr("valid_from") > to ||
      to < ledger::DateOf(judged.Time()) || HasItemTwice(*content) || !version_fits) {
    return Code::kFieldInvalid;
  }
  return Code::kAccepted;
}

Code MayConsume(Case& judged) {
  return HasDepartmentRole(judged.state, judged.payload.department, "DEPARTMENT")
             ? Code::kAccepted
             : Code::kRoleDenied;
}

// One open request or living grant for the same items, way, scene and matter.
Bytes SameKey(const Case& judged, const Json& content) {
  std::vector<std::string_view> items;
  for (const Json& item : content.ItemsOf("items")) items.push_back(item.TextOr("item_id"));
  std::ranges::sort(items);
  crypto::Sha256Stream stream;
  const auto add = [&stream](std::string_view text) {
    stream.Update(AsBytes(text));
    stream.Update(AsBytes(std::string_view("\0", 1)));
  };
  for (const std::string_view item : items) add(item);
  for (const std::string_view name : {"delivery_mode", "scene_code", "matter_code", "kind"}) {
    add(content.TextOr(name));
  }
  Bytes suffix = {'q'};
  Append(suffix, stream.Finish().View());
  return ledger::PartKey(ledger::PairEntity(ResourceIdOf(judged), judged.payload.department),
                         suffix);
}

bool IsAlive(BlockState& state, const EntityId& id, const EntityBody& request,
             ledger::TimeMs time) {
  const bool lapsed = EffectiveStatus(state, id, request, time) == To(RequestStatus::kLapsed);
  if (IsOpenRequest(request)) return !lapsed && ReclassedAt(state, request) == 0;
  const auto grant_id = ledger::ParseEntityId(request.Text("grant"));
  const EntityBody* grant = grant_id ? state.Body(*grant_id) : nullptr;
  if (grant == nullptr) return false;
  return EffectiveStatus(state, *grant_id, *grant, time) < To(ledger::GrantStatus::kExpired);
}

Code NotTwice(Case& judged) {
  const Json* content = NewContent(judged);
  if (content == nullptr) return Code::kAccepted;
  const auto bytes = judged.state.Get(SameKey(judged, *content));
  const auto id = bytes ? EntityId::From(*bytes) : std::nullopt;
  if (!id || *id == judged.subject) return Code::kAccepted;
  const EntityBody* other = judged.state.Body(*id);
  return other != nullptr && IsAlive(judged.state, *id, *other, judged.Time()) ? Code::kDuplicate
                                                                               : Code::kAccepted;
}

// Rules, in the order of RQ1. Without new content there is nothing to ask again.
Code NotSelf(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  return resource != nullptr && resource->Party("provider") == judged.payload.department
             ? Code::kSelfRequest
             : Code::kAccepted;
}
Code IsPublished(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  if (resource == nullptr) return Code::kAccepted;
  const Json content = ResourceContent(judged);
  const bool visible = content.ItemsOf("visibility").empty() ||
                       ListHas(content, "visibility", judged.payload.department);
  // A resubmission answers a request that was received while the resource was published.
  const bool open = IsPublishedNow(judged, *resource) || judged.body != nullptr;
  return open && visible ? Code::kAccepted : Code::kResNotPublished;
}
Code IsShared(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  if (resource == nullptr || ClassOf(judged) != "NOT_SHARED") return Code::kAccepted;
  const Json content = ResourceContent(judged);
  const Json* basis = content.Find("prohibition_basis");
  const bool case_by_case = basis != nullptr && basis->BoolOr("case_by_case");
  return judged.state.CurrentProfile().consultation || case_by_case ? Code::kNotShared
                                                                    : Code::kNotSharedFinal;
}
Code ClassFits(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  return resource == nullptr || NewContent(judged)->TextOr("share_class") == ClassOf(judged)
             ? Code::kAccepted
             : Code::kClassMismatch;
}
Code InScope(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  if (resource == nullptr || ClassOf(judged) != "CONDITIONAL") return Code::kAccepted;
  const Json content = ResourceContent(judged);
  return content.BoolOr("share_scope_all") ||
                 ListHas(content, "share_scope", judged.payload.department)
             ? Code::kAccepted
             : Code::kOutOfScope;
}
Code ItemsKnown(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  if (resource == nullptr) return Code::kAccepted;
  const Json content = ResourceContent(judged);
  const auto known = content.ItemsOf("items");
  for (const Json& item : NewContent(judged)->ItemsOf("items")) {
    const std::string_view id = item.TextOr("item_id");
    const bool found =
        std::ranges::any_of(known, [id](const Json& one) { return one.TextOr("item_id") == id; });
    if (!found) return Code::kItemUnknown;
  }
  return Code::kAccepted;
}
Code ModeOffered(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  if (resource == nullptr) return Code::kAccepted;
  const std::string_view mode = NewContent(judged)->TextOr("delivery_mode");
  const auto& modes = judged.state.CurrentProfile().modes;
  const bool offered = std::ranges::find(modes, mode) != modes.end() &&
                       ListHas(ResourceContent(judged), "delivery_modes", mode);
  return offered ? Code::kAccepted : Code::kModeNotOffered;
}
Code ModeReason(Case& judged) {
  const Json* content = NewContent(judged);
  return content != nullptr && content->TextOr("delivery_mode") != "API" &&
                 content->TextOr("mode_reason").empty()
             ? Code::kModeReasonRequired
             : Code::kAccepted;
}
Code PageAccounts(Case& judged) {
  const Json* content = NewContent(judged);
  return content != nullptr && content->TextOr("delivery_mode") == "PAGE" &&
                 content->ItemsOf("accounts").empty()
             ? Code::kAccountsRequired
             : Code::kAccepted;
}
Code SystemsOwned(Case& judged) {
  const Json* content = NewContent(judged);
  return content == nullptr || OwnsSystems(judged.state, *content, judged.payload.department)
             ? Code::kAccepted
             : Code::kSystemNotOwned;
}
Code IsSafe(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  return resource == nullptr ||
                 MeetsSafeguards(judged.state, *NewContent(judged), resource->Text("grade"))
             ? Code::kAccepted
             : Code::kSafeguardRequired;
}

Code TerritoryFits(Case& judged) {
  const Json* content = NewContent(judged);
  const EntityBody* resource = ResourceBody(judged);
  if (content == nullptr || content->TextOr("kind") != "RETURN_FLOW" || resource == nullptr) {
    return Code::kAccepted;
  }
  const bool fits = IsReturnFlow(judged.state, content->TextOr("territory"),
                                 judged.payload.department, resource->Party("provider"));
  return fits ? Code::kAccepted : Code::kTerritoryMismatch;
}

void SetContent(Case& judged, EntityBody& request, const Json& content, const EntityId& id) {
  request.form = ToBytes(CanonicalJson(content));
  for (const std::string_view name : {"share_class", "kind", "delivery_mode"}) {
    request.texts.insert_or_assign(std::string(name), std::string(content.TextOr(name)));
  }
  request.numbers["resource_version"] = content.IntegerOr("resource_version");
  judged.state.Put(SameKey(judged, content), ToBytes(id.View()));
}

void Submit(Case& judged) {
  const EntityId resource_id = ResourceIdOf(judged);
  const EntityBody& resource = *judged.state.Body(resource_id);
  Birth birth = NewEntity(judged, ledger::EntityKind::kRequest);
  EntityBody& request = birth.body;
  request.status = To(RequestStatus::kSubmitted);
  request.parties = {{"consumer", judged.payload.department},
                     {"manager", std::string(resource.Party("manager"))},
                     {"provider", std::string(resource.Party("provider"))}};
  request.links["resource"] = resource_id;
  request.texts["profile"] = judged.state.CurrentProfile().version;
  request.numbers = {{"attempt", 1}, {"step", 0}};
  SetContent(judged, request, judged.Form(), birth.id);
  StartStep(judged, request);
  OpenCase(judged.state, resource_id);
  AddBirth(judged, std::move(birth));
}

// request.return, request.resubmit
Code AtFirstStep(Case& judged) {
  const bool turn = judged.body->Number("step") == 0 &&
                    TurnOf(judged.state, *judged.body) == judged.payload.department;
  return turn ? Code::kAccepted : Code::kApprovalOrder;
}
Code ReturnedOnce(Case& judged) {
  return judged.body->Number("returned") > 0 ? Code::kReturnTwice : Code::kAccepted;
}
void Return(Case& judged) {
  EntityBody& request = judged.state.Edit(judged.subject);
  request.numbers["returned"] = 1;
  for (const std::string_view code : {"D03", "D04", "D08"}) {
    if (StopClock(judged, request, code) > 0) judged.Raise(ledger::Flag::kReturnLate);
  }
  EndClock(request, "D05m", judged.Time());  // an extension asked for falls away
  StartClock(judged.state, request, "D22", request.Party("consumer"), judged.Time());
  request.texts["missing"] = CanonicalJson(*judged.Form().Find("missing"));
}
Code SameResource(Case& judged) {
  const Json* content = NewContent(judged);
  if (content == nullptr || judged.NamedBody("request") == nullptr) return Code::kAccepted;
  const EntityId* resource = judged.NamedBody("request")->Link("resource");
  if (resource == nullptr || *resource != ResourceIdOf(judged)) return Code::kFieldInvalid;
  return DependentFields(judged);
}
Code ListCovered(Case& judged) {
  const auto missing = ParseJson(judged.body->Text("missing"), limits::kTxBytesMax);
  if (!missing || !missing->IsArray()) return Code::kAccepted;
  const auto answers = judged.Form().ItemsOf("answers");
  for (const Json& point : missing->Items()) {
    const bool answered = std::ranges::any_of(answers, [&point](const Json& answer) {
      return answer.TextOr("code") == point.AsString();
    });
    if (!answered) return Code::kListNotCovered;
  }
  return Code::kAccepted;
}
void Resubmit(Case& judged) {
  EntityBody& request = judged.state.Edit(judged.subject);
  request.numbers["attempt"] = request.Number("attempt") + 1;
  SatisfyClock(judged, request, "D22");
  const Json* content = NewContent(judged);
  if (content != nullptr) {
    // What is no longer asked for may be asked for again.
    const Bytes before = SameKey(judged, request.Form());
    const auto holder = judged.state.Get(before);
    if (holder && EntityId::From(*holder) == judged.subject) judged.state.Delete(before);
    SetContent(judged, request, *content, judged.subject);
  }
  StartStep(judged, request);
}

// request.accept, decline, withdraw
void Accept(Case& judged) {
  EntityBody& request = judged.state.Edit(judged.subject);
  if (judged.Form().BoolOr("under_protest")) request.numbers["under_protest"] = 1;
  if (const ledger::Clock* offer = RunningClock(request, "D19")) {
    BookWait(judged, request, "D06", request.Party("consumer"), offer->start);
  }
  SatisfyClock(judged, request, "D19");
  request.status = Advance(judged, request);
}
void End(Case& judged) {
  judged.note = judged.Text("reason_code");
  EndClocksByLaw(judged);
  EntityBody& request = judged.state.Edit(judged.subject);
  SatisfyClock(judged, request, "D19");
  EndAllClocks(request, judged.Time());
  EndRequest(judged);
}

constexpr Check kSubmitRules[] = {NotSelf,      IsPublished,  IsShared,    ClassFits,
                                  InScope,      ItemsKnown,   ModeOffered, ModeReason,
                                  PageAccounts, SystemsOwned, IsSafe,      TerritoryFits};
constexpr Check kResubmitRules[] = {ListCovered,  IsPublished,  IsShared,    ClassFits,
                                    InScope,      ItemsKnown,   ModeOffered, ModeReason,
                                    PageAccounts, SystemsOwned, IsSafe,      TerritoryFits};
constexpr Check kReturnRules[] = {ReturnedOnce};
constexpr std::uint32_t kOpen = In(RequestStatus::kSubmitted) | In(RequestStatus::kReturned) |
                                In(RequestStatus::kOffered) | In(RequestStatus::kApproved);

constexpr CaseRow kRows[] = {
    {.op = "request.submit",
     .who = Who::kMakerHead,
     .required = DependentFields,
     .role = MayConsume,
     .condition = NotTwice,
     .rules = kSubmitRules,
     .effect = Submit},
    {.op = "request.return",
     .sides = side::kProvider | side::kManager,
     .who = Who::kMaker,
     .subject = "request",
     .from = In(RequestStatus::kSubmitted),
     .to = To(RequestStatus::kReturned),
     .turn = AtFirstStep,
     .rules = kReturnRules,
     .effect = Return},
    {.op = "request.resubmit",
     .sides = side::kConsumer,
     .who = Who::kMakerHead,
     .subject = "request",
     .from = In(RequestStatus::kReturned),
     .to = To(RequestStatus::kSubmitted),
     .required = SameResource,
     .condition = NotTwice,
     .rules = kResubmitRules,
     .effect = Resubmit},
    {.op = "request.accept",
     .sides = side::kConsumer,
     .who = Who::kMakerHead,
     .subject = "request",
     .from = In(RequestStatus::kOffered),
     .effect = Accept},
    {.op = "request.decline",
     .sides = side::kConsumer,
     .who = Who::kHead,
     .subject = "request",
     .from = In(RequestStatus::kOffered),
     .to = To(RequestStatus::kDeclined),
     .effect = End},
    {.op = "request.withdraw",
     .sides = side::kConsumer,
     .who = Who::kMakerHead,
     .subject = "request",
     .from = kOpen,
     .to = To(RequestStatus::kWithdrawn),
     .effect = End},
};

}  // namespace

std::span<const CaseRow> RequestRows() { return kRows; }

}  // namespace jiandu::contracts
