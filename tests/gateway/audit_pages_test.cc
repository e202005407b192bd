// What is found by tags and by grants goes on page by page, and is judged by when it happened: who
// reports accesses can neither push its own record out of an answer nor report it out of a period.
#include "contracts/commitment.h"
#include "gateway/audit_tag_places.h"
#include "tests/support/audit_fixture.h"
#include "tests/support/contract_snapshot.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Pages : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachHolder();
    auditor.Open({kGa, kJt}, 20260301, 20260331);
  }
  [[nodiscard]] static Asked OfTags(std::string tags) {
    return {{.name = "tags", .value = std::move(tags)},
            {.name = "from", .value = "20260301"},
            {.name = "to", .value = "20260331"}};
  }
  // The txid of its report.
  std::string Report(const std::string& acc_id, const Json& tags,
                     std::optional<ledger::TimeMs> occurred_at = std::nullopt) {
    Json record = test.LoneRecord(acc_id);
    record.Set("subject_tags", tags);
    if (occurred_at) record.Set("occurred_at", *occurred_at);
    EXPECT_TRUE(test.Report(record).Accepted());
    return HexEncode(test.net.Last()->txid.View());
  }
  [[nodiscard]] gateway::Answer RecordOf(const std::string& txid) {
    return auditor.Ask("record", auditor.Logged("record", {{.name = "txid", .value = txid}}));
  }
  [[nodiscard]] static std::set<std::string> AccessesOf(const std::vector<Json>& rows) {
    std::set<std::string> found;
    for (const Json& row : rows) {
      if (row.TextOr("row") == "access") found.emplace(row.TextOr("acc_id"));
    }
    return found;
  }

  LineageCase test;
  Auditor auditor{test.net};
};

TEST_F(Pages, OfOneTagGoOnPastAnyNumberOfAccesses) {
  test.net.AdvanceTo(20260310);
  const std::size_t n = gateway::TagRound::kRowsMax + 8;
  std::set<std::string> reported;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string id = "g" + std::to_string(i);
    Report(id, Texts({Hash('b')}));
    reported.insert(id);
  }
  const auto rows = PagesAs(test.net, kSj, "q1", auditor.Logged("q1", OfTags(Hash('b'))), "200");
  EXPECT_EQ(AccessesOf(rows), reported);
  const Asked sample = {{.name = "tags", .value = Hash('b')}};
  std::int64_t transactions = 0;
  for (const Json& row : PagesAs(test.net, kSj, "q12", auditor.Logged("q12", sample), "200")) {
    if (row.TextOr("row") == "candidate") transactions += row.IntegerOr("transactions");
  }
  EXPECT_EQ(transactions, static_cast<std::int64_t>(n));
}

// Rounds of the index meet in the middle of a record: it is shown once.
TEST_F(Pages, ShowARecordOfTwoTagsOnce) {
  test.net.AdvanceTo(20260310);
  Report("both", Texts({Hash('b'), Hash('c')}));
  const ContractSnapshot snapshot(test.net);
  const std::vector<Hash256> tags = {*HexDecodeFixed<32>(Hash('c')),
                                     *HexDecodeFixed<32>(Hash('b'))};
  const auto record = Json::MakeObject({{"subject_tags", Texts({Hash('b'), Hash('c')})}});
  const gateway::TagRound both(snapshot, tags, {});
  ASSERT_EQ(both.Found().size(), 1U);
  const auto& txid = test.net.Last()->txid;
  EXPECT_EQ(both.MatchOf(both.Found().begin()->second, txid, record)->tag, Hash('c'));
  const gateway::TagRound second(snapshot, tags, {.tag = 1});
  ASSERT_EQ(second.Found().size(), 1U);
  EXPECT_FALSE(second.MatchOf(second.Found().begin()->second, txid, record).has_value());
  EXPECT_EQ(second.MatchesOf(second.Found().begin()->second, record).size(), 1U);
  const auto rows = RowsOf(auditor.AskLogged("q1", OfTags(Hash('b') + "," + Hash('c'))), "access");
  EXPECT_EQ(rows.size(), 1U);
}

