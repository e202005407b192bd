// An emergency of the test network: R1 of ga for jt. Header only.
#pragma once

#include "tests/support/case_fixture.h"
#include "tests/support/due.h"

namespace jiandu::contracts::testing {

class TestEmergency : public TestCase {
 public:
  using TestCase::TestCase;

  EntityId emergency;

  [[nodiscard]] Json DeclareBody(std::int64_t hours = 72) const {
    return Json::MakeObject({{"event_no", "EM-1"},
                             {"basis_kind", "LAW"},
                             {"basis_ref", "突发事件应对法"},
                             {"labels", Texts({"vehicle"})},
                             {"departments", Texts({kJt, kSw})},
                             {"end", net.Time() + hours * kHourMs}});
  }
  [[nodiscard]] Outcome Declare(Json body, std::string_view who = kZf,
                                const std::vector<Signing>& signers = {Head("zf-h1")}) {
    const Outcome outcome = net.Do("emergency.declare", who, signers, std::move(body));
    if (outcome.Accepted()) emergency = outcome.Born(ledger::EntityKind::kEmergency);
    return outcome;
  }
  [[nodiscard]] Json GrantBody() const {
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
  [[nodiscard]] Outcome OpenGrant(Json body, std::string_view who = kDb,
                                  const std::vector<Signing>& signers = {Maker("db-c1")}) {
    const Outcome outcome = net.Do("emergency.open_grant", who, signers, std::move(body));
    if (outcome.Accepted()) grant = outcome.Born(ledger::EntityKind::kGrant);
    return outcome;
  }
  [[nodiscard]] Outcome End(std::string_view who = kZf, const std::string& key = "zf-h1") {
    return net.Do("emergency.end", who, {Head(key)}, Ref("emergency", emergency));
  }
  [[nodiscard]] Outcome Renew(std::int64_t end, std::string_view who = kZf,
                              const std::string& key = "zf-h1") {
    Json body = Ref("emergency", emergency);
    body.Set("end", end);
    return net.Do("emergency.renew", who, {Head(key)}, body);
  }
  [[nodiscard]] Outcome ReviewIt(std::string_view who, const std::string& key,
                                 std::string_view verdict = "JUSTIFIED", bool records = false) {
    Json body = Ref("emergency", emergency);
    body.Set("verdict", verdict).Set("report_digest", Hash('7'));
    if (records) body.Set("records", Texts({Hash('8'), Hash('9')}));
    return net.Do("emergency.review", who, {Head(key)}, body);
  }
  // The times of T37: declared on 04-16 at 20:00 for three days.
  void ReachEmergencyGrant() {
    PublishResource();
    net.AdvanceTo(20260416, 20);
    ASSERT_TRUE(Declare(DeclareBody()).Accepted());
    const Outcome opened = OpenGrant(GrantBody());
    ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  }
};

}  // namespace jiandu::contracts::testing
