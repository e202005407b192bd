// Q12 over a network of the contracts: T35 of the worked scenario.
#include "contracts/commitment.h"
#include "tests/support/audit_fixture.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

// Q12: B-2 of GR-4 was delivered with watermark W-2 (T35).
class Leaked : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachHolder();
    auditor.Open({kGa, kJt});
    test.net.AdvanceTo(20260408);
    Json body = Ref("grant", test.grant);
    body.Set("batch_id", "B-2").Set("algo", "LSB");
    body.Set("commitment", HexEncode(Commit(SaltOf(3), AsBytes("W-2")).View()));
    body.Set("recipient_system", ledger::ToHex(test.net.Identity("jt-app")));
    const Outcome marked = test.net.Do("watermark.register", kGa, {System("ga-gw")}, body);
    ASSERT_TRUE(marked.Accepted()) << CodeName(marked.code);
    watermark = marked.Born(ledger::EntityKind::kWatermark);
    test.net.AdvanceTo(20260415);
  }
  [[nodiscard]] static Asked ByCode(std::string code) {
    return {{.name = "code", .value = std::move(code)},
            {.name = "code_salt", .value = HexEncode(SaltOf(3).View())}};
  }
  void Report(const std::string& acc_id, char tag) {
    Json record = test.LoneRecord(acc_id);
    record.Set("subject_tags", Texts({Hash(tag)}));
    ASSERT_TRUE(test.Report(record).Accepted());
  }
  [[nodiscard]] std::set<std::pair<std::string, std::string>> Holders() {
    std::set<std::pair<std::string, std::string>> holders;
    for (const Json& row : RowsOf(auditor.AskLogged("q12", ByCode("W-2")), "holder")) {
      holders.emplace(row.TextOr("department"), row.TextOr("through"));
    }
    return holders;
  }
  // A draft of sw's whose id lies before or behind another's.
  [[nodiscard]] EntityId DraftBeside(const EntityId& other, bool before) {
    for (int n = 0; n < 64; ++n) {
      const Json content = LineageCase::DerivedContent("D2-" + std::to_string(n));
      const EntityId id = test.DraftOf("sw", content);
      if ((id < other) != before) continue;
      made_content = content;
      return id;
    }
    ADD_FAILURE() << "no draft with such an id";
    return {};
  }
  void FollowDiamond(bool before);

  LineageCase test;
  Auditor auditor{test.net};
  EntityId watermark;
  Json made_content;
};

// R -> A of jt under the leaked grant; B of sw made of A, and of R by a grant of its own; C of
// sw made of B, held by ga.
void Leaked::FollowDiamond(bool before) {
  auditor.Open({kGa, kJt, kSw});
  test.d1 = test.DraftOf("jt", LineageCase::DerivedContent());
  ASSERT_EQ(test.Derive(test.D1Body()).flags, 0U);
  ASSERT_TRUE(test.SubmitOf("jt", test.d1, LineageCase::DerivedContent()).Accepted());
  test.PublishDraft(test.d1);
  test.below = test.GrantOn(test.d1, "sw", "jt", {"plate", "verdict"});
  const EntityId own = test.GrantOn(test.resource, "sw", "ga", {"plate", "status"});
  const EntityId b = DraftBeside(test.d1, before);
  Json map = Json::MakeArray();
  map.Push(LineageCase::Made("plate", "plate"));
  map.Push(LineageCase::Made("verdict", "status", false, 1));
  Json body = LineageCase::DerivationBody(
      b, LineageCase::Input(test.d1, 1, test.below, {"plate", "verdict"}), std::move(map));
  Json inputs = *body.Find("inputs");
  inputs.Push(LineageCase::Input(test.resource, 0, own, {"plate", "status"}));
  body.Set("inputs", std::move(inputs));
  ASSERT_TRUE(test.Derive(body, "sw").Accepted());
  ASSERT_TRUE(test.SubmitOf("sw", b, made_content).Accepted());
  test.PublishDraft(b);
  const Json content = LineageCase::DerivedContent("D3");
  const EntityId c = test.DraftOf("sw", content);
  Json last = Json::MakeArray();
  last.Push(LineageCase::Made("plate", "plate"));
  last.Push(LineageCase::Made("verdict", "verdict"));
  const Outcome made =
      test.Derive(LineageCase::DerivationBody(c, LineageCase::Input(b, 1, {}, {"plate", "verdict"}),
                                              std::move(last)),
                  "sw");
  ASSERT_TRUE(made.Accepted()) << CodeName(made.code);
  ASSERT_TRUE(test.SubmitOf("sw", c, content).Accepted());
  test.PublishDraft(c);
  EXPECT_FALSE(test.GrantOn(c, "ga", "sw", {"plate", "verdict"}).IsZero());
  EXPECT_TRUE(Holders().contains({std::string(kGa), "DERIVED"}));
}

