// What the state keeps of an entity: one self-describing wire form for all kinds.
//
// A body holds the status, who is involved, what it refers to, the form as it was signed (verbatim
// canonical JSON, never re-serialised) and a bounded list of what happened. The contracts write it,
// the gateway shows it. Names are those of the domain ("consumer", "valid_to"). Plain value.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ledger/model/entity.h"
#include "ledger/model/json_text.h"

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

enum class ClockUnit : std::uint32_t {
  kWorkingDays = 1,  // `n` working days after the day of `start`
  kHours = 2,        // `n` hours after `start`
  kUntil = 3,        // `n` is the first ms that is late
};

// A deadline 时限 of the case (docs/contracts.md 4.19): who owes what since when. When it is due is
// never stored: the calendar of working days says so, and may be published anew.
struct Clock {
  std::string code;         // "D04"
  DepartmentId department;  // who owes it
  TimeMs start = 0;
  std::int64_t n = 0;
  ClockUnit unit = ClockUnit::kWorkingDays;
  std::int64_t extra = 0;  // working days or hours added by an extension
  TimeMs ended_at = 0;     // 0: it runs
  bool satisfied = false;  // ended by the act it asks for; else it fell away or stands still
  std::int64_t late = 0;   // working days or hours late when satisfied, less those in `waits`
  std::map<DepartmentId, std::int64_t, std::less<>> waits =
      {};  // working days others took meanwhile
  // Departments that owed it before, and until when: they have ended since (4.1 DP3).
  std::map<DepartmentId, TimeMs, std::less<>> held_until = {};
  bool operator==(const Clock&) const = default;

  [[nodiscard]] bool Runs() const { return ended_at == 0; }
};

[[nodiscard]] Bytes EncodeClock(const Clock& clock);
[[nodiscard]] Result<Clock> DecodeClock(ByteView bytes);

struct EntityBody {
  static constexpr std::size_t kActsMax = 64;
  static constexpr std::size_t kClocksMax = 64;

  EntityKind kind = EntityKind::kResource;
  std::uint32_t status = 0;
  TimeMs born_at = 0;
  Height born_height = 0;
  TxId born_tx;
  DepartmentId department;                                   // whose entity it is
  std::map<std::string, DepartmentId, std::less<>> parties;  // "consumer", "provider", "manager"
  // "resource", "request", "grant": set at birth and never changed, for they say what an act on
  // this entity touches besides (contracts/touched.h). What changes stands in `texts`.
  std::map<std::string, EntityId, std::less<>> links;
  std::map<std::string, std::int64_t, std::less<>> numbers;  // "step", "attempt", "valid_to"
  std::map<std::string, std::string, std::less<>> texts;     // "profile", "code", "name"
  JsonText form;   // as signed at birth or at the last resubmission
  JsonText terms;  // those in force, when they differ from the form
  std::vector<Act> acts;
  std::vector<Clock> clocks;  // one of a code and department, in the order they first started

  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<EntityBody> Decode(ByteView bytes);
  // The parsed form or terms; an empty object when there are none. They stay until either is set.
  [[nodiscard]] const Json& Form() const { return form.Parsed(); }
  [[nodiscard]] const Json& Terms() const { return terms.Parsed(); }

  [[nodiscard]] std::int64_t Number(std::string_view name, std::int64_t otherwise = 0) const;
  [[nodiscard]] std::string_view Text(std::string_view name) const;
  [[nodiscard]] std::string_view Party(std::string_view name) const;
  [[nodiscard]] const EntityId* Link(std::string_view name) const;
  void AddAct(Act act);  // keeps the newest kActsMax
  // The clock of the code, on the department when one is named; null when it never started.
  [[nodiscard]] const Clock* FindClock(std::string_view code,
                                       std::string_view department = "") const;
  bool operator==(const EntityBody&) const = default;
};

// The status as the domain names it ("SUBMITTED", "ACTIVE"); "?" for a number the kind has not.
[[nodiscard]] std::string_view StatusName(EntityKind kind, std::uint32_t status);
[[nodiscard]] std::optional<std::uint32_t> StatusFromName(EntityKind kind, std::string_view name);
// For answers of the gateway and for people: everything, with names instead of numbers.
[[nodiscard]] Json ClockToJson(const Clock& clock);
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
enum class ConsultationStatus : std::uint32_t {
  kOpen = 1,
  kInSession,
  kAgreed,
  kRefused,
  kLapsed,
  kWithdrawn,
  kGranted
};
enum class DemandStatus : std::uint32_t {
  kSubmitted = 1,
  kAssigned,
  kProviding,
  kSuperior,
  kApplied,
  kObtained,
  kRefused,
  kUnable,
  kFulfilled,
  kRejected,
  kClosed,
  kWithdrawn
};
enum class DerivationStatus : std::uint32_t { kRecorded = 1 };
enum class ThirdPartyStatus : std::uint32_t { kAsked = 1, kConsented, kRefused };
enum class DisposalStatus : std::uint32_t { kReported = 1, kRejected, kClosed };
enum class EmergencyStatus : std::uint32_t { kDeclared = 1, kEnded, kReviewed };
enum class WatermarkStatus : std::uint32_t { kRegistered = 1 };
enum class LeakStatus : std::uint32_t { kReported = 1, kTraced };
enum class IncidentStatus : std::uint32_t { kOpen = 1, kContained, kReported, kReviewed, kClosed };
enum class ComplaintStatus : std::uint32_t { kFiled = 1, kAnswered };
enum class InspectionStatus : std::uint32_t { kRequested = 1, kAnswered };
enum class EngagementStatus : std::uint32_t { kOpen = 1, kEnded };
enum class FindingStatus : std::uint32_t { kStated = 1, kReplied };
enum class HoldStatus : std::uint32_t { kHeld = 1, kEnded };
enum class DisputeStatus : std::uint32_t {
  kNegotiating = 1,
  kMediation,
  kFailed,
  kDecided,
  kSettled,
  kWithdrawn
};
enum class LeafDemandStatus : std::uint32_t { kDemanded = 1, kProduced };
enum class SourceTaskStatus : std::uint32_t { kAsked = 1, kDone };
enum class ProposalStatus : std::uint32_t { kOpen = 1, kTaken, kRejected, kLapsed };
enum class PendingStatus : std::uint32_t { kPendingHead = 1, kTaken, kExpired, kVoid };

}  // namespace jiandu::ledger
