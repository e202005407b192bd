// The saved queries over a network of the contracts: what the worked scenario expects of them
// (docs/audit-queries.md; T16, T21, T24, T33, T38, T39 of it, on the case of the fixtures).
#include "tests/support/audit_fixture.h"
#include "tests/support/correction_case.h"
#include "tests/support/identity_case.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class AuditScenario : public ::testing::Test {
 protected:
  // Rows as the auditor sees them.
  [[nodiscard]] std::vector<Json> Rows(std::string_view name, Asked parameters = {}) const {
    return As(kSj, true, name, std::move(parameters));
  }
  [[nodiscard]] std::vector<Json> As(std::string_view department, bool sees_all,
                                     std::string_view name, Asked parameters = {}) const {
    const Json answer = Parsed(AskAs(test.net, department, sees_all, name, std::move(parameters)));
    const auto rows = answer.ItemsOf("rows");
    return {rows.begin(), rows.end()};
  }
  static std::vector<Json> Of(const std::vector<Json>& rows, std::string_view detector) {
    std::vector<Json> found;
    for (const Json& row : rows) {
      if (row.TextOr("detector") == detector) found.push_back(row);
    }
    return found;
  }
  static Asked March() {
    return {{.name = "from", .value = "20260301"}, {.name = "to", .value = "20260331"}};
  }
  [[nodiscard]] std::string LastTx() const { return HexEncode(test.net.Last()->txid.View()); }
  static std::string TxOf(const Json& row) {
    const auto transactions = row.ItemsOf("transactions");
    return transactions.empty() ? "" : std::string(transactions.back().TextOr("txid"));
  }

  CorrectionCase test;
};

// T33: CO-3 filed 03-24, due 04-08, answered 04-10: late 2.
TEST_F(AuditScenario, ALateCorrectionStandsInQ3AndItem39_6) {
  test.ReachGrant();
  test.net.AdvanceTo(20260324);
  test.File();
  test.net.AdvanceTo(20260409);
  EXPECT_EQ(Of(Rows("q4"), "D07").size(), 1U);  // overdue while it is not answered
  EXPECT_EQ(Of(Rows("q4"), "D06").size(), 1U);  // nothing was delivered yet either
  EXPECT_EQ(Rows("39-6").size(), 1U);
  EXPECT_TRUE(Rows("q3").empty());
  test.net.AdvanceTo(20260410);
  ASSERT_TRUE(test.Resolve().Accepted());
  EXPECT_TRUE(Of(Rows("q4"), "D07").empty());
  const auto rows = Rows("q3");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].TextOr("detector"), "D07");
  EXPECT_EQ(rows[0].TextOr("department"), kGa);
  EXPECT_EQ(rows[0].IntegerOr("late"), 2);
  EXPECT_EQ(ledger::DateOf(rows[0].IntegerOr("due") - 1), 20260408);
  EXPECT_EQ(TxOf(rows[0]), LastTx());
  EXPECT_EQ(rows[0].ItemsOf("signers").size(), 2U);
  EXPECT_EQ(rows[0].ItemsOf("entities")[0].TextOr("entity"), ledger::ToHex(test.correction));
  EXPECT_EQ(Rows("39-6").size(), 1U);
  EXPECT_EQ(Rows("39-4").size(), 1U);        // D06, and no correction
  EXPECT_TRUE(Rows("q3", March()).empty());  // it ended in April
  EXPECT_EQ(As(kGa, false, "q3").size(), 1U);
  EXPECT_TRUE(As(kJt, false, "q3").empty());  // it filed, but owed nothing
}

// T16: REQ-4, answered after its ten working days and an extension of five.
TEST_F(AuditScenario, ALateAnswerShowsItsExtensionAndReason) {
  test.ReachRequest();
  test.net.AdvanceTo(20260312);
  Json ask = Ref("case", test.request);
  ask.Set("code", "D04").Set("days", 5).Set("reason_digest", Hash('1'));
  ASSERT_TRUE(test.net.Do("extension.ask", kGa, {Maker("ga-c1"), Head("ga-h1")}, std::move(ask))
                  .Accepted());
  Json consent = Ref("case", test.request);
  consent.Set("code", "D04").Set("days", 5);
  ASSERT_TRUE(test.net.Do("extension.consent", kDb, {Head("db-h1")}, consent).Accepted());
  test.net.AdvanceTo(20260324);
  Json decision = test.DecisionBody();
  decision.Set("late_reason_code", "SYSTEM").Set("late_reason_digest", Hash('2'));
  const Outcome decided = test.Decide("ga", decision);
  ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  ASSERT_TRUE(decided.Has(Flag::kLate));
  const auto rows = Of(Rows("39-4"), "D04");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].IntegerOr("late"), 1);
  EXPECT_EQ(rows[0].IntegerOr("extension"), 5);
  EXPECT_EQ(rows[0].TextOr("late_reason"), "SYSTEM");
  EXPECT_FALSE(rows[0].ItemsOf("responsible").empty());  // its heads
  EXPECT_TRUE(Rows("39-5").empty());                     // no RETURN_FLOW
}

