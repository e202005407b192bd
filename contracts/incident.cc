// The hours I01 run from detection; what ends them is the report to the authority, whenever the
// ledger is told of it.
#include "contracts/incident.h"

#include <algorithm>

#include "contracts/clock.h"
#include "contracts/engine.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::IncidentStatus;

void StartHours(Case& judged, EntityBody& incident, ledger::TimeMs from) {
  const bool critical = incident.Number("cii") != 0;
  StartClock(judged.state, incident, "I01", incident.Party("owner"), from,
             critical ? Pace::kShort : Pace::kUsual);
}

// The earliest report to an authority between detection and now; 0: none is named. A time outside
// of that proves nothing: then the block's time counts.
ledger::TimeMs ReportedAt(const Case& judged, const EntityBody& incident) {
  ledger::TimeMs earliest = 0;
  for (const Json& report : judged.Form().ItemsOf("reported_to")) {
    ledger::TimeMs at = report.IntegerOr("at");
    if (at < incident.Number("detected_at") || at > judged.Time()) at = judged.Time();
    earliest = earliest == 0 ? at : std::min(earliest, at);
  }
  return earliest;
}
void NoteReport(Case& judged, const ledger::EntityId& id, EntityBody& incident) {
  const ledger::TimeMs at = ReportedAt(judged, incident);
  if (at == 0) return;
  if (incident.Number("reported_at") == 0) incident.numbers["reported_at"] = at;
  const auto clock = std::ranges::find(incident.clocks, "I01", &ledger::Clock::code);
  if (clock == incident.clocks.end() || !clock->Runs()) return;
  clock->ended_at = judged.Time();
  clock->satisfied = true;
  clock->late = LateUnits(judged.state.Calendar(), *clock, at);
  if (clock->late == 0) return;
  judged.Raise(ledger::Flag::kLate);
  judged.state.NoteLate(id, *clock, judged.txid);
}

bool IsLarge(std::string_view level) { return !level.empty() && level != "GENERAL"; }

}  // namespace

void ReportIncident(Case& judged) {
  const Json& form = judged.Form();
  Birth birth = NewEntity(judged, ledger::EntityKind::kIncident);
  EntityBody& incident = birth.body;
  incident.status = To(IncidentStatus::kOpen);
  incident.parties["owner"] = judged.payload.department;
  incident.numbers = {{"cii", form.BoolOr("cii") ? 1 : 0},
                      {"detected_at", form.IntegerOr("detected_at")}};
  incident.texts = {{"kind", std::string(judged.Text("kind"))},
                    {"level", std::string(judged.Text("level"))},
                    {"profile", judged.state.CurrentProfile().version}};
  incident.form = ToBytes(CanonicalJson(form));
  if (IsLarge(judged.Text("level"))) {
    // What is said to be detected after now runs from now.
    StartHours(judged, incident, std::min(form.IntegerOr("detected_at"), judged.Time()));
  }
  NoteReport(judged, birth.id, incident);
  judged.note = judged.Text("level");
  AddBirth(judged, std::move(birth));
}

Code GoesForward(Case& judged) {
  const auto status = ledger::StatusFromName(ledger::EntityKind::kIncident, judged.Text("status"));
  return status && *status >= judged.body->status ? Code::kAccepted : Code::kBadState;
}

void UpdateIncident(Case& judged) {
  EntityBody& incident = judged.state.Edit(judged.subject);
  const std::string_view status = judged.Text("status");
  if (const auto to = ledger::StatusFromName(ledger::EntityKind::kIncident, status)) {
    incident.status = *to;
  }
  const std::string_view level = judged.Text("level");
  const bool grew = IsLarge(level) && !IsLarge(incident.Text("level"));
  if (!level.empty()) incident.texts["level"] = level;
  // Known to be large only now.
  if (grew && incident.Number("reported_at") == 0) StartHours(judged, incident, judged.Time());
  NoteReport(judged, judged.subject, incident);
  if (status == "REPORTED" && incident.Number("reported_at") == 0) {
    judged.Raise(ledger::Flag::kFieldMissing);
  }
  judged.note = status;
}

}  // namespace jiandu::contracts
