// The saved queries of auditors: the list, what each answer carries, who sees which rows, pages.
#include "gateway/audit_query.h"

#include <gtest/gtest.h>

#include <set>

#include "base/hex.h"
#include "gateway/audit_detector.h"
#include "gateway/audit_rows.h"
#include "gateway/router.h"
#include "ledger/model/clock_index.h"
#include "ledger/model/element_index.h"
#include "ledger/model/event_index.h"
#include "ledger/model/form.h"
#include "ledger/model/grant_index.h"
#include "ledger/model/late_index.h"
#include "ledger/model/op.h"
#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

using ledger::EntityId;
using ledger::EntityKind;

constexpr ledger::TimeMs kDay = 86'400'000;

class AuditQueries : public ::testing::Test {
 protected:
  void SetUp() override {
    ledger::EntityBody body = MakeBody(EntityKind::kGrant, kTax, 2);
    body.parties = {{"consumer", kTax}, {"provider", kPolice}, {"manager", kManager}};
    grant = harness.node.AddEntity(body, {kTax, kPolice, kManager});
  }
  // What happened in one transaction, with the rows of its indexes.
  ledger::TxId Commit(const Event& event) {
    const ledger::TxId txid =
        harness.node.Commit(harness.police, event, HexEncode(Bytes(8, ++nonce_)));
    const auto snapshot = harness.node.Latest();
    const auto result = snapshot->FindTx(txid);
    const ledger::EventPlace place{.time = result->time, .index = result->index};
    const auto entry = ledger::DecodeEntry(*snapshot->EntryAt(result->index));
    for (Bytes& key : ledger::EventKeys(std::get<ledger::Stub>(*entry), result->index)) {
      harness.node.PutState(std::move(key), {});
    }
    if (event.code == 0) harness.node.PutState(ledger::OpEventKey(event.op, place), {});
    return txid;
  }
  static std::uint64_t Bit(std::string_view flag) {
    return std::uint64_t{1} << ledger::FindFlag(flag)->bit;
  }
  // The department ended the deadline of a case of `days` working days too late.
  void AddLate(std::string_view code, const ledger::DepartmentId& department, std::int64_t late) {
    const ledger::TxId txid = Commit({.op = "decision.submit", .touched = {grant}});
    const ledger::Clock clock{.code = std::string(code),
                              .department = department,
                              .start = kGenesisTime - 30 * kDay,
                              .n = 10,
                              .extra = 5,
                              .ended_at = harness.node.Latest()->Time(),
                              .satisfied = true,
                              .late = late,
                              .waits = {{kManager, 2}}};
    const Bytes value = ledger::LateRowValue(clock, txid);
    harness.node.PutState(ledger::LateRowKey(clock, grant), value);
    harness.node.PutState(ledger::OwnLateRowKey(clock, grant), value);
  }
  Json Ask(const std::string& query, const Officer& officer) {
    const Response response = harness.Get("/v1/audit/queries/" + query, harness.SignIn(officer));
    EXPECT_EQ(response.status, 200) << query << ": " << response.body;
    return Harness::Parse(response);
  }

  Harness harness;
  EntityId grant;

 private:
  std::uint8_t nonce_ = 0;
};

