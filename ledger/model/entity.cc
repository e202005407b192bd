// Entity ids, names of kinds, dates in UTC+8 and the entity leaf's wire form.
#include "ledger/model/entity.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/hex.h"
#include "base/wire.h"
#include "crypto/hash.h"

namespace jiandu::ledger {
namespace {

struct KindRow {
  EntityKind kind;
  std::string_view name;
};
constexpr std::array<KindRow, 29> kKinds = {{
    {.kind = EntityKind::kDepartment, .name = "department"},
    {.kind = EntityKind::kDepartmentMonth, .name = "department-month"},
    {.kind = EntityKind::kPair, .name = "pair"},
    {.kind = EntityKind::kNetwork, .name = "network"},
    {.kind = EntityKind::kIdentity, .name = "identity"},
    {.kind = EntityKind::kResource, .name = "resource"},
    {.kind = EntityKind::kRequest, .name = "request"},
    {.kind = EntityKind::kGrant, .name = "grant"},
    {.kind = EntityKind::kCorrection, .name = "correction"},
    {.kind = EntityKind::kRectification, .name = "rectification"},
    {.kind = EntityKind::kPending, .name = "pending"},
    {.kind = EntityKind::kProposal, .name = "proposal"},
    {.kind = EntityKind::kConsultation, .name = "consultation"},
    {.kind = EntityKind::kDemand, .name = "demand"},
    {.kind = EntityKind::kDerivation, .name = "derivation"},
    {.kind = EntityKind::kThirdParty, .name = "third-party"},
    {.kind = EntityKind::kDisposal, .name = "disposal"},
    {.kind = EntityKind::kEmergency, .name = "emergency"},
    {.kind = EntityKind::kWatermark, .name = "watermark"},
    {.kind = EntityKind::kLeak, .name = "leak"},
    {.kind = EntityKind::kIncident, .name = "incident"},
    {.kind = EntityKind::kComplaint, .name = "complaint"},
    {.kind = EntityKind::kInspection, .name = "inspection"},
    {.kind = EntityKind::kEngagement, .name = "engagement"},
    {.kind = EntityKind::kFinding, .name = "finding"},
    {.kind = EntityKind::kHold, .name = "hold"},
    {.kind = EntityKind::kDispute, .name = "dispute"},
    {.kind = EntityKind::kLeafDemand, .name = "leaf-demand"},
    {.kind = EntityKind::kSourceTask, .name = "source-task"},
}};

EntityId FromHash(EntityKind kind, const Hash256& hash) {
  EntityId id;
  id.bytes[0] = static_cast<std::uint8_t>(kind);
  std::copy_n(hash.bytes.begin(), id.bytes.size() - 1, id.bytes.begin() + 1);
  return id;
}

struct CivilDate {
  std::int32_t year;
  std::int32_t month;
  std::int32_t day;
};

// The proleptic Gregorian date in UTC+8. Times outside the years 1 to 9999 count as the nearest
// day within them, because a claimed time may be any integer.
CivilDate CivilOf(TimeMs time) {
  constexpr TimeMs kFirst = -62135596800000;
  constexpr TimeMs kLast = 253402271999999;  // 9999-12-31T15:59:59.999Z
  constexpr TimeMs kDayMs = 24LL * 3600 * 1000;
  const TimeMs local = std::clamp(time, kFirst, kLast) + 8LL * 3600 * 1000;
  const std::int64_t days = local >= 0 ? local / kDayMs : -((-local + kDayMs - 1) / kDayMs);
  // Days since 0000-03-01, split into eras of 400 years (H. Hinnant, "chrono-compatible low-level
  // date algorithms", civil_from_days).
  const std::int64_t shifted = days + 719468;
  const std::int64_t era = shifted / 146097;
  const std::int64_t day_of_era = shifted - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return {.year = static_cast<std::int32_t>(year),
          .month = static_cast<std::int32_t>(month),
          .day = static_cast<std::int32_t>(day)};
}

// A hash that is all zero means "none" and is absent on the wire.
void PutHash(WireWriter& writer, std::uint32_t field, const Hash256& hash) {
  if (!hash.IsZero()) writer.BytesField(field, hash.View());
}

Result<Hash256> TakeHash(WireReader& reader, std::uint32_t field) {
  JD_TRY(const auto hash, reader.OptionalFixed<32>(field));
  if (hash.has_value() && hash->IsZero()) return Fail(Errc::kInvalid, "leaf: explicit zero hash");
  return hash.value_or(Hash256());
}

}  // namespace

std::string_view KindName(EntityKind kind) {
  const auto* row = std::ranges::find(kKinds, kind, &KindRow::kind);
  return row == kKinds.end() ? std::string_view("?") : row->name;
}

bool IsCase(EntityKind kind) {
  return kind >= EntityKind::kResource && kind != EntityKind::kProposal;
}

std::optional<EntityKind> KindFromByte(std::uint8_t byte) {
  const auto* row = std::ranges::find(
      kKinds, byte, [](const KindRow& r) { return static_cast<std::uint8_t>(r.kind); });
  if (row == kKinds.end()) return std::nullopt;
  return row->kind;
}

std::optional<EntityKind> KindFromName(std::string_view name) {
  const auto* row = std::ranges::find(kKinds, name, &KindRow::name);
  if (row == kKinds.end()) return std::nullopt;
  return row->kind;
}

EntityKind KindOf(const EntityId& id) { return static_cast<EntityKind>(id.bytes[0]); }

EntityId BornId(EntityKind kind, const TxId& txid, std::uint16_t n) {
  const std::array<std::uint8_t, 2> number = {static_cast<std::uint8_t>(n >> 8U),
                                              static_cast<std::uint8_t>(n)};
  return FromHash(kind, crypto::Sha256({AsBytes(crypto::kTagId), txid.View(), number}));
}

EntityId NaturalId(EntityKind kind, ByteView natural_key) {
  const std::array<std::uint8_t, 1> byte = {static_cast<std::uint8_t>(kind)};
  return FromHash(kind, crypto::Sha256({AsBytes(crypto::kTagNatural), byte, natural_key}));
}

EntityId DepartmentEntity(std::string_view department_code) {
  return NaturalId(EntityKind::kDepartment, AsBytes(department_code));
}

EntityId DepartmentMonthEntity(std::string_view department_code, TimeMs time) {
  Bytes key = ToBytes(DepartmentEntity(department_code).View());
  std::string month = std::to_string(MonthOf(time));
  month.insert(0, 6 - std::min<std::size_t>(month.size(), 6), '0');
  Append(key, month);
  return NaturalId(EntityKind::kDepartmentMonth, key);
}

EntityId PairEntity(const EntityId& resource, std::string_view department_code) {
  Bytes key = ToBytes(resource.View());
  Append(key, DepartmentEntity(department_code).View());
  return NaturalId(EntityKind::kPair, key);
}

EntityId NetworkEntity() { return NaturalId(EntityKind::kNetwork, {}); }

Result<EntityId> ParseEntityId(std::string_view hex) {
  JD_TRY(const EntityId id, HexDecodeFixed<17>(hex));
  if (!KindFromByte(id.bytes[0]).has_value()) {
    return Fail(Errc::kInvalid, "entity id: unknown kind");
  }
  return id;
}

std::string ToHex(const EntityId& id) { return HexEncode(id.View()); }

std::int32_t DateOf(TimeMs time) {
  const CivilDate date = CivilOf(time);
  return date.year * 10000 + date.month * 100 + date.day;
}

std::int32_t MonthOf(TimeMs time) {
  const CivilDate date = CivilOf(time);
  return date.year * 100 + date.month;
}

Bytes EntityLeaf::Encode() const {
  WireWriter writer;
  writer.Varint(1, birth);
  writer.Varint(2, size);
  PutHash(writer, 3, history_root);
  writer.Varint(4, last);
  PutHash(writer, 5, body_hash);
  writer.Varint(6, status);
  return writer.Take();
}

Result<EntityLeaf> EntityLeaf::Decode(ByteView bytes) {
  WireReader reader(bytes);
  EntityLeaf leaf;
  JD_TRY(leaf.birth, reader.Varint(1));
  JD_TRY(leaf.size, reader.Varint(2));
  JD_TRY(leaf.history_root, TakeHash(reader, 3));
  JD_TRY(leaf.last, reader.Varint(4));
  JD_TRY(leaf.body_hash, TakeHash(reader, 5));
  JD_TRY(const std::uint64_t status, reader.Varint(6));
  JD_CHECK(reader.Finish());
  if (status > std::numeric_limits<std::uint32_t>::max()) {
    return Fail(Errc::kInvalid, "leaf: status out of range");
  }
  leaf.status = static_cast<std::uint32_t>(status);
  return leaf;
}

}  // namespace jiandu::ledger
