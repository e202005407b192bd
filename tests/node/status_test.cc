// What a node says it waits for and since when, and whose clock is off.
#include "node/status.h"

#include <gtest/gtest.h>

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
    Explain(view_, *set_, names_, now_ms, report);
    return report;
  }

  std::map<consensus::Address, std::string> names_;
  std::map<std::string, consensus::Address> addresses_;
  std::optional<consensus::ValidatorSet> set_;
  HostView view_;
};

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
  EXPECT_TRUE(ClockAlarms({0, 500, -500}).empty());
  const auto alarms = ClockAlarms({0, 501, -20});
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_NE(alarms[0].find("the clock of p1 is 501 ms ahead of ours"), std::string::npos);
  EXPECT_NE(alarms[0].find("have its department set it"), std::string::npos);
}

TEST(ClockAlarms, WhatMostOthersSayIsOurs) {
  const auto alarms = ClockAlarms({-60'000, -59'900, 3});
  ASSERT_EQ(alarms.size(), 2U);
  EXPECT_NE(alarms[0].find("set this node's clock"), std::string::npos);
  EXPECT_NE(alarms[0].find("请校准本节点时钟"), std::string::npos);
  EXPECT_NE(ClockAlarms({-60'000, 60'000, 0})[0].find("have its department"), std::string::npos);
  const auto mixed = ClockAlarms({-60'000, -60'000, -60'000, -60'000, 60'000});
  ASSERT_EQ(mixed.size(), 5U);
  EXPECT_NE(mixed[0].find("set this node's clock"), std::string::npos);
  EXPECT_NE(mixed[4].find("have its department"), std::string::npos);
}

// An answer that lay behind a block for seconds says little of the clock.
TEST(ClockAlarms, ASlowAnswerIsNoWrongClock) {
  EXPECT_TRUE(ClockAlarms({1'600, -1'600}, 3'200).empty());
  EXPECT_EQ(ClockAlarms({2'200, 0}, 3'200).size(), 1U);
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
