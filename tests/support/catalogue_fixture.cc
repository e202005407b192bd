// Changes to a published resource, and what is due on them.
#include "tests/support/catalogue_fixture.h"

namespace jiandu::contracts::testing {

Json CatalogueCase::Amendment(std::string_view reason, Json content) const {
  Json body = Ref("resource", test.resource);
  body.Set("reason", reason).Set("reason_digest", Hash('7'));
  if (reason == "LAW_CHANGE" || reason == "DUTY_CHANGE") {
    body.Set("event_date", ledger::DateOf(test.net.Time()));
  }
  body.Set("content", std::move(content));
  return body;
}

Outcome CatalogueCase::Amend(Json body) {
  return test.net.Do("resource.amend", kGa, {Maker("ga-c1"), Head("ga-l1")}, std::move(body));
}

Outcome CatalogueCase::Amend(std::string_view reason, Json content) {
  return Amend(Amendment(reason, std::move(content)));
}

void CatalogueCase::PublishAmendment(std::string_view reason, const Json& content) {
  const Outcome amended = Amend(reason, content);
  ASSERT_TRUE(amended.Accepted()) << CodeName(amended.code);
  ASSERT_TRUE(test.Review().Accepted());
  const Outcome published = test.Publish();
  ASSERT_TRUE(published.Accepted()) << CodeName(published.code);
}

Outcome CatalogueCase::Grade(std::string_view grade, const std::vector<Signing>& signers) {
  Json body = Ref("resource", test.resource);
  body.Set("grade", grade).Set("evaluator", "测评机构").Set("evidence_digest", Hash('e'));
  return test.net.Do("resource.grade", kGa, signers, std::move(body));
}

ledger::Clock CatalogueCase::ClockOf(const EntityId& id, std::string_view code) const {
  const ledger::EntityBody body = test.net.Body(id);
  const ledger::Clock* clock = body.FindClock(code);
  return clock != nullptr ? *clock : ledger::Clock();
}

std::int32_t CatalogueCase::Due(const EntityId& id, std::string_view code) const {
  const ledger::WorkCalendar calendar = ledger::ReadCalendar(test.net.View());
  return ledger::DateOf(DueOf(calendar, ClockOf(id, code)).at - 1);
}

BlockContext CatalogueCase::Now() const {
  return {.chain = std::string(kChain),
          .height = test.net.Height() + 1,
          .time = test.net.Time(),
          .log_size = 1};
}

}  // namespace jiandu::contracts::testing
