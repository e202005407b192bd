// What is past due, for whom; and the forms of the ops as schemas.
#include <gtest/gtest.h>

#include <set>

#include "base/hex.h"
#include "ledger/model/clock_index.h"
#include "ledger/model/op.h"
#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

constexpr ledger::TimeMs kDay = 86'400'000;

class Overdue : public ::testing::Test {
 protected:
  // A clock that has passed `days` days before genesis (after it when negative).
  void AddClock(const ledger::DepartmentId& department, std::int64_t days) {
    const ledger::Clock clock{.code = "D12",
                              .department = department,
                              .start = kGenesisTime - 100 * kDay,
                              .n = kGenesisTime - days * kDay,
                              .unit = ledger::ClockUnit::kUntil};
    ledger::EntityBody body = MakeBody(ledger::EntityKind::kRequest, department, 1);
    body.clocks = {clock};
    const auto id = harness.node.AddEntity(body, {department});
    harness.node.PutState(ledger::ClockRowKey(clock, id), ToBytes(department));
    harness.node.PutState(ledger::OwnClockRowKey(clock, id), ToBytes(department));
  }
  Json Page(const std::string& target, const Officer& officer) {
    const Response response = harness.Get(target, harness.SignIn(officer));
    EXPECT_EQ(response.status, 200) << response.body;
    return Harness::Parse(response);
  }

  Harness harness;
};

// The index has what was written; a case that has lapsed or ended by itself since owes nothing.
TEST_F(Overdue, WhatIsNoLongerOwedIsNotListed) {
  AddClock(kPolice, 5);
  ledger::Clock clock{.code = "D04",
                      .department = kPolice,
                      .start = kGenesisTime - 100 * kDay,
                      .n = kGenesisTime - 5 * kDay,
                      .unit = ledger::ClockUnit::kUntil};
  ledger::EntityBody body = MakeBody(ledger::EntityKind::kRequest, kPolice, 1);
  body.clocks = {clock};
  body.clocks[0].ended_at = kGenesisTime - kDay;
  const auto ended = harness.node.AddEntity(body, {kPolice});
  harness.node.PutState(ledger::ClockRowKey(clock, ended), ToBytes(kPolice));
  // Renewed in the meantime: it falls due later than its row says.
  body.clocks[0] = clock;
  body.clocks[0].n = kGenesisTime + kDay;
  const auto renewed = harness.node.AddEntity(body, {kPolice});
  harness.node.PutState(ledger::ClockRowKey(clock, renewed), ToBytes(kPolice));
  // Its department was merged: the successor owes it.
  body.clocks[0] = clock;
  body.clocks[0].department = kTax;
  const auto passed_on = harness.node.AddEntity(body, {kTax});
  harness.node.PutState(ledger::ClockRowKey(clock, passed_on), ToBytes(kPolice));
  const Json all = Page("/v1/audit/overdue", harness.manager);
  ASSERT_EQ(all.ItemsOf("items").size(), 2U);
  std::set<std::string> owed;
  for (const Json& row : all.ItemsOf("items")) owed.emplace(row.TextOr("department"));
  EXPECT_EQ(owed, (std::set<std::string>{kPolice, kTax}));
}

TEST_F(Overdue, EachDepartmentSeesItsOwnAndTheManagerAll) {
  AddClock(kTax, 3);
  AddClock(kPolice, 5);
  AddClock(kPolice, -1);
  const Json own = Page("/v1/audit/overdue", harness.police);
  ASSERT_EQ(own.ItemsOf("items").size(), 1U);
  const Json& row = own.ItemsOf("items")[0];
  EXPECT_EQ(row.TextOr("code"), "D12");
  EXPECT_EQ(row.TextOr("department"), kPolice);
  EXPECT_EQ(row.TextOr("kind"), "request");
  EXPECT_EQ(row.IntegerOr("due"), kGenesisTime - 5 * kDay);
  EXPECT_GT(row.IntegerOr("late"), 0);
  const Json all = Page("/v1/audit/overdue", harness.manager);
  ASSERT_EQ(all.ItemsOf("items").size(), 2U);
  EXPECT_EQ(all.ItemsOf("items")[0].TextOr("department"), kPolice);  // due first
  const Json tax = Page("/v1/audit/overdue?department=" + kTax, harness.manager);
  EXPECT_EQ(tax.ItemsOf("items").size(), 1U);
  EXPECT_EQ(
      harness.Get("/v1/audit/overdue?department=" + kTax, harness.SignIn(harness.police)).status,
      403);
  EXPECT_EQ(harness.Get("/v1/audit/overdue").status, 401);
}

TEST_F(Overdue, PagesNeitherLoseNorRepeatARow) {
  for (std::int64_t i = 0; i < 23; ++i) AddClock(kPolice, 1 + i % 4);
  const std::string token = harness.SignIn(harness.police);
  std::set<std::string> seen;
  std::int64_t last = 0;
  std::string next = "/v1/audit/overdue?limit=5";
  for (int pages = 0; pages < 10 && !next.empty(); ++pages) {
    const Response response = harness.Get(next, token);
    ASSERT_EQ(response.status, 200) << response.body;
    const Json page = Harness::Parse(response);
    for (const Json& row : page.ItemsOf("items")) {
      EXPECT_TRUE(seen.insert(std::string(row.TextOr("entity"))).second);
      EXPECT_GE(row.IntegerOr("due"), last);
      last = row.IntegerOr("due");
    }
    const std::string link(response.Header("Link"));
    next = link.empty() ? "" : link.substr(1, link.find('>') - 1);
  }
  EXPECT_EQ(seen.size(), 23U);
}

