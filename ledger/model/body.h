// What the state keeps of an entity: one self-describing wire form for all kinds.
//
// A body holds the status, who is involved, what it refers to, the form as it was signed (verbatim
// canonical JSON, never re-serialised) and a bounded list of what happened. The contracts write it,
// the gateway shows it. Names are those of the domain ("consumer", "valid_to"). Plain value.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "ledger/model/entity.h"

namespace jiandu::ledger {

// One thing that happened to the entity, oldest first. The last kActsMax are kept in the body; all
// of them stand in the log.
struct Act {
  std::string op;
  TimeMs time = 0;
  Height height = 0;
  TxId txid;
  DepartmentId department;   // who acted
  std::uint32_t status = 0;  // after the act
  std::string note;          // verdict or code of the act, at most 64 bytes
  std::uint64_t flags = 0;   // raised by the act
  bool operator==(const Act&) const = default;
};

struct EntityBody {
  static constexpr std::size_t kActsMax = 64;

  EntityKind kind = EntityKind::kResource;
  std::uint32_t status = 0;
  TimeMs born_at = 0;
  Height born_height = 0;
  TxId born_tx;
  DepartmentId department;                                   // whose entity it is
  std::map<std::string, DepartmentId, std::less<>> parties;  // "consumer", "provider", "manager"
  std::map<std::string, EntityId, std::less<>> links;        // "resource", "request", "grant"
  std::map<std::string, std::int64_t, std::less<>> numbers;  // "step", "attempt", "valid_to"
  std::map<std::string, std::string, std::less<>> texts;     // "profile", "code", "name"
  Bytes form;   // canonical JSON as signed at birth or at the last resubmission
  Bytes terms;  // canonical JSON of the terms in force, when they differ from the form
  std::vector<Act> acts;

  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<EntityBody> Decode(ByteView bytes);
  // The parsed form or terms; an empty object when there are none.
  [[nodiscard]] Json Form() const;
  [[nodiscard]] Json Terms() const;

  [[nodiscard]] std::int64_t Number(std::string_view name, std::int64_t otherwise = 0) const;
  [[nodiscard]] std::string_view Text(std::string_view name) const;
  [[nodiscard]] std::string_view Party(std::string_view name) const;
  [[nodiscard]] const EntityId* Link(std::string_view name) const;
  void AddAct(Act act);  // keeps the newest kActsMax
  bool operator==(const EntityBody&) const = default;
};

// The status as the domain names it ("SUBMITTED", "ACTIVE"); "?" for a number the kind has not.
[[nodiscard]] std::string_view StatusName(EntityKind kind, std::uint32_t status);
[[nodiscard]] std::optional<std::uint32_t> StatusFromName(EntityKind kind, std::string_view name);
// For answers of the gateway and for people: everything, with names instead of numbers.
[[nodiscard]] Json BodyToJson(const EntityId& id, const EntityBody& body);

// Statuses by kind; the values stand on disk and in leaves. 0 is never used by a live entity.
enum class DepartmentStatus : std::uint32_t { kActive = 1, kMerged, kRenamed, kSplit };
enum class IdentityStatus : std::uint32_t { kActive = 1, kRevoked };
enum class ResourceStatus : std::uint32_t {
  kDraft = 1,
  kSubmitted,
  kReturned,
  kApproved,
  kPublished,
  kSuspended,
  kRetired,
  kDiscarded
};
enum class RequestStatus : std::uint32_t {
  kSubmitted = 1,
  kReturned,
  kOffered,
  kApproved,
  kGranted,
  kRefused,
  kDeclined,
  kLapsed,
  kWithdrawn,
  kClosed
};
enum class GrantStatus : std::uint32_t {
  kOpened = 1,
  kActive,
  kSuspended,
  kExpired,
  kTerminated,
  kRelinquished,
  kClosed
};
enum class CorrectionStatus : std::uint32_t {
  kFiled = 1,
  kAccepted,
  kForwarded,
  kResolved,
  kConfirmed,
  kReopened,
  kWithdrawn
};
enum class RectificationStatus : std::uint32_t { kOrdered = 1, kReported, kAccepted, kFailed };
enum class PendingStatus : std::uint32_t { kPendingHead = 1, kTaken, kExpired, kVoid };

}  // namespace jiandu::ledger
