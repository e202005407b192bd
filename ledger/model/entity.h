// Entities: kinds, 17-byte ids and the leaf by which the state binds an entity's history.
//
// An id is one kind byte and 16 bytes of a hash (docs/adr/0001 (Log, state and proofs)): of the
// birth transaction, or of a natural key anybody can compute. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "ledger/model/types.h"

namespace jiandu::ledger {

// The first byte of an id. Values are in hashes and on disk: never change one.
enum class EntityKind : std::uint8_t {
  kDepartment = 1,       // natural key: department code
  kDepartmentMonth = 2,  // natural key: department id17 || yyyymm (UTC+8)
  kPair = 3,             // natural key: resource id17 || department id17
  kNetwork = 4,          // natural key: "" (profiles, calendar, validators)
  kIdentity = 16,        // officer, system, node, contractor
  kResource = 17,
  kRequest = 18,
  kGrant = 19,
  kCorrection = 20,
  kRectification = 21,
  kPending = 22,       // a transaction waiting for its head (PENDING_HEAD)
  kProposal = 23,      // something put to the vote
  kConsultation = 24,  // 一事一议
  kDemand = 25,        // 归集需求, with its task
  kDerivation = 26,    // 衍生/融合数据
  kThirdParty = 27,    // 提供第三方: a consent asked for
  kDisposal = 28,      // 处置
  kEmergency = 29,     // 应急共享
  kWatermark = 30,     // of a delivery
  kLeak = 31,
  kIncident = 32,
  kComplaint = 33,   // 809 Art. 37(2)
  kInspection = 34,  // 809 Art. 29
  kEngagement = 35,  // an audit 审计任务
  kFinding = 36,     // of an audit
  kHold = 37,        // evidence that must be kept
  kDispute = 38,     // 争议
  kLeafDemand = 39,  // a leaf, document or name to be produced
  kSourceTask = 40,  // an update the source asks of a contributor
};
// "department", "resource", ...: the word used in paths and answers.
[[nodiscard]] std::string_view KindName(EntityKind kind);
// A case of somebody (or a resource): its events are shown to the departments it concerns, not to
// the whole network.
[[nodiscard]] bool IsCase(EntityKind kind);
[[nodiscard]] std::optional<EntityKind> KindFromByte(std::uint8_t byte);
[[nodiscard]] std::optional<EntityKind> KindFromName(std::string_view name);

using EntityId = FixedBytes<17>;

[[nodiscard]] EntityKind KindOf(const EntityId& id);
// The n-th entity born in a transaction. Genesis births use SHA-256 of the genesis bytes as txid.
[[nodiscard]] EntityId BornId(EntityKind kind, const TxId& txid, std::uint16_t n);
[[nodiscard]] EntityId NaturalId(EntityKind kind, ByteView natural_key);
[[nodiscard]] EntityId DepartmentEntity(std::string_view department_code);
[[nodiscard]] EntityId DepartmentMonthEntity(std::string_view department_code, TimeMs time);
[[nodiscard]] EntityId PairEntity(const EntityId& resource, std::string_view department_code);
[[nodiscard]] EntityId NetworkEntity();
// 34 lower-case hex digits; a known kind.
[[nodiscard]] Result<EntityId> ParseEntityId(std::string_view hex);
[[nodiscard]] std::string ToHex(const EntityId& id);

// yyyymmdd and yyyymm in UTC+8, in which the law counts.
[[nodiscard]] std::int32_t DateOf(TimeMs time);
[[nodiscard]] std::int32_t MonthOf(TimeMs time);

// Value of the state leaf `ent/` || id: binds the size of the history and the body.
struct EntityLeaf {
  LogIndex birth = 0;
  std::uint64_t size = 0;  // events in its history
  Hash256 history_root;    // over its events; the store sets it, contracts leave it as it is
  LogIndex last = 0;
  Hash256 body_hash;  // zero for natural entities without a body
  std::uint32_t status = 0;

  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<EntityLeaf> Decode(ByteView bytes);
};

}  // namespace jiandu::ledger
