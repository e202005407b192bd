// Building a grant's terms and orders.
#include "contracts/grant.h"

#include <array>

#include "base/hex.h"
#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/request.h"
#include "contracts/resource.h"
#include "contracts/resource_state.h"
#include "contracts/terms.h"
#include "contracts/third_party.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;

std::vector<std::string> Texts(std::span<const Json> items) {
  std::vector<std::string> texts;
  for (const Json& item : items) texts.push_back(item.AsString());
  return texts;
}

std::vector<std::string> ItemIds(const Json& resource) {
  std::vector<std::string> ids;
  for (const Json& item : resource.ItemsOf("items")) ids.emplace_back(item.TextOr("item_id"));
  return ids;
}

// Masks decided, else the default masks of the granted items.
Json Masks(const Json& terms, const Json& resource) {
  if (const Json* decided = terms.Find("mask")) return *decided;
  Json masks = Json::MakeArray();
  for (const Json& item : resource.ItemsOf("items")) {
    const std::string_view mask = item.TextOr("mask_default");
    if (mask.empty() || !ListHas(terms, "items", item.TextOr("item_id"))) continue;
    masks.Push(Json::MakeObject({{"item_id", item.TextOr("item_id")}, {"profile", mask}}));
  }
  return masks;
}

Json Accounts(const Json& request, const std::vector<std::string>& ids) {
  Json accounts = Json::MakeArray();
  for (const Json& account : request.ItemsOf("accounts")) {
    Json entry = Json::MakeObject({{"tag", account.TextOr("tag")}});
    const auto items = account.ItemsOf("items");
    if (!items.empty()) entry.Set("items_mask", HexEncode(MaskOf(Texts(items), ids)));
    accounts.Push(std::move(entry));
  }
  return accounts;
}

// Only the consumer's order decides whether a suspended grant is resumed or terminated.
std::string OrderName(std::string_view target) {
  return target == "consumer" ? "order" : std::string(target) + "_order";
}

// Masks count the items of the version that the source names.
const Json& VersionContent(Case& judged, const EntityBody& source) {
  static const Json kNone = Json::MakeObject();
  const EntityId* resource = source.Link("resource");
  return resource != nullptr
             ? ContentOfVersion(judged.state, *resource, source.Number("resource_version"))
             : kNone;
}

// The masks of items that follow from the lists of terms.
void PutMasks(Json& terms, const Json& content) {
  const std::vector<std::string> ids = ItemIds(content);
  const Json masks = Masks(terms, content);
  std::vector<std::string> masked;
  for (const Json& mask : masks.Items()) masked.emplace_back(mask.TextOr("item_id"));
  terms.Set("items_mask", HexEncode(MaskOf(Texts(terms.ItemsOf("items")), ids)));
  if (!masked.empty()) terms.Set("masked", HexEncode(MaskOf(masked, ids)));
  terms.Set("mask", masks);
}

}  // namespace

std::string_view TargetOf(std::string_view ground) {
  if (ground == "ART_39") return "provider";
  return ground == "ART_41" ? "manager" : "consumer";
}

void NoteStatus(Case& judged, const EntityId& grant, ledger::GrantStatus status) {
  const Bytes key = TimelineKey(grant);
  Bytes timeline = judged.state.Get(key).value_or(Bytes());
  AppendStatus(timeline, {.from = judged.Time(), .status = status});
  judged.state.Put(key, std::move(timeline));
}

void SetMasks(Case& judged, const EntityBody& source, Json& terms) {
  PutMasks(terms, VersionContent(judged, source));
}

bool IsOneOff(Case& judged, const Json& terms) {
  const std::int64_t days =
      judged.state.ProfileNamed(judged.body->Text("profile")).one_off_days_max;
  const std::int32_t last = ledger::DateOf(judged.Time() + days * 86'400'000);
  return terms.IntegerOr("uses_max") > 0 && terms.IntegerOr("valid_to") <= last;
}

