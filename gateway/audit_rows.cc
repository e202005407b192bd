// See audit_rows.h.
#include "gateway/audit_rows.h"

#include <algorithm>

#include "base/hex.h"
#include "gateway/views.h"
#include "ledger/model/clock_index.h"
#include "ledger/model/late_index.h"
#include "ledger/model/officer_index.h"
#include "ledger/model/transaction.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;

// What a last signature or vote completed stands in the case that waited for it.
void ReadWaiting(Gather& gather, Act& act) {
  for (const ledger::Touch& touch : act.stub.touched) {
    const EntityKind kind = ledger::KindOf(touch.entity);
    if (kind != EntityKind::kPending && kind != EntityKind::kProposal) continue;
    const auto waiting = FindBody(gather.Snapshot(), touch.entity);
    if (!waiting) continue;
    if (const auto made = gather.Snapshot().FindTx(waiting->born_tx)) {
      if (const auto stub = StubAt(gather.Snapshot(), made->index)) {
        act.transactions.Push(TransactionRef(*stub, made->index));
      }
    }
    const auto payload = ledger::DecodePayload(waiting->form);
    if (!payload) continue;
    act.op = payload->op;
    act.department = payload->department;
    act.signers.insert(act.signers.end(), payload->signers.begin(), payload->signers.end());
    act.body = payload->body;
  }
}

Json OfficerToJson(Gather& gather, const EntityId& id) {
  Json officer = Json::MakeObject({{"identity", ledger::ToHex(id)}});
  const auto identity = FindBody(gather.Snapshot(), id);
  if (identity) officer.Set("post", identity->Text("name"));
  return officer;
}
Json OfficersToJson(Gather& gather, std::span<const EntityId> ids) {
  Json officers = Json::MakeArray();
  for (const EntityId& id : ids) officers.Push(OfficerToJson(gather, id));
  return officers;
}

// Heads of the department now; with the handler of the case, those who answer for its deadlines.
Json HeadsOf(Gather& gather, const ledger::DepartmentId& department) {
  if (const auto known = gather.Heads().find(department); known != gather.Heads().end()) {
    return known->second;
  }
  const auto heads = ledger::ListOfficers(gather.State(), department, ledger::duty::kHead,
                                          gather.Snapshot().Time(), ledger::kResponsibleMax);
  return gather.Heads().emplace(department, OfficersToJson(gather, heads)).first->second;
}

Json WaitsToJson(const ledger::Clock& clock) {
  Json waits = Json::MakeArray();
  for (const auto& [department, days] : clock.waits) {
    waits.Push(Json::MakeObject({{"department", department}, {"days", days}}));
  }
  return waits;
}

Json HeldToJson(const ledger::Clock& clock) {
  Json held = Json::MakeArray();
  for (const auto& [department, until] : clock.held_until) {
    held.Push(Json::MakeObject({{"department", department}, {"until", until}}));
  }
  return held;
}

std::string_view KindWord(Detects how) {
  switch (how) {
    case Detects::kFlag: return "flag";
    case Detects::kCode: return "code";
    case Detects::kOp: return "op";
    case Detects::kLate: return "late";
    case Detects::kOverdue:
    case Detects::kTasks: return "overdue";
    case Detects::kUsed:
    case Detects::kRaised:
    case Detects::kCompromised: return "derived_flag";
    case Detects::kElements: return "element";
  }
  return "";
}

}  // namespace

std::optional<Act> ReadAct(Gather& gather, ledger::LogIndex index) {
  auto stub = StubAt(gather.Snapshot(), index);
  // What the reader may not see is not read: a transaction costs its whole block.
  if (!stub || !gather.Sight().ShowsEvent(*stub)) return std::nullopt;
  gather.Budget().Spend(gather.Snapshot(), *stub, index);
  const auto stored = gather.Snapshot().TransactionAt(index);
  if (!stored) return std::nullopt;
  const auto transaction = ledger::DecodeStored(*stored);
  if (!transaction) return std::nullopt;
  Act act{.stub = std::move(*stub),
          .index = index,
          .op = transaction->payload.op,
          .department = transaction->payload.department,
          .signers = transaction->payload.signers,
          .body = transaction->payload.body};
  if (act.op == "cosign" || act.op == "vote") ReadWaiting(gather, act);
  act.transactions.Push(TransactionRef(act.stub, index));
  return act;
}

std::optional<Act> ReadAct(Gather& gather, const ledger::TxId& txid) {
  const auto result = gather.Snapshot().FindTx(txid);
  return result ? ReadAct(gather, result->index) : std::nullopt;
}

Json SignersToJson(Gather& gather, const std::vector<ledger::Signer>& signers) {
  Json json = Json::MakeArray();
  for (const ledger::Signer& signer : signers) {
    Json one = Json::MakeObject();
    one.Set("role", ledger::RoleName(signer.role));
    if (const auto record = ledger::FindKeyRecord(gather.State(), signer.key)) {
      one.Set("department", record->department).Set("identity", ledger::ToHex(record->identity));
      const auto identity = FindBody(gather.Snapshot(), record->identity);
      if (identity) one.Set("post", identity->Text("name"));
    }
    json.Push(std::move(one));
  }
  return json;
}

