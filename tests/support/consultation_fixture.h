// A consultation about a resource that is not shared, for tests: T18 of the worked scenario, with
// GA as provider.
//
// Each builder gives a body that is accepted; a test spoils the member it is about.
#pragma once

#include "contracts/clock.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {

Json PeersAwaited(std::initializer_list<std::string_view> departments);

class ConsultationCase : public TestCase {
 public:
  using TestCase::TestCase;
  EntityId consultation;

  [[nodiscard]] static Json NotShared(bool case_by_case = true);
  [[nodiscard]] Json OpenConsultationBody();
  [[nodiscard]] Outcome OpenConsultation(Json body);
  [[nodiscard]] Json ConveneBody() const;
  [[nodiscard]] Outcome Convene();
  [[nodiscard]] Json Resolution() const;
  [[nodiscard]] Outcome Resolve(Json body);
  [[nodiscard]] Outcome Refuse(std::string_view department, const std::string& head);
  [[nodiscard]] Json OneOffBody() const;
  void ReachConsultation(std::int32_t date = 20260306);
  void ReachSession();
  void ReachAgreement();
  // The last day on which the clock of the code is in time.
  [[nodiscard]] std::int32_t Due(const EntityId& id, std::string_view code,
                                 std::string_view department = "") const;
};

}  // namespace jiandu::contracts::testing
