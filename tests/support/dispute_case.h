// A dispute of the test network, step by step.
#pragma once

#include "tests/support/case_fixture.h"
#include "tests/support/due.h"

namespace jiandu::contracts::testing {

class TestDispute : public TestCase {
 public:
  using TestCase::TestCase;

  EntityId dispute;

  [[nodiscard]] Outcome File(const EntityId& subject, std::string_view who = kJt,
                             const std::string& alias = "jt");
  [[nodiscard]] Outcome Settle(const std::vector<Signing>& signers, Json more = Json::MakeObject());
  [[nodiscard]] Outcome Escalate(std::string_view mediator = kDb, bool minutes = true);
  [[nodiscard]] Outcome Mediate(std::string_view verdict, std::string_view who = kDb,
                                const std::string& alias = "db");
  [[nodiscard]] Json DecideBody(std::string_view verdict = "APPROVE") const;
  [[nodiscard]] static Json Terms();
  [[nodiscard]] Outcome DecideDispute(Json body);
  void RefuseByProvider();
  // Refused, filed, escalated and mediated in vain.
  void ReachFailed();
};

}  // namespace jiandu::contracts::testing
