// Watermarks, leaks, incidents, complaints, inspections, sanctions and notices
// (docs/contracts.md 4.15; 809 Art. 29, 35, 37, 39 to 42).
#include <algorithm>
#include <array>

#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/incident.h"
#include "contracts/watermark.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;

// leak.report
void ReportLeak(Case& judged) {
  Birth birth = NewEntity(judged, EntityKind::kLeak);
  birth.body.status = To(ledger::LeakStatus::kReported);
  birth.body.parties["owner"] = judged.payload.department;
  birth.body.numbers["found_at"] = judged.Form().IntegerOr("found_at");
  if (judged.NamedBody("resource") != nullptr) {
    birth.body.links["resource"] = judged.Named("resource");
  }
  birth.body.form = ToBytes(CanonicalJson(judged.Form()));
  AddBirth(judged, std::move(birth));
}

// complaint.file, complaint.answer
Code TargetKnown(Case& judged) {
  return judged.state.Exists(ledger::DepartmentEntity(judged.Text("target"))) ? Code::kAccepted
                                                                              : Code::kUnknownRef;
}
void FileComplaint(Case& judged) {
  Birth birth = NewEntity(judged, EntityKind::kComplaint);
  birth.body.status = To(ledger::ComplaintStatus::kFiled);
  birth.body.parties = {{"filer", judged.payload.department},
                        {"target", std::string(judged.Text("target"))}};
  birth.body.texts["profile"] = judged.state.CurrentProfile().version;
  birth.body.form = ToBytes(CanonicalJson(judged.Form()));
  StartClock(judged.state, birth.body, "D31", judged.Text("target"), judged.Time());
  AddBirth(judged, std::move(birth));
}
template <const char* code>
void Answer(Case& judged) {
  EntityBody& body = judged.state.Edit(judged.subject);
  body.terms = ToBytes(CanonicalJson(judged.Form()));
  SatisfyClock(judged, body, code);
}
constexpr char kD12[] = "D12";
constexpr char kD31[] = "D31";

// inspection.request
Code InspectFields(Case& judged) {
  if (judged.Form().ItemsOf("grants").empty()) return Code::kFieldRequired;
  return judged.Form().IntegerOr("term") > judged.Time() ? Code::kAccepted : Code::kFieldInvalid;
}
// 809 Art. 29: manager and provider may look into what the consumer does under their grants.
Code IsInvolved(Case& judged) {
  const std::string& who = judged.payload.department;
  const std::string_view target = judged.Text("target");
  for (const Json& text : judged.Form().ItemsOf("grants")) {
    const auto id = ledger::ParseEntityId(text.AsString());
    const EntityBody* grant = id ? judged.state.Body(*id) : nullptr;
    if (grant == nullptr || grant->Party("consumer") != target ||
        (grant->Party("provider") != who && grant->Party("manager") != who)) {
      return Code::kNotInvolved;
    }
  }
  return Code::kAccepted;
}
void RequestInspection(Case& judged) {
  const std::string target(judged.Text("target"));
  const ledger::TimeMs term = judged.Form().IntegerOr("term");
  Birth birth = NewEntity(judged, EntityKind::kInspection);
  birth.body.status = To(ledger::InspectionStatus::kRequested);
  birth.body.parties = {{"issuer", judged.payload.department}, {"target", target}};
  for (const Json& text : judged.Form().ItemsOf("grants")) {
    const std::string name = "grant" + std::to_string(birth.body.links.size());
    birth.body.links[name] = *ledger::ParseEntityId(text.AsString());
  }
  birth.body.form = ToBytes(CanonicalJson(judged.Form()));
  StartTerm(birth.body, "D12", target, judged.Time(), term + 1);
  AddBirth(judged, std::move(birth));
}

// sanction.note, notice.publish: events of departments, and of the network.
void NoteOn(Case& judged, std::string_view department) {
  const EntityId id = ledger::DepartmentEntity(department);
  if (judged.state.Body(id) == nullptr) return;
  RecordAct(judged, id, 0);
  judged.also_touched.push_back(id);
}
void NoteSanction(Case& judged) {
  judged.note = judged.Text("ground");
  NoteOn(judged, judged.Text("target"));
}
void PublishNotice(Case& judged) {
  judged.also_touched.push_back(ledger::NetworkEntity());
  for (const Json& department : judged.Form().ItemsOf("departments")) {
    NoteOn(judged, department.AsString());
  }
}

constexpr auto kTraceRules = std::to_array<Check>({OpensCommitments});
constexpr auto kInspectRules = std::to_array<Check>({IsInvolved});
constexpr std::uint32_t kOpenIncident =
    In(ledger::IncidentStatus::kOpen) | In(ledger::IncidentStatus::kContained) |
    In(ledger::IncidentStatus::kReported) | In(ledger::IncidentStatus::kReviewed);
constexpr std::uint32_t kManagerOrGovernment = side::kAnyManager | side::kGovernment;

constexpr auto kRows = std::to_array<CaseRow>({
    // One a delivery: like the access it belongs to, it leaves the grant's body alone.
    {.op = "watermark.register",
     .sides = side::kProvider | side::kGateway,
     .who = Who::kSecurityOrSystem,
     .subject = "grant",
     .condition = NewWatermark,
     .effect = RegisterWatermark,
     .touch = TouchRule::kAccess},
    {.op = "leak.report", .who = Who::kSecurity, .effect = ReportLeak},
    {.op = "leak.trace",
     .sides = side::kAuditor | side::kAnyManager,
     .who = Who::kMaker,
     .subject = "leak",
     .to = To(ledger::LeakStatus::kTraced),
     .rules = kTraceRules,
     .effect = TraceLeak},
    {.op = "incident.report", .who = Who::kSecurity, .effect = ReportIncident},
    {.op = "incident.update",
     .sides = side::kOwner,
     .who = Who::kSecurity,
     .subject = "incident",
     .from = kOpenIncident,
     .condition = GoesForward,
     .effect = UpdateIncident},
    {.op = "incident.close",
     .sides = side::kOwner,
     .who = Who::kHead,
     .subject = "incident",
     .from = kOpenIncident,
     .to = To(ledger::IncidentStatus::kClosed)},
    {.op = "complaint.file", .who = Who::kMaker, .condition = TargetKnown, .effect = FileComplaint},
    {.op = "complaint.answer",
     .sides = side::kTarget,
     .who = Who::kMakerHead,
     .subject = "complaint",
     .from = In(ledger::ComplaintStatus::kFiled),
     .to = To(ledger::ComplaintStatus::kAnswered),
     .effect = Answer<kD31>},
    {.op = "inspection.request",
     .who = Who::kMaker,
     .required = InspectFields,
     .rules = kInspectRules,
     .effect = RequestInspection},
    {.op = "inspection.answer",
     .sides = side::kTarget,
     .who = Who::kMaker,
     .subject = "inspection",
     .from = In(ledger::InspectionStatus::kRequested),
     .to = To(ledger::InspectionStatus::kAnswered),
     .effect = Answer<kD12>},
    {.op = "sanction.note",
     .sides = kManagerOrGovernment,
     .who = Who::kHead,
     .condition = TargetKnown,
     .effect = NoteSanction},
    {.op = "notice.publish",
     .sides = kManagerOrGovernment,
     .who = Who::kHead,
     .effect = PublishNotice},
});

}  // namespace

std::span<const CaseRow> SupervisionRows() { return kRows; }

}  // namespace jiandu::contracts