TEST_F(AuditQueries, TheListNamesEveryQueryAndItsParameters) {
  EXPECT_EQ(harness.Get("/v1/audit/queries").status, 401);
  const Json list =
      Harness::Parse(harness.Get("/v1/audit/queries", harness.SignIn(harness.police)));
  std::set<std::string> names;
  for (const Json& item : list.ItemsOf("items")) {
    EXPECT_TRUE(names.insert(std::string(item.TextOr("name"))).second);
    EXPECT_FALSE(item.TextOr("title").empty());
    EXPECT_FALSE(item.TextOr("title_zh").empty());
    EXPECT_FALSE(item.TextOr("source").empty());
    for (const Json& parameter : item.ItemsOf("parameters")) {
      EXPECT_FALSE(parameter.TextOr("description_zh").empty()) << item.TextOr("name");
    }
  }
  for (const char* name : {"q3", "q4", "q5", "q6", "q7", "q8", "q10", "q13", "q15"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  const std::map<int, int> items = {{39, 9}, {40, 7}, {41, 3}};
  for (const auto& [article, last] : items) {
    for (int item = 1; item <= last; ++item) {
      EXPECT_TRUE(names.contains(std::to_string(article) + "-" + std::to_string(item)));
    }
  }
}

// A name that no index has would answer nothing for ever.
TEST(AuditTables, EveryDetectorNamesWhatTheLedgerKnows) {
  for (const AuditQuery& query : gateway::AuditQueries()) {
    const DetectorTable* table = FindDetectors(query.name);
    if (table == nullptr) continue;
    EXPECT_TRUE(!table->detectors.empty() || !table->gaps.empty()) << query.name;
    for (const Detector& detector : table->detectors) {
      const std::string what(detector.what);
      switch (detector.how) {
        case Detects::kFlag: {
          const ledger::FlagInfo* flag = ledger::FindFlag(what);
          ASSERT_NE(flag, nullptr) << what;
          EXPECT_NE(flag->bit, ledger::kNoBit) << what;
          break;
        }
        case Detects::kUsed:
        case Detects::kRaised:
        case Detects::kCompromised: {
          const ledger::FlagInfo* flag = FlagNamed(what);
          ASSERT_NE(flag, nullptr) << what;
          EXPECT_EQ(flag->bit, ledger::kNoBit) << what;
          break;
        }
        case Detects::kCode: EXPECT_NE(ledger::FindCode(what), nullptr) << what; break;
        case Detects::kOp:
          EXPECT_NE(ledger::FindOp(what), nullptr) << what;
          EXPECT_TRUE(ledger::HasOpEvents(what)) << what;
          break;
        default: break;
      }
    }
  }
  for (const auto& query : gateway::AuditQueries()) {
    for (const QueryParameter& parameter : query.parameters) {
      const Route* route = FindRoute("GET", "/v1/audit/queries/q3").route;
      EXPECT_NE(std::ranges::find(route->parameters, parameter.name), route->parameters.end())
          << parameter.name;
    }
  }
}

TEST_F(AuditQueries, AnAnswerSaysOfWhatStateItIsAndHowComplete) {
  AddLate("D04", kPolice, 1);
  const Json answer = Ask("q3?from=20250101&to=20251231", harness.manager);
  EXPECT_EQ(answer.TextOr("query"), "q3");
  EXPECT_EQ(answer.IntegerOr("height"), 1);
  EXPECT_EQ(answer.TextOr("app_hash").size(), 64U);
  EXPECT_EQ(answer.TextOr("profile"), "combined@1");
  EXPECT_EQ(answer.Find("period")->IntegerOr("from"), 20250101);
  const Json* completeness = answer.Find("completeness");
  ASSERT_NE(completeness, nullptr);
  EXPECT_FALSE(completeness->TextOr("statement").empty());
  EXPECT_FALSE(completeness->TextOr("statement_zh").empty());
  EXPECT_FALSE(completeness->ItemsOf("covers").empty());
  EXPECT_EQ(completeness->ItemsOf("gaps").size(), completeness->ItemsOf("gaps_zh").size());
  EXPECT_TRUE(answer.Find("next")->IsNull());
}

TEST_F(AuditQueries, LateAnswersNameDepartmentOfficerDaysAndWaits) {
  AddLate("D04", kPolice, 1);
  const Json answer = Ask("q3", harness.manager);
  ASSERT_EQ(answer.ItemsOf("rows").size(), 1U);
  const Json& row = answer.ItemsOf("rows")[0];
  EXPECT_EQ(row.TextOr("detector"), "D04");
  EXPECT_EQ(row.TextOr("department"), kPolice);
  EXPECT_EQ(row.IntegerOr("late"), 1);
  EXPECT_EQ(row.IntegerOr("extension"), 5);
  EXPECT_TRUE(row.BoolOr("answered"));
  ASSERT_EQ(row.ItemsOf("waits").size(), 1U);
  EXPECT_EQ(row.ItemsOf("waits")[0].TextOr("department"), kManager);
  ASSERT_EQ(row.ItemsOf("signers").size(), 1U);
  EXPECT_EQ(row.ItemsOf("signers")[0].TextOr("identity"), ledger::ToHex(harness.police.identity));
  ASSERT_EQ(row.ItemsOf("transactions").size(), 1U);
  EXPECT_EQ(row.ItemsOf("transactions")[0].TextOr("txid").size(), 64U);
  ASSERT_EQ(row.ItemsOf("entities").size(), 1U);
  EXPECT_EQ(row.ItemsOf("entities")[0].TextOr("entity"), ledger::ToHex(grant));
  EXPECT_TRUE(Ask("q3?from=20300101", harness.manager).ItemsOf("rows").empty());
  EXPECT_EQ(Ask("39-4", harness.manager).ItemsOf("rows").size(), 1U);
  EXPECT_TRUE(Ask("39-6", harness.manager).ItemsOf("rows").empty());
}

TEST_F(AuditQueries, ADepartmentIsToldOfItselfAlone) {
  AddLate("D04", kPolice, 1);
  AddLate("D07", kTax, 2);
  const Json own = Ask("q3", harness.tax);
  ASSERT_EQ(own.ItemsOf("rows").size(), 1U);
  EXPECT_EQ(own.ItemsOf("rows")[0].TextOr("department"), kTax);
  EXPECT_FALSE(own.Find("completeness")->BoolOr("whole", true));
  EXPECT_EQ(Ask("q3", harness.manager).ItemsOf("rows").size(), 2U);
  EXPECT_EQ(Ask("q3?department=" + kTax, harness.manager).ItemsOf("rows").size(), 1U);
  EXPECT_EQ(
      harness.Get("/v1/audit/queries/q3?department=" + kPolice, harness.SignIn(harness.tax)).status,
      403);
}

TEST_F(AuditQueries, PagesNeitherLoseNorRepeatARow) {
  for (int i = 0; i < 7; ++i) AddLate(i % 2 == 0 ? "D04" : "D07", kPolice, 1);
  const std::string token = harness.SignIn(harness.manager);
  std::set<std::string> seen;
  std::string next = "/v1/audit/queries/q3?limit=2";
  int pages = 0;
  for (; pages < 10 && !next.empty(); ++pages) {
    const Response response = harness.Get(next, token);
    ASSERT_EQ(response.status, 200) << response.body;
    const Json page = Harness::Parse(response);
    for (const Json& row : page.ItemsOf("rows")) {
      EXPECT_TRUE(seen.insert(std::string(row.ItemsOf("transactions")[0].TextOr("txid"))).second);
    }
    const std::string link(response.Header("Link"));
    next = link.empty() ? "" : link.substr(1, link.find('>') - 1);
  }
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(pages, 4);
}

TEST_F(AuditQueries, FlagsCodesAndOpsAreFoundInTheirPeriod) {
  Commit({.op = "grant.change", .touched = {grant}, .flags = Bit("NOT_AGREED")});
  Commit(
      {.op = "request.submit", .touched = {grant}, .code = ledger::FindCode("ID_REVOKED")->number});
  Commit({.op = "incident.report", .touched = {}});
  const Json changed = Ask("39-7", harness.manager);
  ASSERT_EQ(changed.ItemsOf("rows").size(), 1U);
  EXPECT_EQ(changed.ItemsOf("rows")[0].TextOr("detector"), "NOT_AGREED");
  EXPECT_EQ(changed.ItemsOf("rows")[0].TextOr("op"), "grant.change");
  EXPECT_FALSE(changed.ItemsOf("rows")[0].TextOr("message_zh").empty());
  EXPECT_TRUE(Ask("39-7?to=20200101", harness.manager).ItemsOf("rows").empty());
  EXPECT_EQ(Ask("q7", harness.manager).ItemsOf("rows").size(), 1U);
  EXPECT_EQ(Ask("40-7", harness.manager).ItemsOf("rows").size(), 1U);
  EXPECT_EQ(Ask("40-6", harness.manager).ItemsOf("rows").size(), 1U);
  // The consumer is a party of the grant that was changed; the incident is none of its business.
  EXPECT_EQ(Ask("39-7", harness.tax).ItemsOf("rows").size(), 1U);
  EXPECT_TRUE(Ask("39-2", harness.manager).ItemsOf("rows").empty());
}

TEST_F(AuditQueries, WhatIsOverdueNowStandsWithWhoOwesIt) {
  ledger::EntityBody body = MakeBody(EntityKind::kRequest, kTax, 1);
  body.parties = {{"consumer", kTax}, {"provider", kPolice}};
  const ledger::Clock clock{.code = "D04",
                            .department = kPolice,
                            .start = kGenesisTime - 100 * kDay,
                            .n = kGenesisTime - 10 * kDay,
                            .unit = ledger::ClockUnit::kUntil};
  body.clocks = {clock};
  const EntityId request = harness.node.AddEntity(body, {kTax, kPolice});
  harness.node.PutState(ledger::ClockRowKey(clock, request), ToBytes(kPolice));
  harness.node.PutState(ledger::OwnClockRowKey(clock, request), ToBytes(kPolice));
  for (const char* query : {"q4", "39-4"}) {
    const Json answer = Ask(query, harness.manager);
    ASSERT_EQ(answer.ItemsOf("rows").size(), 1U) << query;
    EXPECT_EQ(answer.ItemsOf("rows")[0].TextOr("kind"), "overdue");
    EXPECT_EQ(answer.ItemsOf("rows")[0].TextOr("department"), kPolice);
    EXPECT_GT(answer.ItemsOf("rows")[0].IntegerOr("late"), 0);
  }
  EXPECT_TRUE(Ask("41-2", harness.manager).ItemsOf("rows").empty());
  EXPECT_TRUE(Ask("q4", harness.tax).ItemsOf("rows").empty());
  EXPECT_EQ(Ask("q4", harness.police).ItemsOf("rows").size(), 1U);
}

TEST_F(AuditQueries, HoldersOfAGradeAreListedWithTheirLastUse) {
  ledger::EntityBody body = MakeBody(EntityKind::kResource, kPolice, 5);
  body.parties = {{"provider", kPolice}};
  body.texts = {{"grade", "G4"}, {"name", "R1"}};
  const EntityId resource = harness.node.AddEntity(body, {kPolice});
  harness.node.PutState(ledger::GradeRowKey(4, resource), {});
  harness.node.PutState(ledger::GrantRowKey(resource, grant), {});
  const Json never = Ask("q8", harness.manager);
  ASSERT_EQ(never.ItemsOf("rows").size(), 1U);
  EXPECT_EQ(never.ItemsOf("rows")[0].TextOr("department"), kTax);
  EXPECT_EQ(never.ItemsOf("rows")[0].TextOr("grade"), "G4");
  EXPECT_TRUE(never.ItemsOf("rows")[0].Find("last_use")->IsNull());
  Bytes long_ago;
  AppendU32Be(long_ago, 20250101);
  harness.node.PutState(ledger::LastUseKey(grant), long_ago);
  const Json dormant = Ask("q8?grade=G4", harness.manager);
  EXPECT_EQ(dormant.ItemsOf("rows")[0].IntegerOr("last_use"), 20250101);
  EXPECT_TRUE(dormant.ItemsOf("rows")[0].BoolOr("dormant"));
  EXPECT_TRUE(Ask("q8?grade=CORE", harness.manager).ItemsOf("rows").empty());
  EXPECT_EQ(Ask("q8?department=" + kTax, harness.manager).ItemsOf("rows").size(), 1U);
  EXPECT_EQ(harness.Get("/v1/audit/queries/q8?grade=G9", harness.SignIn(harness.manager)).status,
            400);
}

TEST_F(AuditQueries, FlagsNobodyWroteAreFoundByTheMonthOfUse) {
  harness.node.PutState(ledger::UsedRowKey(202507, grant), {});
  harness.node.PutState(ledger::PartKey(grant, AsBytes("access-flag")), ToBytes("DAY_OVER_CAP"));
  const Json answer = Ask("q5?from=20250701&to=20250731", harness.manager);
  ASSERT_EQ(answer.ItemsOf("rows").size(), 1U);
  const Json& row = answer.ItemsOf("rows")[0];
  EXPECT_EQ(row.TextOr("detector"), "DAY_OVER_CAP");
  EXPECT_EQ(row.ItemsOf("values")[0].IntegerOr("value"), 120);
  EXPECT_EQ(row.ItemsOf("values")[0].TextOr("detail"), "20250701");
  EXPECT_TRUE(Ask("q5?from=20250801", harness.manager).ItemsOf("rows").empty());
}

TEST_F(AuditQueries, ElementsCollectedTwiceAreAnIndicator) {
  Json item = Json::MakeObject(
      {{"element_code", "DE-1"}, {"item_role", "CONTENT"}, {"subject_kind", "PERSON"}});
  Json items = Json::MakeArray();
  items.Push(item);
  const Json content = Json::MakeObject({{"items", items}});
  Bytes offers;
  for (const ledger::DepartmentId& provider : {kPolice, kTax}) {
    ledger::EntityBody body = MakeBody(EntityKind::kResource, provider, 5);
    body.parties = {{"provider", provider}};
    body.form = ToBytes(CanonicalJson(content));
    Append(offers, harness.node.AddEntity(body, {provider}).View());
  }
  harness.node.PutState(ledger::OffersKey("PERSON", "DE-1"), offers);
  for (const char* query : {"40-1", "41-1"}) {
    const Json answer = Ask(query, harness.manager);
    ASSERT_EQ(answer.ItemsOf("rows").size(), 1U) << query;
    EXPECT_EQ(answer.ItemsOf("rows")[0].TextOr("element_code"), "DE-1");
    EXPECT_EQ(answer.ItemsOf("rows")[0].ItemsOf("departments").size(), 2U);
  }
  harness.node.PutState(ledger::DesignatedKey("DE-1"), ToBytes(grant.View()));
  EXPECT_TRUE(Ask("41-1", harness.manager).ItemsOf("rows").empty());
  EXPECT_EQ(Ask("40-1", harness.manager).ItemsOf("rows").size(), 1U);
}

TEST_F(AuditQueries, WhatIsOutOfScopeSaysSo) {
  const Json answer = Ask("39-8", harness.manager);
  EXPECT_TRUE(answer.ItemsOf("rows").empty());
  const Json* completeness = answer.Find("completeness");
  EXPECT_FALSE(completeness->BoolOr("whole", true));
  const auto gaps = completeness->ItemsOf("gaps");
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_TRUE(gaps[0].AsString().starts_with("out of scope"));
}

TEST_F(AuditQueries, WrongQuestionsAreToldWhatToDo) {
  const std::string token = harness.SignIn(harness.manager);
  EXPECT_EQ(harness.Get("/v1/audit/queries/q99", token).status, 404);
  EXPECT_EQ(harness.Get("/v1/audit/queries/q3?grade=G3", token).status, 400);
  EXPECT_EQ(harness.Get("/v1/audit/queries/q3?from=yesterday", token).status, 400);
  EXPECT_EQ(harness.Get("/v1/audit/queries/q3?from=20260301&to=20260201", token).status, 400);
  EXPECT_EQ(harness.Get("/v1/audit/queries/q3").status, 401);
}

}  // namespace
}  // namespace jiandu::gateway::test
