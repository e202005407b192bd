// When clocks of the test network are due. Header only.
#pragma once

#include "contracts/clock.h"
#include "tests/support/contract_fixture.h"

namespace jiandu::contracts::testing {

// The clock of the code on the entity, on the department when one is named; without a code when it
// never started.
inline ledger::Clock ClockOn(const TestNet& net, const EntityId& id, std::string_view code,
                             std::string_view department = "") {
  const ledger::EntityBody body = net.Body(id);
  const ledger::Clock* clock = body.FindClock(code, department);
  return clock != nullptr ? *clock : ledger::Clock();
}
// The last day on which it is in time (yyyymmdd); 0 when it never started.
inline std::int32_t DueDay(const TestNet& net, const EntityId& id, std::string_view code,
                           std::string_view department = "") {
  const ledger::Clock clock = ClockOn(net, id, code, department);
  if (clock.code.empty()) return 0;
  const ledger::WorkCalendar calendar = ledger::ReadCalendar(net.View());
  return ledger::DateOf(DueOf(calendar, clock).at - 1);
}

}  // namespace jiandu::contracts::testing
