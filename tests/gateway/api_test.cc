// Conventions of docs/http-api.md (Limits) that need no socket: methods, media types, parameters,
// problems.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hex.h"
#include "gateway/openapi_document.h"
#include "gateway/router.h"
#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

// A path that fits a template.
std::string Concrete(std::string_view pattern) {
  std::string path(pattern);
  const std::size_t brace = path.find('{');
  if (brace == std::string::npos) return path;
  const std::size_t end = path.find('}');
  const std::string name = path.substr(brace + 1, end - brace - 1);
  const std::string value = name == "height" ? "1"
                            : name == "txid" ? std::string(64, 'a')
                                             : "13" + std::string(32, 'a');
  return path.replace(brace, end - brace + 1, value);
}

TEST(Methods, OthersAre405WithTheAllowedOnes) {
  Harness harness;
  for (const Route& route : Routes()) {
    const std::string path = Concrete(route.path);
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "FOO"}) {
      const std::string wanted = std::string_view(method) == "HEAD" ? "GET" : method;
      const bool served = std::ranges::any_of(Routes(), [&](const Route& other) {
        return other.path == route.path && other.method == wanted;
      });
      const Response response = harness.Send(method, path);
      EXPECT_EQ(response.status == 405, !served) << method << " " << path;
      if (!served) {
        EXPECT_TRUE(response.Header("Allow").contains(route.method)) << path;
      }
    }
    const Response options = harness.Send("OPTIONS", path);
    EXPECT_EQ(options.status, 204) << path;
    EXPECT_TRUE(options.Header("Allow").contains(route.method)) << path;
    EXPECT_TRUE(options.Header("Access-Control-Allow-Origin").empty());
  }
  EXPECT_EQ(harness.Send("OPTIONS", "*").status, 204);
}

TEST(Routes, WhatIsNotInTheTableIs404) {
  Harness harness;
  for (const char* path : {"/", "/v1", "/v1/", "/v1/resources/", "/v1//resources", "/v2/resources",
                           "/v1/resources/x/y", "/v1/../v1/status", "/v1/%73tatus", "/V1/status",
                           "/v1/grants/x/history", "/metrics", "/v1/blocks"}) {
    EXPECT_EQ(harness.Get(path).status, 404) << path;
  }
}

TEST(Parameters, UnknownDoubledAndMalformedOnesAre400) {
  Harness harness;
  const std::string token = harness.SignIn(harness.manager);
  ASSERT_FALSE(token.empty());
  EXPECT_EQ(harness.Get("/v1/resources?limit=10", token).status, 200);
  for (const char* query :
       {"?color=red",       "?Limit=1",       "?limit",        "?=1",
        "?limit=1&limit=2", "?limit=0",       "?limit=201",    "?limit=-1",
        "?limit=1e2",       "?limit=01",      "?limit=",       "?limit=%zz",
        "?limit=%3",        "?limit=%",       "?limit=1%00",   "?cursor=abc",
        "?cursor=",         "?status=NOSUCH", "?min_height=x", "?min_height=99999999999999999999",
        "?as_of=x",         "?resource=1",    "?month=202601"}) {
    const Response response = harness.Get("/v1/resources" + std::string(query), token);
    EXPECT_EQ(response.status, 400) << query;
  }
  std::string many = "/v1/resources?";
  for (int i = 0; i < 33; ++i) many += "p" + std::to_string(i) + "=1&";
  EXPECT_EQ(harness.Get(many, token).status, 400);
  EXPECT_EQ(harness.Get("/v1/status?x=1").status, 400);
}

TEST(Parameters, AProblemNamesTheParameter) {
  Harness harness;
  const Response response = harness.Get("/v1/status?colour=red");
  const Json problem = Harness::Parse(response);
  EXPECT_EQ(problem.TextOr("type"), "/problems/bad-parameter");
  ASSERT_EQ(problem.ItemsOf("errors").size(), 1U);
  EXPECT_EQ(problem.ItemsOf("errors")[0].TextOr("pointer"), "?colour");
}

TEST(Media, WhatIsNotOfferedIs406AndWhatIsNotTakenIs415) {
  Harness harness;
  const auto accept = [&](std::string value) {
    return harness.Send("GET", "/v1/status", {{.name = "accept", .value = std::move(value)}})
        .status;
  };
  for (const char* good : {"", "*/*", "application/*", "application/json", "APPLICATION/JSON",
                           "text/html, application/json;q=0.5", "text/html;q=1, */*;q=0.1"}) {
    EXPECT_EQ(accept(good), 200) << good;
  }
  for (const char* bad : {"text/html", "application/xml", "application/json;q=0", "image/*",
                          "application/json;q=0, */*", "*/*;q=0.000"}) {
    EXPECT_EQ(accept(bad), 406) << bad;
  }
  for (const char* type : {"", "text/plain", "application/jsonx", "multipart/form-data"}) {
    EXPECT_EQ(harness.Post("/v1/transactions", "{}", type).status, 415) << type;
  }
  EXPECT_EQ(harness
                .Post("/v1/transactions", "{}", "application/json",
                      {{.name = "content-encoding", .value = "gzip"}})
                .status,
            415);
  EXPECT_EQ(harness.Post("/v1/transactions", "{}", "Application/JSON; charset=utf-8").status, 400);
}

