// Keys of the rows, and reading the officers of a time.
#include "ledger/model/officer_index.h"

#include <algorithm>

namespace jiandu::ledger {
namespace {

constexpr std::size_t kTimeBytes = 8;

Bytes PrefixOf(std::string_view department, std::string_view list, std::uint32_t duty) {
  Bytes suffix = ToBytes(list);
  suffix.push_back(static_cast<std::uint8_t>(duty));
  return PartKey(DepartmentEntity(department), suffix);
}

void AppendTime(Bytes& key, TimeMs time) {
  AppendU64Be(key, static_cast<std::uint64_t>(std::max<TimeMs>(time, 0)));
}

}  // namespace

Bytes OfficeRowKey(std::string_view department, std::uint32_t duty, const EntityId& identity) {
  Bytes key = PrefixOf(department, "office/", duty);
  Append(key, identity.View());
  return key;
}

Bytes FormerOfficeRowKey(std::string_view department, std::uint32_t duty, TimeMs until,
                         const EntityId& identity) {
  Bytes key = PrefixOf(department, "former/", duty);
  AppendTime(key, until);
  Append(key, identity.View());
  return key;
}

Bytes OfficeRowValue(TimeMs since) {
  Bytes value;
  AppendTime(value, since);
  return value;
}

TimeMs SinceOf(ByteView office_row) {
  return office_row.size() == kTimeBytes ? static_cast<TimeMs>(ReadU64Be(office_row)) : 0;
}

bool IsInOffice(const EntityBody& identity, std::uint32_t duty) {
  return identity.kind == EntityKind::kIdentity &&
         identity.status == static_cast<std::uint32_t>(IdentityStatus::kActive) &&
         (identity.Number("duties") & static_cast<std::int64_t>(duty)) != 0;
}

std::vector<EntityId> ListOfficers(const StateView& view, std::string_view department,
                                   std::uint32_t duty, TimeMs time, std::size_t count) {
  std::vector<EntityId> officers;
  const auto take = [&](ByteView id_bytes, ByteView value) {
    const auto id = EntityId::From(id_bytes);
    const bool known = id && std::ranges::find(officers, *id) != officers.end();
    if (id && !known && SinceOf(value) <= time) officers.push_back(*id);
    return officers.size() < count;
  };
  if (count == 0) return officers;
  const Bytes office = PrefixOf(department, "office/", duty);
  view.Scan(office, {},
            [&](ByteView key, ByteView value) { return take(key.subspan(office.size()), value); });
  if (officers.size() >= count) return officers;
  const Bytes former = PrefixOf(department, "former/", duty);
  Bytes from = former;
  AppendTime(from, time + 1);  // who left at that time had left
  view.Scan(former, from, [&](ByteView key, ByteView value) {
    if (key.size() < former.size() + kTimeBytes) return true;
    return take(key.subspan(former.size() + kTimeBytes), value);
  });
  return officers;
}

}  // namespace jiandu::ledger
