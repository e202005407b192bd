// See lineage_facts.h.
#include "contracts/lineage_facts.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "contracts/lineage.h"
#include "contracts/succession.h"
#include "ledger/model/transaction.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityId;
using ledger::EntityKind;
using ledger::LineageAct;
using ledger::LineageDerivation;
using ledger::LineageFact;

using Facts = std::vector<LineageFact>;

const EntityId* Touched(const ledger::Stub& stub, EntityKind kind, std::uint32_t roles) {
  for (const ledger::Touch& touch : stub.touched) {
    if (ledger::KindOf(touch.entity) == kind && (touch.roles & roles) != 0) return &touch.entity;
  }
  return nullptr;
}

LineageFact Edge(LineageAct act, const EntityId& from, const EntityId& to) {
  return {.act = act, .from = from, .to = to, .resource = {}, .department = {}, .derivations = {}};
}

// Resource -> grant, with every grant born.
void AddGrants(const ledger::Stub& stub, const LineageSources& sources, Facts& facts) {
  for (const ledger::Touch& touch : stub.touched) {
    const bool born = (touch.roles & ledger::touch::kNew) != 0;
    if (!born || ledger::KindOf(touch.entity) != EntityKind::kGrant) continue;
    const auto body = sources.body(touch.entity);
    const EntityId* resource = body ? body->Link("resource") : nullptr;
    if (resource == nullptr) continue;
    facts.push_back(Edge(LineageAct::kBegins, *resource, touch.entity));
  }
}

// What a grant allowed has ended by this act. Ends that come by themselves (its term, its quota)
// are no events: the grant's status tells of them.
Result<bool> EndsGrant(const ledger::Stub& stub, const LineageSources& sources) {
  if (stub.op == "grant.terminate" || stub.op == "grant.relinquish" || stub.op == "grant.decline") {
    return true;
  }
  if (stub.op == "grant.recall") {
    JD_TRY(const Json payload, sources.payload());
    return payload.TextOr("scope") == "ALL";
  }
  if (stub.op != "grant.change") return false;
  JD_TRY(const Json payload, sources.payload());
  const std::int64_t date = payload.IntegerOr("effective_on");
  return payload.BoolOr("terminate") && (date == 0 || ledger::StartOfDate(date) <= stub.time);
}

Result<void> AddGrantEnd(const ledger::Stub& stub, const LineageSources& sources, Facts& facts) {
  const EntityId* grant = Touched(stub, EntityKind::kGrant, ~0U);
  if (grant == nullptr || !stub.op.starts_with("grant.")) return {};
  JD_TRY(const bool ends, EndsGrant(stub, sources));
  const auto body = ends ? sources.body(*grant) : std::nullopt;
  const EntityId* resource = body ? body->Link("resource") : nullptr;
  if (resource != nullptr) facts.push_back(Edge(LineageAct::kEnds, *resource, *grant));
  return {};
}

bool IsDelivered(const Json& record) { return record.TextOr("result") == "OK"; }
// Whether data was handed over: a call that was denied or found nothing gave none.
bool Delivers(std::string_view op, const Json& payload) {
  if (op == "access.record") return IsDelivered(payload);
  if (op == "watermark.register") return true;
  if (op != "access.batch") return false;
  const Json* digest = payload.Find("digest");
  const Json* counts = digest != nullptr && digest->IsObject() ? digest->Find("counts") : nullptr;
  if (counts != nullptr && counts->IsObject() && counts->IntegerOr("ok") > 0) return true;
  return std::ranges::any_of(payload.ItemsOf("records"), IsDelivered);
}

// Grant -> holding, or resource -> holding when data went out without a grant.
Result<void> AddAccess(const ledger::Stub& stub, const LineageSources& sources, Facts& facts) {
  const EntityId* pair = Touched(stub, EntityKind::kPair, ledger::touch::kUse);
  const EntityId* resource = Touched(stub, EntityKind::kResource, ledger::touch::kUse);
  if (pair == nullptr || resource == nullptr) return {};
  const EntityId* grant = Touched(stub, EntityKind::kGrant, ledger::touch::kUse);
  LineageFact fact = Edge(LineageAct::kBegins, grant != nullptr ? *grant : *resource, *pair);
  fact.resource = *resource;
  JD_TRY(const bool known, sources.is_open(fact.from, fact.to));
  if (known) return {};
  JD_TRY(const Json payload, sources.payload());
  if (!Delivers(stub.op, payload)) return {};
  if (grant != nullptr) {
    const auto body = sources.body(*grant);
    if (body) fact.department = BirthParty(*body, "consumer");
  } else {
    fact.department = payload.TextOr("consumer");
  }
  // A pair that is not theirs would be somebody else's: its id is the hash of both.
  if (ledger::PairEntity(*resource, fact.department) != *pair) return {};
  facts.push_back(std::move(fact));
  return {};
}

// Disposal accepted: what was got under the grant is held no more.
void AddDisposal(const ledger::Stub& stub, const LineageSources& sources, Facts& facts) {
  const EntityId* grant = Touched(stub, EntityKind::kGrant, ~0U);
  const auto body = grant != nullptr ? sources.body(*grant) : std::nullopt;
  const EntityId* resource = body ? body->Link("resource") : nullptr;
  if (resource == nullptr) return;
  const EntityId pair = ledger::PairEntity(*resource, BirthParty(*body, "consumer"));
  facts.push_back(Edge(LineageAct::kEnds, *grant, pair));
}