TEST_F(Pages, OfADeliveredResourceGoOnInTheHistoryOfAGrant) {
  test.net.AdvanceTo(20260310);
  for (const std::string id : {"a1", "a2", "a3"}) Report(id, Texts({Hash('b')}));
  const Asked whole =
      auditor.Logged("q12", {{.name = "resource", .value = ledger::ToHex(test.resource)}});
  std::int64_t transactions = 0;
  const auto rows = PagesAs(test.net, kSj, "q12", whole, "200", kLargeBlock);
  for (const Json& row : rows) transactions += row.IntegerOr("transactions");
  EXPECT_EQ(rows.size(), 3U);  // one block a page
  EXPECT_EQ(transactions, 3);
  const Json first = Parsed(AskAs(test.net, kSj, true, "q12", whole, kLargeBlock));
  EXPECT_FALSE(first.TextOr("next").empty());
}

TEST_F(Pages, WhatIsReportedLateBelongsToWhenItHappened) {
  test.net.AdvanceTo(20260331);
  const ledger::TimeMs happened = test.net.Time() - 100;
  test.net.AdvanceTo(20260405);
  const std::string late = Report("late", Texts({Hash('b')}), happened);
  const std::string later = Report("later", Texts({Hash('b')}));
  EXPECT_EQ(AccessesOf(RowsOf(auditor.AskLogged("q1", OfTags(Hash('b'))), "access")),
            std::set<std::string>{"late"});
  EXPECT_TRUE(RecordOf(late).has_value());
  EXPECT_FALSE(RecordOf(later).has_value());
  const Asked sample = {{.name = "tags", .value = Hash('b')}};
  const auto candidates = RowsOf(auditor.AskLogged("q12", sample), "candidate");
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_EQ(candidates[0].IntegerOr("transactions"), 1);
}

TEST_F(Pages, ASealBelongsToTheAccessItOpens) {
  const Json opened = Json::MakeObject({{"subject_tags", Texts({Hash('b')})}});
  const auto seal = [&](const std::string& acc_id) {
    Json record = test.LoneRecord(acc_id);
    record.Set(
        "seal",
        Json::MakeObject(
            {{"blob_digest", Hash('1')},
             {"commitment", HexEncode(Commit(SaltOf(1), AsBytes(CanonicalJson(opened))).View())},
             {"ground_code", "CASE"},
             {"until", ledger::StartOfDate(20260930)}}));
    EXPECT_TRUE(test.Report(record).Accepted());
  };
  const auto open = [&](const std::string& acc_id) {
    Json body = Ref("grant", test.grant);
    body.Set("acc_id", acc_id).Set("salt", HexEncode(SaltOf(1).View())).Set("opened", opened);
    EXPECT_EQ(test.net.Do("access.disclose", kJt, {Head("jt-h1")}, body).flags, 0U);
    return HexEncode(test.net.Last()->txid.View());
  };
  test.net.AdvanceTo(20260310);
  seal("within");
  test.net.AdvanceTo(20260405);
  seal("after");
  EXPECT_TRUE(RecordOf(open("within")).has_value());
  EXPECT_FALSE(RecordOf(open("after")).has_value());
}

// Who manages a case is no side of it.
TEST_F(Pages, AnEngagementAboutAManagerDoesNotCoverWhatItManages) {
  auditor.Open({kDb}, 20260301, 20260331);
  test.net.AdvanceTo(20260310);
  const gateway::Answer answer = RecordOf(Report("a1", Texts({Hash('b')})));
  ASSERT_FALSE(answer.has_value());
  ASSERT_NE(answer.error().code, nullptr);
  EXPECT_EQ(answer.error().code->name, "NO_ENGAGEMENT");
}

// Grants that nobody used in the period are passed over, however many; a cursor that was made up
// leads to no other resource.
TEST_F(Pages, MadeUpPlacesLeadNowhere) {
  test.net.AdvanceTo(20260310);
  Report("a1", Texts({Hash('b')}));
  EXPECT_EQ(gateway::DecodeTagPlace({}).after, 0U);
  const gateway::TagPlace place{
      .tag = 3, .begin = ledger::SubjectPlace{.txid = {}, .acc_id = "a"}, .after = 9};
  const auto back = gateway::DecodeTagPlace(gateway::EncodeTagPlace(place));
  EXPECT_EQ(back.tag, 3U);
  EXPECT_EQ(back.after, 9U);
  ASSERT_TRUE(back.begin.has_value());
  EXPECT_EQ(*back.begin, *place.begin);
  const ContractSnapshot snapshot(test.net);
  const std::vector<Hash256> tags = {*HexDecodeFixed<32>(Hash('b'))};
  EXPECT_TRUE(gateway::TagRound(snapshot, tags, place).Found().empty());
}

}  // namespace
}  // namespace jiandu::contracts::testing
