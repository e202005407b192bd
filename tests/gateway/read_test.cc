// Lists, objects and histories: what each role sees, and that pages neither lose nor repeat a row.
#include <gtest/gtest.h>

#include <set>

#include "base/hex.h"
#include "gateway/visibility.h"
#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

using ledger::EntityKind;

std::string Nonce(std::size_t n) {
  Bytes bytes;
  AppendU64Be(bytes, n);
  return HexEncode(bytes);
}

// Ids of all pages of a list, in order; checks the shape of each page on the way.
std::vector<std::string> Walk(Harness& harness, const std::string& path, const std::string& token,
                              std::size_t limit) {
  std::vector<std::string> ids;
  std::string next = path + (path.contains('?') ? "&" : "?") + "limit=" + std::to_string(limit);
  for (int pages = 0; pages < 200; ++pages) {
    const Response response = harness.Get(next, token);
    EXPECT_EQ(response.status, 200) << next << response.body;
    if (response.status != 200) return ids;
    const Json page = Harness::Parse(response);
    EXPECT_LE(page.ItemsOf("items").size(), limit);
    for (const Json& item : page.ItemsOf("items")) {
      ids.emplace_back(item.Find("id") != nullptr ? std::string(item.TextOr("id"))
                                                  : std::to_string(item.IntegerOr("seq")));
    }
    const std::string link(response.Header("Link"));
    EXPECT_EQ(link.empty(), page.Find("next")->IsNull());
    if (link.empty()) return ids;
    EXPECT_TRUE(link.ends_with(">; rel=\"next\""));
    next = link.substr(1, link.find('>') - 1);
  }
  ADD_FAILURE() << "the list does not end";
  return ids;
}

TEST(Lists, PagesNeitherLoseNorRepeatWhileBlocksArrive) {
  Harness harness;
  std::set<std::string> all;
  // Many births at height 0 share one place in the log, as in a genesis document.
  for (int i = 0; i < 25; ++i) {
    all.insert(ledger::ToHex(harness.node.AddEntity(ResourceBody(kPublished), {})));
  }
  for (std::size_t i = 0; i < 30; ++i) {
    (void)harness.node.Commit(harness.police, {}, Nonce(i));
    all.insert(ledger::ToHex(harness.node.AddEntity(ResourceBody(kPublished), {})));
  }
  const std::string token = harness.SignIn(harness.tax);
  for (const std::size_t limit : {1U, 7U, 25U, 54U, 55U, 56U, 200U}) {
    const auto ids = Walk(harness, "/v1/resources", token, limit);
    EXPECT_EQ(ids.size(), all.size()) << limit;
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()), all) << limit;
  }
  // Rows born between two pages come at the end, none moves.
  const Json first = Harness::Parse(harness.Get("/v1/resources?limit=50", token));
  (void)harness.node.Commit(harness.police, {}, Nonce(1000));
  const auto late = harness.node.AddEntity(ResourceBody(kPublished), {});
  const Json second = Harness::Parse(
      harness.Get("/v1/resources?limit=50&cursor=" + std::string(first.TextOr("next")), token));
  ASSERT_EQ(second.ItemsOf("items").size(), 6U);
  EXPECT_EQ(second.ItemsOf("items").back().TextOr("id"), ledger::ToHex(late));
}

TEST(Lists, MoreRowsHiddenThanOneRequestLooksAtStillLeadToTheNextPage) {
  Harness harness;
  harness.node.AddMany(ResourceBody(kDraft), 1100);
  (void)harness.node.Commit(harness.police, {}, Nonce(1));
  harness.node.AddMany(ResourceBody(kDraft), 1200);
  const auto shown = harness.node.AddEntity(ResourceBody(kPublished), {});
  const auto ids = Walk(harness, "/v1/resources", harness.SignIn(harness.tax), 10);
  EXPECT_EQ(ids, std::vector<std::string>{ledger::ToHex(shown)});
}

