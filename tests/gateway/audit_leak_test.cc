// Q2 and Q12 over a network of the contracts: T29 to T31 and T35 of the worked scenario.
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
  LineageCase test;
  Auditor auditor{test.net};
  EntityId watermark;
};

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

// Q2 (T29 to T31): R1's status was wrong until version 8.
class Value : public ::testing::Test {
 protected:
  void SetUp() override;
  void MakeAnew();

  LineageCase test;
  Auditor auditor{test.net};
  Asked asked;
};

void Value::SetUp() {
  test.ReachDerived();
  test.net.AdvanceTo(20260311);
  Json file = Ref("resource", test.resource);
  file.Set("version_seen", 0).Set("item_ids", Texts({"status"})).Set("kind", "WRONG");
  file.Set("observed_digest", Hash('1')).Set("evidence_digest", Hash('2'));
  file.Set("record_tags", Texts({Hash('7')}));
  const Outcome filed = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, file);
  const EntityId correction = filed.Born(ledger::EntityKind::kCorrection);
  test.net.AdvanceTo(20260324);
  Json refresh = Ref("resource", test.resource);
  refresh.Set("dataset_version", 8).Set("dataset_digest", Hash('3'));
  ASSERT_TRUE(test.net.Do("resource.refresh", kGa, {System("ga-gw")}, refresh).Accepted());
  Json resolve = Ref("correction", correction);
  resolve.Set("verdict", "FIXED").Set("new_version", 8);
  ASSERT_TRUE(
      test.net.Do("correction.resolve", kGa, {Maker("ga-c2"), Head("ga-h1")}, resolve).Accepted());
  Json impact = Ref("correction", correction);
  Json matters = Json::MakeArray();
  matters.Push(Json::MakeObject({{"matter_code", "M-1"}, {"count", 3}}));
  impact.Set("grant", ledger::ToHex(test.grant)).Set("matters", matters);
  ASSERT_TRUE(test.net.Do("correction.impact", kJt, {Maker("jt-c1")}, impact).Accepted());
  asked = {{.name = "resource", .value = ledger::ToHex(test.resource)},
           {.name = "version", .value = "7"},
           {.name = "item", .value = "status"}};
}

void Value::MakeAnew() {
  test.net.AdvanceTo(20260325);
  Json inputs = Json::MakeArray();
  Json input = Ref("resource", test.resource);
  inputs.Push(input.Set("version", 8));
  Json anew = Ref("derivation", test.derivation);
  anew.Set("out_version", 2).Set("inputs", inputs);
  ASSERT_TRUE(test.net.Do("derivation.refresh", kJt, {Maker("jt-c1")}, anew).Accepted());
}

TEST_F(Value, IsFollowedThroughAllLevelsUntilItIsClean) {
  Json answer = Parsed(auditor.Ask("q2", asked));
  ASSERT_EQ(RowsOf(answer, "change").size(), 1U);
  EXPECT_EQ(RowsOf(answer, "change")[0].IntegerOr("version"), 8);
  ASSERT_EQ(RowsOf(answer, "holder").size(), 1U);
  ASSERT_EQ(RowsOf(answer, "carrier").size(), 1U);
  Json carrier = RowsOf(answer, "carrier")[0];
  EXPECT_EQ(carrier.TextOr("resource"), ledger::ToHex(test.d1));
  EXPECT_EQ(carrier.ItemsOf("stale").size(), 1U);
  EXPECT_EQ(ledger::DateOf(carrier.IntegerOr("stale_from")), 20260324);
  EXPECT_TRUE(carrier.Find("clean_at")->IsNull());
  ASSERT_EQ(RowsOf(answer, "impact").size(), 1U);
  EXPECT_EQ(RowsOf(answer, "impact")[0].ItemsOf("matters")[0].IntegerOr("count"), 3);
  EXPECT_EQ(RowsOf(answer, "impact")[0].TextOr("department"), kJt);
  EXPECT_EQ(RowsOf(answer, "task").size(), 2U);  // jt: its grant, and D1
  MakeAnew();
  answer = Parsed(auditor.Ask("q2", asked));
  carrier = RowsOf(answer, "carrier")[0];
  EXPECT_TRUE(carrier.ItemsOf("stale").empty());
  EXPECT_EQ(ledger::DateOf(carrier.IntegerOr("clean_at")), 20260325);
  Asked owner = asked;
  owner.back().value = "owner";
  EXPECT_TRUE(RowsOf(Parsed(auditor.Ask("q2", owner)), "carrier").empty());
}

TEST_F(Value, SaysWhatItDidNotRead) {
  MakeAnew();
  // Where one block is all an answer may read, it says what it did not read.
  const Json poor = Parsed(AskAs(test.net, kSj, true, "q2", asked, kLargeBlock));
  EXPECT_TRUE(RowsOf(poor, "impact").empty());
  EXPECT_FALSE(poor.Find("completeness")->BoolOr("whole", true));
  EXPECT_NE(poor.Find("completeness")->ItemsOf("gaps")[0].AsString().find("impact"),
            std::string::npos);
}

// What carries one person's record is asked inside an engagement alone, and within its scope.
TEST_F(Value, OfOneRecordNeedsAnEngagement) {
  Asked tagged = asked;
  tagged.push_back({.name = "record_tag", .value = Hash('7')});
  ASSERT_FALSE(auditor.Ask("q2", tagged).has_value());
  auditor.Open({kGa, kJt});
  EXPECT_EQ(RowsOf(auditor.AskLogged("q2", tagged), "change").size(), 1U);
  tagged.back().value = Hash('8');
  EXPECT_TRUE(RowsOf(auditor.AskLogged("q2", tagged), "change").empty());
  auditor.Open({kSw});
  EXPECT_FALSE(auditor.Ask("q2", auditor.Logged("q2", tagged)).has_value());
}

}  // namespace
}  // namespace jiandu::contracts::testing
