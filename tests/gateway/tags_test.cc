// Tags of persons in the ordinary routes: shown to the sides of a record, withheld from managers
// and auditors, who read them inside an engagement and on record (docs/adr/0012).
#include "base/hex.h"
#include "gateway/read_handlers.h"
#include "gateway/router.h"
#include "gateway/transaction_handler.h"
#include "gateway/visibility.h"
#include "ledger/model/form.h"
#include "ledger/model/op.h"
#include "tests/support/audit_fixture.h"
#include "tests/support/contract_snapshot.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

using gateway::Response;

class Tags : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachHolder();
    auditor.Open({kGa, kJt});
  }
  // What a reader gets from an address.
  [[nodiscard]] Response Read(std::string_view department, bool sees_all, std::string target,
                              std::string_view accept = "application/json") {
    gateway::Call call;
    Response response;
    gateway::Match match = gateway::FindRoute("GET", target);
    EXPECT_NE(match.route, nullptr) << target;
    if (match.route == nullptr) return response;
    call.request.method = "GET";
    call.request.fields.push_back({.name = "accept", .value = std::string(accept)});
    call.target.path = std::move(target);
    call.route = match.route;
    call.captures = std::move(match.captures);
    call.snapshot = std::make_shared<ContractSnapshot>(test.net);
    gateway::Reader reader;
    reader.department = department;
    reader.sees_all = sees_all;
    call.reader = reader;
    call.respond = [&response](Response given) { response = std::move(given); };
    if (match.route->endpoint == gateway::Endpoint::kEntity) {
      gateway::Answer answer = gateway::ShowEntity(call);
      gateway::Reply(std::move(call), std::move(answer));
    } else if (match.route->endpoint == gateway::Endpoint::kReceipt) {
      gateway::ShowReceipt(services, std::move(call));
    } else {
      gateway::ShowTransaction(services, std::move(call));
    }
    return response;
  }
  [[nodiscard]] std::string Report() {
    Json record = test.LoneRecord("a1");
    record.Set("subject_tags", Texts({tag}));
    EXPECT_TRUE(test.Report(record).Accepted());
    return HexEncode(test.net.Last()->txid.View());
  }
  static Json Parse(const Response& response) {
    const auto json = ParseJson(response.body, std::size_t{1} << 20U);
    EXPECT_TRUE(json.has_value()) << response.body;
    return json ? *json : Json::MakeObject();
  }

  LineageCase test;
  Auditor auditor{test.net};
  gateway::Services services;
  const std::string tag = Hash('7');
};

TEST_F(Tags, ARecordShowsThemToItsSidesAlone) {
  const std::string address = "/v1/transactions/" + Report();
  for (const std::string_view side : {kGa, kJt}) {
    const Response response = Read(side, false, address);
    EXPECT_EQ(response.status, 200);
    EXPECT_NE(response.body.find(tag), std::string::npos) << side;
    EXPECT_NE(Parse(response).Find("envelope"), nullptr);
    EXPECT_EQ(Read(side, false, address, "application/octet-stream").status, 200);
    EXPECT_EQ(Read(side, false, address + "/receipt").status, 202);  // none in this network
  }
  // The manager opened the grant, the auditor sees everything else.
  for (const std::string_view other : {kDb, kSj}) {
    const Response response = Read(other, true, address);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body.find(tag), std::string::npos) << response.body;
    const Json json = Parse(response);
    EXPECT_EQ(json.Find("envelope"), nullptr);
    EXPECT_FALSE(json.Find("withheld")->TextOr("how").empty());
    EXPECT_FALSE(json.Find("withheld")->TextOr("how_zh").empty());
    const Json* body = json.Find("payload")->Find("body");
    ASSERT_NE(body, nullptr);
    EXPECT_EQ(body->TextOr("acc_id"), "a1");
    EXPECT_EQ(body->ItemsOf("withheld")[0].AsString(), "subject_tags");
    EXPECT_EQ(json.Find("event")->TextOr("env").size(), 64U);
    EXPECT_NE(response.Header("ETag"), Read(kGa, false, address).Header("ETag"));
    for (const std::string& whole : {address, address + "/receipt"}) {
      const Response bytes = Read(other, true, whole, "application/octet-stream");
      EXPECT_EQ(bytes.status, 403);
      EXPECT_EQ(Parse(bytes).TextOr("code"), "NO_ENGAGEMENT");
      EXPECT_NE(Parse(bytes).TextOr("detail").find("jiandu audit record"), std::string_view::npos);
    }
  }
}