TEST(Lists, ACursorServesItsOwnListFilterAndReaderOnly) {
  Harness harness;
  for (int i = 0; i < 5; ++i) {
    (void)harness.node.AddEntity(ResourceBody(kPublished), {});
  }
  const std::string tax = harness.SignIn(harness.tax);
  const Json page = Harness::Parse(harness.Get("/v1/resources?limit=2", tax));
  const std::string cursor(page.TextOr("next"));
  ASSERT_FALSE(cursor.empty());
  EXPECT_EQ(harness.Get("/v1/resources?cursor=" + cursor, tax).status, 200);
  EXPECT_EQ(harness.Get("/v1/resources?limit=3&cursor=" + cursor, tax).status, 200);
  // A later page may be asked for as of the height of the first.
  const std::string height = std::to_string(page.IntegerOr("height"));
  EXPECT_EQ(harness.Get("/v1/resources?as_of=" + height + "&cursor=" + cursor, tax).status, 200);
  for (const std::string& other :
       {"/v1/requests?cursor=" + cursor, "/v1/resources?status=PUBLISHED&cursor=" + cursor,
        "/v1/resources?department=" + kTax + "&cursor=" + cursor,
        "/v1/resources?cursor=" + cursor.substr(1), "/v1/resources?cursor=" + cursor + "A",
        "/v1/resources?cursor=" + cursor + cursor}) {
    const Response response = harness.Get(other, tax);
    EXPECT_EQ(response.status, 400) << other;
    EXPECT_EQ(Harness::Parse(response).TextOr("code"), "BAD_CURSOR");
  }
  EXPECT_EQ(harness.Get("/v1/resources?cursor=" + cursor, harness.SignIn(harness.manager)).status,
            400);
}

TEST(Lists, FiltersSiftByStatusDepartmentAndResource) {
  Harness harness;
  const auto resource = harness.node.AddEntity(ResourceBody(kPublished), {});
  (void)harness.node.AddEntity(ResourceBody(kDraft), {});
  ledger::EntityBody grant = GrantBody(kPolice, kTax);
  grant.links["resource"] = resource;
  const auto linked = harness.node.AddEntity(grant, {kPolice, kTax});
  (void)harness.node.AddEntity(GrantBody(kPolice, kTax), {kPolice, kTax});
  const std::string token = harness.SignIn(harness.manager);
  EXPECT_EQ(Walk(harness, "/v1/resources", token, 10).size(), 2U);
  EXPECT_EQ(Walk(harness, "/v1/resources?status=DRAFT", token, 10).size(), 1U);
  EXPECT_EQ(Walk(harness, "/v1/resources?department=" + kTax, token, 10).size(), 0U);
  EXPECT_EQ(Walk(harness, "/v1/grants?department=" + kTax, token, 10).size(), 2U);
  EXPECT_EQ(Walk(harness, "/v1/grants?resource=" + ledger::ToHex(resource), token, 10),
            std::vector<std::string>{ledger::ToHex(linked)});
}

TEST(Visibility, DraftsAreTheProvidersAndTheManagers) {
  Harness harness;
  const std::string path =
      "/v1/resources/" + ledger::ToHex(harness.node.AddEntity(ResourceBody(kDraft), {kPolice}));
  EXPECT_EQ(harness.Get(path, harness.SignIn(harness.police)).status, 200);
  EXPECT_EQ(harness.Get(path, harness.SignIn(harness.manager)).status, 200);
  EXPECT_EQ(harness.Get(path, harness.SignIn(harness.tax)).status, 404);
  EXPECT_EQ(harness.Get(path).status, 401);
}

TEST(Visibility, APublishedResourceIsSeenByThoseItIsPublishedFor) {
  Harness harness;
  Json named = Json::MakeArray();
  named.Push(kTax);
  Json others = Json::MakeArray();
  others.Push(std::string("11330100MB0000009X"));
  struct Row {
    Json form;
    int status;
  };
  for (const Row& row : {Row{Json::MakeObject(), 200},
                         Row{Json::MakeObject({{"visibility", Json::MakeArray()}}), 200},
                         Row{Json::MakeObject({{"visibility", named}}), 200},
                         Row{Json::MakeObject({{"visibility", others}}), 404},
                         Row{Json::MakeObject({{"visibility", kTax}}), 404},
                         Row{Json::MakeObject({{"visibility", 3}}), 404}}) {
    const auto id = harness.node.AddEntity(ResourceBody(kPublished, row.form), {kPolice});
    const std::string token = harness.SignIn(harness.tax);
    EXPECT_EQ(harness.Get("/v1/resources/" + ledger::ToHex(id), token).status, row.status)
        << CanonicalJson(row.form);
  }
}

