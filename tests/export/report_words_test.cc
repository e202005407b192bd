// Nothing in a report is said in one language alone.
#include "evidence/report_words.h"

#include <gtest/gtest.h>

#include "evidence/report_fields.h"

namespace jiandu::evidence {
namespace {

bool IsBoth(const std::string& html) {
  return html.contains("<span lang=\"zh\">") && html.contains("<span lang=\"en\">");
}

TEST(ReportWords, EveryPartyOfACaseHasAName) {
  for (const char* name : {"auditor", "consumer", "contributor", "filer", "government", "holder",
                           "invited", "issuer", "manager", "mediator", "opener", "other", "owner",
                           "peer", "provider", "recipient", "source", "target"}) {
    EXPECT_TRUE(IsBoth(PartyWords(name))) << name;
  }
}

TEST(ReportWords, EveryKindOfEntityHasAName) {
  for (int kind = 0; kind < 256; ++kind) {
    const auto known = ledger::KindFromByte(static_cast<std::uint8_t>(kind));
    if (!known) continue;
    EXPECT_FALSE(KindWords(*known).contains("<span lang=\"zh\"></span>")) << kind;
  }
}

// Terms come of the request, the decision and the opening: each member by the form it stands in.
TEST(ReportFields, EveryTermOfAGrantHasALabel) {
  const auto terms = ParseJson(
      R"({"accounts":[],"bytes_per_day":1,"client_nets":[],"grade":"G3","items":["a"],)"
      R"("items_mask":"1f","mask":[],"masked":"01","matter_code":"M","mode":"BATCH",)"
      R"("purpose_code":"P","systems":[{"cidrs":["10.0.0.0/8"],"system":"10aa"}],"uses_max":1})",
      4096);
  ASSERT_TRUE(terms.has_value());
  const ledger::ProvenRecord record;
  const sdk::ProofVerdict verdict;
  const std::map<ledger::EntityId, ledger::EntityBody> bodies;
  const ledger::Genesis genesis;
  const ReportInput input{.record = record,
                          .verdict = verdict,
                          .bodies = bodies,
                          .genesis = genesis,
                          .subject = {},
                          .proof_hash = ""};
  const FieldRows rows = FieldsOfTerms(input, *terms);
  EXPECT_EQ(rows.rows.size(), 12U);
  for (const FieldRow& row : rows.rows) EXPECT_TRUE(IsBoth(row.label)) << row.name;
}

}  // namespace
}  // namespace jiandu::evidence
