// Names of duties and identity kinds, and the key record's wire form.
#include "ledger/model/key_record.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/hex.h"
#include "base/limits.h"
#include "base/wire.h"

namespace jiandu::ledger {
namespace {

struct DutyRow {
  std::uint32_t bit;
  std::string_view name;
};
constexpr std::array<DutyRow, 6> kDuties = {{
    {.bit = duty::kClerk, .name = "CLERK"},
    {.bit = duty::kHead, .name = "HEAD"},
    {.bit = duty::kLeader, .name = "DEPT_LEADER"},
    {.bit = duty::kSecurity, .name = "SECURITY"},
    {.bit = duty::kSysadmin, .name = "SYSADMIN"},
    {.bit = duty::kAudit, .name = "AUDIT"},
}};
constexpr std::uint32_t kDutiesAll =
    duty::kClerk | duty::kHead | duty::kLeader | duty::kSecurity | duty::kSysadmin | duty::kAudit;

struct IdentityKindRow {
  IdentityKind kind;
  std::string_view name;
};
constexpr std::array<IdentityKindRow, 4> kIdentityKinds = {{
    {.kind = IdentityKind::kOfficer, .name = "OFFICER"},
    {.kind = IdentityKind::kSystem, .name = "SYSTEM"},
    {.kind = IdentityKind::kNode, .name = "NODE"},
    {.kind = IdentityKind::kContractor, .name = "CONTRACTOR"},
}};

// An enumerator by its number, which must lie in [low, high].
template <typename Enum>
Result<Enum> TakeEnum(WireReader& reader, std::uint32_t field, Enum low, Enum high) {
  JD_TRY(const std::uint64_t value, reader.Varint(field));
  if (value < static_cast<std::uint64_t>(low) || value > static_cast<std::uint64_t>(high)) {
    return Fail(Errc::kInvalid, "key record: unknown enumerator");
  }
  return static_cast<Enum>(value);
}

}  // namespace

std::string_view DutyName(std::uint32_t bit) {
  const auto* row = std::ranges::find(kDuties, bit, &DutyRow::bit);
  return row == kDuties.end() ? std::string_view("?") : row->name;
}

std::optional<std::uint32_t> DutyFromName(std::string_view name) {
  const auto* row = std::ranges::find(kDuties, name, &DutyRow::name);
  if (row == kDuties.end()) return std::nullopt;
  return row->bit;
}

std::string_view IdentityKindName(IdentityKind kind) {
  const auto* row = std::ranges::find(kIdentityKinds, kind, &IdentityKindRow::kind);
  return row == kIdentityKinds.end() ? std::string_view("?") : row->name;
}

std::optional<IdentityKind> IdentityKindFromName(std::string_view name) {
  const auto* row = std::ranges::find(kIdentityKinds, name, &IdentityKindRow::name);
  if (row == kIdentityKinds.end()) return std::nullopt;
  return row->kind;
}

Bytes KeyRecord::Encode() const {
  WireWriter writer;
  writer.Varint(1, static_cast<std::uint64_t>(algorithm));
  writer.BytesField(2, key.View());
  writer.Text(3, department);
  writer.BytesField(4, identity.View());
  writer.Varint(5, static_cast<std::uint64_t>(kind));
  writer.Varint(6, duties);
  writer.Varint(7, usable_from);
  writer.Int64(8, revoked_at);
  writer.Varint(9, static_cast<std::uint64_t>(reason));
  writer.Int64(10, compromised_since);
  return writer.Take();
}

Result<KeyRecord> KeyRecord::Decode(ByteView bytes) {
  WireReader reader(bytes);
  KeyRecord record;
  JD_TRY(record.algorithm,
         TakeEnum(reader, 1, KeyAlgorithm::kSecp256k1Sha256, KeyAlgorithm::kSm2Sm3));
  JD_TRY(record.key, reader.Fixed<33>(2));
  JD_TRY(const std::string_view department, reader.Text(3, limits::kIdBytesMax));
  record.department = department;
  JD_TRY(record.identity, reader.Fixed<17>(4));
  JD_TRY(record.kind, TakeEnum(reader, 5, IdentityKind::kOfficer, IdentityKind::kContractor));
  JD_TRY(const std::uint64_t duties, reader.Varint(6));
  if ((duties & ~std::uint64_t{kDutiesAll}) != 0) {
    return Fail(Errc::kInvalid, "key record: unknown duty");
  }
  record.duties = static_cast<std::uint32_t>(duties);
  JD_TRY(record.usable_from, reader.Varint(7));
  JD_TRY(record.revoked_at, reader.Int64(8));
  JD_TRY(record.reason, TakeEnum(reader, 9, RevokeReason::kNone, RevokeReason::kRotated));
  JD_TRY(record.compromised_since, reader.Int64(10));
  JD_CHECK(reader.Finish());
  if (record.department.empty()) return Fail(Errc::kInvalid, "key record: no department");
  return record;
}

// Texts "key", and "former_keys": hex digits of one after the other.
std::vector<KeyId> KeysOf(const EntityBody& identity) {
  constexpr std::size_t kDigits = 2 * KeyId::kSize;
  std::vector<KeyId> keys;
  const auto add = [&keys](std::string_view hex) {
    if (const auto id = HexDecodeFixed<KeyId::kSize>(hex)) keys.emplace_back(*id);
  };
  add(identity.Text("key"));
  const std::string_view former = identity.Text("former_keys");
  for (std::size_t at = 0; at + kDigits <= former.size(); at += kDigits) {
    add(former.substr(at, kDigits));
  }
  return keys;
}

void SetKeys(EntityBody& identity, const KeyId& own, const std::vector<KeyId>& former) {
  std::string digits;
  for (const KeyId& id : former) digits += HexEncode(id.View());
  identity.texts["key"] = HexEncode(own.View());
  identity.texts["former_keys"] = std::move(digits);
}

std::optional<KeyRecord> FindKeyRecord(const StateView& view, const KeyId& key) {
  const auto bytes = view.Get(KeyRecordKey(key));
  if (!bytes) return std::nullopt;
  auto record = KeyRecord::Decode(*bytes);
  if (!record) return std::nullopt;
  return *std::move(record);
}

}  // namespace jiandu::ledger
