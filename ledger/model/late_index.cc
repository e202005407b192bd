// Keys of the rows, and reading a period of them.
#include "ledger/model/late_index.h"

#include <algorithm>

namespace jiandu::ledger {
namespace {

constexpr std::size_t kTimeBytes = 8;

Bytes PrefixOf(std::string_view department, std::string_view code) {
  Bytes prefix = {'N'};
  prefix.push_back(department.empty() ? 'a' : 'd');
  if (!department.empty()) {
    Append(prefix, AsBytes(department));
    prefix.push_back(0);
  }
  Append(prefix, AsBytes(code));
  prefix.push_back(0);
  return prefix;
}

void AppendTime(Bytes& key, TimeMs time) {
  AppendU64Be(key, static_cast<std::uint64_t>(std::max<TimeMs>(time, 0)));
}

Bytes RowKey(std::string_view department, const Clock& clock, const EntityId& entity) {
  Bytes key = PrefixOf(department, clock.code);
  AppendTime(key, clock.ended_at);
  Append(key, entity.View());
  AppendTime(key, clock.start);
  Append(key, AsBytes(clock.department));
  return key;
}

std::optional<LateClock> ReadRow(std::size_t prefix, ByteView key, ByteView value) {
  if (key.size() < prefix + kTimeBytes + EntityId::kSize || value.size() <= TxId::kSize) {
    return std::nullopt;
  }
  const auto entity = EntityId::From(key.subspan(prefix + kTimeBytes, EntityId::kSize));
  const auto txid = TxId::From(value.first(TxId::kSize));
  const std::size_t named = value[TxId::kSize];
  ByteView rest = value.subspan(TxId::kSize + 1);
  if (named > kResponsibleMax || rest.size() < named * EntityId::kSize) return std::nullopt;
  std::vector<EntityId> responsible;
  for (std::size_t n = 0; n < named; ++n) {
    const auto id = EntityId::From(rest.first(EntityId::kSize));
    if (!id) return std::nullopt;
    responsible.push_back(*id);
    rest = rest.subspan(EntityId::kSize);
  }
  auto clock = DecodeClock(rest);
  if (!entity || !txid || !clock) return std::nullopt;
  return LateClock{.entity = *entity,
                   .clock = std::move(*clock),
                   .txid = *txid,
                   .responsible = std::move(responsible),
                   .place = ToBytes(key.subspan(prefix))};
}

}  // namespace

Bytes LateRowKey(const Clock& clock, const EntityId& entity) { return RowKey("", clock, entity); }
Bytes OwnLateRowKey(const Clock& clock, const EntityId& entity) {
  return RowKey(clock.department, clock, entity);
}

Bytes LateRowValue(const Clock& clock, const TxId& txid, std::span<const EntityId> responsible) {
  const auto named = responsible.first(std::min(responsible.size(), kResponsibleMax));
  Bytes value = ToBytes(txid.View());
  value.push_back(static_cast<std::uint8_t>(named.size()));
  for (const EntityId& id : named) Append(value, id.View());
  Append(value, EncodeClock(clock));
  return value;
}

std::vector<LateClock> ListLate(const StateView& view, std::string_view department,
                                std::string_view code, TimeMs from, TimeMs until, std::size_t count,
                                ByteView after) {
  std::vector<LateClock> rows;
  if (count == 0) return rows;
  const Bytes prefix = PrefixOf(department, code);
  Bytes begin = prefix;
  if (after.empty()) {
    AppendTime(begin, from);
  } else {
    Append(begin, after);
  }
  view.Scan(prefix, begin, [&](ByteView key, ByteView value) {
    if (!after.empty() && std::ranges::equal(key.subspan(prefix.size()), after)) return true;
    auto row = ReadRow(prefix.size(), key, value);
    if (!row) return true;
    if (row->clock.ended_at >= until) return false;
    rows.push_back(std::move(*row));
    return rows.size() < count;
  });
  return rows;
}

}  // namespace jiandu::ledger
