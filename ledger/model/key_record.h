// A registered key: whose it is, for what, since when and until when.
//
// Value of the state key `key/` || keyid. Admission reads it to check signatures, the contracts to
// judge roles, the gateway to know who reads. Plain value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "ledger/model/body.h"
#include "ledger/model/entity.h"
#include "ledger/model/state_view.h"

namespace jiandu::ledger {

enum class KeyAlgorithm : std::uint8_t { kSecp256k1Sha256 = 1, kSm2Sm3 = 2 };  // SM2 comes later
enum class IdentityKind : std::uint8_t { kOfficer = 1, kSystem = 2, kNode = 3, kContractor = 4 };

// Duties of an officer (bit set). CLERK 经办, HEAD 共享工作机构负责人, DEPT_LEADER 部门负责人.
namespace duty {
inline constexpr std::uint32_t kClerk = 1;
inline constexpr std::uint32_t kHead = 2;
inline constexpr std::uint32_t kLeader = 4;
inline constexpr std::uint32_t kSecurity = 8;
inline constexpr std::uint32_t kSysadmin = 16;
inline constexpr std::uint32_t kAudit = 32;
}  // namespace duty
[[nodiscard]] std::string_view DutyName(std::uint32_t bit);
[[nodiscard]] std::optional<std::uint32_t> DutyFromName(std::string_view name);
[[nodiscard]] std::string_view IdentityKindName(IdentityKind kind);
[[nodiscard]] std::optional<IdentityKind> IdentityKindFromName(std::string_view name);

// Why a key ended.
enum class RevokeReason : std::uint8_t {
  kNone = 0,
  kLeft = 1,
  kLost = 2,
  kCompromised = 3,
  kRotated = 4
};

struct KeyRecord {
  KeyAlgorithm algorithm = KeyAlgorithm::kSecp256k1Sha256;
  crypto::EcdsaPublicKeyBytes key;
  DepartmentId department;
  EntityId identity;
  IdentityKind kind = IdentityKind::kOfficer;
  std::uint32_t duties = 0;
  Height usable_from = 0;  // a key change takes effect at the next height
  TimeMs revoked_at = 0;   // 0: in force. A rotated key stays usable until this time
  RevokeReason reason = RevokeReason::kNone;
  TimeMs compromised_since = 0;
  bool operator==(const KeyRecord&) const = default;

  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<KeyRecord> Decode(ByteView bytes);
  [[nodiscard]] bool IsActive(Height height, TimeMs time) const {
    return height >= usable_from && (revoked_at == 0 || time < revoked_at);
  }
};

// Keys an identity had before and that can be doubted still, at most (docs/contracts.md 4.1 DP6).
inline constexpr std::size_t kFormerKeysMax = 8;
// The keys of an identity: its own first, then former ones, the oldest first.
[[nodiscard]] std::vector<KeyId> KeysOf(const EntityBody& identity);
void SetKeys(EntityBody& identity, const KeyId& own, const std::vector<KeyId>& former);

// The record of a key as the state holds it; nothing when it is not registered.
[[nodiscard]] std::optional<KeyRecord> FindKeyRecord(const StateView& view, const KeyId& key);

}  // namespace jiandu::ledger
