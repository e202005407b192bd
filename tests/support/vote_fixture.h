// Proposals and votes for tests of the contracts.
#pragma once

#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {

Json WithAwait(Json body, std::string_view department, std::string_view role = "PEER");

// What is put to the vote, and votes on it.
struct Ballot {
  EntityId proposal;
  std::string digest;

  // Proposes as db's head.
  Outcome Propose(TestNet& net, std::string_view op, const Json& body);
  void Read(TestNet& net, const Outcome& outcome);
  Outcome Vote(TestNet& net, std::string_view department, const std::string& head,
               bool yes = true) const;
};

}  // namespace jiandu::contracts::testing
