// Filters and questions that name what is not there: refused, never answered as if they were right.
#include <gtest/gtest.h>

#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

// A typing error answered with an empty list reads as "there is none".
TEST(Lists, AFilterThatNamesNothingIsRefused) {
  Harness harness;
  const std::string token = harness.SignIn(harness.manager);
  for (const char* list : {"/v1/resources", "/v1/grants", "/v1/rejections", "/v1/audit/overdue",
                           "/v1/audit/queries/q3"}) {
    for (const char* bad : {"tax", "11330100MB0000003D", "119901000990010105", "", "%25"}) {
      const Response response = harness.Get(std::string(list) + "?department=" + bad, token);
      EXPECT_EQ(response.status, 400) << list << " " << bad;
      EXPECT_TRUE(response.body.contains("department")) << response.body;
    }
    EXPECT_EQ(harness.Get(std::string(list) + "?department=" + kTax, token).status, 200) << list;
  }
  const std::string nobody(32, '0');
  EXPECT_EQ(harness.Get("/v1/grants?resource=11" + nobody, token).status, 400);
}

TEST(Proofs, OfAnUntouchedResourceBothMustExistAndBeSeen) {
  Harness harness;
  const auto resource = harness.node.AddEntity(ResourceBody(kPublished), {});
  const auto draft = harness.node.AddEntity(ResourceBody(kDraft), {});
  const auto grant = harness.node.AddEntity(GrantBody(kPolice, kTax), {kPolice, kTax});
  const auto ask = [&](const std::string& id, const std::string& department,
                       const Officer& reader) {
    return harness.Get("/v1/proofs/absence?resource=" + id + "&department=" + department,
                       harness.SignIn(reader));
  };
  const Response good = ask(ledger::ToHex(resource), kTax, harness.manager);
  ASSERT_EQ(good.status, 200) << good.body;
  EXPECT_TRUE(good.body.contains(ledger::ToHex(resource)));
  EXPECT_TRUE(good.body.contains("\"department\":\"" + kTax + "\""));
  EXPECT_EQ(ask(ledger::ToHex(resource), kTax, harness.police).status, 200);
  // Of what nobody could touch there is nothing to prove.
  EXPECT_EQ(ask(ledger::ToHex(grant), kTax, harness.manager).status, 400);
  EXPECT_EQ(ask(ledger::ToHex(ledger::PairEntity(resource, kTax)), kTax, harness.manager).status,
            400);
  EXPECT_EQ(ask("11" + std::string(32, '0'), kTax, harness.manager).status, 404);
  EXPECT_EQ(ask(ledger::ToHex(resource), "11330100MB0000003D", harness.manager).status, 400);
  EXPECT_EQ(ask(ledger::ToHex(resource), "119901000990010105", harness.manager).status, 400);
  // To who may not see the draft, it does not exist.
  EXPECT_EQ(ask(ledger::ToHex(draft), kTax, harness.tax).status, 404);
  EXPECT_EQ(ask(ledger::ToHex(draft), kTax, harness.police).status, 200);
  EXPECT_EQ(ask(ledger::ToHex(resource), kPolice, harness.tax).status, 403);
}

}  // namespace
}  // namespace jiandu::gateway::test
