// The steps of a lineage.
#include "ledger/model/lineage_step.h"

#include <algorithm>

#include "base/hex.h"

namespace jiandu::ledger {
namespace {

using Direction = LineageDirection;

bool IsCaseId(const EntityId& id) { return IsCase(KindOf(id)); }

void TakeId(const Json& json, std::string_view name, std::vector<EntityId>& ids) {
  const auto id = HexDecodeFixed<EntityId::kSize>(json.TextOr(name));
  if (id.has_value()) ids.push_back(*id);
}

// Which of the entities that the event lists follow; each is asked of once.
template <typename Follows>
std::vector<EntityId> Listed(const Stub& stub, const EntityId& of, Follows follows) {
  std::vector<EntityId> found;
  for (const Touch& touched : stub.touched) {
    if (touched.entity != of && follows(touched)) found.push_back(touched.entity);
  }
  return found;
}

LineageStep OfKnownDerivation(const Stub& stub, const EntityId& born, const DerivationEdges& edges,
                              const EntityId& of, Direction direction) {
  const auto is_input = [&edges](const EntityId& id) {
    return std::ranges::find(edges.inputs, id) != edges.inputs.end();
  };
  const bool down = direction == Direction::kDown;
  const bool to_born = down ? is_input(of) : of == edges.made;
  if (!to_born && of != born) return {};
  return {.follows = Listed(stub, of,
                            [&](const Touch& touched) {
                              if (touched.entity == born) return to_born;
                              return down ? touched.entity == edges.made : is_input(touched.entity);
                            }),
          .inexact = false};
}

// Inputs and output look alike in the stub: any resource may be either.
LineageStep OfUnknownDerivation(const Stub& stub, const EntityId& born, const EntityId& of,
                                Direction direction) {
  const EntityKind kind = KindOf(of);
  const bool concerns = of == born || kind == EntityKind::kResource ||
                        (kind == EntityKind::kGrant && direction == Direction::kDown);
  if (!concerns) return {};
  return {.follows = Listed(stub, of,
                            [&born](const Touch& touched) {
                              return touched.entity == born ||
                                     KindOf(touched.entity) == EntityKind::kResource;
                            }),
          .inexact = true};
}

}  // namespace

std::optional<DerivationEdges> ReadDerivationEdges(const Payload& payload) {
  if (payload.op != "derivation.record") return std::nullopt;
  const auto made = HexDecodeFixed<EntityId::kSize>(payload.body.TextOr("resource"));
  if (!made.has_value()) return std::nullopt;
  DerivationEdges edges{.made = *made, .inputs = {}};
  for (const Json& input : payload.body.ItemsOf("inputs")) {
    TakeId(input, "resource", edges.inputs);
    TakeId(input, "grant", edges.inputs);
  }
  return edges;
}

const EntityId* BornDerivation(const Stub& stub) {
  if (stub.code != 0) return nullptr;
  const auto born = std::ranges::find_if(stub.touched, [](const Touch& touched) {
    return KindOf(touched.entity) == EntityKind::kDerivation && (touched.roles & touch::kNew) != 0;
  });
  return born == stub.touched.end() ? nullptr : &born->entity;
}

LineageStep FollowLineage(const Stub& stub, const DerivationEdges* edges, const EntityId& of,
                          Direction direction) {
  const auto self = std::ranges::find(stub.touched, of, &Touch::entity);
  if (stub.code != 0 || self == stub.touched.end()) return {};
  if (const EntityId* born = BornDerivation(stub)) {
    return edges != nullptr ? OfKnownDerivation(stub, *born, *edges, of, direction)
                            : OfUnknownDerivation(stub, *born, of, direction);
  }
  const bool down = direction == Direction::kDown;
  if (!down && (self->roles & (touch::kNew | touch::kRevision)) == 0) return {};
  return {.follows = Listed(stub, of,
                            [down](const Touch& touched) {
                              return IsCaseId(touched.entity) &&
                                     (!down || (touched.roles & touch::kNew) != 0);
                            }),
          .inexact = false};
}

}  // namespace jiandu::ledger