Json EntityToJson(const EntityId& id) {
  Json json = Json::MakeObject();
  json.Set("entity", ledger::ToHex(id)).Set("kind", ledger::KindName(ledger::KindOf(id)));
  return json;
}

const ledger::FlagInfo* FlagNamed(std::string_view name) {
  if (const ledger::FlagInfo* flag = ledger::FindFlag(name)) return flag;
  const auto derived = ledger::DerivedFlags();
  const auto found = std::ranges::find(derived, name, &ledger::FlagInfo::name);
  return found != derived.end() ? &*found : nullptr;
}

Json BeginRow(const Detector& detector) {
  Json row = Json::MakeObject();
  row.Set("detector", detector.what).Set("kind", KindWord(detector.how));
  if (const ledger::FlagInfo* flag = FlagNamed(detector.what)) {
    row.Set("message", flag->message).Set("message_zh", flag->message_zh);
  } else if (const ledger::CodeInfo* code = ledger::FindCode(detector.what)) {
    row.Set("message", code->message).Set("message_zh", code->message_zh);
  }
  return row;
}

void AddAct(Gather& gather, Json& row, const Act& act) {
  Json entities = Json::MakeArray();
  for (const ledger::Touch& touch : act.stub.touched) {
    const EntityKind kind = ledger::KindOf(touch.entity);
    if (kind == EntityKind::kDepartmentMonth || kind == EntityKind::kPair) continue;
    entities.Push(EntityToJson(touch.entity));
  }
  row.Set("op", act.op).Set("time", act.stub.time);
  if (row.Find("department") == nullptr) row.Set("department", act.department);
  row.Set("signers", SignersToJson(gather, act.signers));
  row.Set("entities", std::move(entities)).Set("transactions", act.transactions);
}

std::optional<EntityBody> CaseOf(Gather& gather, const ledger::Stub& stub, EntityKind kind) {
  for (const ledger::Touch& touch : stub.touched) {
    const EntityKind own = ledger::KindOf(touch.entity);
    if (kind == EntityKind::kNetwork ? !ledger::IsCase(own) : own != kind) continue;
    if (auto body = FindBody(gather.Snapshot(), touch.entity)) return body;
  }
  return std::nullopt;
}

bool IsAbout(Gather& gather, const Act& act) {
  if (gather.IsAsked(act.department)) return true;
  // An access without a grant touches no case of its consumer, but the pair with the resource.
  for (const ledger::Touch& touch : act.stub.touched) {
    if (ledger::KindOf(touch.entity) != EntityKind::kResource) continue;
    const EntityId pair = ledger::PairEntity(touch.entity, gather.Department());
    if (std::ranges::find(act.stub.touched, pair, &ledger::Touch::entity) !=
        act.stub.touched.end()) {
      return true;
    }
  }
  return std::ranges::any_of(act.stub.touched, [&](const ledger::Touch& touch) {
    if (!ledger::IsCase(ledger::KindOf(touch.entity))) return false;
    const auto body = FindBody(gather.Snapshot(), touch.entity);
    return body && gather.IsAsked(*body);
  });
}

std::uint64_t PlaceAt(const LedgerSnapshot& snapshot, const EntityId& entity, ledger::TimeMs time) {
  const auto bytes = snapshot.State().Get(ledger::LeafKey(entity));
  const auto leaf = bytes ? ledger::EntityLeaf::Decode(*bytes)
                          : Result<ledger::EntityLeaf>(Fail(Errc::kNotFound, "leaf"));
  std::uint64_t low = 0;
  std::uint64_t high = leaf ? leaf->size : 0;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto indexes = snapshot.History(entity, middle, 1);
    const auto stub = indexes.empty() ? std::nullopt : StubAt(snapshot, indexes.front());
    if (!stub || stub->time >= time) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

void AddClock(Gather& gather, Json& row, const EntityId& entity, const ledger::Clock& clock,
              std::span<const EntityId> responsible) {
  const auto due = ledger::DueOf(gather.Calendar(), clock);
  row.Set("code", clock.code).Set("department", clock.department).Set("start", clock.start);
  row.Set("due", due.at).Set("extension", clock.extra).Set("waits", WaitsToJson(clock));
  row.Set("unit", clock.unit == ledger::ClockUnit::kHours ? "hour" : "working_day");
  if (due.provisional) row.Set("provisional", true);
  if (!clock.held_until.empty()) row.Set("held_before", HeldToJson(clock));
  if (!responsible.empty()) {
    row.Set("responsible", OfficersToJson(gather, responsible));
    return;
  }
  const auto body = FindBody(gather.Snapshot(), entity);
  const auto handler =
      ledger::ParseEntityId(body ? body->Text("handler/" + clock.department) : std::string_view());
  row.Set("responsible", handler ? OfficersToJson(gather, std::span(&*handler, 1))
                                 : HeadsOf(gather, clock.department));
}

}  // namespace jiandu::gateway