TEST_F(Tags, WhatHasNoneIsShownWhole) {
  ASSERT_TRUE(test.Report(test.LoneRecord("a2")).Accepted());
  const std::string txid = HexEncode(test.net.Last()->txid.View());
  EXPECT_NE(Parse(Read(kSj, true, "/v1/transactions/" + txid)).Find("envelope"), nullptr);
  EXPECT_EQ(Read(kSj, true, "/v1/transactions/" + txid + "/receipt").status, 202);
}

TEST_F(Tags, RecordsOfABatchAreLookedInto) {
  Json record = test.Record("a3");
  record.Set("subject_tags", Texts({tag}));
  Json records = Json::MakeArray();
  records.Push(record);
  Json batch = Ref("grant", test.grant);
  batch.Set("batch_id", "B7").Set("form", "full").Set("records", records);
  ASSERT_TRUE(test.net.Do("access.batch", kGa, {System("ga-gw")}, batch).Accepted());
  const std::string address = "/v1/transactions/" + HexEncode(test.net.Last()->txid.View());
  EXPECT_EQ(Read(kDb, true, address).body.find(tag), std::string::npos);
  EXPECT_NE(Read(kJt, false, address).body.find(tag), std::string::npos);
}

// An access without a grant is its user's as well: the pair says so.
TEST_F(Tags, AnAccessWithoutAGrantIsItsUsers) {
  Json lone = test.Record("a4");
  lone.Set("resource", ledger::ToHex(test.resource)).Set("consumer", kSw);
  lone.Set("grant_missing", true).Set("subject_tags", Texts({tag}));
  ASSERT_TRUE(test.Report(lone).Accepted());
  const std::string address = "/v1/transactions/" + HexEncode(test.net.Last()->txid.View());
  EXPECT_NE(Read(kSw, true, address).body.find(tag), std::string::npos);
  EXPECT_EQ(Read(kDb, true, address).body.find(tag), std::string::npos);
}

TEST_F(Tags, ACorrectionShowsItsRecordsToFilerAndSource) {
  Json file = Ref("resource", test.resource);
  file.Set("version_seen", 0).Set("item_ids", Texts({"status"})).Set("kind", "WRONG");
  file.Set("observed_digest", Hash('1')).Set("evidence_digest", Hash('2'));
  file.Set("record_tags", Texts({tag}));
  const Outcome filed = test.net.Do("correction.file", kJt, {Maker("jt-c1")}, file);
  ASSERT_TRUE(filed.Accepted()) << CodeName(filed.code);
  const std::string address =
      "/v1/corrections/" + ledger::ToHex(filed.Born(ledger::EntityKind::kCorrection));
  for (const std::string_view side : {kGa, kJt}) {
    EXPECT_NE(Read(side, false, address).body.find(tag), std::string::npos) << side;
  }
  const Response response = Read(kDb, true, address);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body.find(tag), std::string::npos);
  EXPECT_FALSE(Parse(response).Find("withheld")->TextOr("why").empty());
}

TEST_F(Tags, AnAuditorReadsTheRecordInsideAnEngagementAndOnRecord) {
  const std::string txid = Report();
  const Asked asked = {{.name = "txid", .value = txid}};
  EXPECT_FALSE(auditor.Ask("record", asked).has_value());
  const Json answer = auditor.AskLogged("record", asked);
  const auto rows = RowsOf(answer, "record");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].Find("payload")->Find("body")->ItemsOf("subject_tags")[0].AsString(), tag);
  EXPECT_NE(rows[0].Find("envelope"), nullptr);
  EXPECT_EQ(rows[0].Find("transaction")->TextOr("txid"), txid);
  auditor.Open({kSw});
  EXPECT_FALSE(auditor.Ask("record", auditor.Logged("record", asked)).has_value());
  auditor.Open({kGa}, 20260101, 20260131);
  EXPECT_FALSE(auditor.Ask("record", auditor.Logged("record", asked)).has_value());
}

// A list of tags that a form gets one day is withheld as well, or this fails.
void ExpectWithheld(const ledger::Form& form) {
  for (const ledger::Field& field : form.fields) {
    if (field.type == ledger::FieldType::kHash && field.list_max > 0 &&
        field.name.ends_with("_tags")) {
      EXPECT_TRUE(gateway::IsTagMember(field.name)) << field.name;
    }
    if (field.form != nullptr) ExpectWithheld(*field.form);
  }
}
TEST(TagMembers, AreThoseOfTheForms) {
  for (const ledger::OpInfo& op : ledger::AllOps()) {
    if (op.form != nullptr) ExpectWithheld(*op.form);
  }
}

}  // namespace
}  // namespace jiandu::contracts::testing