// However many identities a department has, its heads are found.
TEST_F(AuditScenario, TheHeadOfADepartmentOfManyIsNamed) {
  test.ReachRequest();
  std::vector<TransactionPtr> systems;
  for (int n = 0; n < 140; ++n) {
    const std::string name = "ga-sys" + std::to_string(n);
    Json system = NewIdentity(test.net, name, kGa, "SYSTEM", Json::MakeArray());
    system.Set("attributes", Json::MakeObject({{"mlps_level", 3}}));
    systems.push_back(test.net.Make("identity.register", kGa, {Maker("ga-s1"), Head("ga-h1")},
                                    std::move(system)));
  }
  const BlockOutcome block = test.net.Block(systems);
  for (const std::uint32_t code : block.codes) ASSERT_EQ(code, 0U);
  const Outcome head =
      test.net.Do("identity.register", kGa, {Maker("ga-s1"), Head("ga-h1"), Peer("db-h1")},
                  NewIdentity(test.net, "ga-h9", kGa, "OFFICER", Duties({"HEAD"})));
  ASSERT_TRUE(head.Accepted()) << CodeName(head.code);
  test.net.AdvanceTo(20260410);
  const auto rows = Of(Rows("q4"), "D04");
  ASSERT_EQ(rows.size(), 1U);
  std::set<std::string> posts;
  for (const Json& one : rows[0].ItemsOf("responsible")) posts.emplace(one.TextOr("post"));
  EXPECT_EQ(posts, (std::set<std::string>{"ga-b1", "ga-h1", "ga-h9"}));
}

// T24: an item that was not granted; a denied call is an attempt and no liability.
TEST_F(AuditScenario, AccessesOutOfBoundsAreListedAndAttemptsHeldApart) {
  test.ReachGrant();
  Json used = test.LoneRecord("a1");
  used.Set("items_mask", "0f");
  ASSERT_TRUE(test.Report(used).Has(Flag::kItemNotGranted));
  Json denied = test.LoneRecord("a2");
  denied.Set("items_mask", "0f").Set("result", "DENIED");
  ASSERT_TRUE(test.Report(denied).Has(Flag::kItemNotGranted));
  const auto rows = Of(Rows("q6", March()), "ITEM_NOT_GRANTED");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_FALSE(rows[0].BoolOr("attempt"));
  EXPECT_TRUE(rows[1].BoolOr("attempt"));
  EXPECT_EQ(rows[0].Find("facts")->TextOr("acc_id"), "a1");
  ASSERT_EQ(Rows("40-2").size(), 1U);
  EXPECT_EQ(Rows("40-2")[0].Find("facts")->TextOr("acc_id"), "a1");
  EXPECT_EQ(As(kJt, false, "40-2").size(), 1U);  // the consumer sees its own
  EXPECT_TRUE(As(kSw, false, "40-2").empty());
}

// Inside an engagement any answer keeps to its scope and period, and says what it left out.
TEST_F(AuditScenario, AnEngagementCutsWhateverIsAskedInsideIt) {
  test.ReachGrant();
  Json used = test.LoneRecord("a1");
  used.Set("items_mask", "0f");
  ASSERT_TRUE(test.Report(used).Has(Flag::kItemNotGranted));
  Auditor auditor{test.net};
  auditor.Open({kGa});
  Json answer = auditor.AskLogged("q6", {});
  EXPECT_EQ(answer.ItemsOf("rows").size(), 1U);
  EXPECT_EQ(answer.Find("period")->IntegerOr("from"), 20260301);
  EXPECT_FALSE(
      auditor.Ask("q6", auditor.Logged("q6", {{.name = "from", .value = "20260228"}})).has_value());
  EXPECT_EQ(auditor.AskLogged("q8", {}).ItemsOf("rows").size(), 1U);
  const Asked file = {{.name = "case", .value = ledger::ToHex(test.request)}};
  EXPECT_FALSE(auditor.AskLogged("q9", file).ItemsOf("rows").empty());
  // sw is no side of it.
  auditor.Open({kSw});
  for (const std::string_view query : {"q6", "q8", "40-2"}) {
    answer = auditor.AskLogged(query, {});
    EXPECT_TRUE(answer.ItemsOf("rows").empty()) << query;
    const auto gaps = answer.Find("completeness")->ItemsOf("gaps");
    EXPECT_TRUE(std::ranges::any_of(gaps, [](const Json& gap) {
      return gap.AsString().starts_with("1 row lies outside");
    })) << query;
  }
  EXPECT_FALSE(auditor.Ask("q9", auditor.Logged("q9", file)).has_value());
  // Nor does a period before it hold what is of it.
  auditor.Open({kGa}, 20260101, 20260131);
  EXPECT_TRUE(auditor.AskLogged("q6", {}).ItemsOf("rows").empty());
  EXPECT_TRUE(auditor.AskLogged("q8", {}).ItemsOf("rows").empty());
}