TEST(State, AsOfShowsTheStateOfThatHeightAndNoneTooOld) {
  Harness harness;
  const auto resource =
      harness.node.AddEntity(MakeBody(ledger::EntityKind::kResource, kPolice, 5), {kPolice});
  const std::string path = "/v1/resources/" + ledger::ToHex(resource);
  (void)harness.node.Commit(harness.police, {.touched = {resource}}, "0000000000000001");
  harness.node.ChangeEntity(resource, MakeBody(ledger::EntityKind::kResource, kPolice, 7));
  const std::string token = harness.SignIn(harness.police);
  const Response now = harness.Get(path, token);
  EXPECT_EQ(Harness::Parse(now).TextOr("status"), "RETIRED");
  EXPECT_EQ(now.Header("Jiandu-Height"), "1");
  const Response before = harness.Get(path + "?as_of=0", token);
  EXPECT_EQ(Harness::Parse(before).TextOr("status"), "PUBLISHED");
  EXPECT_EQ(before.Header("Jiandu-Height"), "0");
  const Response future = harness.Get(path + "?as_of=2", token);
  EXPECT_EQ(future.status, 404);
  EXPECT_EQ(Harness::Parse(future).TextOr("code"), "STATE_NOT_KEPT");
  for (std::size_t i = 0; i < limits::kViewsKept; ++i) harness.node.AddEmptyBlock();
  EXPECT_EQ(harness.Get(path + "?as_of=1", token).status, 404);
  EXPECT_EQ(harness.Get(path + "?as_of=2", token).status, 200);
}

TEST(State, MinHeightWaitsForItOrSaysTheNodeIsBehind) {
  Harness harness;
  const std::string token = harness.SignIn(harness.manager);
  EXPECT_EQ(harness.Get("/v1/resources?min_height=0", token).status, 200);
  EXPECT_EQ(harness.Get("/v1/resources?min_height=1", token).status, 0);
  harness.node.AddEmptyBlock();
  harness.node.ReachHeight();
  ASSERT_EQ(harness.late.size(), 1U);
  EXPECT_EQ(harness.late[0].status, 200);
  EXPECT_EQ(harness.late[0].Header("Jiandu-Height"), "1");
  EXPECT_EQ(harness.Get("/v1/resources?min_height=5", token).status, 0);
  harness.node.ReachHeight();  // the deadline: still at 1
  ASSERT_EQ(harness.late.size(), 2U);
  EXPECT_EQ(harness.late[1].status, 503);
  EXPECT_EQ(Harness::Parse(harness.late[1]).TextOr("code"), "NODE_BEHIND");
}

TEST(Status, IsOpenButHidesAddresses) {
  Harness harness;
  const Response open = harness.Get("/v1/status");
  EXPECT_EQ(open.status, 200);
  EXPECT_FALSE(open.body.contains("10.9.8.7"));
  EXPECT_EQ(Harness::Parse(open).TextOr("waiting_for"), "a transaction");
  EXPECT_TRUE(harness.Get("/v1/status", harness.SignIn(harness.manager)).body.contains("10.9.8.7"));
  EXPECT_FALSE(harness.Get("/v1/status", harness.SignIn(harness.tax)).body.contains("10.9.8.7"));
  EXPECT_EQ(harness.Get("/v1/status", std::string(64, '0')).status, 401);
}

TEST(Ready, SaysWhyNotWithoutOperatorsDetails) {
  Harness harness;
  EXPECT_EQ(harness.Get("/readyz").status, 200);
  harness.node.ready = false;
  const Response response = harness.Get("/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_FALSE(response.body.contains("secret"));
  EXPECT_EQ(harness.Get("/healthz").status, 200);
}

TEST(Rate, ABurstIsTakenAndTheRestToldWhenToComeBack) {
  GatewaySettings settings;
  settings.rate_per_address = {.per_second = 2, .burst = 3};
  Harness harness(settings);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(harness.Get("/v1/status").status, 200);
  const Response refused = harness.Get("/v1/status");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.Header("Retry-After"), "1");
  EXPECT_EQ(refused.Header("RateLimit-Policy"), R"("address";q=2;w=1)");
  EXPECT_EQ(refused.Header("RateLimit"), R"("address";r=0;t=1)");
  EXPECT_EQ(harness.Get("/healthz").status, 200);
  harness.now_ms += 500;
  EXPECT_EQ(harness.Get("/v1/status").status, 200);
  EXPECT_EQ(harness.Get("/v1/status").status, 429);
}

TEST(Rate, OnePrincipalsBurstLeavesTheOthersAlone) {
  GatewaySettings settings;
  settings.rate_per_principal = {.per_second = 1, .burst = 2};
  Harness harness(settings);
  const std::string police = harness.SignIn(harness.police);
  const std::string tax = harness.SignIn(harness.tax);
  EXPECT_EQ(harness.Get("/v1/resources", police).status, 200);
  EXPECT_EQ(harness.Get("/v1/resources", police).status, 200);
  const Response refused = harness.Get("/v1/resources", police);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.Header("RateLimit"), R"("reader";r=0;t=1)");
  EXPECT_EQ(harness.Get("/v1/resources", tax).status, 200);
}

TEST(Rate, MemoryOfManyAddressesIsBounded) {
  RateLimit limit({.per_second = 1, .burst = 1});
  for (std::size_t i = 0; i < RateLimit::kBucketsMax * 2; ++i) {
    EXPECT_EQ(limit.Take("address " + std::to_string(i), 1000), 0);
  }
  EXPECT_GT(limit.Take("address " + std::to_string(RateLimit::kBucketsMax * 2 - 1), 1000), 0);
}

}  // namespace
}  // namespace jiandu::gateway::test
