// Several cores together: the happy path, a silent proposer, lost messages.
#include <gtest/gtest.h>

#include "tests/consensus/core_test_net.h"

namespace jiandu::consensus::test {
namespace {

TEST(CoreCluster, FourNodesDecideTheSameBlocksOneHeightAfterTheOther) {
  Cluster net(4);
  net.StartAll(1);
  net.Settle();
  for (std::size_t i = 0; i < net.Count(); ++i) {
    ASSERT_EQ(net.At(i).decided.size(), 3U) << i;
    EXPECT_EQ(net.At(i).decided, net.At(0).decided);
    EXPECT_EQ(net.At(i).decided.at(2), IdOf("2/0"));
    EXPECT_TRUE(net.At(i).core.View().waiting_for_work);
    EXPECT_EQ(net.At(i).core.View().height, 4U);
    EXPECT_TRUE(net.At(i).alarms.empty());
  }
}

TEST(CoreCluster, EverySizeFromOneToSevenDecides) {
  for (std::size_t count = 1; count <= 7; ++count) {
    Cluster net(count);
    net.StartAll(1);
    net.Settle();
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(net.At(i).decided.size(), 3U) << count;
  }
}

TEST(CoreCluster, ASilentProposerCostsOneRound) {
  Cluster net(4);
  net.heights_max = 1;
  const Address silent = SeatRotation().ProposerOf(1, 0, *MakeSet(4));
  net.passes = [&](std::size_t from, std::size_t, const Broadcast&) {
    return net.AllSeats()[from] != silent;
  };
  net.StartAll(1);
  net.Settle();
  net.Fire(Timeout::Kind::kPropose, 1, 0);    // three prevote nil, and precommit nil at once
  net.Fire(Timeout::Kind::kPrecommit, 1, 0);  // and go on to round 1
  for (std::size_t i = 0; i < net.Count(); ++i) {
    ASSERT_TRUE(net.At(i).decided.contains(1)) << i;
    EXPECT_EQ(net.At(i).decided.at(1), IdOf("1/1"));
  }
}

TEST(CoreCluster, WhatWasLostIsSaidAgainByTheRebroadcastTimer) {
  Cluster net(4);
  net.heights_max = 1;
  bool cut = true;
  net.passes = [&](std::size_t, std::size_t, const Broadcast& said) {
    return !cut || !std::holds_alternative<Vote>(said.message);
  };
  net.StartAll(1);
  net.Settle();
  for (std::size_t i = 0; i < net.Count(); ++i) EXPECT_TRUE(net.At(i).decided.empty());
  cut = false;
  net.Fire(Timeout::Kind::kRebroadcast, 1, 0);
  for (std::size_t i = 0; i < net.Count(); ++i) EXPECT_EQ(net.At(i).decided.size(), 1U) << i;
}

TEST(CoreCluster, WithoutAQuorumNobodyDecidesHoweverTheTimersRun) {
  Cluster net(4);
  net.passes = [](std::size_t from, std::size_t to, const Broadcast&) {
    return (from < 2) == (to < 2);  // 2 | 2
  };
  net.StartAll(1);
  net.Settle();
  for (Round round = 0; round < 5; ++round) {
    net.Fire(Timeout::Kind::kPropose, 1, round);
    net.Fire(Timeout::Kind::kPrevote, 1, round);
    net.Fire(Timeout::Kind::kPrecommit, 1, round);
  }
  for (std::size_t i = 0; i < net.Count(); ++i) EXPECT_TRUE(net.At(i).decided.empty());
}

}  // namespace
}  // namespace jiandu::consensus::test
