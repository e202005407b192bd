// GET /v1/authz/check over a network of the contracts: T22 to T26 and T53 of the worked scenario,
// as they are told beforehand.
#include "gateway/authz_handler.h"
#include "gateway/router.h"
#include "tests/gateway/fakes.h"
#include "tests/support/audit_fixture.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

using gateway::Response;

class Authz : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachGrant();
    test.net.AdvanceTo(20260310, 10);
    services.status = &node;
  }
  [[nodiscard]] Asked Known() const {
    return {{.name = "grant", .value = ledger::ToHex(test.grant)},
            {.name = "system", .value = ledger::ToHex(test.net.Identity("jt-app"))},
            {.name = "items", .value = "plate,status"},
            {.name = "client_ip", .value = "10.20.3.7"},
            {.name = "purpose", .value = "SUPERVISION"},
            {.name = "rows", .value = "1"}};
  }
  [[nodiscard]] static Asked With(Asked asked, std::string_view name, std::string value) {
    std::erase_if(asked, [name](const auto& one) { return one.name == name; });
    if (!value.empty()) asked.push_back({.name = std::string(name), .value = std::move(value)});
    return asked;
  }
  [[nodiscard]] Response Check(Asked asked, std::string_view department = kJt,
                               bool sees_all = false) {
    gateway::Call call;
    call.request.method = "GET";
    call.target.path = "/v1/authz/check";
    call.target.query = std::move(asked);
    call.route = gateway::FindRoute("GET", call.target.path).route;
    call.snapshot = std::make_shared<ContractSnapshot>(test.net);
    gateway::Reader reader;
    reader.department = department;
    reader.sees_all = sees_all;
    call.reader = reader;
    Response response;
    call.respond = [&response](Response given) { response = std::move(given); };
    gateway::Answer answer = gateway::CheckAuthorisation(services, call);
    gateway::Reply(std::move(call), std::move(answer));
    return response;
  }
  static Json Parse(const Response& response) {
    const auto json = ParseJson(response.body, 65536);
    EXPECT_TRUE(json.has_value()) << response.body;
    return json ? *json : Json::MakeObject();
  }
  // Refused with this reason before any other, in both languages, with its source.
  void ExpectDenied(const Asked& asked, std::string_view reason) {
    const Response response = Check(asked);
    EXPECT_EQ(response.status, 403) << response.body;
    EXPECT_EQ(response.Header("X-Jiandu-Reason"), reason);
    const Json json = Parse(response);
    EXPECT_EQ(json.TextOr("code"), reason);
    EXPECT_FALSE(json.TextOr("clause").empty() && json.TextOr("article").empty()) << reason;
    EXPECT_FALSE(json.TextOr("message").empty());
    EXPECT_FALSE(json.TextOr("message_zh").empty());
    EXPECT_FALSE(json.TextOr("hint_zh").empty());
  }

  TestCase test;
  gateway::test::FakeNode node;
  gateway::Services services;
};

TEST_F(Authz, PermitsWhatTheGrantAllows) {
  const Response response = Check(Known());
  ASSERT_EQ(response.status, 200) << response.body;
  const Json json = Parse(response);
  EXPECT_TRUE(json.BoolOr("permitted"));
  EXPECT_EQ(json.TextOr("grant"), ledger::ToHex(test.grant));
  EXPECT_EQ(json.ItemsOf("items").size(), 3U);
  EXPECT_GT(json.IntegerOr("expires"), test.net.Time());
  EXPECT_GT(json.IntegerOr("left_today"), 0);
  EXPECT_EQ(json.TextOr("record"), "batch");
  EXPECT_TRUE(json.ItemsOf("unchecked").empty());
  EXPECT_EQ(response.Header("X-Jiandu-Fields"), "plate,status,owner");
  EXPECT_EQ(response.Header("X-Jiandu-Grant"), ledger::ToHex(test.grant));
  EXPECT_EQ(response.Header("Cache-Control"), "private, no-store");
  // What is not asked is not vouched for.
  EXPECT_EQ(Parse(Check(With(Known(), "client_ip", ""))).ItemsOf("unchecked").size(), 1U);
  // By resource and consumer the grant is found.
  Asked found = With(Known(), "grant", "");
  found.push_back({.name = "resource", .value = ledger::ToHex(test.resource)});
  found.push_back({.name = "consumer", .value = std::string(kJt)});
  EXPECT_EQ(Parse(Check(found)).TextOr("grant"), ledger::ToHex(test.grant));
  EXPECT_EQ(Check(found, kGa).status, 200);
  // A check is no access: nothing is counted by it.
  EXPECT_EQ(Parse(Check(Known())).IntegerOr("left_today"), json.IntegerOr("left_today"));
  ASSERT_TRUE(test.Report(test.LoneRecord("a1")).Accepted());
  EXPECT_EQ(Parse(Check(Known())).IntegerOr("left_today"), json.IntegerOr("left_today") - 1);
}

