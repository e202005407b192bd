// Flags of kind D: what follows from the state at a height and a time, without anybody having
// written it (docs/contracts.md 4.21).
//
// Pure functions over a view; any thread with a view of its own. Walks have bounds and read what
// they list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/as_of.h"
#include "contracts/block_state.h"

namespace jiandu::contracts {

struct DerivedFlag {
  std::string_view flag;            // as in ledger::DerivedFlags()
  ledger::EntityId subject;         // what it is about: the entity asked for, or one it hangs on
  std::int64_t value = 0;           // working days, calls, items: what the flag counts
  ledger::DepartmentId department;  // who is responsible
  std::string detail;               // which deadline, day, batch, item
  bool operator==(const DerivedFlag&) const = default;
};
// All of an entity: a grant, resource, correction, disposal, demand for a leaf, or any case with
// clocks. Of a grant's accesses, those of the 92 days before.
[[nodiscard]] std::vector<DerivedFlag> DerivedFlagsOf(const ledger::StateView& view, const AsOf& at,
                                                      const ledger::EntityId& entity);

// Deadlines that follow as well, and stand in no body: D23 of who holds what a correction changed,
// D27 of an act signed by a compromised key.
struct DerivedClock {
  ledger::EntityId subject;  // the grant or resource held; else the entity asked for
  ledger::Clock clock;
};
[[nodiscard]] std::vector<DerivedClock> DerivedClocksOf(const ledger::StateView& view,
                                                        const AsOf& at,
                                                        const ledger::EntityId& entity);
// Of a grant's accesses in the days from `from` to `until`, 92 of them at most; GAP of any day.
[[nodiscard]] std::vector<DerivedFlag> AccessFlagsOf(const ledger::StateView& view, const AsOf& at,
                                                     const ledger::EntityId& grant,
                                                     ledger::TimeMs from, ledger::TimeMs until);

// Of a grant: ONE_SIDED, GAP, DENY_IGNORED, DENIED_BURST, DAY_OVER_CAP, AVG_OVER.
void AddAccessFlags(BlockState& state, const ledger::EntityId& grant,
                    std::vector<DerivedFlag>& flags);

}  // namespace jiandu::contracts
