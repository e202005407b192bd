// Q1, Q2, Q12 and the gate before them, over a network of the contracts: T29 to T35 and T45 of the
// worked scenario.
#include "contracts/access_index.h"
#include "contracts/commitment.h"
#include "crypto/merkle.h"
#include "tests/support/audit_fixture.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

constexpr std::int64_t kSealedUntil = 20260930;

class Subject : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachHolder();
    auditor.Open({kGa, kJt});
  }
  [[nodiscard]] static Asked Of(std::string tags, std::string from = "20260301",
                                std::string to = "20260331") {
    return {{.name = "tags", .value = std::move(tags)},
            {.name = "from", .value = std::move(from)},
            {.name = "to", .value = std::move(to)}};
  }
  void Report(const std::string& acc_id, char tag) {
    Json record = test.LoneRecord(acc_id);
    record.Set("subject_tags", Texts({Hash(tag)}));
    ASSERT_TRUE(test.Report(record).Accepted());
  }
  void ReportSealed(const std::string& acc_id, char tag) {
    const Json opened = Json::MakeObject({{"subject_tags", Texts({Hash(tag)})}});
    Json record = test.LoneRecord(acc_id);
    record.Set(
        "seal",
        Json::MakeObject(
            {{"blob_digest", Hash('1')},
             {"commitment", HexEncode(Commit(SaltOf(1), AsBytes(CanonicalJson(opened))).View())},
             {"ground_code", "CASE"},
             {"until", ledger::StartOfDate(kSealedUntil)}}));
    ASSERT_TRUE(test.Report(record).Accepted());
  }
  // A digest batch of two calls, one of the person's.
  void ReportDigest(char tag) {
    for (const char digit : {tag, 'e'}) {
      Json record = test.Record(std::string("leaf-") + digit);
      record.Set("subject_tags", Texts({Hash(digit)}));
      leaves.push_back(LeafOf(record));
      records.push_back(std::move(record));
    }
    Json digest = Json::MakeObject(
        {{"from", test.net.Time() - 1000},
         {"to", test.net.Time() - 100},
         {"counts", Json::MakeObject({{"ok", 2}, {"not_found", 0}, {"denied", 0}, {"error", 0}})},
         {"rows", 2},
         {"subject_root", Hash('f')},
         {"root", HexEncode(crypto::MerkleRoot(leaves).View())}});
    Json body = Ref("grant", test.grant);
    body.Set("batch_id", "B1").Set("form", "digest").Set("digest", digest);
    ASSERT_TRUE(test.net.Do("access.batch", kGa, {System("ga-gw")}, body).Accepted());
  }
  void ShowLeaf() {
    Json demand = Json::MakeObject({{"kind", "LEAF"},
                                    {"keeper", kGa},
                                    {"term", ledger::StartOfDate(20260401) - 1},
                                    {"engagement", ledger::ToHex(auditor.engagement)},
                                    {"grant", ledger::ToHex(test.grant)},
                                    {"batch_id", "B1"}});
    const Outcome demanded = test.net.Do("access.leaf_demand", kSj, {Maker("sj-c1")}, demand);
    ASSERT_TRUE(demanded.Accepted()) << CodeName(demanded.code);
    Json path = Json::MakeArray();
    for (const Hash256& step : crypto::MerkleInclusionProof(leaves, 0)) {
      path.Push(HexEncode(step.View()));
    }
    Json body = Ref("leaf_demand", demanded.Born(ledger::EntityKind::kLeafDemand));
    body.Set("digest", HexEncode(leaves[0].View())).Set("index", 0).Set("size", 2);
    body.Set("path", path).Set("record", records[0]);
    ASSERT_EQ(test.net.Do("access.leaf_produced", kGa, {System("ga-gw")}, body).flags, 0U);
  }
  // The engagement may be asked about one code and one word of the detail.
  static void ExpectRefused(const gateway::Answer& answer, std::string_view code,
                            std::string_view word) {
    ASSERT_FALSE(answer.has_value());
    const gateway::Response response = gateway::MakeProblem(answer.error(), "1");
    EXPECT_EQ(response.status, 403);
    const auto json = ParseJson(response.body, 65536);
    ASSERT_TRUE(json.has_value());
    EXPECT_EQ(json->TextOr("code"), code) << response.body;
    EXPECT_FALSE(json->TextOr("message_zh").empty());
    EXPECT_NE(json->TextOr("detail").find(word), std::string_view::npos) << response.body;
  }

  LineageCase test;
  Auditor auditor{test.net};
  std::vector<Hash256> leaves;
  std::vector<Json> records;
};

