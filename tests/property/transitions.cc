// The transitions of docs/contracts.md 4.1 to 4.16, by name: written from the tables.
//
// What ends by itself (EXPIRED, LAPSED, ENDED) is derived; an act afterwards may start from there,
// so that a stored status may jump over it.
#include <algorithm>

#include "tests/property/invariants.h"

namespace jiandu::contracts::property {
namespace {

struct Moves {
  EntityKind kind;
  std::string_view from;
  std::string_view to;  // separated by blanks
};
constexpr Moves kMoves[] = {
    {EntityKind::kDepartment, "ACTIVE", "MERGED RENAMED SPLIT"},
    {EntityKind::kDepartment, "RENAMED", "MERGED SPLIT"},  // it goes on under its code
    {EntityKind::kIdentity, "ACTIVE", "REVOKED"},
    // CT1 to CT13
    {EntityKind::kResource, "DRAFT", "SUBMITTED DISCARDED"},
    {EntityKind::kResource, "RETURNED", "SUBMITTED DISCARDED"},
    {EntityKind::kResource, "SUBMITTED", "RETURNED APPROVED"},
    {EntityKind::kResource, "APPROVED", "PUBLISHED"},
    {EntityKind::kResource, "PUBLISHED", "SUSPENDED RETIRED"},
    {EntityKind::kResource, "SUSPENDED", "PUBLISHED RETIRED"},
    // DE1 to DE8
    {EntityKind::kDemand, "SUBMITTED", "ASSIGNED REJECTED CLOSED WITHDRAWN"},
    {EntityKind::kDemand, "ASSIGNED", "PROVIDING SUPERIOR UNABLE WITHDRAWN"},
    {EntityKind::kDemand, "PROVIDING", "UNABLE FULFILLED WITHDRAWN"},
    {EntityKind::kDemand, "SUPERIOR", "APPLIED WITHDRAWN"},
    {EntityKind::kDemand, "APPLIED", "OBTAINED REFUSED WITHDRAWN"},
    {EntityKind::kDemand, "UNABLE", "ASSIGNED REJECTED CLOSED WITHDRAWN"},
    // RQ1 to RQ16; DS5 reopens what ended
    {EntityKind::kRequest, "SUBMITTED", "RETURNED OFFERED APPROVED REFUSED WITHDRAWN GRANTED"},
    {EntityKind::kRequest, "RETURNED", "SUBMITTED WITHDRAWN APPROVED"},
    {EntityKind::kRequest, "OFFERED", "SUBMITTED APPROVED DECLINED WITHDRAWN"},
    {EntityKind::kRequest, "APPROVED", "GRANTED WITHDRAWN SUBMITTED"},
    {EntityKind::kRequest, "REFUSED", "APPROVED SUBMITTED"},
    {EntityKind::kRequest, "DECLINED", "APPROVED"},
    {EntityKind::kRequest, "GRANTED", "APPROVED"},
    // CN1 to CN8
    {EntityKind::kConsultation, "OPEN", "IN_SESSION REFUSED WITHDRAWN"},
    {EntityKind::kConsultation, "IN_SESSION", "AGREED REFUSED WITHDRAWN"},
    // 4.3: what is agreed ends with the resource when the retirement lists it.
    {EntityKind::kConsultation, "AGREED", "GRANTED LAPSED"},
    // GT1 to GT13
    {EntityKind::kGrant, "OPENED", "ACTIVE CLOSED SUSPENDED TERMINATED RELINQUISHED EXPIRED"},
    {EntityKind::kGrant, "ACTIVE", "SUSPENDED TERMINATED RELINQUISHED EXPIRED CLOSED"},
    {EntityKind::kGrant, "SUSPENDED", "OPENED ACTIVE TERMINATED RELINQUISHED EXPIRED CLOSED"},
    {EntityKind::kGrant, "EXPIRED", "CLOSED"},
    {EntityKind::kGrant, "TERMINATED", "CLOSED"},
    {EntityKind::kGrant, "RELINQUISHED", "CLOSED"},
    {EntityKind::kThirdParty, "ASKED", "CONSENTED REFUSED"},
    {EntityKind::kDisposal, "REPORTED", "REJECTED CLOSED"},
    // CR1 to CR7
    {EntityKind::kCorrection, "FILED", "ACCEPTED FORWARDED RESOLVED WITHDRAWN"},
    {EntityKind::kCorrection, "ACCEPTED", "FORWARDED RESOLVED"},
    {EntityKind::kCorrection, "FORWARDED", "RESOLVED"},
    // An answer that a lost key signed is open again where it was (4.1 DP7).
    {EntityKind::kCorrection, "RESOLVED", "CONFIRMED REOPENED FILED ACCEPTED FORWARDED"},
    {EntityKind::kCorrection, "REOPENED", "ACCEPTED RESOLVED"},
    {EntityKind::kEmergency, "DECLARED", "ENDED REVIEWED"},
    {EntityKind::kEmergency, "ENDED", "REVIEWED"},
    {EntityKind::kLeak, "REPORTED", "TRACED"},
    {EntityKind::kIncident, "OPEN", "CONTAINED REPORTED REVIEWED CLOSED"},
    {EntityKind::kIncident, "CONTAINED", "REPORTED REVIEWED CLOSED"},
    {EntityKind::kIncident, "REPORTED", "REVIEWED CLOSED"},
    {EntityKind::kIncident, "REVIEWED", "CLOSED"},
    {EntityKind::kRectification, "ORDERED", "REPORTED FAILED"},
    {EntityKind::kRectification, "REPORTED", "ACCEPTED FAILED"},
    {EntityKind::kComplaint, "FILED", "ANSWERED"},
    {EntityKind::kInspection, "REQUESTED", "ANSWERED"},
    {EntityKind::kFinding, "STATED", "REPLIED"},
    {EntityKind::kLeafDemand, "DEMANDED", "PRODUCED"},
    {EntityKind::kSourceTask, "ASKED", "DONE"},
    // DS1 to DS6
    {EntityKind::kDispute, "NEGOTIATING", "SETTLED MEDIATION WITHDRAWN"},
    {EntityKind::kDispute, "MEDIATION", "SETTLED FAILED WITHDRAWN"},
    {EntityKind::kDispute, "FAILED", "DECIDED WITHDRAWN"},
    {EntityKind::kProposal, "OPEN", "TAKEN REJECTED LAPSED"},
    {EntityKind::kPending, "PENDING_HEAD", "TAKEN EXPIRED VOID"},
};

// What owes nothing any more (4.19: who still owes, and until when).
struct Finals {
  EntityKind kind;
  std::string_view statuses;
};
constexpr Finals kFinals[] = {
    {EntityKind::kRequest, "GRANTED REFUSED DECLINED WITHDRAWN CLOSED"},
    {EntityKind::kGrant, "CLOSED"},
    {EntityKind::kDemand, "OBTAINED REFUSED FULFILLED REJECTED CLOSED WITHDRAWN"},
    {EntityKind::kConsultation, "REFUSED WITHDRAWN GRANTED LAPSED"},
    {EntityKind::kThirdParty, "CONSENTED REFUSED"},
    {EntityKind::kCorrection, "CONFIRMED WITHDRAWN"},
    {EntityKind::kDisposal, "REJECTED CLOSED"},
    {EntityKind::kComplaint, "ANSWERED"},
    {EntityKind::kInspection, "ANSWERED"},
    {EntityKind::kLeafDemand, "PRODUCED"},
    {EntityKind::kSourceTask, "DONE"},
    {EntityKind::kDispute, "SETTLED WITHDRAWN"},
    {EntityKind::kRectification, "ACCEPTED FAILED"},
    {EntityKind::kResource, "DISCARDED"},
};

bool Lists(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t blank = words.find(' ');
    if (words.substr(0, blank) == word) return true;
    if (blank == std::string_view::npos) return false;
    words.remove_prefix(blank + 1);
  }
  return false;
}

}  // namespace

std::string NameOf(EntityKind kind, std::uint32_t status) {
  return std::string(ledger::StatusName(kind, status));
}

bool MayMove(EntityKind kind, std::uint32_t from, std::uint32_t to) {
  if (from == to) return true;
  return std::ranges::any_of(kMoves, [&](const Moves& moves) {
    return moves.kind == kind && moves.from == ledger::StatusName(kind, from) &&
           Lists(moves.to, ledger::StatusName(kind, to));
  });
}

bool IsFinal(EntityKind kind, std::uint32_t status) {
  return std::ranges::any_of(kFinals, [&](const Finals& finals) {
    return finals.kind == kind && Lists(finals.statuses, ledger::StatusName(kind, status));
  });
}

}  // namespace jiandu::contracts::property
