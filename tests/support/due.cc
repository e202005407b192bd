// Clocks of the test network, read back from bodies.
#include "tests/support/due.h"

namespace jiandu::contracts::testing {

ledger::Clock ClockOn(const TestNet& net, const EntityId& id, std::string_view code,
                      std::string_view department) {
  const ledger::EntityBody body = net.Body(id);
  const ledger::Clock* clock = body.FindClock(code, department);
  return clock != nullptr ? *clock : ledger::Clock();
}

std::int32_t DueDay(const TestNet& net, const EntityId& id, std::string_view code,
                    std::string_view department) {
  const ledger::Clock clock = ClockOn(net, id, code, department);
  if (clock.code.empty()) return 0;
  const ledger::WorkCalendar calendar = ledger::ReadCalendar(net.View());
  return ledger::DateOf(DueOf(calendar, clock).at - 1);
}

}  // namespace jiandu::contracts::testing
