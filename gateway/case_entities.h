// The entities of a case: itself, the cases it hangs on, and those that were born in it or in one
// so born. What hangs on the same request beside it is a case of its own.
//
// A function of births and links, which never change. Reads histories from the index, bounded. Any
// thread.
#pragma once

#include <vector>

#include "gateway/visibility.h"

namespace jiandu::gateway {

inline constexpr std::size_t kCaseEntitiesMax = 64;
inline constexpr std::size_t kCaseEventsMax = 20'000;  // read to find them

// Ascending, `id` among them; only what the reader sees. Where a bound is met some are missing: the
// report of a pack names what its events touch besides.
[[nodiscard]] std::vector<ledger::EntityId> CaseEntities(const LedgerSnapshot& state,
                                                         SightOf& sight,
                                                         const ledger::EntityId& id);

}  // namespace jiandu::gateway