TEST_F(Subject, ShowsWhoSawThePersonOnWhatBasis) {
  test.net.AdvanceTo(20260310);
  Report("a1", 'b');
  Report("a2", 'c');
  const Json answer = auditor.AskLogged("q1", Of(Hash('b')));
  const auto rows = RowsOf(answer, "access");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].TextOr("acc_id"), "a1");
  EXPECT_EQ(rows[0].TextOr("consumer"), kJt);
  EXPECT_EQ(rows[0].TextOr("provider"), kGa);
  EXPECT_EQ(rows[0].TextOr("resource_code"), "R1");
  EXPECT_EQ(rows[0].TextOr("grant"), ledger::ToHex(test.grant));
  EXPECT_EQ(rows[0].TextOr("request"), ledger::ToHex(test.request));
  EXPECT_EQ(rows[0].TextOr("basis_kind"), "LAW");
  EXPECT_EQ(rows[0].TextOr("shown_by"), "RECORD");
  EXPECT_EQ(rows[0].Find("transaction")->TextOr("op"), "access.record");
  EXPECT_TRUE(answer.Find("completeness")->BoolOr("whole"));
  EXPECT_EQ(RowsOf(auditor.AskLogged("q1", Of(Hash('b') + "," + Hash('c'))), "access").size(), 2U);
  EXPECT_TRUE(RowsOf(auditor.AskLogged("q1", Of(Hash('b'), "20260311")), "access").empty());
}

TEST_F(Subject, CountsWhatIsSealedAndSaysWhoseLeavesAreNotShown) {
  test.net.AdvanceTo(20260310);
  ReportSealed("s1", 'b');
  ReportDigest('b');
  Json answer = auditor.AskLogged("q1", Of(Hash('b')));
  EXPECT_TRUE(RowsOf(answer, "access").empty());
  const auto sealed = RowsOf(answer, "sealed");
  ASSERT_EQ(sealed.size(), 1U);
  EXPECT_EQ(sealed[0].IntegerOr("count"), 1);
  EXPECT_EQ(sealed[0].TextOr("resource"), ledger::ToHex(test.resource));
  auto keepers = RowsOf(answer, "keeper");
  ASSERT_EQ(keepers.size(), 1U);
  EXPECT_EQ(keepers[0].TextOr("keeper"), kGa);
  EXPECT_EQ(keepers[0].IntegerOr("batches"), 1);
  EXPECT_EQ(keepers[0].IntegerOr("answered"), 0);
  EXPECT_FALSE(answer.Find("completeness")->BoolOr("whole", true));
  EXPECT_EQ(answer.Find("completeness")->ItemsOf("gaps").size(), 2U);
  ShowLeaf();
  answer = auditor.AskLogged("q1", Of(Hash('b')));
  const auto rows = RowsOf(answer, "access");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].TextOr("shown_by"), "LEAF");
  EXPECT_EQ(rows[0].TextOr("consumer"), kJt);
  keepers = RowsOf(answer, "keeper");
  ASSERT_EQ(keepers.size(), 1U);
  EXPECT_EQ(keepers[0].IntegerOr("answered"), 1);
  EXPECT_EQ(answer.Find("completeness")->ItemsOf("gaps").size(), 1U);  // the seal
}

TEST_F(Subject, AnOpenedSealIsShownWithItsAccess) {
  test.net.AdvanceTo(20260310);
  ReportSealed("s1", 'b');
  Json body = Ref("grant", test.grant);
  body.Set("acc_id", "s1").Set("salt", HexEncode(SaltOf(1).View()));
  body.Set("opened", Json::MakeObject({{"subject_tags", Texts({Hash('b')})}}));
  ASSERT_EQ(test.net.Do("access.disclose", kJt, {Head("jt-h1")}, body).flags, 0U);
  const Json answer = auditor.AskLogged("q1", Of(Hash('b')));
  const auto rows = RowsOf(answer, "access");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].TextOr("shown_by"), "OPENED_SEAL");
  EXPECT_EQ(rows[0].TextOr("acc_id"), "s1");
  EXPECT_TRUE(RowsOf(answer, "sealed").empty());
}

TEST_F(Subject, PagesGoOnByTransactions) {
  for (const std::string id : {"a1", "a2", "a3"}) Report(id, 'b');
  Asked asked = auditor.Logged("q1", Of(Hash('b')));
  asked.push_back({.name = "limit", .value = "2"});
  const Json first = Parsed(auditor.Ask("q1", asked));
  EXPECT_EQ(RowsOf(first, "access").size(), 2U);
  ASSERT_NE(first.TextOr("next"), "");
  asked.push_back({.name = "cursor", .value = std::string(first.TextOr("next"))});
  const Json second = Parsed(auditor.Ask("q1", asked));
  ASSERT_EQ(RowsOf(second, "access").size(), 1U);
  EXPECT_EQ(RowsOf(second, "access")[0].TextOr("acc_id"), "a3");
  EXPECT_EQ(second.TextOr("next"), "");
}

TEST_F(Subject, OutsideTheScopeNothingIsShown) {
  Report("a1", 'b');
  auditor.Open({kSw});
  const Json answer = auditor.AskLogged("q1", Of(Hash('b')));
  EXPECT_TRUE(RowsOf(answer, "access").empty());
  EXPECT_EQ(answer.Find("completeness")->ItemsOf("gaps").size(), 1U);
  Asked resource = Of(Hash('b'));
  resource.push_back({.name = "resource", .value = ledger::ToHex(test.resource)});
  ExpectRefused(auditor.Ask("q1", auditor.Logged("q1", resource)), "NO_ENGAGEMENT", "scope");
  ExpectRefused(auditor.Ask("q1", auditor.Logged("q1", Of(Hash('b'), "20260201"))), "NO_ENGAGEMENT",
                "period");
}

