// Q9, Q11 and Q14 over a network of the contracts: REQ-4's file, GR-6's three signatures (T18), the
// demands of T20.
#include "tests/support/audit_fixture.h"
#include "tests/support/consultation_fixture.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Json AsManager(const TestNet& net, std::string_view name, Asked parameters = {}) {
  return Parsed(AskAs(net, kDb, true, name, std::move(parameters)));
}
Asked Case(const EntityId& id) { return {{.name = "case", .value = ledger::ToHex(id)}}; }
std::set<std::string> OpsIn(const Json& answer) {
  std::set<std::string> ops;
  for (const Json& row : RowsOf(answer, "transaction")) ops.emplace(row.TextOr("op"));
  return ops;
}

TEST(CaseFile, HasEveryStepOfTheRequestAndWhatCameOfIt) {
  TestCase test;
  test.PublishResource();
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  Json ask = Ref("case", test.request);
  ask.Set("code", "D04").Set("days", 5).Set("reason_digest", Hash('1'));
  const Outcome asked =
      test.net.Do("extension.ask", kGa, {Maker("ga-c1"), Head("ga-h1")}, std::move(ask));
  ASSERT_TRUE(asked.Accepted()) << CodeName(asked.code);
  Json consent = Ref("case", test.request);
  consent.Set("code", "D04").Set("days", 5);
  const Outcome consented = test.net.Do("extension.consent", kDb, {Head("db-h1")}, consent);
  ASSERT_TRUE(consented.Accepted()) << CodeName(consented.code);
  test.Approve();
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  ASSERT_TRUE(test.Acknowledge().Accepted());
  ASSERT_TRUE(test.Report(test.LoneRecord("a1")).Accepted());
  Asked parameters = Case(test.request);
  parameters.push_back({.name = "limit", .value = "200"});
  const Json answer = AsManager(test.net, "q9", parameters);
  EXPECT_EQ(RowsOf(answer, "case").size(), 2U);  // request and grant
  const std::set<std::string> ops = OpsIn(answer);
  for (const char* op : {"request.submit", "extension.ask", "extension.consent", "decision.submit",
                         "grant.open", "grant.acknowledge"}) {
    EXPECT_TRUE(ops.contains(op)) << op;
  }
  EXPECT_FALSE(ops.contains("access.record"));
  bool extended = false;
  for (const Json& row : RowsOf(answer, "deadline")) {
    if (row.TextOr("code") != "D04") continue;
    extended = row.IntegerOr("extension") == 5;
    EXPECT_EQ(row.TextOr("department"), kGa);
    EXPECT_TRUE(row.BoolOr("satisfied"));
    EXPECT_GT(row.IntegerOr("due"), row.IntegerOr("start"));
  }
  EXPECT_TRUE(extended);
  std::set<std::string> documents;
  for (const Json& row : RowsOf(answer, "document")) documents.emplace(row.TextOr("name"));
  EXPECT_TRUE(documents.contains("basis_doc_digest"));
  EXPECT_TRUE(documents.contains("basis_ref"));
  EXPECT_TRUE(documents.contains("duty_agreement_digest"));
  for (const Json& row : RowsOf(answer, "transaction")) {
    ASSERT_FALSE(row.ItemsOf("signers").empty());
    EXPECT_FALSE(row.ItemsOf("signers")[0].TextOr("department").empty());
  }
  // From the grant the file is the same.
  parameters[0].value = ledger::ToHex(test.grant);
  EXPECT_EQ(OpsIn(AsManager(test.net, "q9", parameters)), ops);
}

TEST(CaseFile, IsPagedWithoutLossOrDoubles) {
  TestCase test;
  test.ReachGrant();
  Asked whole = Case(test.request);
  whole.push_back({.name = "limit", .value = "200"});
  const auto all = AsManager(test.net, "q9", whole).ItemsOf("rows").size();
  Asked paged = Case(test.request);
  paged.push_back({.name = "limit", .value = "7"});
  std::size_t seen = 0;
  std::string next;
  for (int pages = 0; pages < 50; ++pages) {
    Asked page = paged;
    if (!next.empty()) page.push_back({.name = "cursor", .value = next});
    const Json answer = AsManager(test.net, "q9", page);
    seen += answer.ItemsOf("rows").size();
    next = answer.TextOr("next");
    if (next.empty()) break;
  }
  EXPECT_EQ(seen, all);
}

