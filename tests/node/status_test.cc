// What a node says it waits for and since when, and whose clock is off.
#include "node/status.h"

#include <gtest/gtest.h>

#include "node/alarms.h"
#include "tests/node/ledger_fixture.h"

namespace jiandu::node {
namespace {

class Explained : public ::testing::Test {
 protected:
  Explained() {
    std::vector<consensus::Validator> validators;
    for (const std::string name : {"db", "ga", "jt", "sw"}) {
      const crypto::Ed25519PublicKey key = testing::ConsensusKey(name).PublicKey();
      validators.push_back({.address = consensus::AddressOf(key), .key = key, .power = 1});
      names_[validators.back().address] = name;
      addresses_[name] = validators.back().address;
    }
    auto set = consensus::ValidatorSet::From(std::move(validators));
    EXPECT_TRUE(set.has_value());
    set_.emplace(std::move(*set));
    view_.core.round = 0;
    view_.core.proposer = addresses_["ga"];
    view_.began_ms = 1'000;
    view_.moved_ms = 9'000;
  }
  [[nodiscard]] gateway::NodeStatus::Report At(std::int64_t now_ms) const {
    gateway::NodeStatus::Report report;
    Explain(view_, *set_, names_, facts_, now_ms, report);
    return report;
  }

  std::map<consensus::Address, std::string> names_;
  std::map<std::string, consensus::Address> addresses_;
  // The node of db sees the others so.
  void Others(const std::map<std::string, PeerFacts>& others) {
    for (const auto& [name, facts] : others) facts_[addresses_[name]] = facts;
  }

