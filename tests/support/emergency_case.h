// An emergency of the test network: R1 of ga for jt.
#pragma once

#include "tests/support/case_fixture.h"
#include "tests/support/due.h"

namespace jiandu::contracts::testing {

class TestEmergency : public TestCase {
 public:
  using TestCase::TestCase;

  EntityId emergency;

  [[nodiscard]] Json DeclareBody(std::int64_t hours = 72) const;
  [[nodiscard]] Outcome Declare(Json body, std::string_view who = kZf,
                                const std::vector<Signing>& signers = {Head("zf-h1")});
  [[nodiscard]] Json GrantBody() const;
  [[nodiscard]] Outcome OpenGrant(Json body, std::string_view who = kDb,
                                  const std::vector<Signing>& signers = {Maker("db-c1")});
  [[nodiscard]] Outcome End(std::string_view who = kZf, const std::string& key = "zf-h1");
  [[nodiscard]] Outcome Renew(std::int64_t end, std::string_view who = kZf,
                              const std::string& key = "zf-h1");
  [[nodiscard]] Outcome ReviewIt(std::string_view who, const std::string& key,
                                 std::string_view verdict = "JUSTIFIED", bool records = false);
  // The times of T37: declared on 04-16 at 20:00 for three days.
  void ReachEmergencyGrant();
};

}  // namespace jiandu::contracts::testing
