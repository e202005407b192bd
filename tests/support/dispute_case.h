// A dispute of the test network, step by step. Header only.
#pragma once

#include "tests/support/case_fixture.h"
#include "tests/support/due.h"

namespace jiandu::contracts::testing {

class TestDispute : public TestCase {
 public:
  using TestCase::TestCase;

  EntityId dispute;

  [[nodiscard]] Outcome File(const EntityId& subject, std::string_view who = kJt,
                             const std::string& alias = "jt") {
    Json body = Ref("case", subject);
    body.Set("claim_code", "REFUSAL").Set("claim_digest", Hash('1'));
    const Outcome outcome =
        net.Do("dispute.file", who, {Maker(alias + "-c1"), Head(alias + "-h1")}, body);
    if (outcome.Accepted()) dispute = outcome.Born(ledger::EntityKind::kDispute);
    return outcome;
  }
  [[nodiscard]] Outcome Settle(const std::vector<Signing>& signers,
                               Json more = Json::MakeObject()) {
    more.Set("dispute", ledger::ToHex(dispute)).Set("settlement_digest", Hash('2'));
    return net.Do("dispute.settle", kJt, signers, std::move(more));
  }
  [[nodiscard]] Outcome Escalate(std::string_view mediator = kDb, bool minutes = true) {
    Json body = Ref("dispute", dispute);
    body.Set("mediator", mediator);
    if (minutes) body.Set("minutes_digest", Hash('3'));
    return net.Do("dispute.escalate", kJt, {Head("jt-h1")}, body);
  }
  [[nodiscard]] Outcome Mediate(std::string_view verdict, std::string_view who = kDb,
                                const std::string& alias = "db") {
    Json body = Ref("dispute", dispute);
    body.Set("verdict", verdict).Set("opinion_digest", Hash('4'));
    return net.Do("dispute.mediate", who, {Maker(alias + "-c1"), Head(alias + "-h1")}, body);
  }
  [[nodiscard]] Json DecideBody(std::string_view verdict = "APPROVE") const {
    Json body = Ref("dispute", dispute);
    return body.Set("verdict", verdict)
        .Set("decision_no", "临政〔2026〕9号")
        .Set("decision_digest", Hash('5'));
  }
  [[nodiscard]] static Json Terms() {
    return Json::MakeObject({{"items", Texts({"plate", "owner"})}, {"valid_to", 20261130}});
  }
  [[nodiscard]] Outcome DecideDispute(Json body) {
    return net.Do("dispute.decide", kZf, {Head("zf-h1")}, std::move(body));
  }
  void RefuseByProvider() {
    ReachRequest();
    Json body = DecisionBody("REFUSE");
    body.Set("reason_code", "LAW").Set("reason_digest", Hash('6'));
    ASSERT_TRUE(Decide("ga", std::move(body)).Accepted());
  }
  // Refused, filed, escalated and mediated in vain.
  void ReachFailed() {
    RefuseByProvider();
    ASSERT_TRUE(File(request).Accepted());
    ASSERT_TRUE(Escalate().Accepted());
    ASSERT_TRUE(Mediate("FAILED").Accepted());
  }
};

}  // namespace jiandu::contracts::testing
