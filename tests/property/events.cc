// Spans of compromise, of suspension and of graver grades.
#include "tests/property/events.h"

#include <algorithm>

#include "base/hex.h"

namespace jiandu::contracts::property {
namespace {

bool IsDelivered(const Json& record) {
  const std::string_view result = record.TextOr("result");
  return result == "OK" || result == "NOT_FOUND";
}

}  // namespace

// The key of today, and those it took the place of.
void Events::TakeRevocation(const World& world, const Effect& effect) {
  const Json& body = effect.payload.body;
  const auto id = ledger::ParseEntityId(body.TextOr("identity"));
  const EntityBody* identity = id ? world.Body(*id) : nullptr;
  if (identity == nullptr || body.TextOr("reason") != "COMPROMISED") return;
  for (const ledger::KeyId& key : ledger::KeysOf(*identity)) {
    compromised_[key] = body.IntegerOr("compromised_since", effect.time);
  }
}

void Events::TakeStops(const World& world, const Effect& effect) {
  const Json& body = effect.payload.body;
  const auto id = ledger::ParseEntityId(body.TextOr("resource"));
  const EntityBody* resource = id ? world.Body(*id) : nullptr;
  if (resource == nullptr) return;
  std::vector<Span>& spans = incidents_[*id];
  if (effect.payload.op == "resource.suspend" && body.TextOr("ground") == "INCIDENT") {
    const Json* until = body.Find("until");
    const std::int64_t end =
        until != nullptr ? until->AsInteger() + 1 : resource->Number("suspended_until");
    spans.push_back({effect.time, end});
  }
  if (effect.payload.op != "resource.resume") return;
  for (Span& span : spans) {
    if (span.Holds(effect.time)) span.until = effect.time;
  }
}

void Events::TakeCore(const World& world) {
  const std::int64_t time = world.Blocks().back().context.time;
  for (const EntityId& id : world.Changed()) {
    const EntityBody& body = *world.Body(id);
    const auto before = world.Before().find(id);
    if (body.kind != EntityKind::kResource || before == world.Before().end()) continue;
    const bool was = before->second.Text("grade") == "CORE";
    const bool is = body.Text("grade") == "CORE";
    if (!was && is) core_[id].push_back({time, 0});
    if (was && !is) core_[id].back().until = time;
  }
}

void Events::Take(const World& world, const std::vector<Effect>& effects) {
  for (const Effect& effect : effects) {
    const std::string& op = effect.payload.op;
    if (op == "identity.revoke") TakeRevocation(world, effect);
    TakeStops(world, effect);
    if (op == "department.reorg") reorganised_ = true;
    const std::string_view named = effect.payload.body.TextOr("department");
    if (op == "department.suspend") {
      rights_off_[DepartmentId(named)].push_back({effect.time, 0});
    } else if (op == "department.resume") {
      rights_off_[DepartmentId(named)].back().until = effect.time;
    }
  }
  TakeCore(world);
}

bool Events::Denies(std::string_view consumer, const EntityId& resource, std::int64_t time) const {
  const auto holds = [time](const auto& spans, const auto& whose) {
    const auto found = spans.find(whose);
    return found != spans.end() && std::ranges::any_of(found->second, [time](const Span& span) {
             return span.Holds(time);
           });
  };
  return holds(rights_off_, consumer) || holds(core_, resource) || holds(incidents_, resource);
}

std::int64_t Events::LetIn(std::string_view consumer, const EntityId& resource,
                           const Json& body) const {
  const auto one = [&](const Json& record) {
    return IsDelivered(record) && Denies(consumer, resource, record.IntegerOr("occurred_at"));
  };
  if (const Json* digest = body.Find("digest")) {
    const Json* counts = digest->Find("counts");
    if (counts == nullptr || !Denies(consumer, resource, digest->IntegerOr("from"))) return 0;
    return counts->IntegerOr("ok") + counts->IntegerOr("not_found");
  }
  if (body.Find("records") == nullptr) return one(body) ? 1 : 0;
  return std::ranges::count_if(body.ItemsOf("records"), one);
}

Events::Wanted Events::WantedOf(const World& world, const ledger::Stub& stub,
                                const ledger::Payload& payload) const {
  Wanted wanted;
  for (const ledger::Signer& signer : payload.signers) {
    const auto found = compromised_.find(signer.key);
    if (found == compromised_.end() || stub.time < found->second) continue;
    const auto record = ledger::FindKeyRecord(world.View(), signer.key);
    // What was refused is no act to doubt.
    if (stub.code == 0) ++wanted["SIGNED_WHILE_COMPROMISED " + ledger::ToHex(record->identity)];
  }
  const bool access = stub.op == "access.record" || stub.op == "access.batch";
  if (!access || stub.code != 0 || reorganised_) return wanted;
  const auto grant = ledger::ParseEntityId(payload.body.TextOr("grant"));
  const EntityBody* of = grant ? world.Body(*grant) : nullptr;
  const auto named = ledger::ParseEntityId(payload.body.TextOr("resource"));
  if (of == nullptr && !named) return wanted;
  // What the other side says of it is not the provider's act.
  const bool other_side = of != nullptr && payload.department == of->Party("consumer") &&
                          payload.department != of->Party("provider");
  if (other_side) return wanted;
  const EntityId resource = of != nullptr ? *of->Link("resource") : *named;
  const std::string_view consumer =
      of != nullptr ? of->Party("consumer") : payload.body.TextOr("consumer");
  const std::int64_t let_in = LetIn(consumer, resource, payload.body);
  if (let_in > 0) {
    wanted["DENY_IGNORED " + ledger::ToHex(of != nullptr ? *grant : resource)] = let_in;
  }
  return wanted;
}

void Events::Check(const World& world, Failures& failures) const {
  const AsOf now{.height = world.Height(), .time = world.Time()};
  for (const Block& block : world.Blocks()) {
    for (std::size_t i = 0; i < block.stubs.size(); ++i) {
      const ledger::Stub& stub = block.stubs[i];
      const ledger::Transaction& transaction = *block.transactions[i];
      Wanted is;
      for (const DerivedFlag& flag : EventFlagsOf(world.View(), now, stub, transaction)) {
        if (reorganised_ && flag.flag == "DENY_IGNORED") continue;
        is[std::string(flag.flag) + " " + ledger::ToHex(flag.subject)] += flag.value;
      }
      const std::string where = stub.op + " at " + std::to_string(stub.height);
      const Wanted wanted = WantedOf(world, stub, transaction.payload);
      if (is != wanted) {
        failures.push_back(where + " code " + std::to_string(stub.code) + " of " +
                           transaction.payload.department + ": derived flags " +
                           (is.empty() ? "" : is.begin()->first) + ", wanted " +
                           (wanted.empty() ? "" : wanted.begin()->first));
      }
      if (!is.empty() && !MayHaveEventFlags(world.View(), now, stub)) {
        failures.push_back(where + ": has flags and is said to have none");
      }
    }
  }
}

}  // namespace jiandu::contracts::property