TEST_F(Leaked, TheCodeLeadsToDeliverySystemOfficersAndHolders) {
  const Json answer = auditor.AskLogged("q12", ByCode("W-2"));
  const auto deliveries = RowsOf(answer, "delivery");
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].TextOr("batch_id"), "B-2");
  EXPECT_EQ(deliveries[0].TextOr("grant"), ledger::ToHex(test.grant));
  EXPECT_EQ(deliveries[0].TextOr("consumer"), kJt);
  EXPECT_EQ(deliveries[0].TextOr("system"), ledger::ToHex(test.net.Identity("jt-app")));
  EXPECT_EQ(deliveries[0].TextOr("system_name"), "jt-app");
  EXPECT_EQ(ledger::DateOf(deliveries[0].IntegerOr("delivered_at")), 20260408);
  EXPECT_EQ(deliveries[0].Find("transaction")->TextOr("op"), "watermark.register");
  std::set<std::string> officers;
  for (const Json& row : RowsOf(answer, "officer")) {
    EXPECT_EQ(row.TextOr("department"), kJt);
    officers.emplace(row.TextOr("post"));
  }
  EXPECT_TRUE(officers.contains("jt-h1"));
  EXPECT_TRUE(officers.contains("jt-c1"));   // SECURITY
  EXPECT_FALSE(officers.contains("jt-c2"));  // CLERK alone
  const auto holders = RowsOf(answer, "holder");
  ASSERT_EQ(holders.size(), 1U);
  EXPECT_EQ(holders[0].TextOr("department"), kJt);
  EXPECT_EQ(holders[0].TextOr("through"), "DELIVERY");
}

TEST_F(Leaked, WhatWasMadeOfItHasHoldersToo) {
  test.d1 = test.DraftOf("jt", LineageCase::DerivedContent());
  ASSERT_EQ(test.Derive(test.D1Body()).flags, 0U);
  ASSERT_TRUE(test.SubmitOf("jt", test.d1, LineageCase::DerivedContent()).Accepted());
  test.PublishDraft(test.d1);
  test.below = test.GrantOn(test.d1, "sw", "jt", {"plate", "verdict"});
  std::set<std::pair<std::string, std::string>> holders;
  for (const Json& row : RowsOf(auditor.AskLogged("q12", ByCode("W-2")), "holder")) {
    holders.emplace(row.TextOr("department"), row.TextOr("through"));
  }
  EXPECT_EQ(holders,
            (std::set<std::pair<std::string, std::string>>{{std::string(kJt), "DELIVERY"},
                                                           {std::string(kJt), "DERIVED"},
                                                           {std::string(kSw), "DERIVED"}}));
}

// By two ways, one of them not of the leaked grant, in either order of the ids.
TEST_F(Leaked, WhatIsMadeOfItByTwoWaysHasHoldersToo) { FollowDiamond(true); }
TEST_F(Leaked, WhatIsMadeOfItByTwoWaysHasHoldersTooTheOtherWayRound) { FollowDiamond(false); }