// What is committed while somebody reads page after page shifts nothing and doubles nothing.
TEST(CaseFile, PagesStandStillWhileTheCaseGoesOn) {
  TestCase test;
  test.ReachGrant();
  Asked whole = Case(test.request);
  whole.push_back({.name = "limit", .value = "200"});
  std::vector<std::string> expected;
  const Json all = AsManager(test.net, "q9", whole);
  for (const Json& row : all.ItemsOf("rows")) expected.push_back(CanonicalJson(row));
  bool went_on = false;
  const auto go_on = [&] {
    if (went_on) return;
    went_on = true;
    const Outcome reported =
        test.net.Do("grant.stop_report", kJt, {Maker("jt-c1")}, Ref("grant", test.grant));
    ASSERT_TRUE(reported.Accepted()) << CodeName(reported.code);
  };
  std::vector<std::string> seen;
  for (const Json& row : PagesAs(test.net, kDb, "q9", Case(test.request), "3", 0, go_on)) {
    seen.push_back(CanonicalJson(row));
  }
  EXPECT_TRUE(went_on);
  EXPECT_EQ(seen, expected);
  EXPECT_GT(AsManager(test.net, "q9", whole).ItemsOf("rows").size(), expected.size());
}

// Large blocks make short pages, and no answer that lacks a row.
TEST(CaseFile, APageEndsWhenItHasReadEnough) {
  TestCase test;
  test.ReachGrant();
  Asked whole = Case(test.request);
  whole.push_back({.name = "limit", .value = "200"});
  const Json all = AsManager(test.net, "q9", whole);
  const Json first = Parsed(AskAs(test.net, kDb, true, "q9", whole, kLargeBlock));
  EXPECT_LT(first.ItemsOf("rows").size(), all.ItemsOf("rows").size());
  EXPECT_FALSE(first.TextOr("next").empty());
  const auto paged = PagesAs(test.net, kDb, "q9", Case(test.request), "200", kLargeBlock);
  ASSERT_EQ(paged.size(), all.ItemsOf("rows").size());
  for (std::size_t i = 0; i < paged.size(); ++i) EXPECT_TRUE(paged[i] == all.ItemsOf("rows")[i]);
}

TEST(CaseFile, IsShownToItsSidesAlone) {
  TestCase test;
  test.ReachGrant();
  EXPECT_FALSE(
      RowsOf(Parsed(AskAs(test.net, kJt, false, "q9", Case(test.request))), "transaction").empty());
  const auto other = AskAs(test.net, kSw, false, "q9", Case(test.request));
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().kind, gateway::ProblemKind::kNotFound);
  EXPECT_FALSE(AskAs(test.net, kDb, true, "q9", {{.name = "case", .value = "x"}}).has_value());
}

TEST(CaseFile, ADisputeBelongsToIt) {
  TestCase test;
  test.ReachRequest();
  Json refuse = test.DecisionBody("REFUSE");
  refuse.Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
  ASSERT_TRUE(test.Decide("ga", refuse).Accepted());
  Json file = Ref("case", test.request);
  file.Set("claim_code", "REFUSAL").Set("claim_digest", Hash('2'));
  const Outcome filed = test.net.Do("dispute.file", kJt, {Maker("jt-c1"), Head("jt-h1")}, file);
  ASSERT_TRUE(filed.Accepted()) << CodeName(filed.code);
  const Json answer = AsManager(test.net, "q9", Case(test.request));
  std::set<std::string> kinds;
  for (const Json& row : RowsOf(answer, "case")) kinds.emplace(row.TextOr("kind"));
  EXPECT_TRUE(kinds.contains("dispute"));
  EXPECT_TRUE(OpsIn(answer).contains("dispute.file"));
  bool negotiating = false;
  for (const Json& row : RowsOf(answer, "deadline")) {
    negotiating = negotiating || row.TextOr("code") == "D28";
  }
  EXPECT_TRUE(negotiating);
}

