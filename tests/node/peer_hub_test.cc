// Two and four hubs over loopback: who is let in, who is not, and what survives.
#include "node/peer_hub.h"

#include <gmock/gmock.h>

#include "node/peer_book.h"
#include "tests/node/hub_fixture.h"

namespace jiandu::node::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Two nodes; the second dials the first.
class TwoHubs : public ::testing::Test {
 protected:
  void Start() {
    first_.Pin(second_, "");
    first_.Start(loop_);
    second_.Pin(first_, first_.Address());
    second_.Start(loop_);
  }
  [[nodiscard]] bool AreUp() const {
    return first_.hub->IsUp(second_.Id()) && second_.hub->IsUp(first_.Id());
  }

  EventLoop loop_;
  TestNode first_{1};
  TestNode second_{2};
};

TEST_F(TwoHubs, OneDialIsEnoughForBothDirections) {
  Start();
  ASSERT_TRUE(RunUntil(loop_, [&] { return AreUp(); }));
  EXPECT_EQ(first_.hub->Broadcast(Status(7)), 1U);
  EXPECT_EQ(second_.hub->Send(first_.Id(), Status(8)), SendResult::kQueued);
  ASSERT_TRUE(RunUntil(loop_, [&] { return !first_.heard.empty() && !second_.heard.empty(); }));
  EXPECT_THAT(second_.heard.at(first_.Id()), ElementsAre(Status(7)));
  EXPECT_THAT(first_.heard.at(second_.Id()), ElementsAre(Status(8)));
}

TEST_F(TwoHubs, SendToNobodySaysSo) {
  Start();
  EXPECT_EQ(first_.hub->Send(second_.Id(), Status(1)), SendResult::kNotConnected);
  EXPECT_EQ(first_.hub->Send(TestKey(9).PublicKey(), Status(1)), SendResult::kNotConnected);
  EXPECT_EQ(first_.hub->Broadcast(Status(1)), 0U);
}

TEST_F(TwoHubs, MessagesKeepTheirOrderAndNumber) {
  Start();
  ASSERT_TRUE(RunUntil(loop_, [&] { return AreUp(); }));
  constexpr consensus::Height kCount = 3000;
  for (consensus::Height i = 1; i <= kCount; ++i) {
    ASSERT_EQ(first_.hub->Send(second_.Id(), Status(i)), SendResult::kQueued);
  }
  ASSERT_TRUE(RunUntil(loop_, [&] { return second_.heard[first_.Id()].size() >= kCount; }));
  const auto& heard = second_.heard.at(first_.Id());
  ASSERT_EQ(heard.size(), kCount);
  for (consensus::Height i = 1; i <= kCount; ++i) {
    ASSERT_EQ(std::get<consensus::StatusMsg>(heard[i - 1]).height, i);
  }
}

TEST_F(TwoHubs, UnpinnedKeyIsRefused) {
  // The first pins somebody else under that name.
  TestNode stranger(3);
  first_.Pin(stranger, "");
  first_.Start(loop_);
  second_.Pin(first_, first_.Address());
  second_.Start(loop_);
  ASSERT_TRUE(RunUntil(
      loop_, [&] { return second_.LastError(first_).find("not pinned") != std::string::npos; }));
  EXPECT_TRUE(first_.ups.empty());
}

TEST_F(TwoHubs, AnotherKeyThanTheOneDialledIsRefused) {
  first_.Pin(second_, "");
  first_.Start(loop_);
  TestNode third(3);
  second_.Pin(third, first_.Address());
  second_.Pin(first_, "");
  second_.Start(loop_);
  ASSERT_TRUE(RunUntil(loop_, [&] {
    return second_.LastError(third).find("another node key") != std::string::npos;
  }));
  EXPECT_TRUE(second_.ups.empty());
}

TEST_F(TwoHubs, AnotherChainIsRefused) {
  second_.options.hello.chain_id = "another-chain";
  Start();
  ASSERT_TRUE(RunUntil(
      loop_, [&] { return second_.LastError(first_).find("another-chain") != std::string::npos; }));
  EXPECT_TRUE(first_.ups.empty());
  EXPECT_TRUE(second_.ups.empty());
}

TEST_F(TwoHubs, AnotherGenesisIsRefused) {
  second_.options.hello.genesis_hash = crypto::Sha256(AsBytes("other genesis"));
  Start();
  ASSERT_TRUE(RunUntil(
      loop_, [&] { return second_.LastError(first_).find("genesis") != std::string::npos; }));
  EXPECT_TRUE(first_.ups.empty());
}

TEST_F(TwoHubs, AnotherProtocolIsRefused) {
  second_.options.hello.version = consensus::kPeerProtocol + 1;
  Start();
  RunFor(loop_, 300);
  EXPECT_TRUE(first_.ups.empty());
  EXPECT_TRUE(second_.ups.empty());
}

