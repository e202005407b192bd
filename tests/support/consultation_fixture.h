// A consultation about a resource that is not shared, for tests: T18 of the worked scenario, with
// GA as provider.
//
// Header only. Each builder gives a body that is accepted; a test spoils the member it is about.
#pragma once

#include "contracts/clock.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {

inline Json PeersAwaited(std::initializer_list<std::string_view> departments) {
  Json await = Json::MakeArray();
  for (const std::string_view department : departments) {
    await.Push(Json::MakeObject({{"department", department}, {"role", "PEER"}}));
  }
  return await;
}

class ConsultationCase : public TestCase {
 public:
  using TestCase::TestCase;
  EntityId consultation;

  [[nodiscard]] static Json NotShared(bool case_by_case = true) {
    Json content = Content("NOT_SHARED", "G2");
    Json basis = *content.Find("prohibition_basis");
    basis.Set("case_by_case", case_by_case);
    content.Set("prohibition_basis", basis);
    return content;
  }
  [[nodiscard]] Json OpenConsultationBody() {
    Json body = RequestBody("NOT_SHARED");
    body.Remove("kind");
    body.Set("legal_opinion_digest", Hash('a'));
    return body;
  }
  [[nodiscard]] Outcome OpenConsultation(Json body) {
    Outcome outcome =
        net.Do("consultation.open", kJt, {Maker("jt-c1"), Head("jt-h1")}, std::move(body));
    if (outcome.Accepted()) consultation = outcome.Born(ledger::EntityKind::kConsultation);
    return outcome;
  }
  [[nodiscard]] Json ConveneBody() const {
    Json body = Ref("consultation", consultation);
    body.Set("meeting_date", 20260318).Set("participants", Texts({kJt, kDb, kGa}));
    return body;
  }
  [[nodiscard]] Outcome Convene() {
    return net.Do("consultation.convene", kDb, {Maker("db-c1")}, ConveneBody());
  }
  [[nodiscard]] Json Resolution() const {
    Json body = Ref("consultation", consultation);
    body.Set("participants", Texts({kJt, kDb, kGa}));
    body.Set("legal_basis", Json::MakeObject({{"kind", "LAW"},
                                              {"law", "税收征收管理法"},
                                              {"article", "第八条"},
                                              {"doc_digest", Hash('b')}}));
    body.Set("terms", Json::MakeObject({{"uses_max", 200}, {"valid_to", 20260430}}));
    body.Set("result_kind", "VERIFY").Set("minutes_digest", Hash('c'));
    return body;
  }
  [[nodiscard]] Outcome Resolve(Json body) {
    return net.Do("consultation.resolve", kJt, {Head("jt-h1"), Peer("db-h1"), Peer("ga-h1")},
                  std::move(body));
  }
  [[nodiscard]] Outcome Refuse(std::string_view department, const std::string& head) {
    Json body = Ref("consultation", consultation);
    body.Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
    return net.Do("consultation.refuse", department, {Head(head)}, body);
  }
  [[nodiscard]] Json OneOffBody() const {
    Json body = OpenBody();
    body.Remove("request");
    body.Set("consultation", ledger::ToHex(consultation)).Set("valid_to", 20260430);
    return body;
  }
  void ReachConsultation(std::int32_t date = 20260306) {
    PublishResource(NotShared());
    net.AdvanceTo(date);
    const Outcome outcome = OpenConsultation(OpenConsultationBody());
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  }
  void ReachSession() {
    ReachConsultation();
    net.AdvanceTo(20260310);
    const Outcome outcome = Convene();
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  }
  void ReachAgreement() {
    ReachSession();
    net.AdvanceTo(20260325);
    const Outcome outcome = Resolve(Resolution());
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  }
  // The last day on which the clock of the code is in time.
  [[nodiscard]] std::int32_t Due(const EntityId& id, std::string_view code,
                                 std::string_view department = "") const {
    const ledger::EntityBody body = net.Body(id);
    const ledger::Clock* clock = body.FindClock(code, department);
    if (clock == nullptr) return 0;
    return ledger::DateOf(DueOf(ledger::ReadCalendar(net.View()), *clock).at - 1);
  }
};

}  // namespace jiandu::contracts::testing