TEST(Visibility, AnAmendmentIsTheProvidersAndTheManagersUntilItIsPublished) {
  Harness harness;
  ledger::EntityBody resource = ResourceBody(kPublished);
  resource.terms = ToBytes(CanonicalJson(Json::MakeObject({{"name", "next"}})));
  const std::string path =
      "/v1/resources/" + ledger::ToHex(harness.node.AddEntity(resource, {kPolice}));
  const auto shows = [&](const auto& reader) {
    return harness.Get(path, harness.SignIn(reader)).body.contains("\"terms\"");
  };
  EXPECT_TRUE(shows(harness.police));
  EXPECT_TRUE(shows(harness.manager));
  EXPECT_FALSE(shows(harness.tax));
}

TEST(Visibility, CasesAreThePartiesAndTheManagers) {
  Harness harness;
  const auto id = harness.node.AddEntity(GrantBody(kPolice, kPolice), {kPolice});
  const std::string tax = harness.SignIn(harness.tax);
  EXPECT_EQ(harness.Get("/v1/grants/" + ledger::ToHex(id), harness.SignIn(harness.police)).status,
            200);
  EXPECT_EQ(harness.Get("/v1/grants/" + ledger::ToHex(id), harness.SignIn(harness.manager)).status,
            200);
  EXPECT_EQ(harness.Get("/v1/grants/" + ledger::ToHex(id), tax).status, 404);
  EXPECT_EQ(harness.Get("/v1/entities/" + ledger::ToHex(id) + "/history", tax).status, 404);
  EXPECT_EQ(harness.Get("/v1/grants/" + ledger::ToHex(id) + "/accesses", tax).status, 404);
  EXPECT_TRUE(Walk(harness, "/v1/grants", tax, 10).empty());
  // An id of another kind is no grant; neither is a malformed one.
  EXPECT_EQ(harness.Get("/v1/requests/" + ledger::ToHex(id), harness.SignIn(harness.police)).status,
            404);
  EXPECT_EQ(harness.Get("/v1/grants/xyz", tax).status, 404);
}

TEST(Visibility, AnAccessWithoutAGrantIsItsPairsAndItsProvidersOnly) {
  Harness harness;
  const auto resource = harness.node.AddEntity(ResourceBody(kPublished), {kPolice});
  const auto pair = ledger::PairEntity(resource, kManager);
  const auto txid = harness.node.Commit(
      harness.police, {.op = "access.record", .touched = {resource, pair}}, Nonce(1));
  const std::string path = "/v1/transactions/" + HexEncode(txid.View());
  EXPECT_EQ(harness.Get(path, harness.SignIn(harness.police)).status, 200);
  EXPECT_EQ(harness.Get(path, harness.SignIn(harness.tax)).status, 404);
  // The resource is public, so an event that names no pair is too.
  const auto open = harness.node.Commit(
      harness.police, {.op = "resource.publish", .touched = {resource}}, Nonce(2));
  EXPECT_EQ(
      harness.Get("/v1/transactions/" + HexEncode(open.View()), harness.SignIn(harness.tax)).status,
      200);
}

TEST(Visibility, AddressesOfSystemsAreHiddenFromNonParties) {
  Harness harness;
  ledger::EntityBody system = MakeBody(EntityKind::kIdentity, kPolice, 1);
  Json cidrs = Json::MakeArray();
  cidrs.Push("10.1.2.0/24");
  const Json attributes = Json::MakeObject({{"cidrs", cidrs}, {"mlps_level", 3}});
  system.form = ToBytes(CanonicalJson(Json::MakeObject({{"attributes", attributes}})));
  const auto id = harness.node.AddEntity(system, {kPolice});
  const std::string path = "/v1/identities/" + ledger::ToHex(id);
  for (const Officer* officer : {&harness.police, &harness.manager}) {
    EXPECT_TRUE(harness.Get(path, harness.SignIn(*officer)).body.contains("10.1.2.0"));
  }
  const std::string tax = harness.SignIn(harness.tax);
  const Response hidden = harness.Get(path, tax);
  EXPECT_EQ(hidden.status, 200);
  EXPECT_FALSE(hidden.body.contains("10.1.2.0"));
  EXPECT_TRUE(hidden.body.contains("mlps_level"));
  EXPECT_FALSE(harness.Get("/v1/identities", tax).body.contains("10.1.2.0"));
}

