// When clocks of the test network are due.
#pragma once

#include "contracts/clock.h"
#include "tests/support/contract_fixture.h"

namespace jiandu::contracts::testing {

// The clock of the code on the entity, on the department when one is named; without a code when it
// never started.
ledger::Clock ClockOn(const TestNet& net, const EntityId& id, std::string_view code,
                      std::string_view department = "");
// The last day on which it is in time (yyyymmdd); 0 when it never started.
std::int32_t DueDay(const TestNet& net, const EntityId& id, std::string_view code,
                    std::string_view department = "");

}  // namespace jiandu::contracts::testing