TEST(NotShared, ShowsBasisAndWhoSigned) {
  ConsultationCase test;
  test.ReachAgreement();
  ASSERT_TRUE(test.Open(test.OneOffBody()).Accepted());
  const Json answer = AsManager(test.net, "q11");
  const auto resources = RowsOf(answer, "resource");
  ASSERT_EQ(resources.size(), 1U);
  EXPECT_TRUE(resources[0].BoolOr("has_basis"));
  EXPECT_TRUE(resources[0].BoolOr("case_by_case"));
  EXPECT_EQ(resources[0].Find("basis")->TextOr("law"), "税收征收管理法");
  const auto consultations = RowsOf(answer, "consultation");
  ASSERT_EQ(consultations.size(), 1U);
  EXPECT_TRUE(consultations[0].BoolOr("three_signatures"));
  EXPECT_EQ(consultations[0].ItemsOf("signed_by").size(), 3U);
  EXPECT_EQ(consultations[0].TextOr("grant"), ledger::ToHex(test.grant));
  EXPECT_EQ(consultations[0].IntegerOr("uses_max"), 200);
}

TEST(NotShared, SignaturesThatCameLaterCount) {
  ConsultationCase test;
  test.ReachSession();
  Json body = test.Resolution();
  body.Set("await", PeersAwaited({kGa}));
  const Outcome first =
      test.net.Do("consultation.resolve", kJt, {Head("jt-h1"), Peer("db-h1")}, std::move(body));
  ASSERT_TRUE(first.Accepted()) << CodeName(first.code);
  EXPECT_FALSE(RowsOf(AsManager(test.net, "q11"), "consultation")[0].BoolOr("three_signatures"));
  const EntityId pending = first.Born(ledger::EntityKind::kPending);
  Json cosign = Ref("pending", pending);
  cosign.Set("digest", std::string(test.net.Body(pending).Text("digest")));
  const Outcome last = test.net.Do("cosign", kGa, {Peer("ga-h1")}, cosign);
  ASSERT_TRUE(last.Accepted()) << CodeName(last.code);
  const auto rows = RowsOf(AsManager(test.net, "q11"), "consultation");
  EXPECT_TRUE(rows[0].BoolOr("three_signatures"));
  EXPECT_EQ(rows[0].TextOr("status"), "AGREED");
}