TEST(Objects, ADepartmentIsFoundByCodeToo) {
  Harness harness;
  const std::string token = harness.SignIn(harness.tax);
  const Response by_code = harness.Get("/v1/departments/" + kPolice, token);
  EXPECT_EQ(by_code.status, 200);
  const std::string id(Harness::Parse(by_code).TextOr("id"));
  EXPECT_EQ(harness.Get("/v1/departments/" + id, token).body, by_code.body);
  EXPECT_EQ(Walk(harness, "/v1/departments", token, 2).size(), 3U);
  EXPECT_TRUE(by_code.Header("ETag").starts_with("\"h0-"));
}

TEST(History, HasEveryEventInOrderWithRoleAndPlace) {
  Harness harness;
  const auto grant = harness.node.AddEntity(GrantBody(kPolice, kTax), {kPolice, kTax});
  std::vector<std::string> txids;
  for (std::size_t i = 0; i < 25; ++i) {
    const Event event{.op = i % 5 == 0 ? "access.record" : "grant.acknowledge",
                      .touched = {grant},
                      .code = 0,
                      .flags = i == 0 ? std::uint64_t{1} << ledger::AllFlags().front().bit : 0};
    txids.push_back(HexEncode(harness.node.Commit(harness.tax, event, Nonce(i)).View()));
  }
  const std::string token = harness.SignIn(harness.tax);
  const std::string path = "/v1/entities/" + ledger::ToHex(grant) + "/history";
  // The birth at genesis is event 0.
  for (const std::size_t limit : {1U, 10U, 26U, 27U}) {
    const auto seqs = Walk(harness, path, token, limit);
    ASSERT_EQ(seqs.size(), 26U) << limit;
    for (std::size_t i = 0; i < seqs.size(); ++i) EXPECT_EQ(seqs[i], std::to_string(i));
  }
  const Json page = Harness::Parse(harness.Get(path + "?limit=200", token));
  EXPECT_TRUE(page.ItemsOf("items")[0].BoolOr("genesis"));
  for (std::size_t i = 0; i < txids.size(); ++i) {
    const Json& row = page.ItemsOf("items")[i + 1];
    EXPECT_EQ(row.Find("event")->TextOr("txid"), txids[i]);
    EXPECT_EQ(row.ItemsOf("roles")[0].AsString(), "act");
  }
  const Json accesses =
      Harness::Parse(harness.Get("/v1/grants/" + ledger::ToHex(grant) + "/accesses", token));
  ASSERT_EQ(accesses.ItemsOf("items").size(), 5U);
  EXPECT_EQ(accesses.ItemsOf("items")[0].Find("event")->ItemsOf("flags").size(), 1U);
  EXPECT_EQ(Walk(harness, "/v1/grants/" + ledger::ToHex(grant) + "/accesses", token, 2).size(), 5U);
}

TEST(History, EventsOfOthersCasesAreWithheldButTheirPlaceShows) {
  Harness harness;
  const auto resource = harness.node.AddEntity(ResourceBody(kPublished), {kPolice});
  const auto own = harness.node.AddEntity(GrantBody(kPolice, kTax), {kPolice, kTax});
  const auto foreign = harness.node.AddEntity(GrantBody(kPolice, kManager), {kPolice, kManager});
  (void)harness.node.Commit(harness.police, {.touched = {resource, foreign}}, Nonce(1));
  (void)harness.node.Commit(harness.tax, {.touched = {resource, own}}, Nonce(2));
  (void)harness.node.Commit(harness.manager, {.touched = {resource}, .code = 7}, Nonce(3));
  const std::string path = "/v1/entities/" + ledger::ToHex(resource) + "/history";
  const auto withheld = [&](const Officer& officer) {
    std::vector<bool> rows;
    const Json page = Harness::Parse(harness.Get(path, harness.SignIn(officer)));
    for (const Json& row : page.ItemsOf("items")) rows.push_back(row.BoolOr("withheld"));
    return rows;
  };
  // Events: genesis birth, another's grant, the own grant, another's refused attempt.
  EXPECT_EQ(withheld(harness.tax), (std::vector<bool>{false, true, false, true}));
  EXPECT_EQ(withheld(harness.manager), (std::vector<bool>{false, false, false, false}));
}

