// The status of a case as of a time: what has ended by itself since somebody last acted.
#include <array>

#include "contracts/clock.h"
#include "contracts/compromise.h"
#include "contracts/demand.h"
#include "contracts/engine.h"
#include "contracts/grant_terms.h"
#include "contracts/proposal.h"
#include "contracts/resource.h"
#include "contracts/resource_state.h"
#include "contracts/succession.h"

namespace jiandu::contracts {

using ledger::EntityBody;
using ledger::EntityId;

namespace {

// Statuses that end by themselves when a clock runs out (4.6, 4.7, 4.13).
struct Lapse {
  ledger::EntityKind kind;
  std::uint32_t from;
  std::string_view clock;
  std::uint32_t to;
};
constexpr std::array kLapses = {
    Lapse{ledger::EntityKind::kRequest, To(ledger::RequestStatus::kOffered), "D19",
          To(ledger::RequestStatus::kLapsed)},
    Lapse{ledger::EntityKind::kRequest, To(ledger::RequestStatus::kReturned), "D22",
          To(ledger::RequestStatus::kLapsed)},
    Lapse{ledger::EntityKind::kConsultation, To(ledger::ConsultationStatus::kOpen), "D11",
          To(ledger::ConsultationStatus::kLapsed)},
    Lapse{ledger::EntityKind::kConsultation, To(ledger::ConsultationStatus::kInSession), "D11",
          To(ledger::ConsultationStatus::kLapsed)},
    Lapse{ledger::EntityKind::kCorrection, To(ledger::CorrectionStatus::kResolved), "D09b",
          To(ledger::CorrectionStatus::kConfirmed)},
};

// Statuses that end at a moment the case itself names (4.14, 4.15).
struct Ending {
  ledger::EntityKind kind;
  std::uint32_t from;
  std::string_view number;  // first ms after
  std::uint32_t to;
};
constexpr std::array kEndings = {
    Ending{ledger::EntityKind::kEmergency, To(ledger::EmergencyStatus::kDeclared), "end",
           To(ledger::EmergencyStatus::kEnded)},
    Ending{ledger::EntityKind::kEngagement, To(ledger::EngagementStatus::kOpen), "until",
           To(ledger::EngagementStatus::kEnded)},
    Ending{ledger::EntityKind::kHold, To(ledger::HoldStatus::kHeld), "until",
           To(ledger::HoldStatus::kEnded)},
};

std::uint32_t GrantStatusAt(BlockState& state, const EntityId& id, const EntityBody& body,
                            ledger::TimeMs time) {
  using enum ledger::GrantStatus;
  const bool lives = ((In(kOpened) | In(kActive) | In(kSuspended)) >> body.status & 1U) != 0;
  if (!lives) return body.status;
  const std::int64_t valid_to = body.Number("valid_to");
  const std::int64_t ends_at = body.Number("ends_at");
  if (ends_at > 0 && ends_at <= time && ends_at < valid_to) return To(kTerminated);
  if (IsOwnCase(body)) return To(kExpired);
  if (valid_to <= time) return To(kExpired);
  const std::int64_t uses_max = UsesMaxAt(body, time);
  const bool used_up = uses_max > 0 && state.Uses(id).uses >= static_cast<std::uint64_t>(uses_max);
  if (used_up) return To(kExpired);
  // Grants of core data count as SUSPENDED (4.3, CT7).
  const EntityId* link = body.Link("resource");
  const EntityBody* resource = link != nullptr ? state.Body(*link) : nullptr;
  const bool core = resource != nullptr && resource->Text("grade") == "CORE";
  return core || IsInDoubt(state, body, time) ? To(kSuspended) : body.status;
}

// The lapse that has come by `time`, and when.
const Lapse* PassedLapse(BlockState& state, const EntityBody& body, ledger::TimeMs time,
                         ledger::TimeMs& at) {
  for (const Lapse& lapse : kLapses) {
    if (lapse.kind != body.kind || lapse.from != body.status) continue;
    const ledger::Clock* clock = RunningClock(body, lapse.clock);
    if (clock == nullptr || !IsOverdue(state.Calendar(), *clock, time)) continue;
    at = DueOf(state.Calendar(), *clock).at;
    return &lapse;
  }
  return nullptr;
}

}  // namespace

void EndLapsedClocks(BlockState& state, EntityBody& body, ledger::TimeMs time) {
  ledger::TimeMs at = 0;
  const Lapse* lapse = PassedLapse(state, body, time, at);
  if (lapse == nullptr) return;
  if (body.kind == ledger::EntityKind::kCorrection) {
    EndClock(body, lapse->clock, at);  // silence confirms; what holders owe is another matter
  } else {
    EndAllClocks(body, at);
  }
}

std::uint32_t EffectiveStatus(BlockState& state, const EntityId& id, const EntityBody& body,
                              ledger::TimeMs time) {
  if (body.kind == ledger::EntityKind::kGrant) return GrantStatusAt(state, id, body, time);
  if (body.kind == ledger::EntityKind::kResource) return ResourceStatusAt(body, time);
  if (body.kind == ledger::EntityKind::kDemand) return DemandStatusNow(state, body);
  if (body.kind == ledger::EntityKind::kRequest && IsOpenRequest(body) && IsOwnCase(body)) {
    return To(ledger::RequestStatus::kClosed);  // SELF_REQUEST
  }
  if (body.kind == ledger::EntityKind::kProposal &&
      body.status == To(ledger::ProposalStatus::kOpen) && LapseOf(state, body) <= time) {
    return To(ledger::ProposalStatus::kLapsed);
  }
  ledger::TimeMs at = 0;
  if (const Lapse* lapse = PassedLapse(state, body, time, at)) return lapse->to;
  for (const Ending& ending : kEndings) {
    if (ending.kind == body.kind && ending.from == body.status &&
        body.Number(ending.number) <= time) {
      return ending.to;
    }
  }
  return body.status;
}

}  // namespace jiandu::contracts
