// See visibility.h.
#include "gateway/visibility.h"

#include <algorithm>
#include <array>

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::EntityKind;
using ledger::ResourceStatus;

bool IsParty(const ledger::EntityBody& body, const ledger::DepartmentId& department) {
  if (body.department == department) return true;
  return std::ranges::any_of(body.parties,
                             [&](const auto& party) { return party.second == department; });
}

bool IsPublished(std::uint32_t status) {
  return status == static_cast<std::uint32_t>(ResourceStatus::kPublished) ||
         status == static_cast<std::uint32_t>(ResourceStatus::kSuspended) ||
         status == static_cast<std::uint32_t>(ResourceStatus::kRetired);
}

// `visibility` of a resource (分级授权): the departments it is published for, empty for all. What
// cannot be read is shown to nobody.
bool IsPublishedFor(const Json& form, const Reader& reader) {
  const Json* visibility = form.Find("visibility");
  if (visibility == nullptr) return true;
  if (!visibility->IsArray()) return false;
  return visibility->Items().empty() ||
         std::ranges::any_of(visibility->Items(), [&](const Json& item) {
           return item.IsText() && item.AsString() == reader.department;
         });
}

}  // namespace

bool IsSideName(EntityKind kind, std::string_view name) {
  static constexpr std::array<std::string_view, 8> kSides{
      "consumer", "provider", "source", "holder", "filer", "contributor", "recipient", "target"};
  // Who is to sign must see what; who demanded a leaf is shown it.
  if (kind == EntityKind::kPending || kind == EntityKind::kLeafDemand) return true;
  return std::ranges::find(kSides, name) != kSides.end();
}

std::optional<ledger::EntityBody> FindBody(const LedgerSnapshot& snapshot,
                                           const ledger::EntityId& id) {
  return snapshot.BodyOf(id);
}

Sight SightOf::OfBody(const ledger::EntityBody& body) const {
  if (reader_->sees_all || IsParty(body, reader_->department)) return Sight::kParty;
  if (body.kind == EntityKind::kResource) {
    return IsPublished(body.status) && IsPublishedFor(body.Form(), *reader_) ? Sight::kPublic
                                                                             : Sight::kNone;
  }
  const bool hidden = ledger::IsCase(body.kind) || body.kind == EntityKind::kDepartmentMonth ||
                      body.kind == EntityKind::kPair;
  return hidden ? Sight::kNone : Sight::kPublic;
}

Sight SightOf::OfEntity(const ledger::EntityId& id) {
  if (const auto it = known_.find(id); it != known_.end()) return it->second;
  Sight sight = reader_->sees_all ? Sight::kParty : Sight::kNone;
  if (const auto body = FindBody(*snapshot_, id)) sight = OfBody(*body);
  if (ledger::KindOf(id) == EntityKind::kNetwork) sight = std::max(sight, Sight::kPublic);
  known_.emplace(id, sight);
  return sight;
}

bool SightOf::ShowsEvent(const ledger::Stub& stub) {
  if (reader_->sees_all) return true;
  // A refused attempt is its maker's and the parties' business, whatever it named.
  if (stub.code != 0) {
    const ledger::EntityId month = ledger::DepartmentMonthEntity(reader_->department, stub.time);
    return std::ranges::any_of(stub.touched, [&](const ledger::Touch& touch) {
      return touch.entity == month || (ledger::IsCase(ledger::KindOf(touch.entity)) &&
                                       OfEntity(touch.entity) == Sight::kParty);
    });
  }
  const bool is_party = std::ranges::any_of(stub.touched, [&](const ledger::Touch& touch) {
    return ledger::IsCase(ledger::KindOf(touch.entity)) && OfEntity(touch.entity) == Sight::kParty;
  });
  return std::ranges::all_of(stub.touched, [&](const ledger::Touch& touch) {
    const EntityKind kind = ledger::KindOf(touch.entity);
    // An access without a grant touches no case, but the pair says who used whose data.
    if (kind == EntityKind::kPair) return is_party || OwnsNatural(touch.entity, stub);
    return !ledger::IsCase(kind) || OfEntity(touch.entity) != Sight::kNone;
  });
}

bool SightOf::ShowsPayload(const ledger::Transaction& transaction, const ledger::Stub& stub) {
  if (reader_->sees_all || IsSideOf(transaction, stub)) return true;
  return std::ranges::any_of(stub.touched, [&](const ledger::Touch& touch) {
    return ledger::IsCase(ledger::KindOf(touch.entity)) && OfEntity(touch.entity) == Sight::kParty;
  });
}

