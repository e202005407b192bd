// What an event says of lineage: a function of its stub, its payload and of what entities were born
// with (docs/lineage.md), so that any node at any time reads the same out of the same log.
//
// The stub tells which entities were used, born and named; only the payload and the derivation's
// form tell input from input, and which item went where. Pure; any thread.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/json.h"
#include "ledger/model/body.h"
#include "ledger/model/lineage_fact.h"
#include "ledger/model/stub.h"

namespace jiandu::contracts {

// Where the facts are read. Bodies may be those of a later height: only what is fixed at birth is
// looked at.
struct LineageSources {
  std::function<std::optional<ledger::EntityBody>(const ledger::EntityId&)> body;
  // Of this transaction: its block is read.
  std::function<Result<Json>()> payload;
  // The edge is known to hold: then a further access is no news, and its block is not read.
  std::function<Result<bool>(const ledger::EntityId& from, const ledger::EntityId& to)> is_open;
};

// In the order in which they are to be entered; none of a rejected transaction.
[[nodiscard]] Result<std::vector<ledger::LineageFact>> LineageFactsOf(
    const ledger::Stub& stub, const LineageSources& sources);

}  // namespace jiandu::contracts
