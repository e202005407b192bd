// A key that is told to be compromised, and what it had signed, for tests of the contracts.
#pragma once

#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {

// The laptop of ga-c1 is lost on Sunday 2026-03-22, since Friday 03-20 09:00.
class CompromiseCase : public ::testing::Test {
 protected:
  void LoseKey(const std::string& name = "ga-c1");
  void FileCorrection();
  Outcome Resolve(const std::string& maker);
  Outcome Confirm();
  Outcome Reconfirm(const EntityId& of, const std::string& maker = "ga-c2");
  [[nodiscard]] ledger::Clock ClockOf(const EntityId& id, std::string_view code) const;

  TestCase test;
  EntityId correction;
  std::string act;
};

}  // namespace jiandu::contracts::testing