TEST(Rejections, AreTheDepartmentsOwnAndTheManagersToSee) {
  Harness harness;
  (void)harness.node.Commit(harness.tax, {.op = "grant.open", .touched = {}}, Nonce(1));
  (void)harness.node.Commit(harness.tax, {.op = "grant.open", .touched = {}, .code = 5}, Nonce(2));
  const std::string tax = harness.SignIn(harness.tax);
  const Response own = harness.Get("/v1/rejections", tax);
  ASSERT_EQ(own.status, 200) << own.body;
  const Json page = Harness::Parse(own);
  ASSERT_EQ(page.ItemsOf("items").size(), 1U);
  EXPECT_EQ(page.ItemsOf("items")[0].Find("event")->Find("code")->IntegerOr("number"), 5);
  const std::string month = std::to_string(ledger::MonthOf(kGenesisTime));
  EXPECT_EQ(Walk(harness, "/v1/rejections?month=" + month, tax, 5).size(), 1U);
  EXPECT_EQ(Walk(harness, "/v1/rejections?month=202401", tax, 5).size(), 0U);
  for (const char* bad : {"2024", "202400", "202413", "20240101", "20240a"}) {
    EXPECT_EQ(harness.Get("/v1/rejections?month=" + std::string(bad), tax).status, 400) << bad;
  }
  EXPECT_EQ(harness.Get("/v1/rejections?department=" + kPolice, tax).status, 403);
  EXPECT_EQ(
      Walk(harness, "/v1/rejections?department=" + kTax, harness.SignIn(harness.manager), 5).size(),
      1U);
  const std::string history = "/v1/entities/" +
                              ledger::ToHex(ledger::DepartmentMonthEntity(kTax, kGenesisTime)) +
                              "/history";
  EXPECT_EQ(harness.Get(history, tax).status, 200);
  EXPECT_EQ(harness.Get(history, harness.SignIn(harness.police)).status, 404);
}

TEST(Blocks, ShowHeaderCommitAndTransactions) {
  Harness harness;
  const auto txid = harness.node.Commit(harness.tax, {}, Nonce(1));
  (void)harness.node.Commit(harness.tax, {}, Nonce(2));
  const std::string token = harness.SignIn(harness.police);
  const Response first = harness.Get("/v1/blocks/1", token);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(Harness::Parse(first).ItemsOf("transactions")[0].AsString(), HexEncode(txid.View()));
  EXPECT_FALSE(Harness::Parse(first).Find("commit")->IsNull());
  const Response tip = harness.Get("/v1/blocks/2", token);
  EXPECT_TRUE(Harness::Parse(tip).Find("commit")->IsNull());
  // The tip's tag changes when its commit comes: the answer does too.
  (void)harness.node.Commit(harness.tax, {}, Nonce(3));
  EXPECT_NE(harness.Get("/v1/blocks/2", token).Header("ETag"), tip.Header("ETag"));
  for (const char* bad : {"0", "4", "x", "01", "-1", "99999999999999999999"}) {
    EXPECT_EQ(harness.Get("/v1/blocks/" + std::string(bad), token).status, 404) << bad;
  }
}

TEST(LightBlocks, AreOpenToAllInBothForms) {
  Harness harness;
  EXPECT_EQ(harness.Get("/v1/light_blocks/latest", "").status, 404) << "genesis has none";
  (void)harness.node.Commit(harness.tax, {}, Nonce(1));
  (void)harness.node.Commit(harness.tax, {}, Nonce(2));
  const Response json = harness.Get("/v1/light_blocks/1", "");
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(json.content_type, "application/json");
  EXPECT_EQ(Harness::Parse(json).TextOr("height"), "1");
  EXPECT_EQ(Harness::Parse(harness.Get("/v1/light_blocks/latest", "")).TextOr("height"), "2");
  for (const char* bad : {"0", "3", "x", "01", "-1", "99999999999999999999", "LATEST", "latest2"}) {
    const Response none = harness.Get("/v1/light_blocks/" + std::string(bad), "");
    EXPECT_EQ(none.status, 404) << bad;
    EXPECT_FALSE(Harness::Parse(none).TextOr("detail").empty()) << bad;
  }
  EXPECT_EQ(harness.Get("/v1/light_blocks/1?as_of=1", "").status, 400);
}

TEST(HideAddresses, ReachesEveryDepth) {
  auto json = ParseJson(
      R"({"a":[{"cidrs":["x"],"keep":1}],"accounts":["y"],"b":{"c":{"endpoint":"z","k":2}}})",
      1000);
  ASSERT_TRUE(json.has_value());
  HideAddresses(*json);
  EXPECT_EQ(CanonicalJson(*json), R"({"a":[{"keep":1}],"b":{"c":{"k":2}}})");
}

}  // namespace
}  // namespace jiandu::gateway::test