// Officers and holders of departments outside the engagement are counted and not shown.
TEST_F(Leaked, KeepsToTheEngagementRowByRow) {
  auditor.Open({kGa});
  test.d1 = test.DraftOf("jt", LineageCase::DerivedContent());
  ASSERT_EQ(test.Derive(test.D1Body()).flags, 0U);
  const Json answer = auditor.AskLogged("q12", ByCode("W-2"));
  EXPECT_EQ(RowsOf(answer, "delivery").size(), 1U);
  EXPECT_TRUE(RowsOf(answer, "officer").empty());
  const auto holders = RowsOf(answer, "holder");  // the grant is on ga's resource, D1 is not
  ASSERT_EQ(holders.size(), 1U);
  EXPECT_EQ(holders[0].TextOr("through"), "DELIVERY");
  const auto gaps = answer.Find("completeness")->ItemsOf("gaps");
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_NE(gaps[0].AsString().find("outside the engagement's scope"), std::string_view::npos);
}

// Whoever it was passed on to without consent holds it all the same.
TEST_F(Leaked, UnlawfulRecipientsAreHolders) {
  Json passed_on = Ref("grant", test.grant);
  passed_on.Set("recipient", kSw).Set("items", Texts({"plate"})).Set("rows", 1);
  passed_on.Set("occurred_at", test.net.Time());
  const Outcome reported = test.net.Do("third_party.report", kJt, {Maker("jt-c1")}, passed_on);
  ASSERT_TRUE(reported.Has(Flag::kThirdParty)) << CodeName(reported.code);
  std::set<std::pair<std::string, std::string>> holders;
  for (const Json& row : RowsOf(auditor.AskLogged("q12", ByCode("W-2")), "holder")) {
    holders.emplace(row.TextOr("department"), row.TextOr("through"));
  }
  EXPECT_TRUE(holders.contains({std::string(kSw), "THIRD_PARTY"}));
}

TEST_F(Leaked, AnotherCodeOpensNothing) {
  const Json answer = auditor.AskLogged("q12", ByCode("W-3"));
  EXPECT_TRUE(answer.ItemsOf("rows").empty());
  EXPECT_EQ(answer.Find("completeness")->ItemsOf("gaps").size(), 1U);
  const auto nothing = auditor.Ask("q12", auditor.Logged("q12", {}));
  ASSERT_FALSE(nothing.has_value());
  EXPECT_EQ(nothing.error().kind, gateway::ProblemKind::kBadParameter);
  auditor.Open({kSw});
  EXPECT_TRUE(RowsOf(auditor.AskLogged("q12", ByCode("W-2")), "delivery").empty());
}

// What the engagement does not cover is counted and not shown.
TEST_F(Leaked, ADeliveryOutsideTheEngagementIsCountedOnly) {
  auditor.Open({kGa, kJt}, 20260301, 20260331);  // it was delivered on 04-08
  Json answer = auditor.AskLogged("q12", ByCode("W-2"));
  EXPECT_TRUE(answer.ItemsOf("rows").empty());
  ASSERT_EQ(answer.Find("completeness")->ItemsOf("gaps").size(), 1U);
  EXPECT_TRUE(answer.Find("completeness")->ItemsOf("gaps")[0].AsString().starts_with("1 row lies"));
  EXPECT_EQ(answer.Find("period")->IntegerOr("to"), 20260331);
  auditor.Open({kSw});
  Report("a1", 'b');
  answer = auditor.AskLogged("q12", {{.name = "tags", .value = Hash('b')}});
  EXPECT_TRUE(answer.ItemsOf("rows").empty());
  const auto gaps = answer.Find("completeness")->ItemsOf("gaps");
  EXPECT_TRUE(std::ranges::any_of(
      gaps, [](const Json& gap) { return gap.AsString().starts_with("1 row lies"); }));
}

