// Proposals and votes on them.
#include "tests/support/vote_fixture.h"

namespace jiandu::contracts::testing {

Json WithAwait(Json body, std::string_view department, std::string_view role) {
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", department}, {"role", role}}));
  body.Set("await", await);
  return body;
}

Outcome Ballot::Propose(TestNet& net, std::string_view op, const Json& body) {
  Outcome outcome = net.Do(op, kDb, {Head("db-h1")}, WithAwait(body, kGa));
  if (outcome.Accepted()) Read(net, outcome);
  return outcome;
}

void Ballot::Read(TestNet& net, const Outcome& outcome) {
  proposal = outcome.Born(ledger::EntityKind::kProposal);
  digest = HexEncode(net.Last()->digest.View());
}

Outcome Ballot::Vote(TestNet& net, std::string_view department, const std::string& head,
                     bool yes) const {
  Json body = Ref("proposal", proposal);
  body.Set("digest", digest).Set("yes", yes);
  return net.Do("vote", department, {Head(head)}, body);
}

}  // namespace jiandu::contracts::testing