TEST(Derived, PartiesSeeWhatFollowsFromTheState) {
  Harness harness;
  ledger::EntityBody body = MakeBody(ledger::EntityKind::kGrant, kTax, 2);
  body.parties = {{"consumer", kTax}, {"provider", kPolice}};
  const auto id = harness.node.AddEntity(body, {kTax, kPolice});
  harness.node.PutState(ledger::PartKey(id, AsBytes("flag")), ToBytes("D17"));
  const std::string path = "/v1/grants/" + ledger::ToHex(id);
  const Json json = Harness::Parse(harness.Get(path, harness.SignIn(harness.police)));
  const auto derived = json.ItemsOf("derived");
  ASSERT_EQ(derived.size(), 1U);
  EXPECT_EQ(derived[0].TextOr("flag"), "OVERDUE");
  EXPECT_EQ(derived[0].IntegerOr("value"), 3);
  EXPECT_EQ(derived[0].TextOr("department"), kTax);
  EXPECT_EQ(derived[0].TextOr("detail"), "D17");
}

TEST(Derived, WhatIsOwedStandsAmongTheClocksWithItsSubject) {
  Harness harness;
  ledger::EntityBody body = MakeBody(ledger::EntityKind::kCorrection, kTax, 1);
  body.parties = {{"consumer", kTax}, {"provider", kPolice}};
  body.clocks.push_back({.code = "D07", .department = kPolice, .start = 1, .n = 10});
  const auto id = harness.node.AddEntity(body, {kTax, kPolice});
  harness.node.PutState(ledger::PartKey(id, AsBytes("owed")), ToBytes("D23"));
  const std::string path = "/v1/corrections/" + ledger::ToHex(id);
  const Json json = Harness::Parse(harness.Get(path, harness.SignIn(harness.police)));
  const auto clocks = json.ItemsOf("clocks");
  ASSERT_EQ(clocks.size(), 2U);
  EXPECT_EQ(clocks[0].TextOr("code"), "D07");
  EXPECT_EQ(clocks[1].TextOr("code"), "D23");
  EXPECT_EQ(clocks[1].TextOr("department"), kTax);
  EXPECT_EQ(clocks[1].TextOr("subject"), ledger::ToHex(id));
  EXPECT_GT(clocks[1].IntegerOr("due"), 0);
}

TEST(Derived, EventsShowWhatLaterActsSayOfThem) {
  Harness harness;
  ledger::EntityBody body = MakeBody(ledger::EntityKind::kGrant, kTax, 2);
  body.parties = {{"consumer", kTax}, {"provider", kPolice}};
  const auto id = harness.node.AddEntity(body, {kTax, kPolice});
  const Event access{.op = "access.record", .touched = {id}, .code = 0};
  const auto txid = harness.node.Commit(harness.tax, access, "00000000000000aa");
  const std::string path = "/v1/entities/" + ledger::ToHex(id) + "/history";
  const std::string one = "/v1/transactions/" + HexEncode(txid.View());
  const std::string token = harness.SignIn(harness.police);
  const auto first = [&] {
    const Json json = Harness::Parse(harness.Get(path, token));
    for (const Json& row : json.ItemsOf("items")) {
      if (const Json* event = row.Find("event")) return *event;
    }
    return Json();
  };
  ASSERT_NE(first().Find("derived"), nullptr);
  EXPECT_TRUE(first().ItemsOf("derived").empty());
  const std::string before(harness.Get(one, token).Header("ETag"));
  harness.node.PutState(ledger::PartKey(id, AsBytes("event")), ToBytes("x"));
  // A cached answer would hide it.
  const auto after = harness.Get(one, token);
  EXPECT_NE(after.Header("ETag"), before);
  const Json answer = Harness::Parse(after);
  ASSERT_NE(answer.Find("event"), nullptr);
  EXPECT_EQ(answer.Find("event")->ItemsOf("derived").size(), 1U);
  const Json event = first();
  const auto derived = event.ItemsOf("derived");
  ASSERT_EQ(derived.size(), 1U);
  EXPECT_EQ(derived[0].TextOr("flag"), "DENY_IGNORED");
  EXPECT_EQ(derived[0].IntegerOr("value"), 2);
  EXPECT_FALSE(derived[0].TextOr("message").empty());
  EXPECT_FALSE(derived[0].TextOr("message_zh").empty());
}

TEST(Schemas, EveryOpHasOneAndItsFieldsAreThoseOfTheForm) {
  Harness harness;
  const Json list = Harness::Parse(harness.Get("/v1/schemas"));
  ASSERT_EQ(list.ItemsOf("items").size(), ledger::AllOps().size());
  for (const ledger::OpInfo& op : ledger::AllOps()) {
    const Response response = harness.Get("/v1/schemas/" + std::string(op.op));
    ASSERT_EQ(response.status, 200) << op.op;
    const Json schema = Harness::Parse(response);
    EXPECT_EQ(schema.TextOr("title"), op.op);
    EXPECT_FALSE(schema.BoolOr("additionalProperties", true)) << op.op;
    const Json* properties = schema.Find("properties");
    ASSERT_NE(properties, nullptr);
    for (const ledger::Field& field : op.form->fields) {
      const Json* property = properties->Find(field.name);
      ASSERT_NE(property, nullptr) << op.op << " " << field.name;
      EXPECT_EQ(property->TextOr("type") == "array", field.list_max > 0) << field.name;
      EXPECT_EQ(property->TextOr("title"), field.label);
    }
  }
  EXPECT_EQ(harness.Get("/v1/schemas/no.such_op").status, 404);
}

}  // namespace
}  // namespace jiandu::gateway::test
