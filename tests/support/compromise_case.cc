// A lost key, what it had signed, and the second signature.
#include "tests/support/compromise_case.h"

namespace jiandu::contracts::testing {

void CompromiseCase::LoseKey(const std::string& name) {
  test.net.AdvanceTo(20260322);
  const Json body =
      Json::MakeObject({{"identity", ledger::ToHex(test.net.Identity(name))},
                        {"reason", "COMPROMISED"},
                        {"compromised_since", ledger::StartOfDate(20260320) + 9 * kHourMs},
                        {"evidence_digest", Hash('a')}});
  const bool own = name.starts_with("ga");
  const Outcome revoked =
      test.net.Do("identity.revoke", own ? kGa : kDb, {Head(own ? "ga-h1" : "db-h1")}, body);
  ASSERT_TRUE(revoked.Accepted()) << CodeName(revoked.code);
}

void CompromiseCase::FileCorrection() {
  Json filing = Ref("resource", test.resource);
  filing.Set("version_seen", 0)
      .Set("item_ids", Texts({"status"}))
      .Set("kind", "WRONG")
      .Set("observed_digest", Hash('1'))
      .Set("evidence_digest", Hash('2'));
  const Outcome filed = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, filing);
  ASSERT_TRUE(filed.Accepted()) << CodeName(filed.code);
  correction = filed.Born(ledger::EntityKind::kCorrection);
}

Outcome CompromiseCase::Resolve(const std::string& maker) {
  Json body = Ref("correction", correction);
  body.Set("verdict", "NOT_WRONG")
      .Set("reason_code", "LAW")
      .Set("reason_digest", Hash('3'))
      .Set("evidence_digest", Hash('4'));
  Outcome outcome = test.net.Do("correction.resolve", kGa, {Maker(maker), Head("ga-h1")}, body);
  act = HexEncode(test.net.Last()->txid.View());
  return outcome;
}

Outcome CompromiseCase::Confirm() {
  Json body = Ref("correction", correction);
  body.Set("confirmed", true);
  return test.net.Do("correction.confirm", kJt, {Maker("jt-c1")}, body);
}

Outcome CompromiseCase::Reconfirm(const EntityId& of, const std::string& maker) {
  Json body = Ref("case", of);
  body.Set("act", act);
  return test.net.Do("identity.reconfirm", kGa, {Maker(maker), Head("ga-h1")}, body);
}

ledger::Clock CompromiseCase::ClockOf(const EntityId& id, std::string_view code) const {
  const ledger::EntityBody body = test.net.Body(id);
  const ledger::Clock* clock = body.FindClock(code);
  return clock != nullptr ? *clock : ledger::Clock();
}

}  // namespace jiandu::contracts::testing