TEST_F(Authz, RefusesWhatItsRecordWouldBeFlaggedFor) {
  ExpectDenied(With(Known(), "items", "plate,citizen_no"), "ITEM_NOT_GRANTED");
  ExpectDenied(With(Known(), "items", "no_such_item"), "ITEM_NOT_GRANTED");
  ExpectDenied(With(Known(), "client_ip", "192.0.2.1"), "IP_NOT_ALLOWED");
  ExpectDenied(With(Known(), "purpose", "OTHER"), "PURPOSE_MISMATCH");
  ExpectDenied(With(Known(), "system", ledger::ToHex(test.net.Identity("sw-app"))),
               "DEPARTMENT_MISMATCH");
  Asked none = With(Known(), "grant", "");
  none.push_back({.name = "resource", .value = ledger::ToHex(test.resource)});
  none.push_back({.name = "consumer", .value = std::string(kSw)});
  const Response response = Check(none, kGa);
  EXPECT_EQ(response.Header("X-Jiandu-Reason"), "NO_GRANT");
  test.net.AdvanceTo(20270401);
  ExpectDenied(Known(), "EXPIRED");
}

TEST_F(Authz, ASuspendedGrantIsRefused) {
  Json suspend = Ref("grant", test.grant);
  suspend.Set("ground", "SAFEGUARD").Set("evidence", Texts({Hash('e')}));
  suspend.Set("review_at", test.net.Time() + 3 * kDayMs);
  ASSERT_TRUE(test.net.Do("grant.suspend", kGa, {Head("ga-h1")}, suspend).Accepted());
  test.net.Advance(kHourMs);
  ExpectDenied(Known(), "WHILE_SUSPENDED");
}

TEST_F(Authz, ARevokedSystemIsRefused) {
  Json body = Ref("identity", test.net.Identity("jt-app"));
  body.Set("reason", "LEFT");
  const Outcome revoked = test.net.Do("identity.revoke", kJt, {Head("jt-h1")}, body);
  ASSERT_TRUE(revoked.Accepted()) << CodeName(revoked.code);
  ExpectDenied(Known(), "ID_REVOKED");
}

// T53: the consumer's rights are suspended; the check says so before an access is let in.
TEST_F(Authz, AConsumerWithoutItsRightsIsRefused) {
  const Json body = Json::MakeObject(
      {{"department", kJt}, {"reason_code", "MISUSE"}, {"reason_digest", Hash('1')}});
  const Outcome suspended =
      test.net.Do("department.suspend", kDb, {Head("db-h1"), Peer("zf-h1")}, body);
  ASSERT_TRUE(suspended.Accepted()) << CodeName(suspended.code);
  ExpectDenied(Known(), "DEPARTMENT_SUSPENDED");
}

TEST_F(Authz, OthersAreNotTold) {
  EXPECT_EQ(Check(Known(), kSw).status, 404);
  EXPECT_EQ(Check(Known(), kDb, true).status, 200);
  Asked asked = With(Known(), "grant", "");
  asked.push_back({.name = "resource", .value = ledger::ToHex(test.resource)});
  asked.push_back({.name = "consumer", .value = std::string(kJt)});
  EXPECT_EQ(Check(asked, kSw).status, 403);
  EXPECT_TRUE(Check(asked, kSw).Header("X-Jiandu-Reason").empty());
}

TEST_F(Authz, AsksForWhatItNeeds) {
  EXPECT_EQ(Check(With(Known(), "grant", "")).status, 400);
  EXPECT_EQ(Check(With(Known(), "system", "")).status, 400);
  EXPECT_EQ(Check(With(Known(), "system", "x")).status, 400);
  EXPECT_EQ(Check(With(Known(), "rows", "-1")).status, 400);
  EXPECT_EQ(Check(With(Known(), "items", "a,,b")).status, 400);
  EXPECT_EQ(Check(With(Known(), "grant", ledger::ToHex(test.resource))).status, 400);
  Asked both = Known();
  both.push_back({.name = "account", .value = Hash('1')});
  EXPECT_EQ(Check(both).status, 400);
}

// A node that cannot vouch for its state lets nobody in.
TEST_F(Authz, FailsClosed) {
  node.ready = false;
  const Response response = Check(Known());
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.Header("Retry-After"), "2");
}

}  // namespace
}  // namespace jiandu::contracts::testing
