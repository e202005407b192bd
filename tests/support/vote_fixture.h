// Proposals and votes for tests of the contracts.
//
// Header only.
#pragma once

#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {

inline Json WithAwait(Json body, std::string_view department, std::string_view role = "PEER") {
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", department}, {"role", role}}));
  body.Set("await", await);
  return body;
}

// What is put to the vote, and votes on it.
struct Ballot {
  EntityId proposal;
  std::string digest;

  // Proposes as db's head.
  Outcome Propose(TestNet& net, std::string_view op, const Json& body) {
    Outcome outcome = net.Do(op, kDb, {Head("db-h1")}, WithAwait(body, kGa));
    if (outcome.Accepted()) Read(net, outcome);
    return outcome;
  }
  void Read(TestNet& net, const Outcome& outcome) {
    proposal = outcome.Born(ledger::EntityKind::kProposal);
    digest = HexEncode(net.Last()->digest.View());
  }
  Outcome Vote(TestNet& net, std::string_view department, const std::string& head,
               bool yes = true) const {
    Json body = Ref("proposal", proposal);
    body.Set("digest", digest).Set("yes", yes);
    return net.Do("vote", department, {Head(head)}, body);
  }
};

}  // namespace jiandu::contracts::testing
