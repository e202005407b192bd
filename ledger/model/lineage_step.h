// What follows from one event for the lineage of an entity (docs/proof-format.md, Lineage).
//
// Maker and verifier of a closure take the same steps, so that a bundle can hold neither less nor
// more. The step depends on the stub alone, and for what was made from what, on the payload of the
// derivation: the stub names inputs and output alike. Pure; any thread.
#pragma once

#include <optional>
#include <vector>

#include "ledger/model/proof_query.h"
#include "ledger/model/stub.h"
#include "ledger/model/transaction.h"

namespace jiandu::ledger {

// What a derivation says it made, and from what.
struct DerivationEdges {
  EntityId made;
  std::vector<EntityId> inputs;  // resources, and the grants under which they were used
};
// Nothing when the payload records no derivation.
[[nodiscard]] std::optional<DerivationEdges> ReadDerivationEdges(const Payload& payload);

// The derivation that an accepted event bears, if any.
[[nodiscard]] const EntityId* BornDerivation(const Stub& stub);

struct LineageStep {
  std::vector<EntityId> follows;  // ascending; never the entity itself
  bool inexact = false;           // nobody can tell which of them: the payload is not at hand
};
// `edges`: of the event's own transaction; null when that is not at hand.
[[nodiscard]] LineageStep FollowLineage(const Stub& stub, const DerivationEdges* edges,
                                        const EntityId& of, LineageDirection direction);

}  // namespace jiandu::ledger
