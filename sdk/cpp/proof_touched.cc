// Of the answer: events list what their own transactions name among the entities of the bundle.
//
// Nobody signs the list of touched entities; it follows from payload and births. What can be
// repeated here is the part that would hide an event from a history in the bundle.
#include <algorithm>

#include "base/hex.h"
#include "ledger/model/state_view.h"
#include "ledger/model/transaction.h"
#include "sdk/cpp/proof_walk.h"

namespace jiandu::sdk {
namespace {

using ledger::EntityId;
using ledger::EntityKind;

// Members of bodies that name entities, and nothing else, in every op (docs/proof-format.md).
constexpr auto kNaming = std::to_array<std::string_view>(
    {"case",       "complaint",        "consultation", "correction",    "demand",
     "derivation", "derived_resource", "disposal",     "dispute",       "emergency",
     "engagement", "finding",          "grant",        "grants",        "incident",
     "inspection", "leaf_demand",      "leak",         "rectification", "request",
     "resource",   "resources",        "source_task",  "third_party",   "watermark"});
constexpr auto kAccessOps = std::to_array<std::string_view>(
    {"access.acknowledge", "access.batch", "access.record", "watermark.register"});

void TakeIds(const Json& value, std::vector<EntityId>& ids) {
  if (value.IsArray()) {
    for (const Json& item : value.Items()) TakeIds(item, ids);
  } else if (value.IsText()) {
    const auto id = HexDecodeFixed<EntityId::kSize>(value.AsString());
    if (id.has_value()) ids.push_back(*id);
  }
}

// Payloads are at most 16 deep (base/json).
void TakeNamed(const Json& json, std::vector<EntityId>& ids) {
  if (json.IsArray()) {
    for (const Json& item : json.Items()) TakeNamed(item, ids);
  } else if (json.IsObject()) {
    for (const Json::Member& member : json.Members()) {
      if (std::ranges::find(kNaming, member.name) != kNaming.end()) TakeIds(member.value, ids);
      TakeNamed(member.value, ids);
    }
  }
}

// Of an access the grant alone, or without one the resource.
std::vector<EntityId> NamedBy(const ledger::Payload& payload) {
  std::vector<EntityId> ids;
  if (std::ranges::find(kAccessOps, payload.op) == kAccessOps.end()) {
    TakeNamed(payload.body, ids);
    return ids;
  }
  const Json* grant = payload.body.Find("grant");
  const Json* resource = payload.body.Find("resource");
  if (grant != nullptr) {
    TakeIds(*grant, ids);
  } else if (resource != nullptr) {
    TakeIds(*resource, ids);
  }
  return ids;
}

// What is put aside, and what was, touches by other rules.
bool IsOrdinary(const ledger::Stub& stub) {
  return stub.code == 0 && stub.op != "cosign" && stub.op != "vote" &&
         std::ranges::none_of(stub.touched, [](const ledger::Touch& touched) {
           const EntityKind kind = ledger::KindOf(touched.entity);
           return (touched.roles & ledger::touch::kNew) != 0 &&
                  (kind == EntityKind::kPending || kind == EntityKind::kProposal);
         });
}

bool Lists(const ledger::Stub& stub, const EntityId& id) {
  return std::ranges::find(stub.touched, id, &ledger::Touch::entity) != stub.touched.end();
}

class Checking {
 public:
  explicit Checking(ProofWalk& walk) : walk_(walk) {}

  bool Check(const ProvenEvent& event, const ledger::Payload& payload) {
    if (!event.stub.has_value() || !IsOrdinary(*event.stub)) return true;
    ++walk_.verdict.named_checked;
    for (const EntityId& id : NamedBy(payload)) {
      const auto birth = BirthOf(id);
      if (!birth.has_value() || *birth >= event.index) continue;
      if (!Lists(*event.stub, id)) return Fails(event, id);
      if (event.IsFull()) continue;
      const auto resource = ResourceOf(id, *birth);
      if (resource.has_value() && !Lists(*event.stub, *resource)) return Fails(event, *resource);
    }
    return true;
  }

 private:
  bool Fails(const ProvenEvent& event, const EntityId& id) {
    return walk_.steps.Fails("answer",
                             "entry " + Number(event.index) + " does not list entity " +
                                 ledger::ToHex(id) + ", which its transaction names",
                             "日志条目未列出其交易所涉的实体 " + ledger::ToHex(id));
  }

  // Of an entity whose history is in the bundle.
  [[nodiscard]] std::optional<ledger::LogIndex> BirthOf(const EntityId& id) const {
    const auto& entities = walk_.verdict.entities;
    if (!std::ranges::binary_search(entities, id)) return std::nullopt;
    const auto leaf = ledger::EntityLeaf::Decode(walk_.rows.at(ledger::LeafKey(id)).value());
    if (!leaf) return std::nullopt;
    return leaf->birth;
  }

  // A grant is on one resource for ever: the one that its birth lists as its source.
  [[nodiscard]] std::optional<EntityId> ResourceOf(const EntityId& id,
                                                   ledger::LogIndex birth) const {
    if (ledger::KindOf(id) != EntityKind::kGrant) return std::nullopt;
    const auto& events = walk_.verdict.events;
    const auto born = std::ranges::lower_bound(events, birth, {}, &ProvenEvent::index);
    if (born == events.end() || born->index != birth || !born->stub) return std::nullopt;
    std::optional<EntityId> resource;
    for (const ledger::Touch& touched : born->stub->touched) {
      if (ledger::KindOf(touched.entity) != EntityKind::kResource) continue;
      if ((touched.roles & ledger::touch::kSource) == 0) continue;
      if (resource.has_value()) return std::nullopt;
      resource = touched.entity;
    }
    return resource;
  }

  ProofWalk& walk_;
};

}  // namespace

bool CheckNamed(ProofWalk& walk) {
  Checking checking(walk);
  auto& events = walk.verdict.events;
  for (const ledger::ProofTransaction& one : walk.bundle.transactions) {
    const auto event = std::ranges::lower_bound(events, one.index, {}, &ProvenEvent::index);
    const auto transaction = ledger::DecodeStored(one.stored);
    if (!transaction || event == events.end()) continue;  // step 9 has seen to it
    if (!checking.Check(*event, transaction->payload)) return false;
  }
  return true;
}

}  // namespace jiandu::sdk
