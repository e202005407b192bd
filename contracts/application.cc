// Checks of what is applied for.
#include "contracts/application.h"

#include <algorithm>

#include "contracts/engine.h"
#include "contracts/grant.h"
#include "contracts/request.h"
#include "contracts/resource.h"
#include "contracts/resource_content.h"
#include "contracts/resource_state.h"
#include "contracts/safeguards.h"
#include "contracts/terms.h"
#include "contracts/territory.h"
#include "crypto/hash.h"

namespace jiandu::contracts::application {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::RequestStatus;
using ledger::ResourceStatus;

namespace {

constexpr std::int64_t kRenewalMs = 30LL * 86'400'000;

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> values) {
  return std::ranges::find(values, text) != values.end();
}

bool IsChange(const Json& content) {
  return IsOneOf(content.TextOr("kind"), {"SCOPE_CHANGE", "RENEW"});
}
// The grant a SCOPE_CHANGE or RENEW is about; null when the content names none.
const EntityBody* ChangedGrant(Case& judged, const Json& content) {
  const auto id = ledger::ParseEntityId(content.TextOr("grant"));
  const EntityBody* grant = id ? judged.state.Body(*id) : nullptr;
  return grant != nullptr && grant->kind == ledger::EntityKind::kGrant ? grant : nullptr;
}
// A change names a grant on the resource it asks about, and nothing else names one.
bool GrantFits(Case& judged, const Json& content) {
  if (!IsChange(content)) return content.Find("grant") == nullptr;
  const EntityBody* grant = ChangedGrant(judged, content);
  return grant == nullptr || *grant->Link("resource") == ResourceIdOf(judged);
}

bool IsOpenConsultation(const EntityBody& consultation) {
  using enum ledger::ConsultationStatus;
  return ((In(kOpen) | In(kInSession) | In(kAgreed)) >> consultation.status & 1U) != 0;
}

bool IsAlive(BlockState& state, const EntityId& id, const EntityBody& applied,
             ledger::TimeMs time) {
  const bool consulted = applied.kind == ledger::EntityKind::kConsultation;
  const std::uint32_t lapsed =
      consulted ? To(ledger::ConsultationStatus::kLapsed) : To(RequestStatus::kLapsed);
  if (consulted ? IsOpenConsultation(applied) : IsOpenRequest(applied)) {
    return EffectiveStatus(state, id, applied, time) != lapsed &&
           (consulted || ReclassedAt(state, applied) == 0);
  }
  // What changed a grant is used up; the grant itself may be changed again.
  if (IsOneOf(applied.Text("kind"), {"SCOPE_CHANGE", "RENEW"})) return false;
  const auto grant_id = ledger::ParseEntityId(applied.Text("grant"));
  const EntityBody* grant = grant_id ? state.Body(*grant_id) : nullptr;
  if (grant == nullptr) return false;
  return EffectiveStatus(state, *grant_id, *grant, time) < To(ledger::GrantStatus::kExpired);
}

// A resubmission is judged by the version of its submission, whatever was published since.
const Json& ResourceContent(Case& judged) {
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

bool HasOpenOrder(Case& judged, const EntityBody& grant) {
  const EntityBody* order = OrderOf(judged.state, grant);
  if (order == nullptr) return false;
  return order->status == To(ledger::RectificationStatus::kOrdered) ||
         order->status == To(ledger::RectificationStatus::kReported);
}

}  // namespace

const Json* NewContent(const Case& judged) {
  const bool whole = judged.op.op == "request.submit" || judged.op.op == "consultation.open";
  return whole ? &judged.Form() : judged.Form().Find("content");
}
EntityId ResourceIdOf(const Case& judged) {
  const Json* content = NewContent(judged);
  if (content == nullptr) return {};
  return ledger::ParseEntityId(content->TextOr("resource")).value_or(EntityId());
}
const EntityBody* ResourceBody(Case& judged) { return judged.state.Body(ResourceIdOf(judged)); }

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
      (IsChange(*content) && lacks("grant")) || (from_g3 && lacks("matter_code"))) {
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
      to < ledger::DateOf(judged.Time()) || HasItemTwice(*content) || !version_fits ||
      !GrantFits(judged, *content)) {
    return Code::kFieldInvalid;
  }
  return Code::kAccepted;
}