// T21: 1,620 uses where 1,500 may be had: here 130 of 100.
TEST_F(AuditScenario, ADayOverItsCapStandsInQ5WithItsNumber) {
  test.ReachGrant();
  test.net.AdvanceTo(20260311);
  const ledger::TimeMs day = ledger::StartOfDate(20260310);
  const Json digest = Json::MakeObject(
      {{"from", day + 9 * kHourMs},
       {"to", day + 18 * kHourMs},
       {"counts", Json::MakeObject({{"ok", 130}, {"not_found", 0}, {"denied", 0}, {"error", 0}})},
       {"rows", 130},
       {"root", Hash('f')},
       {"peak_denied_per_min", 0}});
  Json batch = Ref("grant", test.grant);
  batch.Set("batch_id", "B1").Set("form", "digest").Set("digest", digest);
  const Outcome sent = test.net.Do("access.batch", kGa, {System("ga-gw")}, batch);
  ASSERT_TRUE(sent.Accepted()) << CodeName(sent.code);
  const auto rows = Rows("q5", March());
  EXPECT_EQ(Of(rows, "OVER_DAILY_CAP").size(), 1U);
  const auto days = Of(rows, "DAY_OVER_CAP");
  ASSERT_EQ(days.size(), 1U);
  EXPECT_EQ(days[0].TextOr("department"), kJt);
  EXPECT_EQ(days[0].IntegerOr("month"), 202603);
  ASSERT_EQ(days[0].ItemsOf("values").size(), 1U);
  EXPECT_EQ(days[0].ItemsOf("values")[0].IntegerOr("value"), 30);
  EXPECT_EQ(days[0].ItemsOf("values")[0].TextOr("detail"), "20260310");
  EXPECT_EQ(TxOf(days[0]), LastTx());
  const Asked april = {{.name = "from", .value = "20260401"}, {.name = "to", .value = "20260430"}};
  EXPECT_TRUE(Of(Rows("q5", april), "DAY_OVER_CAP").empty());
  // The consumer has said nothing for a day.
  test.net.AdvanceTo(20260313);
  EXPECT_EQ(Of(Rows("q15", March()), "ONE_SIDED").size(), 1U);
}

// T44: no report of use for the quarter; T25: an access without a grant.
TEST_F(AuditScenario, AMissingUseReportAndAnAccessWithoutGrantAreFound) {
  test.ReachGrant();
  Json lone = test.Record("a9");
  lone.Set("resource", ledger::ToHex(test.resource)).Set("consumer", kSw);
  lone.Set("grant_missing", true);
  const Outcome reported = test.Report(lone);
  ASSERT_TRUE(reported.Has(Flag::kNoGrant)) << CodeName(reported.code);
  EXPECT_EQ(Of(Rows("q7"), "NO_GRANT").size(), 1U);
  EXPECT_EQ(As(kSw, false, "q7").size(), 1U);  // who had no grant is told as well
  EXPECT_TRUE(As(kSt, false, "q7").empty());
  test.net.AdvanceTo(20260508);
  const auto rows = Of(Rows("40-5"), "D17");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].TextOr("department"), kJt);
  EXPECT_EQ(ledger::DateOf(rows[0].IntegerOr("due") - 1), 20260429);
}

