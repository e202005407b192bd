// The bodies and steps of an emergency.
#include "tests/support/emergency_case.h"

namespace jiandu::contracts::testing {

Json TestEmergency::DeclareBody(std::int64_t hours) const {
  return Json::MakeObject({{"event_no", "EM-1"},
                           {"basis_kind", "LAW"},
                           {"basis_ref", "突发事件应对法"},
                           {"labels", Texts({"vehicle"})},
                           {"departments", Texts({kJt, kSw})},
                           {"end", net.Time() + hours * kHourMs}});
}

Outcome TestEmergency::Declare(Json body, std::string_view who,
                               const std::vector<Signing>& signers) {
  const Outcome outcome = net.Do("emergency.declare", who, signers, std::move(body));
  if (outcome.Accepted()) emergency = outcome.Born(ledger::EntityKind::kEmergency);
  return outcome;
}

Json TestEmergency::GrantBody() const {
  Json systems = Json::MakeArray();
  systems.Push(Json::MakeObject(
      {{"system", ledger::ToHex(net.Identity("jt-app"))}, {"cidrs", Texts({"10.20.3.0/24"})}}));
  Json body = Json::MakeObject({{"emergency", ledger::ToHex(emergency)},
                                {"resource", ledger::ToHex(resource)},
                                {"consumer", kJt},
                                {"items", Texts({"plate", "status", "owner"})},
                                {"mode", "API"},
                                {"purpose_code", "SUPERVISION"},
                                {"matter_code", "M-1"},
                                {"disposal_method", "DELETE"},
                                {"daily_cap", 100},
                                {"rate_per_min", 60},
                                {"rows_per_call_max", 10},
                                {"bytes_per_day", 1'000'000}});
  return body.Set("systems", std::move(systems));
}

Outcome TestEmergency::OpenGrant(Json body, std::string_view who,
                                 const std::vector<Signing>& signers) {
  const Outcome outcome = net.Do("emergency.open_grant", who, signers, std::move(body));
  if (outcome.Accepted()) grant = outcome.Born(ledger::EntityKind::kGrant);
  return outcome;
}

Outcome TestEmergency::End(std::string_view who, const std::string& key) {
  return net.Do("emergency.end", who, {Head(key)}, Ref("emergency", emergency));
}

Outcome TestEmergency::Renew(std::int64_t end, std::string_view who, const std::string& key) {
  Json body = Ref("emergency", emergency);
  body.Set("end", end);
  return net.Do("emergency.renew", who, {Head(key)}, body);
}

Outcome TestEmergency::ReviewIt(std::string_view who, const std::string& key,
                                std::string_view verdict, bool records) {
  Json body = Ref("emergency", emergency);
  body.Set("verdict", verdict).Set("report_digest", Hash('7'));
  if (records) body.Set("records", Texts({Hash('8'), Hash('9')}));
  return net.Do("emergency.review", who, {Head(key)}, body);
}

void TestEmergency::ReachEmergencyGrant() {
  PublishResource();
  net.AdvanceTo(20260416, 20);
  ASSERT_TRUE(Declare(DeclareBody()).Accepted());
  const Outcome opened = OpenGrant(GrantBody());
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
}

}  // namespace jiandu::contracts::testing