TEST(NotShared, IsForManagersAndAuditors) {
  ConsultationCase test;
  const auto answer = AskAs(test.net, kJt, false, "q11", {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, gateway::ProblemKind::kForbidden);
}

class DemandQuery : public ::testing::Test {
 protected:
  static Json Wanted(std::string_view element) {
    Json items = Json::MakeArray();
    items.Push(Json::MakeObject({{"element_code", element}, {"subject_kind", "VEHICLE"}}));
    return items;
  }
  Outcome Submit(std::string_view element) {
    Json body = Json::MakeObject({{"basis", "道路运输条例"}, {"scene", "监管"}});
    body.Set("items_wanted", Wanted(element)).Set("urgency", "NORMAL");
    Outcome outcome = test.net.Do("demand.submit", kJt, {Maker("jt-c1"), Head("jt-h1")}, body);
    if (outcome.Accepted()) demand = outcome.Born(ledger::EntityKind::kDemand);
    return outcome;
  }
  void Assign() {
    Json body = Ref("demand", demand);
    body.Set("verdict", "ASSIGN").Set("provider", kGa);
    ASSERT_TRUE(
        test.net.Do("demand.assign", kDb, {Maker("db-c1"), Head("db-h1")}, body).Accepted());
  }
  LineageCase test;
  EntityId demand;
};

TEST_F(DemandQuery, ShowsAnswerAndSpeed) {
  test.net.AdvanceTo(20260304);
  ASSERT_TRUE(Submit("DE-medical").Accepted());
  Assign();
  test.net.AdvanceTo(20260319);
  Json body = Ref("demand", demand);
  body.Set("answer", "C_UNABLE").Set("letter_no", "临人社函〔2026〕12号");
  body.Set("letter_digest", Hash('1')).Set("reason_code", "OTHER");
  const Outcome unable = test.net.Do("demand.answer", kGa, {Maker("ga-c1"), Head("ga-h1")}, body);
  ASSERT_TRUE(unable.Accepted()) << CodeName(unable.code);
  const auto rows = RowsOf(AsManager(test.net, "q14"), "demand");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].TextOr("answer"), "C_UNABLE");
  EXPECT_EQ(rows[0].TextOr("letter_no"), "临人社函〔2026〕12号");
  EXPECT_EQ(rows[0].TextOr("provider"), kGa);
  const Json* answering = rows[0].Find("answering");
  ASSERT_NE(answering, nullptr);
  EXPECT_EQ(answering->TextOr("code"), "D10");
  EXPECT_EQ(answering->IntegerOr("working_days"), 11);  // due on 03-18
  EXPECT_EQ(answering->IntegerOr("late"), 1);
  EXPECT_EQ(ledger::DateOf(answering->IntegerOr("due") - 1), 20260318);
  EXPECT_EQ(rows[0].Find("assignment")->IntegerOr("working_days"), 0);
  // Of another month it is none.
  const Asked april = {{.name = "from", .value = "20260401"}, {.name = "to", .value = "20260430"}};
  EXPECT_TRUE(AsManager(test.net, "q14", april).ItemsOf("rows").empty());
  const Asked before = {{.name = "from", .value = "20260101"}, {.name = "to", .value = "20260303"}};
  EXPECT_TRUE(AsManager(test.net, "q14", before).ItemsOf("rows").empty());
}

TEST_F(DemandQuery, NamesTheResourceThatAnsweredIt) {
  test.PublishResource();
  ASSERT_EQ(Submit("DE-plate").code, Code::kCatalogHasItem);
  const auto rows = RowsOf(AsManager(test.net, "q14"), "refused_demand");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].TextOr("resource"), ledger::ToHex(test.resource));
  EXPECT_EQ(rows[0].Find("transaction")->TextOr("op"), "demand.submit");
}

TEST_F(DemandQuery, NamesElementsThatSeveralDepartmentsCollect) {
  test.PublishResource();
  EXPECT_TRUE(RowsOf(AsManager(test.net, "q14"), "repeated").empty());
  Json content = Content();
  Json items = Json::MakeArray();
  items.Push(Item("plate", "G3"));
  items.Push(Item("other", "G3"));
  content.Set("code", "R10").Set("items", items).Set("share_scope", Texts({kJt}));
  const EntityId second = test.DraftOf("sw", content);
  ASSERT_TRUE(test.SubmitOf("sw", second, content).Accepted());
  test.PublishDraft(second);
  const auto rows = RowsOf(AsManager(test.net, "q14"), "repeated");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].TextOr("element_code"), "DE-plate");
  EXPECT_EQ(rows[0].ItemsOf("resources").size(), 2U);
  EXPECT_TRUE(rows[0].Find("designated_source")->IsNull());
}

TEST_F(DemandQuery, PagesThroughItsParts) {
  test.PublishResource();
  test.net.AdvanceTo(20260304);
  for (const char* element : {"DE-1", "DE-2", "DE-3"}) ASSERT_TRUE(Submit(element).Accepted());
  std::vector<std::string> seen;
  std::string next;
  for (int pages = 0; pages < 20; ++pages) {
    Asked asked = {{.name = "limit", .value = "1"}};
    if (!next.empty()) asked.push_back({.name = "cursor", .value = next});
    const Json answer = AsManager(test.net, "q14", asked);
    for (const Json& row : answer.ItemsOf("rows")) {
      seen.emplace_back(row.ItemsOf("elements")[0].AsString());
    }
    next = answer.TextOr("next");
    if (next.empty()) break;
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"DE-1", "DE-2", "DE-3"}));
}

}  // namespace
}  // namespace jiandu::contracts::testing