TEST_F(TwoHubs, LostLinkIsDialledAgain) {
  Start();
  ASSERT_TRUE(RunUntil(loop_, [&] { return AreUp(); }));
  const auto port = first_.options.listen = first_.Address();
  first_.hub.reset();
  ASSERT_TRUE(RunUntil(loop_, [&] { return !second_.hub->IsUp(first_.Id()); }));
  EXPECT_THAT(second_.downs, ElementsAre(first_.Id()));
  first_.Start(loop_);
  ASSERT_TRUE(RunUntil(loop_, [&] { return AreUp(); }));
}

TEST_F(TwoHubs, MisbehavingPeerIsShutOut) {
  Start();
  ASSERT_TRUE(RunUntil(loop_, [&] { return AreUp(); }));
  first_.hub->Punish(second_.Id(), 60, "first");
  RunFor(loop_, 50);
  EXPECT_TRUE(first_.hub->IsUp(second_.Id()));
  first_.hub->Punish(second_.Id(), 60, "second");
  ASSERT_TRUE(RunUntil(loop_, [&] { return !second_.hub->IsUp(first_.Id()); }));
  // It dials again and is refused.
  ASSERT_TRUE(RunUntil(loop_, [&] {
    return second_.LastError(first_).find("shut out for misbehaviour") != std::string::npos;
  }));
  EXPECT_EQ(first_.ups.size(), 1U);
  EXPECT_GT(first_.hub->Status().at(0).banned_ms, 0);
}

TEST_F(TwoHubs, PeerNoLongerPinnedIsClosed) {
  Start();
  ASSERT_TRUE(RunUntil(loop_, [&] { return AreUp(); }));
  first_.hub->SetPeers({});
  ASSERT_TRUE(RunUntil(loop_, [&] { return !second_.hub->IsUp(first_.Id()); }));
  EXPECT_THAT(first_.downs, ElementsAre(second_.Id()));
  EXPECT_FALSE(first_.hub->IsUp(second_.Id()));
}

TEST_F(TwoHubs, StatusTellsRoundTripAndClock) {
  Start();
  ASSERT_TRUE(
      RunUntil(loop_, [&] { return AreUp() && first_.hub->Status().at(0).round_trip_ms >= 0; }));
  const PeerStatus status = first_.hub->Status().at(0);
  EXPECT_TRUE(status.connected);
  EXPECT_FALSE(status.dialled_by_us);
  EXPECT_LT(std::abs(status.clock_ahead_ms), 1000);
  EXPECT_GT(status.received_bytes, 0U);
}

// Both dial at the same moment: one link stays, the same on both sides, dialled by the lower key.
TEST(PeerHub, SimultaneousDialsEndInOneLink) {
  for (std::uint8_t round = 0; round < 5; ++round) {
    EventLoop loop;
    TestNode first(static_cast<std::uint8_t>(10 + round));
    TestNode second(static_cast<std::uint8_t>(40 + round));
    first.Pin(second, "");
    second.Pin(first, "");
    first.Start(loop);
    second.Start(loop);
    first.hub->SetPeers({{"b", second.Id(), second.Address()}});
    second.hub->SetPeers({{"a", first.Id(), first.Address()}});
    ASSERT_TRUE(RunUntil(
        loop, [&] { return first.hub->IsUp(second.Id()) && second.hub->IsUp(first.Id()); }));
    RunFor(loop, 300);
    ASSERT_TRUE(first.hub->IsUp(second.Id()));
    ASSERT_TRUE(second.hub->IsUp(first.Id()));
    EXPECT_NE(first.hub->Status().at(0).dialled_by_us, second.hub->Status().at(0).dialled_by_us);
    // At most the one exchange of the tie: no flapping.
    EXPECT_LE(first.ups.size(), 2U);
    EXPECT_LE(second.ups.size(), 2U);
    EXPECT_EQ(first.hub->Broadcast(Status(1)), 1U);
    ASSERT_TRUE(RunUntil(loop, [&] { return !second.heard.empty(); }));
  }
}

// Two machines with one node key, of which the first has its links already.
class PeerHubTwin : public ::testing::Test {
 protected:
  PeerHubTwin() {
    first.Pin(second, "");
    first.options.timings.tie_ms = 0;
    first.Start(loop);
    second.Pin(first, first.Address());
    twin.Pin(first, first.Address());
    second.Start(loop);
  }
  EventLoop loop;
  TestNode first{1};
  TestNode second{2};
  TestNode twin{2};
};

