// The steps of a dispute.
#include "tests/support/dispute_case.h"

namespace jiandu::contracts::testing {

Outcome TestDispute::File(const EntityId& subject, std::string_view who, const std::string& alias) {
  Json body = Ref("case", subject);
  body.Set("claim_code", "REFUSAL").Set("claim_digest", Hash('1'));
  const Outcome outcome =
      net.Do("dispute.file", who, {Maker(alias + "-c1"), Head(alias + "-h1")}, body);
  if (outcome.Accepted()) dispute = outcome.Born(ledger::EntityKind::kDispute);
  return outcome;
}

Outcome TestDispute::Settle(const std::vector<Signing>& signers, Json more) {
  more.Set("dispute", ledger::ToHex(dispute)).Set("settlement_digest", Hash('2'));
  return net.Do("dispute.settle", kJt, signers, std::move(more));
}

Outcome TestDispute::Escalate(std::string_view mediator, bool minutes) {
  Json body = Ref("dispute", dispute);
  body.Set("mediator", mediator);
  if (minutes) body.Set("minutes_digest", Hash('3'));
  return net.Do("dispute.escalate", kJt, {Head("jt-h1")}, body);
}

Outcome TestDispute::Mediate(std::string_view verdict, std::string_view who,
                             const std::string& alias) {
  Json body = Ref("dispute", dispute);
  body.Set("verdict", verdict).Set("opinion_digest", Hash('4'));
  return net.Do("dispute.mediate", who, {Maker(alias + "-c1"), Head(alias + "-h1")}, body);
}

Json TestDispute::DecideBody(std::string_view verdict) const {
  Json body = Ref("dispute", dispute);
  return body.Set("verdict", verdict)
      .Set("decision_no", "临政〔2026〕9号")
      .Set("decision_digest", Hash('5'));
}

Json TestDispute::Terms() {
  return Json::MakeObject({{"items", Texts({"plate", "owner"})}, {"valid_to", 20261130}});
}

Outcome TestDispute::DecideDispute(Json body) {
  return net.Do("dispute.decide", kZf, {Head("zf-h1")}, std::move(body));
}

void TestDispute::RefuseByProvider() {
  ReachRequest();
  Json body = DecisionBody("REFUSE");
  body.Set("reason_code", "LAW").Set("reason_digest", Hash('6'));
  ASSERT_TRUE(Decide("ga", std::move(body)).Accepted());
}

void TestDispute::ReachFailed() {
  RefuseByProvider();
  ASSERT_TRUE(File(request).Accepted());
  ASSERT_TRUE(Escalate().Accepted());
  ASSERT_TRUE(Mediate("FAILED").Accepted());
}

}  // namespace jiandu::contracts::testing