Code MayConsume(Case& judged) {
  return HasDepartmentRole(judged.state, judged.payload.department, "DEPARTMENT")
             ? Code::kAccepted
             : Code::kRoleDenied;
}

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

// The only way to a wider scope or a new purpose, and to a longer term (809 Art. 20, 25).
Code MayChange(Case& judged) {
  const Json* content = NewContent(judged);
  if (content == nullptr || !IsChange(*content)) return Code::kAccepted;
  const bool renews = content->TextOr("kind") == "RENEW";
  const Code refused = renews ? Code::kRenewNotAllowed : Code::kScopeChangeForbidden;
  const EntityBody* grant = ChangedGrant(judged, *content);
  if (grant == nullptr || grant->Party("consumer") != judged.payload.department ||
      IsOneOf(grant->Text("kind"), {"ONE_OFF", "EMERGENCY"})) {
    return refused;
  }
  const EntityId id = *ledger::ParseEntityId(content->TextOr("grant"));
  if (EffectiveStatus(judged.state, id, *grant, judged.Time()) !=
      To(ledger::GrantStatus::kActive)) {
    return refused;
  }
  if (!renews) return Code::kAccepted;
  const bool near_end = grant->Number("valid_to") - judged.Time() <= kRenewalMs;
  return near_end && !HasOpenOrder(judged, *grant) ? Code::kAccepted : refused;
}
Code NotSelf(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  return resource != nullptr && resource->Party("provider") == judged.payload.department
             ? Code::kSelfRequest
             : Code::kAccepted;
}
Code IsPublished(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  if (resource == nullptr) return Code::kAccepted;
  const Json& content = ResourceContent(judged);
  const bool visible = content.ItemsOf("visibility").empty() ||
                       ListHas(content, "visibility", judged.payload.department);
  // A resubmission answers a request that was received while the resource was published.
  const bool open = IsPublishedNow(judged, *resource) || judged.body != nullptr;
  return open && visible ? Code::kAccepted : Code::kResNotPublished;
}
Code IsShared(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  if (resource == nullptr || ClassOf(judged) != "NOT_SHARED") return Code::kAccepted;
  return IsFinal(judged) ? Code::kNotSharedFinal : Code::kNotShared;
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
  const Json& content = ResourceContent(judged);
  return content.BoolOr("share_scope_all") ||
                 ListHas(content, "share_scope", judged.payload.department)
             ? Code::kAccepted
             : Code::kOutOfScope;
}
Code ItemsKnown(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  if (resource == nullptr) return Code::kAccepted;
  const Json& content = ResourceContent(judged);
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

bool IsFinal(Case& judged) {
  const EntityBody* resource = ResourceBody(judged);
  if (resource == nullptr || judged.state.CurrentProfile().consultation) return false;
  const Json& content = ResourceContent(judged);
  const Json* basis = content.Find("prohibition_basis");
  return basis == nullptr || !basis->BoolOr("case_by_case");
}

void SetParties(Case& judged, EntityBody& body) {
  const EntityId resource_id = ResourceIdOf(judged);
  const EntityBody& resource = *judged.state.Body(resource_id);
  body.parties = {{"consumer", judged.payload.department},
                  {"manager", std::string(resource.Party("manager"))},
                  {"provider", std::string(resource.Party("provider"))}};
  body.links["resource"] = resource_id;
  body.texts["profile"] = judged.state.CurrentProfile().version;
}

void SetContent(Case& judged, EntityBody& body, const Json& content, const EntityId& id) {
  body.form = ToBytes(CanonicalJson(content));
  for (const std::string_view name : {"share_class", "kind", "delivery_mode"}) {
    body.texts.insert_or_assign(std::string(name), std::string(content.TextOr(name)));
  }
  body.numbers["resource_version"] = content.IntegerOr("resource_version");
  judged.state.Put(SameKey(judged, content), ToBytes(id.View()));
}

}  // namespace jiandu::contracts::application