TEST_F(Subject, WithoutAnOpenEngagementOfItsOwnNothingIsAnswered) {
  ExpectRefused(auditor.Ask("q1", Of(Hash('b'))), "NO_ENGAGEMENT", "engagement=ID");
  const Asked logged = auditor.Logged("q1", Of(Hash('b')));
  // Another department's engagement is none, whatever it may see.
  ExpectRefused(AskAs(test.net, kDb, true, "q1", logged), "NO_ENGAGEMENT", "not an open one");
  EXPECT_TRUE(auditor.Ask("q1", logged).has_value());
  test.net.AdvanceTo(20260701);
  ExpectRefused(auditor.Ask("q1", logged), "NO_ENGAGEMENT", "not an open one");
}

TEST_F(Subject, AQueryNobodyHasPutOnRecordIsNotAnswered) {
  const Asked logged = auditor.Logged("q1", Of(Hash('b')));
  ASSERT_TRUE(auditor.Ask("q1", logged).has_value());
  const auto change = [&logged](std::string_view name, std::string value) {
    Asked changed = logged;
    for (gateway::Parameter& parameter : changed) {
      if (parameter.name == name) parameter.value = value;
    }
    return changed;
  };
  const std::string_view code = "QUERY_NOT_LOGGED";
  ExpectRefused(auditor.Ask("q1", change("tags", Hash('c'))), code, "another query");
  ExpectRefused(auditor.Ask("q1", change("to", "20260330")), code, "another query");
  ExpectRefused(auditor.Ask("q1", change("salt", Hash('0'))), code, "another query");
  ExpectRefused(auditor.Ask("q1", change("log", Hash('0'))), code, "not in this ledger");
  ExpectRefused(auditor.Ask("q1", change("salt", "x")), code, "Canonical query: {");
  // The log of one query is none of another, and a transaction of somebody else is no log.
  ExpectRefused(auditor.Ask("q9", change("tags", "")), "QUERY_NOT_LOGGED", "another query");
  Report("a1", 'b');
  ExpectRefused(auditor.Ask("q1", change("log", HexEncode(test.net.Last()->txid.View()))), code,
                "no accepted audit.log_query");
  test.net.Advance(2 * kHourMs);
  ExpectRefused(auditor.Ask("q1", logged), code, "older than an hour");
}

TEST_F(Subject, ALogOutsideItsEngagementIsNone) {
  const EntityId first = auditor.engagement;
  const Asked logged = auditor.Logged("q1", Of(Hash('b')));
  auditor.Open({kGa});
  Asked other = logged;
  for (gateway::Parameter& parameter : other) {
    if (parameter.name == "engagement") parameter.value = ledger::ToHex(auditor.engagement);
  }
  ExpectRefused(auditor.Ask("q1", other), "QUERY_NOT_LOGGED", "another engagement");
  auditor.engagement = first;
  EXPECT_TRUE(auditor.Ask("q1", logged).has_value());
}

// Q12: B-2 of GR-4 was delivered with watermark W-2 (T35).
class Leaked : public Subject {
 protected:
  void SetUp() override {
    Subject::SetUp();
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

// Q2 (T29 to T31): R1's status was wrong until version 8.
TEST(Value, IsFollowedThroughAllLevelsUntilItIsClean) {
  LineageCase test;
  test.ReachDerived();
  Auditor auditor(test.net);
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
  const Asked asked = {{.name = "resource", .value = ledger::ToHex(test.resource)},
                       {.name = "version", .value = "7"},
                       {.name = "item", .value = "status"}};
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
  test.net.AdvanceTo(20260325);
  Json inputs = Json::MakeArray();
  Json input = Ref("resource", test.resource);
  inputs.Push(input.Set("version", 8));
  Json anew = Ref("derivation", test.derivation);
  anew.Set("out_version", 2).Set("inputs", inputs);
  ASSERT_TRUE(test.net.Do("derivation.refresh", kJt, {Maker("jt-c1")}, anew).Accepted());
  answer = Parsed(auditor.Ask("q2", asked));
  carrier = RowsOf(answer, "carrier")[0];
  EXPECT_TRUE(carrier.ItemsOf("stale").empty());
  EXPECT_EQ(ledger::DateOf(carrier.IntegerOr("clean_at")), 20260325);
  // Of the record's tag, and of another item.
  Asked tagged = asked;
  tagged.push_back({.name = "record_tag", .value = Hash('7')});
  EXPECT_EQ(RowsOf(Parsed(auditor.Ask("q2", tagged)), "change").size(), 1U);
  tagged.back().value = Hash('8');
  EXPECT_TRUE(RowsOf(Parsed(auditor.Ask("q2", tagged)), "change").empty());
  Asked owner = asked;
  owner.back().value = "owner";
  EXPECT_TRUE(RowsOf(Parsed(auditor.Ask("q2", owner)), "carrier").empty());
}

}  // namespace
}  // namespace jiandu::contracts::testing