std::vector<ledger::LineageItem> ItemsOf(const Derivation& derivation, std::size_t input) {
  std::vector<ledger::LineageItem> items;
  for (const DerivedItem& item : derivation.items) {
    ledger::LineageItem one{.out_item = item.out_item, .from = {}, .unchanged = item.unchanged};
    for (const auto& [place, name] : item.from) {
      if (place == input) one.from.push_back(name);
    }
    if (!one.from.empty()) items.push_back(std::move(one));
  }
  return items;
}

// The derivation as it was recorded: what was refreshed since stands in `terms`.
struct Recorded {
  EntityId id;
  std::string kind;
  Derivation derivation;
};
std::optional<Recorded> RecordedOf(const EntityId* id, const LineageSources& sources) {
  auto body = id != nullptr ? sources.body(*id) : std::nullopt;
  if (!body || body->kind != EntityKind::kDerivation) return std::nullopt;
  body->terms.clear();
  Recorded recorded{
      .id = *id, .kind = std::string(body->Text("kind")), .derivation = ReadDerivation(*body)};
  recorded.derivation.version = body->Form().IntegerOr("out_version");
  return recorded;
}

LineageDerivation FromInput(const Recorded& recorded, const DerivationInput& input) {
  return {.derivation = recorded.id,
          .kind = recorded.kind,
          .input_version = input.version,
          .out_version = recorded.derivation.version,
          .grant = input.grant,
          .refreshed = false,
          .items = {}};
}

// One fact for each resource among the inputs, though it may stand there twice.
LineageFact& FactOf(Facts& facts, const EntityId& from, const EntityId& to) {
  const auto known = std::ranges::find_if(
      facts, [&](const LineageFact& fact) { return fact.from == from && fact.to == to; });
  if (known != facts.end()) return *known;
  return facts.emplace_back(Edge(LineageAct::kBegins, from, to));
}

void AddDerivation(const ledger::Stub& stub, const LineageSources& sources, Facts& facts) {
  const auto recorded =
      RecordedOf(Touched(stub, EntityKind::kDerivation, ledger::touch::kNew), sources);
  if (!recorded) return;
  const Derivation& derivation = recorded->derivation;
  for (std::size_t i = 0; i < derivation.inputs.size(); ++i) {
    const DerivationInput& input = derivation.inputs[i];
    if (input.resource.IsZero()) continue;
    LineageDerivation one = FromInput(*recorded, input);
    one.items = ItemsOf(derivation, i);
    FactOf(facts, input.resource, derivation.resource).derivations.push_back(std::move(one));
  }
}

// The inputs a refresh names, with the versions that are in now.
Result<void> AddRefresh(const LineageSources& sources, Facts& facts) {
  JD_TRY(const Json payload, sources.payload());
  const auto id = ledger::ParseEntityId(payload.TextOr("derivation"));
  const auto recorded = RecordedOf(id ? &*id : nullptr, sources);
  if (!recorded) return {};
  for (const DerivationInput& input : recorded->derivation.inputs) {
    if (input.resource.IsZero()) continue;
    for (const Json& named : payload.ItemsOf("inputs")) {
      if (named.TextOr("resource") != ledger::ToHex(input.resource)) continue;
      LineageDerivation one = FromInput(*recorded, input);
      one.input_version = std::max(input.version, named.IntegerOr("version"));
      one.out_version =
          std::max(one.out_version, payload.IntegerOr("out_version", one.out_version));
      one.refreshed = true;
      FactOf(facts, input.resource, recorded->derivation.resource)
          .derivations.push_back(std::move(one));
    }
  }
  return {};
}

Result<Facts> FactsOf(const ledger::Stub& stub, const LineageSources& sources) {
  Facts facts;
  AddGrants(stub, sources, facts);
  JD_CHECK(AddGrantEnd(stub, sources, facts));
  JD_CHECK(AddAccess(stub, sources, facts));
  if (stub.op == "disposal.accept") AddDisposal(stub, sources, facts);
  if (stub.op == "derivation.record") AddDerivation(stub, sources, facts);
  if (stub.op == "derivation.refresh") JD_CHECK(AddRefresh(sources, facts));
  return facts;
}

// With the last signature what waited takes effect, and touches what it would have touched at once.
Result<Facts> FactsOfCosign(const ledger::Stub& stub, const LineageSources& sources) {
  const EntityId* id = Touched(stub, EntityKind::kPending, ~0U);
  const auto pending = id != nullptr ? sources.body(*id) : std::nullopt;
  if (!pending) return Facts();
  JD_TRY(const ledger::Payload awaited, ledger::DecodePayload(pending->form));
  ledger::Stub inner = stub;
  inner.op = awaited.op;
  const LineageSources of_inner{.body = sources.body,
                                .payload = [&awaited]() -> Result<Json> { return awaited.body; },
                                .is_open = sources.is_open};
  return FactsOf(inner, of_inner);
}

}  // namespace

Result<Facts> LineageFactsOf(const ledger::Stub& stub, const LineageSources& sources) {
  if (stub.code != 0) return Facts();
  return stub.op == "cosign" ? FactsOfCosign(stub, sources) : FactsOf(stub, sources);
}

}  // namespace jiandu::contracts
