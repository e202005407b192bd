// Bodies and steps of changes to a published resource, for tests of the contracts.
//
// Each builder gives a body that is accepted; a test spoils the member it is about.
#pragma once

#include "contracts/clock.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {

class CatalogueCase : public ::testing::Test {
 protected:
  [[nodiscard]] Json Amendment(std::string_view reason, Json content) const;
  Outcome Amend(Json body);
  Outcome Amend(std::string_view reason, Json content);
  // An amendment that is reviewed and published.
  void PublishAmendment(std::string_view reason, const Json& content);
  Outcome Grade(std::string_view grade, const std::vector<Signing>& signers);
  [[nodiscard]] ledger::Clock ClockOf(const EntityId& id, std::string_view code) const;
  // The last day on which it is in time.
  [[nodiscard]] std::int32_t Due(const EntityId& id, std::string_view code) const;
  // The state as the next block would see it.
  [[nodiscard]] BlockContext Now() const;

  TestCase test;
};

}  // namespace jiandu::contracts::testing
