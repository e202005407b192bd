// Q2 over a network of the contracts: T29 to T31 of the worked scenario.
#include "ledger/model/lineage_bounds.h"
#include "tests/support/audit_fixture.h"
#include "tests/support/contract_snapshot.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

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

// Carriers and tasks of departments outside the engagement are counted and not shown.
TEST_F(Value, KeepsToTheEngagementRowByRow) {
  auditor.Open({kGa});
  const Json answer = auditor.AskLogged("q2", asked);
  EXPECT_EQ(RowsOf(answer, "holder").size(), 1U);  // the grant is on ga's resource
  EXPECT_EQ(RowsOf(answer, "task").size(), 1U);
  EXPECT_TRUE(RowsOf(answer, "carrier").empty());
  const auto gaps = answer.Find("completeness")->ItemsOf("gaps");
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_TRUE(gaps[0].AsString().starts_with("2 rows lie"));  // D1, and jt's task for it
}

// So many changes of the item are on the ledger.
class Changed final : public ContractSnapshot {
 public:
  Changed(const TestNet& net, std::size_t n) : ContractSnapshot(net), n_(n) {}
  std::vector<ItemChange> ChangesAfter(const EntityId&, std::int64_t,
                                       const std::string&) const override {
    std::vector<ItemChange> changes;
    for (std::size_t i = 0; i < n_; ++i) {
      changes.push_back({.version = static_cast<std::int64_t>(i) + 8, .correction = {}});
    }
    return changes;
  }

 private:
  std::size_t n_;
};

TEST_F(Value, SaysWhenTheLedgerKeepsNoMoreChanges) {
  const auto gaps = [this](std::size_t n) {
    gateway::Call call;
    call.target.path = "/v1/audit/queries/q2";
    call.target.query = asked;
    call.captures = {"q2"};
    call.snapshot = std::make_shared<Changed>(test.net, n);
    gateway::Reader reader;
    reader.department = kSj;
    reader.sees_all = true;
    call.reader = reader;
    return Parsed(gateway::RunAuditQuery(call)).Find("completeness")->ItemsOf("gaps").size();
  };
  EXPECT_EQ(gaps(ledger::kChangesKept - 1), 0U);
  EXPECT_EQ(gaps(ledger::kChangesKept), 1U);
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