TEST_F(PeerHubTwin, SecondMachineWithOneKeyRaisesAnAlarm) {
  ASSERT_TRUE(RunUntil(loop, [&] {
    return first.hub->IsUp(second.Id()) && first.hub->Status().at(0).round_trip_ms >= 0;
  }));
  twin.Start(loop);
  ASSERT_TRUE(RunUntil(loop, [&] { return !first.alarms.empty(); }));
  EXPECT_THAT(first.alarms.front(), HasSubstr("two machines"));
}

// After a power cut the link to the machine as it was still seems up when it logs in again.
TEST(PeerHub, MachineThatStartsAgainIsNoSecondMachine) {
  EventLoop loop;
  TestNode first{1};
  TestNode before{2};
  TestNode after{2};
  first.options.timings.tie_ms = 0;
  for (TestNode* node : {&first, &before}) node->options.timings.handshake_ms = 15'000;
  before.options.timings.redial_ms_min = before.options.timings.redial_ms_max = 60'000;
  first.Pin(before, "");
  first.Start(loop);
  for (TestNode* node : {&before, &after}) node->Pin(first, first.Address());
  before.Start(loop);
  const auto is_heard = [&] {
    return first.hub->IsUp(before.Id()) && first.hub->Status().at(0).round_trip_ms >= 0;
  };
  ASSERT_TRUE(RunUntil(loop, is_heard));
  after.Start(loop);
  ASSERT_TRUE(RunUntil(loop, [&] { return !before.downs.empty() && is_heard(); }));
  EXPECT_EQ(first.ups.size(), 2U);
  EXPECT_TRUE(first.alarms.empty());
}

// Whose key it is cannot see the other machine: only that its links are cut for another login.
TEST_F(PeerHubTwin, BothAreToldAndDialMoreSlowly) {
  ASSERT_TRUE(RunUntil(loop, [&] { return first.hub->IsUp(second.Id()); }));
  EXPECT_TRUE(second.alarms.empty());
  twin.Start(loop);
  ASSERT_TRUE(RunUntil(loop, [&] { return !second.alarms.empty() && !twin.alarms.empty(); }));
  EXPECT_THAT(second.alarms.front(), HasSubstr("another machine uses the node key of this node"));
  EXPECT_THAT(second.alarms.front(), HasSubstr("请找出并停止该机器"));
  EXPECT_GE(second.downs.size(), 3U) << "one replacement is no twin";
}

TEST(PeerRecord, PausesGrowWithEachDisplacementAndForgetAfterQuiet) {
  PeerRecord record(PinnedPeer{.department = "d", .key = PeerId(), .address = "h:1"});
  const PeerTimings timings{.redial_ms_min = 100, .redial_ms_max = 1000};
  std::int64_t now = 1'000'000;
  for (const std::uint32_t times : {1U, 2U, 3U, 4U, 5U, 6U}) {
    record.CameUp();
    EXPECT_EQ(record.Displaced(timings, now, 0), times);
    const std::int64_t pause = std::min<std::int64_t>(100LL << (times - 1), 1000) / 2;
    EXPECT_FALSE(record.MayDial(now + pause - 1)) << times;
    EXPECT_TRUE(record.MayDial(now + pause)) << times;
    now += 5000;
  }
  EXPECT_EQ(record.Displaced(timings, now + 600'000, 0), 1U);
}

TEST(PeerHub, FourNodesFormAFullMesh) {
  EventLoop loop;
  std::vector<std::unique_ptr<TestNode>> nodes;
  for (std::uint8_t i = 0; i < 4; ++i) {
    auto node = std::make_unique<TestNode>(static_cast<std::uint8_t>(i + 1));
    for (std::uint8_t j = 0; j < 4; ++j) {
      if (j != i)
        node->Pin(TestNode(static_cast<std::uint8_t>(j + 1)), j < i ? nodes[j]->Address() : "");
    }
    node->Start(loop);
    nodes.push_back(std::move(node));
  }
  ASSERT_TRUE(RunUntil(loop, [&] {
    return std::ranges::all_of(nodes,
                               [](const auto& node) { return node->hub->Connected().size() == 3; });
  }));
  for (const auto& node : nodes) EXPECT_EQ(node->hub->Broadcast(Status(node->number)), 3U);
  ASSERT_TRUE(RunUntil(loop, [&] {
    return std::ranges::all_of(nodes, [](const auto& node) { return node->heard.size() == 3; });
  }));
  for (const auto& node : nodes) {
    for (const auto& [peer, messages] : node->heard) EXPECT_EQ(messages.size(), 1U);
  }
}

TEST(PeerHub, AddressInUseIsAnError) {
  EventLoop loop;
  TestNode first(1);
  first.Start(loop);
  TestNode second(2);
  second.options.listen = first.Address();
  const auto started = PeerHub::Start(loop, second.key, second.options, PeerEvents(), Logger());
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, Errc::kIo);
}

}  // namespace
}  // namespace jiandu::node::testing
