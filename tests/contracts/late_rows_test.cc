// Rows of missed deadlines where the duty passed to another department on the way, and who of its
// officers is named (4.1 DP3; 809 Art. 20, 39(4)).
#include "ledger/model/late_index.h"
#include "ledger/model/officer_index.h"
#include "tests/support/case_fixture.h"
#include "tests/support/identity_case.h"

namespace jiandu::contracts::testing {
namespace {

constexpr ledger::TimeMs kForEver = std::numeric_limits<ledger::TimeMs>::max();

class LateRows : public ::testing::Test {
 protected:
  // D04 of ga: due 04-27.
  void SetUp() override {
    test.net.AdvanceTo(20260413);
    test.ReachRequest();
  }
  [[nodiscard]] std::vector<ledger::LateClock> Late(std::string_view department = "") const {
    return ledger::ListLate(test.net.View(), department, "D04", 0, kForEver, 100);
  }
  ledger::TimeMs Merge(std::string_view old, std::string_view alias, std::string_view into,
                       std::string_view into_alias) {
    const Json body = Json::MakeObject({{"department", old},
                                        {"kind", "MERGED"},
                                        {"decision_no", "临编〔2026〕3号"},
                                        {"decision_digest", Hash('1')},
                                        {"date", 20260420},
                                        {"successors", Texts({into})},
                                        {"default_successor", into}});
    const Outcome merged = test.net.Do(
        "department.reorg", old,
        {Head(std::string(alias) + "-h1"), Peer(std::string(into_alias) + "-h1"), Peer("db-h1")},
        body);
    EXPECT_TRUE(merged.Accepted()) << CodeName(merged.code);
    merger = merged.stub.txid;
    return merged.stub.time;
  }
  Outcome Decide(std::string_view department, const std::string& alias) {
    const Outcome decided =
        test.net.Do("decision.submit", department, {Maker(alias + "-c1"), Head(alias + "-h1")},
                    test.DecisionBody());
    EXPECT_TRUE(decided.Accepted()) << CodeName(decided.code);
    return decided;
  }
  Outcome Withdraw() {
    const Outcome outcome = test.net.Do("request.withdraw", kJt, {Maker("jt-c1"), Head("jt-h1")},
                                        Ref("request", test.request));
    EXPECT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    return outcome;
  }
  void Assign(std::string_view department, const std::string& head, const std::string& who) {
    const Json body =
        Ref("case", test.request).Set("handler", ledger::ToHex(test.net.Identity(who)));
    ASSERT_TRUE(test.net.Do("case.assign", department, {Head(head)}, body).Accepted());
  }
  // Both lists have the row.
  void ExpectOwn(const ledger::LateClock& row) const {
    const auto own = Late(row.clock.department);
    ASSERT_EQ(own.size(), 1U);
    EXPECT_EQ(own[0].clock, row.clock);
    EXPECT_EQ(own[0].txid, row.txid);
  }

  TestCase test;
  ledger::TxId merger;
};

// ga was two days late when it ended, sw let it become four days later still.
TEST_F(LateRows, EachDepartmentThatHadTheDutyIsNamedWithItsPart) {
  Assign(kGa, "ga-h1", "ga-c2");
  test.net.AdvanceTo(20260429);
  const ledger::TimeMs merged_at = Merge(kGa, "ga", kSw, "sw");
  test.net.AdvanceTo(20260509);
  const Outcome decided = Decide(kSw, "sw");
  EXPECT_TRUE(decided.Has(Flag::kLate));
  const ledger::EntityBody request = test.net.Body(test.request);
  const ledger::Clock& clock = *request.FindClock("D04", kSw);
  const auto rows = Late();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].clock.department, kGa);
  EXPECT_EQ(rows[0].clock.late, 2);
  EXPECT_EQ(rows[0].clock.ended_at, merged_at);
  EXPECT_FALSE(rows[0].clock.satisfied);
  EXPECT_EQ(rows[0].txid, merger);
  EXPECT_EQ(rows[0].responsible, std::vector{test.net.Identity("ga-c2")});
  EXPECT_EQ(rows[1].clock.department, kSw);
  EXPECT_EQ(rows[1].clock.late, clock.late - 2);
  EXPECT_GT(rows[1].clock.late, 0);
  EXPECT_TRUE(rows[1].clock.satisfied);
  EXPECT_EQ(rows[1].clock.held_until.at(std::string(kGa)), merged_at);
  EXPECT_EQ(rows[1].txid, decided.stub.txid);
  EXPECT_TRUE(std::ranges::find(rows[1].responsible, test.net.Identity("sw-h1")) !=
              rows[1].responsible.end());
  for (const ledger::LateClock& row : rows) ExpectOwn(row);
}

