// The bodies and steps of a consultation.
#include "tests/support/consultation_fixture.h"

namespace jiandu::contracts::testing {

Json PeersAwaited(std::initializer_list<std::string_view> departments) {
  Json await = Json::MakeArray();
  for (const std::string_view department : departments) {
    await.Push(Json::MakeObject({{"department", department}, {"role", "PEER"}}));
  }
  return await;
}

Json ConsultationCase::NotShared(bool case_by_case) {
  Json content = Content("NOT_SHARED", "G2");
  Json basis = *content.Find("prohibition_basis");
  basis.Set("case_by_case", case_by_case);
  content.Set("prohibition_basis", basis);
  return content;
}

Json ConsultationCase::OpenConsultationBody() {
  Json body = RequestBody("NOT_SHARED");
  body.Remove("kind");
  body.Set("legal_opinion_digest", Hash('a'));
  return body;
}

Outcome ConsultationCase::OpenConsultation(Json body) {
  Outcome outcome =
      net.Do("consultation.open", kJt, {Maker("jt-c1"), Head("jt-h1")}, std::move(body));
  if (outcome.Accepted()) consultation = outcome.Born(ledger::EntityKind::kConsultation);
  return outcome;
}

Json ConsultationCase::ConveneBody() const {
  Json body = Ref("consultation", consultation);
  body.Set("meeting_date", 20260318).Set("participants", Texts({kJt, kDb, kGa}));
  return body;
}

Outcome ConsultationCase::Convene() {
  return net.Do("consultation.convene", kDb, {Maker("db-c1")}, ConveneBody());
}

Json ConsultationCase::Resolution() const {
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

Outcome ConsultationCase::Resolve(Json body) {
  return net.Do("consultation.resolve", kJt, {Head("jt-h1"), Peer("db-h1"), Peer("ga-h1")},
                std::move(body));
}

Outcome ConsultationCase::Refuse(std::string_view department, const std::string& head) {
  Json body = Ref("consultation", consultation);
  body.Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
  return net.Do("consultation.refuse", department, {Head(head)}, body);
}

Json ConsultationCase::OneOffBody() const {
  Json body = OpenBody();
  body.Remove("request");
  body.Set("consultation", ledger::ToHex(consultation)).Set("valid_to", 20260430);
  return body;
}

void ConsultationCase::ReachConsultation(std::int32_t date) {
  PublishResource(NotShared());
  net.AdvanceTo(date);
  const Outcome outcome = OpenConsultation(OpenConsultationBody());
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
}

void ConsultationCase::ReachSession() {
  ReachConsultation();
  net.AdvanceTo(20260310);
  const Outcome outcome = Convene();
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
}

void ConsultationCase::ReachAgreement() {
  ReachSession();
  net.AdvanceTo(20260325);
  const Outcome outcome = Resolve(Resolution());
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
}

std::int32_t ConsultationCase::Due(const EntityId& id, std::string_view code,
                                   std::string_view department) const {
  const ledger::EntityBody body = net.Body(id);
  const ledger::Clock* clock = body.FindClock(code, department);
  if (clock == nullptr) return 0;
  return ledger::DateOf(DueOf(ledger::ReadCalendar(net.View()), *clock).at - 1);
}

}  // namespace jiandu::contracts::testing
