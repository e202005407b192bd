// Detectors over the index of flags, codes and ops by time.
#include <algorithm>
#include <array>

#include "gateway/audit_sources.h"
#include "ledger/model/event_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityKind;
using ledger::EventPlace;

constexpr std::size_t kStep = 128;

// Members of a payload that say what an act was about; none is sealed or an address.
constexpr auto kFacts = std::to_array<std::string_view>(
    {"verdict", "reason_code", "late_reason_code", "outcome", "kind", "level", "occurred_at",
     "result", "acc_id", "batch_id", "from", "to", "rows", "reason", "condition_codes", "basis",
     "code", "target"});

Json FactsOf(const Json& body) {
  Json facts = Json::MakeObject();
  for (const std::string_view name : kFacts) {
    const Json* value = body.Find(name);
    if (value != nullptr && !value->IsObject()) facts.Set(name, *value);
  }
  return facts;
}

bool IsAttemptResult(std::string_view result) { return result == "DENIED" || result == "ERROR"; }
// A call that gave nothing: counted nowhere (docs/contracts.md 4.10.2). A batch is one when all of
// its records are.
bool IsAttempt(const Act& act) {
  if (act.op == "access.record") return IsAttemptResult(act.body.TextOr("result"));
  if (act.op != "access.batch") return false;
  const auto records = act.body.ItemsOf("records");
  return !records.empty() && std::ranges::all_of(records, [](const Json& record) {
    return IsAttemptResult(record.TextOr("result"));
  });
}

bool IsReturnFlow(Gather& gather, const ledger::Stub& stub) {
  const auto request = CaseOf(gather, stub, EntityKind::kRequest);
  return request && request->Text("kind") == "RETURN_FLOW";
}

bool Keeps(Gather& gather, const Act& act, Keep keep) {
  switch (keep) {
    case Keep::kUses: return !IsAttempt(act);
    case Keep::kReturnFlow: return IsReturnFlow(gather, act.stub);
    case Keep::kReturnFlowRefused:
      return act.body.TextOr("verdict") == "REFUSE" && IsReturnFlow(gather, act.stub);
    case Keep::kNamesNoResource:
      return act.op.starts_with("access.") || act.op.starts_with("derivation.");
    default: return true;
  }
}

void ShowEvent(Gather& gather, const Detector& detector, const EventPlace& place) {
  const auto act = ReadAct(gather, place.index);
  if (!act || !gather.Sight().ShowsEvent(act->stub)) return;
  if (!gather.Department().empty() && !IsAbout(gather, *act)) return;
  if (!Keeps(gather, *act, detector.keep)) return;
  Json row = BeginRow(detector);
  AddAct(gather, row, *act);
  row.Set("facts", FactsOf(act->body));
  if (IsAttempt(*act)) row.Set("attempt", true);
  if (detector.how == Detects::kCode) {
    const auto result = gather.Snapshot().FindTx(act->stub.txid);
    if (result && !result->detail.empty()) row.Set("detail", result->detail);
  }
  gather.Push(std::move(row));
}

std::vector<EventPlace> ListPlaces(Gather& gather, const Detector& detector,
                                   const EventPlace& from) {
  const ledger::StateView& state = gather.State();
  const ledger::TimeMs until = gather.Period().until;
  if (detector.how == Detects::kOp) {
    return ledger::ListOps(state, detector.what, from, until, kStep);
  }
  if (detector.how == Detects::kFlag) {
    const ledger::FlagInfo* flag = ledger::FindFlag(detector.what);
    return ledger::ListEvents(state, ledger::EventKind::kFlag, flag->bit, from, until, kStep);
  }
  const ledger::CodeInfo* code = ledger::FindCode(detector.what);
  return ledger::ListEvents(state, ledger::EventKind::kCode, code->number, from, until, kStep);
}

}  // namespace

Bytes KeyOfPlace(ledger::TimeMs time, ledger::LogIndex index) {
  Bytes key;
  AppendU64Be(key, static_cast<std::uint64_t>(time));
  AppendU64Be(key, index);
  return key;
}

void FindEvents(Gather& gather, const Detector& detector) {
  EventPlace from{.time = gather.Period().from, .index = 0};
  if (const ByteView after = gather.After(); after.size() == 16) {
    from = {.time = static_cast<ledger::TimeMs>(ReadU64Be(after)),
            .index = ReadU64Be(after.subspan(8)) + 1};
  }
  // A cursor says where to go on, and a made-up one never before the period.
  from = std::max(from, EventPlace{.time = gather.Period().from, .index = 0});
  while (true) {
    const auto places = ListPlaces(gather, detector, from);
    for (const EventPlace& place : places) {
      if (!gather.Look(Gather::kReadLooks)) return;
      ShowEvent(gather, detector, place);
      gather.Pass(KeyOfPlace(place.time, place.index));
      from = {.time = place.time, .index = place.index + 1};
    }
    if (places.size() < kStep) return;
  }
}

}  // namespace jiandu::gateway
