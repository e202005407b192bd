// Q1 and the gate before it, over a network of the contracts: T34 and T45 of the worked scenario.
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

TEST_F(Subject, APageEndsWhenItHasReadEnough) {
  for (const std::string id : {"a1", "a2", "a3"}) Report(id, 'b');
  const Asked asked = auditor.Logged("q1", Of(Hash('b')));
  const Json first = Parsed(AskAs(test.net, kSj, true, "q1", asked, kLargeBlock));
  EXPECT_EQ(RowsOf(first, "access").size(), 1U);
  EXPECT_FALSE(first.TextOr("next").empty());
  EXPECT_EQ(PagesAs(test.net, kSj, "q1", asked, "200", kLargeBlock).size(), 3U);
}

// A row names so many batches, and says how many it does not name.
TEST_F(Subject, BatchesThatARowDoesNotNameAreCounted) {
  test.net.AdvanceTo(20260310);
  for (int i = 0; i < 34; ++i) {
    Json digest = Json::MakeObject(
        {{"from", test.net.Time() - 1000},
         {"to", test.net.Time() - 100},
         {"counts", Json::MakeObject({{"ok", 1}, {"not_found", 0}, {"denied", 0}, {"error", 0}})},
         {"rows", 1},
         {"root", Hash('f')}});
    Json body = Ref("grant", test.grant);
    body.Set("batch_id", "B" + std::to_string(i)).Set("form", "digest").Set("digest", digest);
    ASSERT_TRUE(test.net.Do("access.batch", kGa, {System("ga-gw")}, body).Accepted());
  }
  const auto keepers = RowsOf(auditor.AskLogged("q1", Of(Hash('b'))), "keeper");
  ASSERT_EQ(keepers.size(), 1U);
  EXPECT_EQ(keepers[0].ItemsOf("unanswered").size(), 32U);
  EXPECT_EQ(keepers[0].IntegerOr("unanswered_left_off"), 2);
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
  Asked other(logged.begin() + 3, logged.end());  // engagement, log, salt
  other.push_back({.name = "case", .value = ledger::ToHex(test.request)});
  ExpectRefused(auditor.Ask("q9", other), code, "another query");
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

}  // namespace
}  // namespace jiandu::contracts::testing