TEST_F(LateRows, AnInheritedDutyThatFellAwayIsListedToo) {
  test.net.AdvanceTo(20260429);
  (void)Merge(kGa, "ga", kSw, "sw");
  test.net.AdvanceTo(20260509);
  const Outcome withdrawn = Withdraw();
  const auto rows = Late();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].clock.department, kGa);
  EXPECT_EQ(rows[1].clock.department, kSw);
  EXPECT_FALSE(rows[1].clock.satisfied);
  EXPECT_EQ(rows[1].txid, withdrawn.stub.txid);
}

// What is read at the end of a block enters rows of its own: at whatever number of them.
TEST_F(LateRows, ABlockOfAnySizeListsIt) {
  test.net.AdvanceTo(20260429);
  (void)Merge(kGa, "ga", kSw, "sw");
  test.net.AdvanceTo(20260509);
  const TestNet before = test.net;
  for (std::size_t more = 0; more < 60; ++more) {
    test.net = before;
    std::vector<TransactionPtr> block = {test.net.Make(
        "request.withdraw", kJt, {Maker("jt-c1"), Head("jt-h1")}, Ref("request", test.request))};
    for (std::size_t n = 0; n < more; ++n) {
      block.push_back(test.net.Make("resource.draft", kJt, {Maker("jt-c1")},
                                    Json::MakeObject({{"content", Content()}})));
    }
    ASSERT_EQ(test.net.Block(block).stubs.front().code, 0U);
    EXPECT_EQ(Late().size(), 2U) << more;
  }
}

// A duty that is started anew in the block in which it ended late is listed all the same.
TEST_F(LateRows, WhatIsStartedAnewAtOnceWasLate) {
  TestCase held;
  held.ReachGrant();
  const auto suspend = [&held] {
    Json body = Ref("grant", held.grant);
    body.Set("ground", "INCIDENT_35")
        .Set("evidence", Texts({Hash('e')}))
        .Set("review_at", held.net.Time() + 3 * kDayMs);
    return held.net.Make("grant.suspend", kGa, {Head("ga-h1")}, body);
  };
  ASSERT_EQ(held.net.Block({suspend()}).stubs.front().code, 0U);
  held.net.Advance(10 * kDayMs);
  Json resume = Ref("grant", held.grant);
  resume.Set("cause_removed", true);
  const auto outcome =
      held.net.Block({held.net.Make("grant.resume", kGa, {Head("ga-h1")}, resume), suspend()});
  for (const ledger::Stub& stub : outcome.stubs) ASSERT_EQ(stub.code, 0U);
  const auto rows = ledger::ListLate(held.net.View(), kGa, "D12", 0, kForEver, 10);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_FALSE(rows[0].clock.satisfied);
}

TEST_F(LateRows, WhoPassedItOnInTimeIsNotLate) {
  test.net.AdvanceTo(20260420);
  const ledger::TimeMs merged_at = Merge(kGa, "ga", kSw, "sw");
  test.net.AdvanceTo(20260509);
  (void)Decide(kSw, "sw");
  const auto rows = Late();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].clock.department, kSw);
  EXPECT_EQ(rows[0].clock.held_until.at(std::string(kGa)), merged_at);
  EXPECT_TRUE(Late(kGa).empty());
}

