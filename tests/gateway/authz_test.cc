// GET /v1/authz/check over a network of the contracts: T22 to T26 and T53 of the worked scenario,
// as they are told beforehand.
#include "contracts/access_check.h"
#include "gateway/authz_handler.h"
#include "gateway/router.h"
#include "tests/gateway/fakes.h"
#include "tests/support/audit_fixture.h"
#include "tests/support/case_fixture.h"
#include "tests/support/contract_snapshot.h"

namespace jiandu::contracts::testing {
namespace {

using gateway::Response;

// The consumer has so many grants besides: those of other resources, born before.
class Crowded final : public ContractSnapshot {
 public:
  Crowded(const TestNet& net, const EntityId& resource, std::size_t others)
      : ContractSnapshot(net), resource_(resource), others_(others) {}
  std::vector<Listed> List(ledger::EntityKind kind,
                           const std::optional<ledger::DepartmentId>& department,
                           std::optional<ledger::LogIndex> after,
                           std::size_t limit) const override {
    std::vector<Listed> all;
    for (std::size_t i = 0; i < others_; ++i) {
      EntityId id = resource_;
      id.bytes.front() = static_cast<std::uint8_t>(ledger::EntityKind::kGrant);
      id.bytes[1] = static_cast<std::uint8_t>(i >> 8U);
      id.bytes[2] = static_cast<std::uint8_t>(i);
      all.push_back({.birth = i, .id = id});
    }
    for (Listed one : ContractSnapshot::List(kind, department, std::nullopt, 1000)) {
      one.birth += others_;
      all.push_back(one);
    }
    std::erase_if(all, [&](const Listed& one) { return after && one.birth <= *after; });
    if (all.size() > limit) all.resize(limit);
    return all;
  }

 private:
  EntityId resource_;
  std::size_t others_;
};
// Denies by a flag that nobody has words for.
class Speechless final : public ContractSnapshot {
 public:
  using ContractSnapshot::ContractSnapshot;
  std::optional<gateway::LedgerSnapshot::AccessPermit> CheckAccess(
      const gateway::LedgerSnapshot::AccessAsked& asked) const override {
    auto permit = ContractSnapshot::CheckAccess(asked);
    if (permit) permit->flags = {"SOMETHING_NEW"};
    return permit;
  }
};

class Authz : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachGrant();
    test.net.AdvanceTo(20260310, 10);
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
  [[nodiscard]] gateway::Call CallOf(Asked asked, std::string_view department = kJt,
                                     bool sees_all = false) const {
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
    return call;
  }
  [[nodiscard]] Response Check(Asked asked, std::string_view department = kJt,
                               bool sees_all = false) {
    gateway::Call call = CallOf(std::move(asked), department, sees_all);
    Response response;
    call.respond = [&response](Response given) { response = std::move(given); };
    gateway::Answer answer = gateway::CheckAuthorisation(node, call);
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

// The grant named has to be of the resource and consumer named: else the permit would be for
// another access than the one that was asked about.
TEST_F(Authz, AGrantOfAnotherResourceOrConsumerIsNone) {
  Asked both = Known();
  both.push_back({.name = "resource", .value = ledger::ToHex(test.resource)});
  both.push_back({.name = "consumer", .value = std::string(kJt)});
  EXPECT_EQ(Check(both).status, 200);
  EntityId other = test.resource;
  other.bytes.back() ^= 1;
  ExpectDenied(With(both, "resource", ledger::ToHex(other)), "NO_GRANT");
  ExpectDenied(With(both, "consumer", std::string(kSw)), "NO_GRANT");
}

// However many grants the resource has: those of the consumer are looked through, to the end.
TEST_F(Authz, FindsTheGrantAmongMany) {
  gateway::Call call = CallOf({});
  Asked found = With(Known(), "grant", "");
  found.push_back({.name = "resource", .value = ledger::ToHex(test.resource)});
  found.push_back({.name = "consumer", .value = std::string(kJt)});
  call.target.query = found;
  call.snapshot = std::make_shared<Crowded>(test.net, test.resource, 1100);
  EXPECT_TRUE(gateway::IsLongAuthorisation(call));
  const gateway::Answer answer = gateway::CheckAuthorisation(node, call);
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  EXPECT_EQ(answer->status, 200) << answer->body;
  EXPECT_FALSE(gateway::IsLongAuthorisation(CallOf(found)));
  EXPECT_FALSE(gateway::IsLongAuthorisation(CallOf(Known())));
}

// What denies is said: a flag without words denies all the same.
TEST_F(Authz, EveryFlagThatDeniesHasWords) {
  ASSERT_FALSE(DenyingFlags().empty());
  for (const Flag flag : DenyingFlags()) {
    const auto flags = ledger::AllFlags();
    const auto known =
        std::ranges::find(flags, static_cast<std::uint32_t>(flag), &ledger::FlagInfo::bit);
    ASSERT_NE(known, flags.end());
    EXPECT_NE(gateway::ReasonOf(known->name), nullptr) << known->name;
  }
  gateway::Call call = CallOf(Known());
  call.snapshot = std::make_shared<Speechless>(test.net);
  const gateway::Answer answer = gateway::CheckAuthorisation(node, call);
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  EXPECT_EQ(answer->status, 403) << answer->body;
}

// An old state vouches for nothing: the address does not take `as_of`.
TEST_F(Authz, AsksTheNewestStateAlone) {
  const gateway::Route* route = gateway::FindRoute("GET", "/v1/authz/check").route;
  ASSERT_NE(route, nullptr);
  EXPECT_EQ(std::ranges::find(route->parameters, "as_of"), route->parameters.end());
  node.ready = false;
  Asked asked = Known();
  asked.push_back({.name = "as_of", .value = std::to_string(test.net.Height())});
  EXPECT_EQ(Check(asked).status, 503);
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