  std::optional<consensus::ValidatorSet> set_;
  HostView view_;
  PeerFactsMap facts_;
};

constexpr PeerFacts Well() { return {.connected = true, .heard_ms_ago = 100, .height = 9}; }
constexpr PeerFacts Gone(std::int64_t ms) { return {.heard_ms_ago = ms, .height = 9}; }

TEST_F(Explained, TheProposerIsNamedUntilItsBlockIsHere) {
  view_.core.step = consensus::Step::kPropose;
  EXPECT_EQ(At(9'250).waiting_for, "the proposal of ga");
  EXPECT_EQ(At(9'250).waiting_for_zh, "ga 的提案");
  EXPECT_EQ(At(9'250).waiting_since_ms, 250);
  EXPECT_EQ(At(9'250).proposer, "ga");
  view_.core.has_proposal = true;
  EXPECT_EQ(At(9'250).waiting_for, "the check of the proposed block");
}

TEST_F(Explained, WhoseVotesAreMissing) {
  view_.core.step = consensus::Step::kPrevote;
  view_.core.prevoted = {addresses_["db"], addresses_["ga"]};
  const auto report = At(9'000);
  EXPECT_EQ(report.missing.size(), 2U);
  EXPECT_NE(report.waiting_for.find("jt"), std::string::npos) << report.waiting_for;
  EXPECT_NE(report.waiting_for.find("sw"), std::string::npos) << report.waiting_for;
  EXPECT_EQ(report.waiting_for.find("ga"), std::string::npos) << report.waiting_for;
}

TEST_F(Explained, WhenAllVotesAreHereNobodyIsNamed) {
  view_.core.step = consensus::Step::kPrecommit;
  for (const auto& [name, address] : addresses_) view_.core.precommitted.push_back(address);
  const auto report = At(9'000);
  EXPECT_TRUE(report.missing.empty());
  EXPECT_EQ(report.waiting_for, "the block, or the next round: all precommits are here");
}

// A network that climbs rounds for minutes has waited for minutes.
TEST_F(Explained, LaterRoundsCountFromTheFirst) {
  view_.core.step = consensus::Step::kPropose;
  view_.core.round = 7;
  EXPECT_EQ(At(9'250).waiting_since_ms, 8'250);
}

TEST_F(Explained, NothingIsWaitedForWithoutWork) {
  view_.core.waiting_for_work = true;
  EXPECT_EQ(At(99'000).waiting_for, "");
  EXPECT_EQ(At(99'000).waiting_since_ms, 0);
}

// One of four is down: the rest goes on, and what is missing has its reason.
TEST_F(Explained, OneOfFourDownIsNamedWithItsReasonAndSinceWhen) {
  view_.decided_height = 9;
  view_.core.step = consensus::Step::kPrevote;
  view_.core.prevoted = {addresses_["db"], addresses_["ga"], addresses_["jt"]};
  Others({{"ga", Well()}, {"jt", Well()}, {"sw", Gone(35'000)}});
  const auto report = At(9'000);
  ASSERT_EQ(report.missing_why.size(), 1U);
  EXPECT_EQ(report.missing_why[0].department, "sw");
  EXPECT_EQ(report.missing_why[0].since_ms, 35'000);
  EXPECT_NE(report.missing_why[0].why.find("no link for 35 s"), std::string::npos);
  EXPECT_NE(report.missing_why[0].why_zh.find("已断开 35 秒"), std::string::npos);
  EXPECT_EQ(report.waiting_for, "prevotes of sw");
}

TEST_F(Explained, TwoOfFourDownIsNoQuorumSinceTheSecondWent) {
  view_.core.waiting_for_work = true;
  Others({{"ga", Well()}, {"jt", Gone(12'000)}, {"sw", Gone(35'000)}});
  const auto report = At(9'000);
  EXPECT_NE(report.waiting_for.find("a quorum: 2 of 4 votes can be reached"), std::string::npos)
      << report.waiting_for;
  EXPECT_NE(report.waiting_for.find("missing: "), std::string::npos);
  EXPECT_NE(report.waiting_for_zh.find("4 票中可达 2 票"), std::string::npos);
  EXPECT_EQ(report.waiting_since_ms, 12'000);
  EXPECT_EQ(report.missing_why.size(), 2U);
}

TEST_F(Explained, AStoppedProcessIsToldFromACutLink) {
  PeerFacts stopped = Well();
  stopped.heard_ms_ago = 9'000;
  PeerFacts refused = Gone(4'000);
  refused.last_error = "dialling 10.0.0.3:8450: Connection refused";
  PeerFacts never;
  Others({{"ga", stopped}, {"jt", refused}, {"sw", never}});
  const auto report = At(9'000);
  std::map<std::string, std::string> why;
  for (const auto& one : report.missing_why) why[one.department] = one.why;
  EXPECT_NE(why["ga"].find("is its process stopped"), std::string::npos) << why["ga"];
  EXPECT_NE(why["jt"].find("is it down"), std::string::npos) << why["jt"];
  EXPECT_EQ(why["jt"].find("10.0.0.3"), std::string::npos) << "anybody may read it";
  EXPECT_NE(why["sw"].find("since this node began"), std::string::npos) << why["sw"];
}

TEST_F(Explained, WhoIsBehindAndWhoIsShutOut) {
  view_.decided_height = 9;
  view_.core.step = consensus::Step::kPrevote;
  view_.core.prevoted = {addresses_["ga"]};
  view_.quarantine = "the record went back";
  PeerFacts behind = Well();
  behind.height = 4;
  PeerFacts banned = Gone(500);
  banned.is_shut_out = true;
  Others({{"ga", Well()}, {"jt", behind}, {"sw", banned}});
  const auto report = At(9'000);
  std::map<std::string, std::string> why;
  for (const auto& one : report.missing_why) why[one.department] = one.why;
  EXPECT_EQ(why["jt"], "it is at height 4 of 9 and catches up");
  EXPECT_NE(why["sw"].find("shut it out"), std::string::npos);
  EXPECT_EQ(why["db"], "this node itself: the record went back");
  EXPECT_FALSE(why.contains("ga"));
}

TEST_F(Explained, AWrongClockIsNamedWhereItHoldsUpRounds) {
  view_.core.step = consensus::Step::kPropose;
  view_.core.round = 3;
  gateway::NodeStatus::Report report = At(9'250);
  std::vector<PeerStatus> peers(3);
  for (PeerStatus& peer : peers) peer.connected = true;
  peers[1].department = "ga";
  peers[1].clock_ahead_ms = 60'000;
  AddClockAlarms(peers, report);
  EXPECT_NE(report.waiting_for.find("the clock of ga is 60000 ms ahead"), std::string::npos)
      << report.waiting_for;
}

std::vector<std::string> ClockAlarms(const std::vector<std::int64_t>& ahead_ms,
                                     std::int64_t round_trip_ms = 0) {
  std::vector<PeerStatus> peers;
  for (const std::int64_t ahead : ahead_ms) {
    PeerStatus peer;
    peer.department = "p" + std::to_string(peers.size());
    peer.connected = true;
    peer.clock_ahead_ms = ahead;
    peer.round_trip_ms = round_trip_ms;
    peers.push_back(std::move(peer));
  }
  PeerStatus gone;  // what was measured before it went says nothing
  gone.clock_ahead_ms = 60'000;
  peers.push_back(gone);
  gateway::NodeStatus::Report report;
  AddClockAlarms(peers, report);
  return report.alarms;
}

TEST(ClockAlarms, NameThePeerThatIsOff) {
  EXPECT_TRUE(ClockAlarms({0, 250, -250}).empty());
  const auto alarms = ClockAlarms({0, 251, -20});
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_NE(alarms[0].find("the clock of p1 is 251 ms ahead"), std::string::npos) << alarms[0];
  EXPECT_NE(alarms[0].find("have its department set it"), std::string::npos);
  EXPECT_NE(alarms[0].find("请对方校准时钟"), std::string::npos);
}

TEST(ClockAlarms, AgainstTheMedianOfTheOthersItIsOursThatIsOff) {
  const auto alarms = ClockAlarms({-60'000, -59'900, 3});
  ASSERT_EQ(alarms.size(), 2U);
  EXPECT_NE(alarms[0].find("this node's clock is 59900 ms ahead"), std::string::npos) << alarms[0];
  EXPECT_NE(alarms[0].find("请校准本节点时钟"), std::string::npos);
  // The one that agrees with ours is as wrong as we are.
  EXPECT_NE(alarms[1].find("the clock of p2"), std::string::npos) << alarms[1];
  const auto apart = ClockAlarms({-60'000, 60'000, 0});
  ASSERT_EQ(apart.size(), 2U) << "ours is in the middle";
  EXPECT_NE(apart[0].find("the clock of p0"), std::string::npos);
}

TEST(ClockAlarms, TwoThatDisagreeDoNotOutvoteUsAndOneAloneBlamesNobody) {
  EXPECT_EQ(ClockAlarms({-60'000, 0}).size(), 1U);
  const auto both = ClockAlarms({-60'000, -60'000});
  ASSERT_EQ(both.size(), 1U);
  EXPECT_NE(both[0].find("this node's clock"), std::string::npos);
  const auto alone = ClockAlarms({-60'000});
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_NE(alone[0].find("one of the two is wrong"), std::string::npos) << alone[0];
}

// An answer that lay behind a block for seconds says little of the clock.
TEST(ClockAlarms, ASlowAnswerIsNoWrongClock) {
  EXPECT_TRUE(ClockAlarms({1'600, -1'600}, 3'200).empty());
  EXPECT_EQ(ClockAlarms({2'200, 0}, 3'200).size(), 1U);
}

TEST(DiskAlarms, ComeWhileThereIsRoomToAct) {
  const auto alarmed = [](std::uint64_t free_mib, std::uint64_t total_mib) {
    gateway::NodeStatus::Report report;
    AddDiskAlarm({.free_bytes = free_mib << 20U, .total_bytes = total_mib << 20U}, report);
    return report.alarms.size() == 1 && report.alarms[0].contains("nearly full") &&
           report.alarms[0].contains("将满");
  };
  EXPECT_TRUE(alarmed(1023, 10'000));
  EXPECT_FALSE(alarmed(1024, 10'000));
  EXPECT_TRUE(alarmed(4'999, 100'000));
  EXPECT_FALSE(alarmed(5'000, 100'000));
  EXPECT_FALSE(alarmed(0, 0)) << "not read yet";
}

TEST(QuarantineAlarms, LastAsLongAsNothingIsSigned) {
  const auto alarms = [](const std::string& why, bool ends) {
    gateway::NodeStatus::Report report;
    AddQuarantineAlarm(why, ends, report);
    return report.alarms;
  };
  EXPECT_TRUE(alarms("", true).empty());
  EXPECT_TRUE(alarms("", false).empty());
  ASSERT_EQ(alarms("a vote we do not know", true).size(), 1U);
  const std::string passing = alarms("a vote we do not know", true)[0];
  EXPECT_TRUE(passing.starts_with("signing stopped: a vote we do not know; it signs again"));
  EXPECT_TRUE(passing.contains("自动恢复签名"));
  const std::string lasting = alarms("the record", false)[0];
  EXPECT_TRUE(lasting.contains("stop this node"));
  EXPECT_TRUE(lasting.contains("请停止本节点"));
}

TEST(BehindAlarms, FollowTheMedianOfConnectedPeers) {
  const auto alarms = [](ledger::Height own, const std::vector<ledger::Height>& others) {
    gateway::NodeStatus::Report report;
    report.height = own;
    for (const ledger::Height height : others) {
      auto& peer = report.peers.emplace_back();
      peer.connected = height != 0;
      peer.height = height;
    }
    AddBehindAlarm(report);
    return report.alarms;
  };
  ASSERT_EQ(alarms(10, {15, 15, 10}).size(), 1U);
  EXPECT_NE(alarms(10, {15, 15, 10})[0].find("5 blocks behind"), std::string::npos);
  EXPECT_TRUE(alarms(11, {15, 15, 10}).empty());
  EXPECT_TRUE(alarms(10, {1'000'000, 10, 10}).empty()) << "one may lie";
  EXPECT_TRUE(alarms(10, {0, 0, 0}).empty());
}

TEST(Rulesets, AreToldOfWithTheHeightsThatRemain) {
  const gateway::NodeStatus::PlannedRuleset planned{.ruleset = 2, .from = 50, .known = false};
  EXPECT_EQ(planned.HeightsLeft(37), 12U);
  EXPECT_EQ(planned.HeightsLeft(49), 0U);
  EXPECT_EQ(planned.HeightsLeft(60), 0U);
  const std::string warning = RulesetWarning(planned, 37);
  EXPECT_NE(warning.find("rule set 2 judges from height 50 on"), std::string::npos) << warning;
  EXPECT_NE(warning.find("stops in 12 heights"), std::string::npos) << warning;
  EXPECT_NE(warning.find("再过 12 个高度节点将停止"), std::string::npos) << warning;
  EXPECT_EQ(RulesetWarning({.ruleset = 2, .from = 50, .known = true}, 37), "");
}

}  // namespace
}  // namespace jiandu::node
