// Values by type and name of a member.
#include "tests/property/fill.h"

#include <algorithm>

#include "base/hex.h"

namespace jiandu::contracts::property {
namespace {

using ledger::Field;
using ledger::FieldType;
using ledger::Need;

bool IsPast(std::string_view name) {
  constexpr std::array kPast = {
      std::string_view("occurred_at"),       std::string_view("detected_at"),
      std::string_view("found_at"),          std::string_view("refreshed_at"),
      std::string_view("disposed_at"),       std::string_view("delivered_at"),
      std::string_view("compromised_since"), std::string_view("from"),
      std::string_view("plan_started_at"),   std::string_view("at")};
  return std::ranges::find(kPast, name) != kPast.end();
}

unsigned LikelihoodOf(Need need) {
  switch (need) {
    case Need::kStructural: return 100;
    case Need::kRequired: return 99;
    case Need::kByRule: return 88;
    case Need::kOptional: return 40;
  }
  return 50;
}

}  // namespace

EntityId Filler::Any(EntityKind kind) {
  const std::vector<EntityId>& all = world_.Of(kind);
  return all.empty() ? EntityId() : dice_.Recent(all);
}

// Through links and through texts that name entities, two steps far.
EntityId Filler::LinkOf(const EntityId& from, EntityKind kind) const {
  if (from.IsZero()) return {};
  if (ledger::KindOf(from) == kind) return from;
  const EntityBody* body = world_.Body(from);
  if (body == nullptr) return {};
  for (const auto& [name, link] : body->links) {
    if (ledger::KindOf(link) == kind) return link;
  }
  if (const auto named = ledger::ParseEntityId(body->Text(ledger::KindName(kind)))) return *named;
  for (const auto& [name, link] : body->links) {
    const EntityBody* next = world_.Body(link);
    if (next == nullptr) continue;
    for (const auto& [inner, far] : next->links) {
      if (ledger::KindOf(far) == kind) return far;
    }
  }
  return {};
}

const EntityBody* Filler::ResourceOf(const Draft& draft) const {
  for (const std::string_view member : {"resource", "grant", "request"}) {
    const auto id = ledger::ParseEntityId(draft.body.TextOr(member));
    if (!id) continue;
    const EntityId resource = LinkOf(*id, EntityKind::kResource);
    if (!resource.IsZero()) return world_.Body(resource);
  }
  const EntityId resource = LinkOf(draft.subject, EntityKind::kResource);
  return resource.IsZero() ? nullptr : world_.Body(resource);
}

std::vector<std::string> Filler::ItemsOf(const EntityBody* resource) const {
  std::vector<std::string> items;
  if (resource == nullptr) return items;
  const Json form = resource->Form();
  for (const Json& item : form.ItemsOf("items")) items.emplace_back(item.TextOr("item_id"));
  return items;
}

Json Filler::SomeItems(const EntityBody* resource) {
  Json list = Json::MakeArray();
  for (const std::string& item : ItemsOf(resource)) {
    if (dice_.Percent(55)) list.Push(item);
  }
  if (list.Items().empty()) list.Push("plate");
  if (dice_.Percent(2)) list.Push("nobody_has_this");
  return list;
}

Json Filler::Entity(const Field& field, const Draft& draft) {
  if (field.entity == EntityKind{0}) {  // a case of any kind
    constexpr std::array kCases = {
        EntityKind::kRequest,      EntityKind::kGrant,    EntityKind::kCorrection,
        EntityKind::kConsultation, EntityKind::kDemand,   EntityKind::kResource,
        EntityKind::kDisposal,     EntityKind::kIncident, EntityKind::kRectification};
    return ledger::ToHex(Any(kCases[dice_.Below(kCases.size())]));
  }
  if (dice_.Percent(92)) {
    EntityId linked = LinkOf(draft.subject, field.entity);
    for (const std::string_view member : {"grant", "resource"}) {
      if (!linked.IsZero()) break;
      const auto named = ledger::ParseEntityId(draft.body.TextOr(member));
      if (named) linked = LinkOf(*named, field.entity);
    }
    if (!linked.IsZero()) return ledger::ToHex(linked);
  }
  return ledger::ToHex(Any(field.entity));
}

Json Filler::PartyOrAny(const Field& field, const Draft& draft) {
  const EntityBody* subject = world_.Body(draft.subject);
  if (subject != nullptr && dice_.Percent(70)) {
    const std::string_view party = subject->Party(field.name);
    if (!party.empty()) return party;
    if (!subject->parties.empty()) {
      auto at = subject->parties.begin();
      std::advance(at, static_cast<long>(dice_.Below(subject->parties.size())));
      return at->second;
    }
  }
  return Department();
}

Json Filler::Id(const Field& field, const Draft& draft) {
  const std::string_view name = field.name;
  if (name == "purpose_code" || name == "purpose_codes" || name == "scene_code") {
    return dice_.Of({"SUPERVISION", "SUPERVISION", "SUPERVISION", "STATISTICS"});
  }
  if (name == "matter_code" || name == "matter_codes") return dice_.Of({"M-1", "M-1", "M-2"});
  if (name == "items" || name == "item_ids" || name == "item_id" || name == "item" ||
      name == "out_item") {
    const std::vector<std::string> items = ItemsOf(ResourceOf(draft));
    return items.empty() ? std::string("plate") : dice_.Of(items);
  }
  if (name == "acc_id" || name == "batch_id" || name == "prev_batch_id" || name == "batches" ||
      name == "batch_ids" || name == "seen_acc_id") {
    return "a" + std::to_string(dice_.Below(3000));
  }
  if (name == "ops") return dice_.Of({"decision.submit", "grant.open", "request.submit"});
  if (name == "elements" || name == "element_code") {
    return "DE-" + std::string(dice_.Of({"plate", "status", "owner", "citizen_no", "other"}));
  }
  if (name == "condition_codes") {
    return dice_.Of({"LAW_ENFORCEMENT", "LAW_ENFORCEMENT", "SUPERVISION", "PAY_A_FEE"});
  }
  if (name == "missing" || name == "code") return dice_.Of({"REPORT", "SEAL"});
  if (name == "labels") return "vehicle";
  if (name == "mask_profile" || name == "mask_profiles") return dice_.Of({"MASK-A", "MASK-B"});
  if (name == "territory" || name == "jurisdiction")
    return dice_.Of({"990100", "990101", "990200"});
  return "x" + std::to_string(dice_.Below(5));
}

Json Filler::Integer(const Field& field, const Draft& draft) {
  const std::string_view name = field.name;
  const EntityBody* resource = ResourceOf(draft);
  const std::int64_t version = resource != nullptr ? resource->Number("dataset_version") : 0;
  if (name == "resource_version") return resource != nullptr ? resource->Number("version") : 1;
  if (name == "new_version" || name == "out_version") {
    return std::max<std::int64_t>(1, version + dice_.Between(0, 1));
  }
  if (name == "version_seen" || name == "version" || name == "dataset_versions") {
    return std::max<std::int64_t>(0, version - dice_.Between(0, 1));
  }
  if (name == "dataset_version") {
    const bool refresh = draft.op->op == "resource.refresh";
    return std::max<std::int64_t>(refresh ? 1 : 0, version + (refresh ? dice_.Between(0, 2) : 0));
  }
  if (name == "days") return dice_.Between(1, 12);
  if (name == "daily_cap" || name == "rate_per_min") return dice_.Between(1, 60);
  if (name == "rows_per_call_max") return dice_.Between(5, 50);
  if (name == "bytes_per_day") return dice_.Between(500, 1'000'000);
  if (name == "uses_max") return dice_.Between(3, 40);
  if (name == "effective") {
    return static_cast<std::int64_t>(world_.Height()) + dice_.Between(-1, 60);
  }
  if (name == "height") return static_cast<std::int64_t>(world_.Height());
  if (name == "ok" || name == "n") return dice_.Between(1, 30);
  return std::clamp<std::int64_t>(dice_.Between(0, 12), field.low, field.high);
}

Json Filler::Moment(const Field& field) {
  if (field.name == "to") return world_.Time() - dice_.Between(0, 40) * kMinuteMs;
  if (IsPast(field.name)) {
    const std::int64_t back =
        dice_.Percent(80) ? dice_.Between(0, 90) * kMinuteMs : dice_.Between(0, 60) * kHourMs;
    const std::int64_t ahead = dice_.Percent(2) ? kHourMs : 0;
    return world_.Time() - back + ahead;
  }
  const std::int64_t span = dice_.Percent(90) ? dice_.Between(1, 10) : dice_.Between(-2, 40);
  return world_.Time() + span * kDayMs;
}

Json Filler::Day(const Field& field) {
  if (field.name == "valid_from" || field.name == "period_from")
    return DateIn(-dice_.Between(0, 5));
  if (field.name == "event_date" || field.name == "period" || field.name == "date") {
    return DateIn(-dice_.Between(0, 6));
  }
  if (field.name == "valid_to") return DateIn(dice_.Between(2, 120));
  if (field.name == "retention_until") return DateIn(dice_.Between(100, 300));
  return DateIn(dice_.Percent(92) ? dice_.Between(1, 20) : dice_.Between(-5, 0));
}

Json Filler::Single(const Field& field, const Draft& draft) {
  switch (field.type) {
    case FieldType::kText:
      return field.name == "client_net" ? dice_.Of({"10.30.0.0/16", "NONE"}) : "text";
    case FieldType::kId: return Id(field, draft);
    case FieldType::kCode: {
      if (field.codes.empty()) return Id(field, draft);
      return field.codes[dice_.Below(field.codes.size())];
    }
    case FieldType::kHash: return Hash();
    case FieldType::kEntity: return Entity(field, draft);
    case FieldType::kDepartment: return PartyOrAny(field, draft);
    case FieldType::kKey: return "02" + Hash();
    case FieldType::kSignature: return std::string(128, '1');
    case FieldType::kMask: return dice_.Of({"03", "07", "07", "01", "0f"});
    case FieldType::kInteger: return Integer(field, draft);
    case FieldType::kBool: return dice_.Percent(75);
    case FieldType::kTime: return Moment(field);
    case FieldType::kDate: return Day(field);
    case FieldType::kNet: return dice_.Of({"10.20.3.0/24", "10.30.0.0/16"});
    case FieldType::kAddress: return dice_.Of({"10.20.3.7", "10.20.3.9", "10.99.1.7"});
    case FieldType::kWindow: return dice_.Of({"08:00-20:00", "00:00-23:59", "22:00-06:00"});
    case FieldType::kObject: {
      Json object = Json::MakeObject();
      FillForm(*field.form, draft, object);
      return object;
    }
  }
  return {};
}

Json Filler::Value(const Field& field, const Draft& draft) {
  if (field.list_max == 0) return Single(field, draft);
  Json list = Json::MakeArray();
  if (field.name == "items" && field.type == FieldType::kId) return SomeItems(ResourceOf(draft));
  std::vector<std::string> seen;
  const std::uint64_t count = 1 + dice_.Below(std::min<std::size_t>(field.list_max, 3));
  for (std::uint64_t i = 0; i < count; ++i) {
    Json value = Single(field, draft);
    std::string text = CanonicalJson(value);
    if (std::ranges::find(seen, text) != seen.end()) continue;
    seen.push_back(std::move(text));
    list.Push(std::move(value));
  }
  return list;
}

void Filler::FillForm(const ledger::Form& form, const Draft& draft, Json& into) {
  for (const Field& field : form.fields) {
    if (dice_.Percent(LikelihoodOf(field.need))) into.Set(field.name, Value(field, draft));
  }
}

void Filler::Fill(Draft& draft) {
  // What is named first decides what fits afterwards.
  const ledger::Form& form = *draft.op->form;
  for (const bool entities : {true, false}) {
    for (const Field& field : form.fields) {
      const bool is_entity = field.type == FieldType::kEntity && field.list_max == 0;
      if (is_entity != entities || draft.body.Find(field.name) != nullptr) continue;
      if (!dice_.Percent(LikelihoodOf(field.need))) continue;
      draft.body.Set(field.name, Value(field, draft));
    }
  }
}

}  // namespace jiandu::contracts::property