TEST_F(Leaked, ATracedLeakLeadsToItsDeliveries) {
  Json report = Json::MakeObject({{"found_at", test.net.Time() - kHourMs},
                                  {"place_code", "PUBLIC_DRIVE"},
                                  {"sample_digest", Hash('5')}});
  const Outcome found = test.net.Do("leak.report", kSj, {Maker("sj-c1")}, report);
  ASSERT_TRUE(found.Accepted()) << CodeName(found.code);
  const EntityId leak = found.Born(ledger::EntityKind::kLeak);
  const Asked by_leak = {{.name = "leak", .value = ledger::ToHex(leak)}};
  EXPECT_TRUE(RowsOf(auditor.AskLogged("q12", by_leak), "delivery").empty());
  Json openings = Json::MakeArray();
  Json opening = Ref("watermark", watermark);
  openings.Push(opening.Set("code", "W-2").Set("salt", HexEncode(SaltOf(3).View())));
  Json trace = Ref("leak", leak);
  trace.Set("openings", openings);
  ASSERT_TRUE(test.net.Do("leak.trace", kSj, {Maker("sj-c1")}, trace).Accepted());
  EXPECT_EQ(RowsOf(auditor.AskLogged("q12", by_leak), "delivery").size(), 1U);
}

TEST_F(Leaked, WithoutAWatermarkTheSampleNamesTheLikeliestGrant) {
  Report("a1", 'b');
  Report("a2", 'c');
  const Asked sample = {{.name = "tags", .value = Hash('b') + "," + Hash('c') + "," + Hash('d')}};
  const auto rows = RowsOf(auditor.AskLogged("q12", sample), "candidate");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].TextOr("grant"), ledger::ToHex(test.grant));
  EXPECT_EQ(rows[0].IntegerOr("tags"), 2);
  EXPECT_EQ(rows[0].IntegerOr("of"), 3);
  EXPECT_EQ(rows[0].IntegerOr("transactions"), 2);
}

// Neither watermark nor tags: the grants under which the items were delivered in the period.
TEST_F(Leaked, WithNeitherTheDeliveriesOfTheResourceAreCandidates) {
  Report("a1", 'b');
  Report("a2", 'c');
  const auto asked = [this](std::string items, std::string from, std::string to) {
    return Asked{{.name = "resource", .value = ledger::ToHex(test.resource)},
                 {.name = "items", .value = std::move(items)},
                 {.name = "from", .value = std::move(from)},
                 {.name = "to", .value = std::move(to)}};
  };
  const auto candidates = [&](std::string items, std::string from, std::string to) {
    return RowsOf(auditor.AskLogged("q12", asked(std::move(items), std::move(from), std::move(to))),
                  "candidate");
  };
  const auto rows = candidates("plate,status", "20260410", "20260430");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].TextOr("grant"), ledger::ToHex(test.grant));
  EXPECT_EQ(rows[0].TextOr("consumer"), kJt);
  EXPECT_EQ(rows[0].IntegerOr("transactions"), 2);
  EXPECT_EQ(ledger::DateOf(rows[0].IntegerOr("last")), 20260415);
  EXPECT_EQ(rows[0].Find("transaction")->TextOr("op"), "access.record");
  EXPECT_TRUE(candidates("plate,citizen_no", "20260410", "20260430").empty());
  EXPECT_TRUE(candidates("nothing", "20260410", "20260430").empty());
  EXPECT_TRUE(candidates("plate", "20260301", "20260410").empty());
  // Without a period it is the engagement's.
  const Asked whole = {{.name = "resource", .value = ledger::ToHex(test.resource)}};
  EXPECT_EQ(RowsOf(auditor.AskLogged("q12", whole), "candidate").size(), 1U);
  const auto beyond =
      auditor.Ask("q12", auditor.Logged("q12", asked("plate", "20250101", "20260430")));
  ASSERT_FALSE(beyond.has_value());
  ASSERT_NE(beyond.error().code, nullptr);
  EXPECT_EQ(beyond.error().code->name, "NO_ENGAGEMENT");
}

}  // namespace
}  // namespace jiandu::contracts::testing
