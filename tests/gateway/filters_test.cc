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

}  // namespace
}  // namespace jiandu::gateway::test
