// Cursors are not authenticated: one that a client made up, or took from another reader, leads to
// nothing that the reader may not see, nor out of an engagement.
#include "gateway/cursor.h"
#include "tests/support/audit_fixture.h"
#include "tests/support/correction_case.h"

namespace jiandu::contracts::testing {
namespace {

class Cursors : public ::testing::Test {
 protected:
  static constexpr auto kOfDepartments =
      std::to_array<std::string_view>({"q3", "q4", "q5", "q6", "q7", "q8", "q10", "q13", "q15",
                                       "39-4", "39-6", "40-2", "40-5", "40-6", "41-1"});

  // Late, overdue, flagged and held: something for each kind of source.
  void SetUp() override {
    test.ReachGrant();
    Json used = test.LoneRecord("a1");
    used.Set("items_mask", "0f");
    ASSERT_TRUE(test.Report(used).Accepted());
    test.net.AdvanceTo(20260324);
    test.File();
    test.net.AdvanceTo(20260410);
    ASSERT_TRUE(test.Resolve().Accepted());
    test.net.AdvanceTo(20260508);
  }
  static std::string Forged(std::string_view query, std::string_view filters,
                            std::string_view department, Bytes key, ledger::Height height = 1) {
    const std::string path = "/v1/audit/queries/" + std::string(query);
    return gateway::EncodeCursor({.height = height, .position = 0, .key = std::move(key)},
                                 gateway::MakeScope(path, filters, department));
  }
  [[nodiscard]] std::set<std::string> RowsAs(std::string_view department, bool sees_all,
                                             std::string_view query, std::string cursor) const {
    Asked asked = {{.name = "limit", .value = "200"}};
    if (!cursor.empty()) asked.push_back({.name = "cursor", .value = std::move(cursor)});
    const gateway::Answer answer = AskAs(test.net, department, sees_all, query, asked);
    std::set<std::string> rows;
    if (!answer) return rows;
    const Json json = Parsed(answer);
    for (const Json& row : json.ItemsOf("rows")) rows.insert(CanonicalJson(row));
    return rows;
  }
  void ExpectNothingMore(std::string_view query, const Bytes& key) {
    for (const std::string_view department : {kJt, kSw}) {
      auto [place, is_new] = own_.try_emplace({query, department});
      if (is_new) place->second = RowsAs(department, false, query, "");
      const auto& own = place->second;
      for (const std::string& row :
           RowsAs(department, false, query, Forged(query, "", department, key))) {
        EXPECT_TRUE(own.contains(row)) << query << " " << row;
      }
    }
  }

  CorrectionCase test;

 private:
  std::map<std::pair<std::string_view, std::string_view>, std::set<std::string>> own_;
};

TEST_F(Cursors, OfWhoSeesAllLeadOthersToNothingMore) {
  std::size_t tried = 0;
  for (const std::string_view query : kOfDepartments) {
    std::string cursor;
    for (int pages = 0; pages < 40; ++pages) {
      Asked asked = {{.name = "limit", .value = "1"}};
      if (!cursor.empty()) asked.push_back({.name = "cursor", .value = cursor});
      cursor = Parsed(AskAs(test.net, kDb, true, query, asked)).TextOr("next");
      if (cursor.empty()) break;
      const std::string path = "/v1/audit/queries/" + std::string(query);
      const auto taken = gateway::DecodeCursor(cursor, gateway::MakeScope(path, "", kDb));
      ASSERT_TRUE(taken.has_value());
      ExpectNothingMore(query, taken->key);
      ++tried;
    }
  }
  EXPECT_GE(tried, 5U);
}

TEST_F(Cursors, MadeUpLeadToNothingMore) {
  for (const std::string_view query : kOfDepartments) {
    for (const std::uint8_t source : std::to_array<std::uint8_t>({0, 1, 3, 255})) {
      for (const std::size_t size : {0, 8, 16, 21, 34, 60}) {
        for (const std::uint8_t byte : std::to_array<std::uint8_t>({0x00, 0xff})) {
          Bytes key(size + 1, byte);
          key.front() = source;
          ExpectNothingMore(query, key);
        }
      }
    }
  }
}

// The place where a list is to go on may be said to be before the engagement's period.
TEST_F(Cursors, MadeUpDoNotLeadOutOfAnEngagement) {
  Auditor auditor{test.net};
  auditor.Open({kGa, kJt}, 20260501, 20260531);
  for (const std::string_view query : {"q3", "q5", "q6", "40-2", "39-6", "q14"}) {
    Asked asked = auditor.Logged(query, {});
    std::vector<std::string> pairs;
    for (const auto& one : asked) pairs.push_back(one.name + "=" + one.value);
    std::ranges::sort(pairs);
    std::string filters;
    for (const std::string& pair : pairs) filters += pair + "\n";
    const auto whole = Parsed(auditor.Ask(query, asked)).ItemsOf("rows").size();
    for (const std::size_t size : {8, 16, 21, 25, 26, 60}) {
      for (const std::uint8_t source : std::to_array<std::uint8_t>({0, 1, 2})) {
        Bytes key(size + 1, 0);
        key.front() = source;
        Asked forged = asked;
        forged.push_back({.name = "cursor", .value = Forged(query, filters, kSj, std::move(key))});
        const auto answer = auditor.Ask(query, forged);
        ASSERT_TRUE(answer.has_value()) << answer.error().detail;
        EXPECT_LE(Parsed(answer).ItemsOf("rows").size(), whole) << query << size;
      }
    }
  }
}

}  // namespace
}  // namespace jiandu::contracts::testing