// The act between is what a body is stored with: nothing before it may be forgotten.
TEST_F(LateRows, OfTwoReorganisationsNobodyIsForgotten) {
  test.net.AdvanceTo(20260429);
  (void)Merge(kGa, "ga", kSw, "sw");
  test.net.AdvanceTo(20260507);
  Assign(kSw, "sw-h1", "sw-c1");
  test.net.AdvanceTo(20260509);
  (void)Merge(kSw, "sw", kSt, "st");
  test.net.AdvanceTo(20260514);
  (void)Decide(kSt, "st");
  const auto rows = Late();
  ASSERT_EQ(rows.size(), 3U);
  const std::array holders = {kGa, kSw, kSt};
  std::int64_t sum = 0;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    EXPECT_EQ(rows[n].clock.department, holders[n]);
    EXPECT_GT(rows[n].clock.late, 0);
    EXPECT_EQ(rows[n].clock.held_until.size(), n);
    sum += rows[n].clock.late;
  }
  EXPECT_EQ(rows[1].responsible, std::vector{test.net.Identity("sw-c1")});
  EXPECT_EQ(sum, test.net.Body(test.request).FindClock("D04", kSt)->late);
}

// A handler named afterwards was not the one who was late.
TEST_F(LateRows, NameWhoWasResponsibleWhenTheClockEnded) {
  Assign(kGa, "ga-h1", "ga-c2");
  test.net.AdvanceTo(20260429);
  (void)Decide(kGa, "ga");
  Assign(kGa, "ga-h1", "ga-c1");
  const auto rows = Late(kGa);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].responsible, std::vector{test.net.Identity("ga-c2")});
}

class Officers : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<EntityId> Heads(ledger::TimeMs time, std::size_t count = 100) const {
    return ledger::ListOfficers(net.View(), kGa, ledger::duty::kHead, time, count);
  }
  [[nodiscard]] bool IsHead(const std::string& name, ledger::TimeMs time) const {
    const auto heads = Heads(time);
    return std::ranges::find(heads, net.Identity(name)) != heads.end();
  }
  TestNet net;
};

TEST_F(Officers, AreThoseOfTheTimeAskedFor) {
  const ledger::TimeMs start = net.Time();
  EXPECT_EQ(Heads(start).size(), 2U);  // ga-h1, ga-b1
  EXPECT_EQ(Heads(start, 1).size(), 1U);
  EXPECT_EQ(ledger::ListOfficers(net.View(), kGa, ledger::duty::kLeader, start, 9),
            std::vector{net.Identity("ga-l1")});
  net.Advance(kDayMs);
  const Json body = Json::MakeObject(
      {{"identity", ledger::ToHex(net.Identity("ga-b1"))}, {"duties", Duties({"CLERK"})}});
  const Outcome moved = net.Do("identity.set_duties", kGa, {Head("ga-h1"), Peer("db-h1")}, body);
  ASSERT_TRUE(moved.Accepted()) << CodeName(moved.code);
  EXPECT_FALSE(IsHead("ga-b1", moved.stub.time));
  EXPECT_TRUE(IsHead("ga-b1", moved.stub.time - 1));
  EXPECT_TRUE(IsHead("ga-h1", moved.stub.time));
  net.Advance(kDayMs);
  Json back = body;
  back.Set("duties", Duties({"HEAD"}));
  const Outcome again = net.Do("identity.set_duties", kGa, {Head("ga-h1"), Peer("db-h1")}, back);
  ASSERT_TRUE(again.Accepted()) << CodeName(again.code);
  EXPECT_TRUE(IsHead("ga-b1", again.stub.time));
  EXPECT_FALSE(IsHead("ga-b1", again.stub.time - 1));
  EXPECT_TRUE(IsHead("ga-b1", moved.stub.time - 1));
  net.Advance(kDayMs);
  const Json gone =
      Json::MakeObject({{"identity", ledger::ToHex(net.Identity("ga-b1"))}, {"reason", "LEFT"}});
  const Outcome revoked = net.Do("identity.revoke", kGa, {Head("ga-h1")}, gone);
  ASSERT_TRUE(revoked.Accepted()) << CodeName(revoked.code);
  EXPECT_FALSE(IsHead("ga-b1", revoked.stub.time));
  EXPECT_TRUE(IsHead("ga-b1", revoked.stub.time - 1));
}

}  // namespace
}  // namespace jiandu::contracts::testing