Json GrantTerms(Case& judged, const EntityBody& request) {
  Json terms =
      CompleteTerms(Tighten(TermsOf(judged.state, request), judged.Form()),
                    VersionContent(judged, request), request.Form(), judged.Text("purpose_code"));
  const EntityBody* resource = ResourceOf(judged.state, request);
  if (resource != nullptr) terms.Set("grade", resource->Text("grade"));  // today's
  if (const Json* one = judged.Form().Find("case_commitment")) terms.Set("case_commitment", *one);
  return terms;
}

Json CompleteTerms(Json terms, const Json& content, const Json& asked, std::string_view purpose) {
  PutMasks(terms, content);
  terms.Set("grade", content.TextOr("grade"));
  terms.Set("purpose_code", purpose);
  if (const Json* matter = asked.Find("matter_code")) terms.Set("matter_code", *matter);
  for (const std::string_view name : {"systems", "client_nets"}) {
    if (const Json* list = asked.Find(name)) terms.Set(name, *list);
  }
  terms.Set("accounts", Accounts(asked, ItemIds(content)));
  return terms;
}

EntityId BearOrder(Case& judged, const EntityId& grant, const Json& form) {
  const EntityBody& body = *judged.state.Body(grant);
  Birth birth = NewEntity(judged, ledger::EntityKind::kRectification);
  const EntityId id = birth.id;
  birth.body.status = To(ledger::RectificationStatus::kOrdered);
  for (const std::string_view name : {"consumer", "provider", "manager"}) {
    birth.body.parties.emplace(name, body.Party(name));
  }
  birth.body.parties["issuer"] = judged.payload.department;
  const std::string_view target = TargetOf(judged.Text("ground"));
  birth.body.parties["target"] = body.Party(target);
  birth.body.links["grant"] = grant;
  birth.body.numbers["term"] = form.IntegerOr("term");
  StartTerm(birth.body, "D12", body.Party(target), judged.Time(), form.IntegerOr("term") + 1);
  birth.body.texts["ground"] = judged.Text("ground");
  birth.body.form = ToBytes(CanonicalJson(form));
  AddBirth(judged, std::move(birth));
  judged.state.Edit(grant).texts[OrderName(target)] = ledger::ToHex(id);
  return id;
}

const EntityBody* OrderOf(BlockState& state, const EntityBody& grant, std::string_view target) {
  const auto id = ledger::ParseEntityId(grant.Text(OrderName(target)));
  return id ? state.Body(*id) : nullptr;
}

ledger::TimeMs QuarterEnd(ledger::TimeMs time) {
  const std::int64_t date = ledger::DateOf(time);
  const std::int64_t year = date / 10000;
  const std::int64_t next = (date / 100 % 100 - 1) / 3 * 3 + 4;  // the month after the quarter
  const std::int64_t start = next > 12 ? (year + 1) * 10000 + 101 : year * 10000 + next * 100 + 1;
  return ledger::StartOfDate(start) - 1;
}

Code StillShared(Case& judged, const EntityBody& source) {
  const EntityBody* resource = ResourceOf(judged.state, source);
  return resource != nullptr && ReclassedAt(judged.state, source) == 0 &&
                 resource->status != To(ledger::ResourceStatus::kRetired)
             ? Code::kAccepted
             : Code::kResReclassed;
}

Code StillConsented(Case& judged, const EntityId& resource) {
  const EntityBody* body = judged.state.Body(resource);
  const bool derived = body != nullptr && body->Form().TextOr("kind") == "DERIVED";
  return !derived || HasConsentsFor(judged.state, resource, judged.Time()) ? Code::kAccepted
                                                                           : Code::kConsentRequired;
}

ledger::TimeMs LatestTerm(Case& judged) {
  return judged.state.Calendar()
             .DueAfter(judged.Time(), judged.state.CurrentProfile().term_days_max)
             .at -
         1;
}

}  // namespace jiandu::contracts
