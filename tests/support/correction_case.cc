// A correction, filed and answered.
#include "tests/support/correction_case.h"

namespace jiandu::contracts::testing {

void CorrectionCase::File() {
  Json body = Ref("resource", resource);
  body.Set("version_seen", 0).Set("item_ids", Texts({"status"})).Set("kind", "MISSING");
  body.Set("observed_digest", Hash('1')).Set("evidence_digest", Hash('2'));
  const Outcome outcome = net.Do("correction.file", kJt, {Maker("jt-c1")}, body);
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  correction = outcome.Born(ledger::EntityKind::kCorrection);
}

Outcome CorrectionCase::Resolve() {
  Json body = Ref("correction", correction);
  body.Set("verdict", "NOT_WRONG").Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
  body.Set("evidence_digest", Hash('2'));
  return net.Do("correction.resolve", kGa, {Maker("ga-c1"), Head("ga-h1")}, body);
}

}  // namespace jiandu::contracts::testing
