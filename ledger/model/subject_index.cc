// Keys of the rows, and reading them.
#include "ledger/model/subject_index.h"

#include <algorithm>

namespace jiandu::ledger {
namespace {

constexpr std::size_t kIdSize = EntityId::kSize;

Bytes Prefix(char kind, ByteView what, std::size_t room) {
  Bytes key;
  key.reserve(2 + what.size() + room);
  key.push_back('S');
  key.push_back(static_cast<std::uint8_t>(kind));
  Append(key, what);
  return key;
}
void AppendTime(Bytes& key, TimeMs time) {
  AppendU64Be(key, static_cast<std::uint64_t>(std::max<TimeMs>(time, 0)));
}

// The ids at the end of keys under a prefix.
std::vector<EntityId> IdsUnder(const StateView& view, const Bytes& prefix, std::size_t count) {
  std::vector<EntityId> ids;
  if (count == 0) return ids;
  view.Scan(prefix, {}, [&](ByteView key, ByteView) {
    if (const auto id = EntityId::From(key.subspan(prefix.size()))) ids.push_back(*id);
    return ids.size() < count;
  });
  return ids;
}

}  // namespace

Bytes SubjectKey(const Hash256& tag, const TxId& txid, std::string_view acc_id) {
  Bytes key = Prefix('t', tag.View(), txid.View().size() + acc_id.size());
  Append(key, txid.View());
  Append(key, acc_id);
  return key;
}

std::vector<SubjectPlace> PlacesOfSubject(const StateView& view, const Hash256& tag,
                                          const SubjectPlace* after, std::size_t count) {
  std::vector<SubjectPlace> places;
  if (count == 0) return places;
  const Bytes prefix = Prefix('t', tag.View(), 0);
  const Bytes from = after != nullptr ? SubjectKey(tag, after->txid, after->acc_id) : Bytes();
  view.Scan(prefix, from, [&](ByteView key, ByteView) {
    const ByteView rest = key.subspan(prefix.size());
    if (rest.size() < TxId::kSize) return true;
    SubjectPlace place{.txid = *TxId::From(rest.first(TxId::kSize)),
                       .acc_id = ToText(rest.subspan(TxId::kSize))};
    if (after != nullptr && place == *after) return true;
    places.push_back(std::move(place));
    return places.size() < count;
  });
  return places;
}

Bytes SealedKey(const EntityId& resource, TimeMs occurred_at, const EntityId& grant,
                std::string_view acc_id) {
  Bytes key = Prefix('z', resource.View(), 8 + kIdSize + acc_id.size());
  AppendTime(key, occurred_at);
  Append(key, grant.View());
  Append(key, acc_id);
  return key;
}

std::vector<SealedAccess> SealedOf(const StateView& view, const EntityId& resource, TimeMs from,
                                   TimeMs until, std::size_t count) {
  std::vector<SealedAccess> sealed;
  if (count == 0) return sealed;
  const Bytes prefix = Prefix('z', resource.View(), 8);
  Bytes start = prefix;
  AppendTime(start, from);
  view.Scan(prefix, start, [&](ByteView key, ByteView value) {
    const ByteView rest = key.subspan(prefix.size());
    if (rest.size() < 8 + kIdSize) return true;
    SealedAccess row{.occurred_at = static_cast<TimeMs>(ReadU64Be(rest)),
                     .grant = *EntityId::From(rest.subspan(8, kIdSize)),
                     .acc_id = ToText(rest.subspan(8 + kIdSize)),
                     .txid = {}};
    if (row.occurred_at >= until) return false;
    if (const auto txid = TxId::From(value)) row.txid = *txid;
    sealed.push_back(std::move(row));
    return sealed.size() < count;
  });
  return sealed;
}

Bytes DigestBatchKey(const EntityId& grant, TimeMs from, std::string_view batch_id) {
  Bytes key = Prefix('d', grant.View(), 8 + batch_id.size());
  AppendTime(key, from);
  Append(key, batch_id);
  return key;
}

Bytes EncodeDigestBatch(TimeMs to, bool has_subjects) {
  Bytes value;
  AppendTime(value, to);
  value.push_back(has_subjects ? 1 : 0);
  return value;
}

std::vector<DigestBatch> DigestBatchesOf(const StateView& view, const EntityId& grant, TimeMs from,
                                         TimeMs until, std::size_t count) {
  constexpr TimeMs kDayMs = 86'400'000;
  std::vector<DigestBatch> batches;
  if (count == 0) return batches;
  const Bytes prefix = Prefix('d', grant.View(), 8);
  Bytes start = prefix;
  AppendTime(start, from - kDayMs);
  view.Scan(prefix, start, [&](ByteView key, ByteView value) {
    const ByteView rest = key.subspan(prefix.size());
    if (rest.size() < 8 || value.size() != 9) return true;
    DigestBatch batch{.from = static_cast<TimeMs>(ReadU64Be(rest)),
                      .to = static_cast<TimeMs>(ReadU64Be(value)),
                      .batch_id = ToText(rest.subspan(8)),
                      .has_subjects = value[8] != 0};
    if (batch.from >= until) return false;
    if (batch.to >= from) batches.push_back(std::move(batch));
    return batches.size() < count;
  });
  return batches;
}

Bytes LeafDemandKey(const EntityId& grant, const EntityId& demand) {
  Bytes key = Prefix('l', grant.View(), kIdSize);
  Append(key, demand.View());
  return key;
}
std::vector<EntityId> LeafDemandsOf(const StateView& view, const EntityId& grant,
                                    std::size_t count) {
  return IdsUnder(view, Prefix('l', grant.View(), 0), count);
}

}  // namespace jiandu::ledger
