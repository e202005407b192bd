// Reading an entity as of a height and a time: with what has come by itself since it was written.
//
// Pure functions over a view; any thread with a view of its own.
#pragma once

#include <optional>

#include "ledger/model/body.h"
#include "ledger/model/state_view.h"

namespace jiandu::contracts {

struct AsOf {
  ledger::Height height = 0;
  ledger::TimeMs time = 0;
};

// The body with its parties after reorganisations and its status of that time: lapsed, expired or
// closed by law though nobody said so; of a grant the terms then in force. Nothing when the entity
// has no body.
[[nodiscard]] std::optional<ledger::EntityBody> BodyAsOf(const ledger::StateView& view,
                                                         const AsOf& at,
                                                         const ledger::EntityId& id);

}  // namespace jiandu::contracts