// T38, T39: what a revoked key tried, and what a compromised one had signed before.
TEST_F(AuditScenario, RevokedAndCompromisedKeysStandInQ7) {
  test.ReachGrant();
  test.net.AdvanceTo(20260312);
  test.File();
  test.net.AdvanceTo(20260320, 10);
  ASSERT_TRUE(test.Resolve().Accepted());
  const std::string act = LastTx();
  EXPECT_TRUE(Rows("q7").empty());
  test.net.AdvanceTo(20260322);
  Json body = Ref("identity", test.net.Identity("ga-c1"));
  body.Set("reason", "COMPROMISED").Set("evidence_digest", Hash('a'));
  body.Set("compromised_since", ledger::StartOfDate(20260320) + 9 * kHourMs);
  const Outcome revoked = test.net.Do("identity.revoke", kGa, {Head("ga-h1")}, body);
  ASSERT_TRUE(revoked.Accepted()) << CodeName(revoked.code);
  const auto doubtful = Of(Rows("q7"), "SIGNED_WHILE_COMPROMISED");
  ASSERT_EQ(doubtful.size(), 1U);
  EXPECT_EQ(doubtful[0].ItemsOf("transactions")[0].TextOr("txid"), act);
  EXPECT_EQ(doubtful[0].TextOr("op"), "correction.resolve");
  EXPECT_EQ(Of(Rows("40-7"), "SIGNED_WHILE_COMPROMISED").size(), 1U);
  // The filing of 03-12 was before; the key is dead from the next block on.
  test.net.Advance(kHourMs);
  EXPECT_EQ(
      test.net
          .Do("resource.draft", kGa, {Maker("ga-c1")}, Json::MakeObject({{"content", Content()}}))
          .code,
      Code::kIdRevoked);
  EXPECT_EQ(Of(Rows("q7"), "ID_REVOKED").size(), 1U);
  EXPECT_EQ(Of(Rows("q15"), "identity.revoke").size(), 1U);
}

TEST_F(AuditScenario, HoldersOfG3DataAreListedWithTheirLastUse) {
  test.ReachGrant();
  auto rows = Rows("q8");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].Find("last_use")->IsNull());
  EXPECT_FALSE(rows[0].BoolOr("dormant", true));
  ASSERT_TRUE(test.Report(test.LoneRecord("a1")).Accepted());
  EXPECT_EQ(Rows("q8")[0].IntegerOr("last_use"), ledger::DateOf(test.net.Time()));
  test.net.AdvanceTo(20260630);
  EXPECT_TRUE(Rows("q8")[0].BoolOr("dormant"));
  EXPECT_TRUE(Rows("q8", {{.name = "grade", .value = "G4"}}).empty());
  EXPECT_EQ(As(kJt, false, "q8").size(), 1U);
  EXPECT_TRUE(As(kSw, false, "q8").empty());
}

TEST_F(AuditScenario, AGradeRaisedAboveTheMeasuresIsFound) {
  test.ReachGrant();
  EXPECT_TRUE(Of(Rows("40-6"), "SAFEGUARD_GAP").empty());
  Json body = Ref("resource", test.resource);
  body.Set("grade", "IMPORTANT").Set("evaluator", "测评机构").Set("evidence_digest", Hash('e'));
  ASSERT_TRUE(test.net.Do("resource.grade", kGa, {Head("ga-h1")}, body).Accepted());
  const auto rows = Of(Rows("40-6"), "SAFEGUARD_GAP");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].TextOr("department"), kJt);
  EXPECT_EQ(rows[0].TextOr("grade"), "IMPORTANT");
}

// A page of one row at a time gives what one page gives.
TEST_F(AuditScenario, PagesOfOneRowGiveTheWhole) {
  test.ReachGrant();
  for (int i = 0; i < 5; ++i) {
    Json used = test.LoneRecord("a" + std::to_string(i));
    used.Set("items_mask", "0f").Set("purpose_code", "OTHER");
    ASSERT_TRUE(test.Report(used).Accepted());
  }
  const auto whole = Rows("40-2");
  ASSERT_EQ(whole.size(), 10U);
  std::set<std::string> seen;
  std::string cursor;
  std::size_t pages = 0;
  do {
    Asked parameters = {{.name = "limit", .value = "1"}};
    if (!cursor.empty()) parameters.push_back({.name = "cursor", .value = cursor});
    const Json page = Parsed(AskAs(test.net, kSj, true, "40-2", parameters));
    for (const Json& row : page.ItemsOf("rows")) {
      seen.insert(std::string(row.TextOr("detector")) + TxOf(row));
    }
    cursor = page.TextOr("next");
  } while (!cursor.empty() && ++pages < 20);
  EXPECT_EQ(seen.size(), 10U);
  // Nor are rows lost when each block is so large that a page reads one of them.
  const Json first = Parsed(AskAs(test.net, kSj, true, "40-2", {}, kLargeBlock));
  EXPECT_EQ(first.ItemsOf("rows").size(), 1U);
  EXPECT_EQ(PagesAs(test.net, kSj, "40-2", {}, "200", kLargeBlock).size(), 10U);
}

}  // namespace
}  // namespace jiandu::contracts::testing
