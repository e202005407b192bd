// Keys of the rows, and reading the lists.
#include "ledger/model/grant_index.h"

#include <algorithm>
#include <array>

namespace jiandu::ledger {
namespace {

Bytes Prefix(char list) { return {'G', static_cast<std::uint8_t>(list)}; }
Bytes RankPrefix(int rank) {
  Bytes key = Prefix('g');
  key.push_back(static_cast<std::uint8_t>(rank));
  return key;
}
Bytes MonthPrefix(std::int32_t month) {
  Bytes key = Prefix('m');
  AppendU32Be(key, static_cast<std::uint32_t>(month));
  return key;
}
Bytes GrantsPrefix(const EntityId& resource) { return PartKey(resource, AsBytes("G")); }
Bytes With(Bytes key, const EntityId& id) {
  Append(key, id.View());
  return key;
}

std::vector<EntityId> ListIds(const StateView& view, const Bytes& prefix, const EntityId* after,
                              std::size_t count) {
  std::vector<EntityId> ids;
  if (count == 0) return ids;
  const Bytes from = after != nullptr ? With(prefix, *after) : Bytes();
  view.Scan(prefix, from, [&](ByteView key, ByteView) {
    const auto id = EntityId::From(key.subspan(prefix.size()));
    if (!id || (after != nullptr && *id == *after)) return true;
    ids.push_back(*id);
    return ids.size() < count;
  });
  return ids;
}

}  // namespace

int GradeRank(std::string_view grade) {
  constexpr std::array<std::string_view, 6> kGrades = {"G1", "G2", "G3", "G4", "IMPORTANT", "CORE"};
  const auto* found = std::ranges::find(kGrades, grade);
  return found != kGrades.end() ? static_cast<int>(found - kGrades.begin()) + 1 : 0;
}

Bytes GradeRowKey(int rank, const EntityId& resource) { return With(RankPrefix(rank), resource); }
Bytes GradeOfKey(const EntityId& resource) { return With(Prefix('c'), resource); }
Bytes RaisedRowKey(const EntityId& resource) { return With(Prefix('u'), resource); }
Bytes GrantRowKey(const EntityId& resource, const EntityId& grant) {
  return With(GrantsPrefix(resource), grant);
}
Bytes UsedRowKey(std::int32_t month, const EntityId& grant) {
  return With(MonthPrefix(month), grant);
}
Bytes LastUseKey(const EntityId& grant) { return With(Prefix('l'), grant); }

std::vector<EntityId> ListOfGrade(const StateView& view, int rank, const EntityId* after,
                                  std::size_t count) {
  return ListIds(view, RankPrefix(rank), after, count);
}
std::vector<EntityId> ListRaised(const StateView& view, const EntityId* after, std::size_t count) {
  return ListIds(view, Prefix('u'), after, count);
}
std::vector<EntityId> ListGrantsOf(const StateView& view, const EntityId& resource,
                                   const EntityId* after, std::size_t count) {
  return ListIds(view, GrantsPrefix(resource), after, count);
}
std::vector<UsedGrant> ListUsed(const StateView& view, std::int32_t first, std::int32_t last,
                                const UsedGrant* after, std::size_t count) {
  std::vector<UsedGrant> used;
  if (count == 0) return used;
  const Bytes prefix = Prefix('m');
  const Bytes from = after != nullptr ? UsedRowKey(after->month, after->grant) : MonthPrefix(first);
  view.Scan(prefix, from, [&](ByteView key, ByteView) {
    if (key.size() != prefix.size() + 4 + EntityId::kSize) return true;
    const auto month = static_cast<std::int32_t>(ReadU32Be(key.subspan(prefix.size())));
    const auto id = EntityId::From(key.subspan(prefix.size() + 4));
    if (month > last) return false;
    if (!id || (after != nullptr && month == after->month && *id == after->grant)) return true;
    used.push_back({.month = month, .grant = *id});
    return used.size() < count;
  });
  return used;
}
std::int32_t LastUseOf(const StateView& view, const EntityId& grant) {
  const auto value = view.Get(LastUseKey(grant));
  return value && value->size() == 4 ? static_cast<std::int32_t>(ReadU32Be(*value)) : 0;
}

}  // namespace jiandu::ledger