bool SightOf::IsSideOf(const ledger::EntityBody& body) const {
  const ledger::DepartmentId& own = reader_->department;
  if (body.department == own && body.kind != EntityKind::kGrant) return true;
  return std::ranges::any_of(body.parties, [&](const auto& party) {
    return party.second == own && IsSideName(body.kind, party.first);
  });
}

bool SightOf::IsSideOf(const ledger::Transaction& transaction, const ledger::Stub& stub) {
  const ledger::DepartmentId& own = reader_->department;
  if (transaction.payload.department == own) return true;
  return std::ranges::any_of(stub.touched, [&](const ledger::Touch& touch) {
    const EntityKind kind = ledger::KindOf(touch.entity);
    // Of an access without a grant only the pair says who used the resource.
    if (kind == EntityKind::kResource) {
      const EntityId pair = ledger::PairEntity(touch.entity, own);
      if (std::ranges::find(stub.touched, pair, &ledger::Touch::entity) != stub.touched.end()) {
        return true;
      }
    }
    if (!ledger::IsCase(kind)) return false;
    const auto body = FindBody(*snapshot_, touch.entity);
    return body && IsSideOf(*body);
  });
}

bool SightOf::OwnsNatural(const ledger::EntityId& id, const ledger::Stub& first) {
  const ledger::DepartmentId& own = reader_->department;
  if (ledger::KindOf(id) == EntityKind::kDepartmentMonth) {
    return ledger::DepartmentMonthEntity(own, first.time) == id;
  }
  if (ledger::KindOf(id) != EntityKind::kPair) return false;
  return std::ranges::any_of(first.touched, [&](const ledger::Touch& touch) {
    if (ledger::KindOf(touch.entity) != EntityKind::kResource) return false;
    return ledger::PairEntity(touch.entity, own) == id || OfEntity(touch.entity) == Sight::kParty;
  });
}

bool IsTagMember(std::string_view name) { return name == "subject_tags" || name == "record_tags"; }

bool HasTags(const Json& json) {
  if (json.IsArray()) return std::ranges::any_of(json.Items(), HasTags);
  if (!json.IsObject()) return false;
  return std::ranges::any_of(json.Members(), [](const Json::Member& member) {
    return IsTagMember(member.name) || HasTags(member.value);
  });
}

bool WithholdTags(Json& json) {
  if (!HasTags(json)) return false;
  if (json.IsArray()) {
    for (Json& item : json.MutableItems()) WithholdTags(item);
    return true;
  }
  Json withheld = Json::MakeArray();
  const Json::Object members = json.Members();
  for (const Json::Member& member : members) {
    if (IsTagMember(member.name)) {
      json.Remove(member.name);
      withheld.Push(member.name);
      continue;
    }
    Json value = member.value;
    if (WithholdTags(value)) json.Set(member.name, std::move(value));
  }
  if (!withheld.Items().empty()) json.Set("withheld", std::move(withheld));
  return true;
}

std::string_view TagsWithheldText() {
  return "Tags of persons are shown to the sides of a record. Auditors read the record whole, with "
         "its receipt, inside an open engagement and on record: GET /v1/audit/queries/record, "
         "`jiandu audit record` (主体标签仅向记录的各方显示; "
         "审计部门须在进行中的审计任务内登记后以 "
         "record 查询调阅)";
}

Json TagsWithheld() {
  return Json::MakeObject(
      {{"what", "tags of persons, and the envelope that holds them"},
       {"what_zh", "主体标签及含有标签的交易信封"},
       {"why", "they are shown to the sides of the record"},
       {"why_zh", "仅向记录的各方显示"},
       {"how",
        "auditors: GET /v1/audit/queries/record inside an open engagement, logged first; "
        "`jiandu audit record` does it"},
       {"how_zh",
        "审计部门: 在进行中的审计任务内先登记, 再以 record 查询调阅; 命令 jiandu audit "
        "record 可自动完成"}});
}

void HideAddresses(Json& json) {
  static constexpr std::array<std::string_view, 12> kHidden{
      "cidrs",    "cidr",      "address",  "addresses", "ip",        "ips",
      "net_zone", "client_ip", "endpoint", "endpoints", "ip_counts", "accounts"};
  if (json.IsArray()) {
    for (Json& item : json.MutableItems()) HideAddresses(item);
    return;
  }
  if (!json.IsObject()) return;
  for (const std::string_view name : kHidden) json.Remove(name);
  const Json::Object members = json.Members();
  for (const Json::Member& member : members) {
    if (!member.value.IsArray() && !member.value.IsObject()) continue;
    Json value = member.value;
    HideAddresses(value);
    json.Set(member.name, std::move(value));
  }
}

}  // namespace jiandu::gateway
