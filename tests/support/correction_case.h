// A correction filed by jt on ga's resource and answered NOT_WRONG: CO-3 of the worked scenario.
#pragma once

#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {

class CorrectionCase : public TestCase {
 public:
  void File();
  Outcome Resolve();

  EntityId correction;
};

}  // namespace jiandu::contracts::testing
