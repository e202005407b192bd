// Block sync between nodes without a network or a clock.
#include "node/catch_up.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <set>

namespace jiandu::node {
namespace {

using consensus::Height;

PeerId Peer(std::uint8_t number) {
  PeerId id;
  id.bytes.fill(number);
  return id;
}

consensus::Commit CommitOf(Height height) {
  consensus::Commit commit;
  commit.height = height;
  commit.id.hash.bytes.fill(static_cast<std::uint8_t>(height));
  commit.id.parts = 1;
  commit.id.parts_hash.bytes.fill(2);
  commit.signatures.resize(1);
  return commit;
}

// Nodes that exchange messages through one queue, in order.
class Net {
 public:
  struct Node {
    PeerId id;
    std::map<Height, StoredBlock> blocks;
    Height height = 0;
    std::unique_ptr<CatchUp> sync;
    std::vector<Height> delivered;
    std::map<PeerId, std::uint32_t> punished;
    std::size_t served_bytes = 0;
    bool lies = false;  // sends blocks that do not hold
  };

  Node& Add(std::uint8_t number, Height height, std::size_t block_bytes,
            CatchUpOptions options = {}) {
    auto node = std::make_unique<Node>();
    node->id = Peer(number);
    for (Height h = 1; h <= height; ++h) {
      node->blocks[h] = {
          .block = std::make_shared<const Bytes>(block_bytes, static_cast<std::uint8_t>(h)),
          .commit = CommitOf(h)};
    }
    node->height = height;
    node->sync = std::make_unique<CatchUp>(Actions(*node), options, now_ms);
    nodes.push_back(std::move(node));
    Announce(*nodes.back());
    return *nodes.back();
  }
  void Connect() {
    for (auto& a : nodes) {
      for (auto& b : nodes) {
        if (a != b) a->sync->OnPeerUp(b->id, now_ms);
      }
    }
  }
  void Announce(Node& node) {
    node.sync->SetOwn({.base = node.height == 0 ? 0U : 1U,
                       .height = node.height,
                       .block_hash = Hash256::From(Bytes(32, 1)).value()},
                      now_ms);
  }
  // Delivers everything under way.
  void Run() {
    while (!queue_.empty()) {
      auto [from, to, message] = std::move(queue_.front());
      queue_.pop_front();
      Node* const node = Find(to);
      if (node == nullptr || muted.contains(from)) continue;
      if (auto* status = std::get_if<consensus::StatusMsg>(&message)) {
        node->sync->OnStatus(from, *status, now_ms);
      } else if (auto* request = std::get_if<consensus::BlockRequest>(&message)) {
        node->sync->OnBlockRequest(from, *request, now_ms);
      } else if (auto* piece = std::get_if<consensus::BlockPiece>(&message)) {
        node->sync->OnBlockPiece(from, std::move(*piece), now_ms);
      }
    }
  }
  void Pass(std::int64_t duration_ms) {
    for (std::int64_t passed = 0; passed < duration_ms; passed += 250) {
      now_ms += 250;
      for (auto& node : nodes) node->sync->Tick(now_ms);
      Run();
    }
  }
  Node* Find(const PeerId& id) {
    for (auto& node : nodes) {
      if (node->id == id) return node.get();
    }
    return nullptr;
  }

  std::int64_t now_ms = 1000;
  std::vector<std::unique_ptr<Node>> nodes;
  std::set<PeerId> muted;

 private:
  CatchUpActions Actions(Node& node) {
    return CatchUpActions{
        .send =
            [this, &node](const PeerId& to, const consensus::PeerMessage& message) {
              if (const auto* piece = std::get_if<consensus::BlockPiece>(&message)) {
                node.served_bytes += piece->bytes.size();
              }
              queue_.emplace_back(node.id, to, message);
            },
        .broadcast =
            [this, &node](const consensus::PeerMessage& message) {
              for (auto& other : nodes) {
                if (other->id != node.id) queue_.emplace_back(node.id, other->id, message);
              }
            },
        .read_block =
            [&node](Height height, CatchUpActions::OnRead done) {
              const auto found = node.blocks.find(height);
              if (found == node.blocks.end()) return done(std::nullopt);
              StoredBlock block = found->second;
              if (node.lies) block.block = std::make_shared<const Bytes>(100, 0xEE);
              done(block);
            },
        .deliver =
            [this, &node](Height height, const StoredBlock& block) {
              EXPECT_EQ(height, node.height + 1);
              node.delivered.push_back(height);
              const bool holds = block.block->front() == static_cast<std::uint8_t>(height) &&
                                 block.commit.height == height;
              if (!holds) return node.sync->Verdict(height, CatchUp::Judged::kBad, now_ms);
              node.blocks[height] = block;
              node.height = height;
              Announce(node);
              node.sync->Verdict(height, CatchUp::Judged::kGood, now_ms);
            },
        .queued_bytes = [](const PeerId&) { return std::size_t{0}; },
        .punish = [&node](const PeerId& peer, std::uint32_t points,
                          const std::string&) { node.punished[peer] += points; }};
  }

  std::deque<std::tuple<PeerId, PeerId, consensus::PeerMessage>> queue_;
};

TEST(CatchUp, NewNodeFetchesEverythingInOrder) {
  Net net;
  net.Add(1, 500, 1000);
  net.Add(2, 500, 1000);
  auto& late = net.Add(9, 0, 0);
  net.Connect();
  net.Run();
  net.Pass(3000);
  EXPECT_EQ(late.height, 500U);
  EXPECT_EQ(late.delivered.size(), 500U);
  EXPECT_TRUE(late.punished.empty());
  EXPECT_FALSE(late.sync->IsBehind());
}

TEST(CatchUp, LargeBlocksComeInPiecesWithinTheWindow) {
  Net net;
  net.Add(1, 40, 3'000'000);
  net.Add(2, 40, 3'000'000);
  auto& late = net.Add(9, 0, 0);
  net.Connect();
  net.Run();
  net.Pass(20'000);
  EXPECT_EQ(late.height, 40U);
  EXPECT_TRUE(late.punished.empty());
}

TEST(CatchUp, BlocksOfAGrowingChainFollow) {
  Net net;
  auto& source = net.Add(1, 3, 500);
  auto& late = net.Add(9, 0, 0);
  net.Connect();
  net.Run();
  EXPECT_EQ(late.height, 3U);
  source.blocks[4] = {.block = std::make_shared<const Bytes>(500, 4), .commit = CommitOf(4)};
  source.height = 4;
  net.Announce(source);
  net.Run();
  // One block behind: consensus is given a moment to bring it.
  EXPECT_EQ(late.height, 3U);
  net.Pass(500);
  EXPECT_EQ(late.height, 3U);
  net.Pass(500);
  EXPECT_EQ(late.height, 4U);
}

TEST(CatchUp, TwoBlocksBehindAreAskedForAtOnce) {
  Net net;
  auto& source = net.Add(1, 3, 500);
  auto& late = net.Add(9, 0, 0);
  net.Connect();
  net.Run();
  source.blocks[4] = {.block = std::make_shared<const Bytes>(500, 4), .commit = CommitOf(4)};
  source.blocks[5] = {.block = std::make_shared<const Bytes>(500, 5), .commit = CommitOf(5)};
  source.height = 5;
  net.Announce(source);
  net.Run();
  EXPECT_EQ(late.height, 5U);
}

// A block is announced when it is applied, and stands in the segments a little later.
TEST(CatchUp, AnAnnouncedBlockIsServedAsSoonAsItCanBeRead) {
  Net net;
  auto& source = net.Add(1, 3, 500);
  auto& late = net.Add(9, 0, 0);
  net.Connect();
  net.Run();
  source.height = 4;
  net.Announce(source);
  net.Pass(4000);
  EXPECT_EQ(late.height, 3U);
  source.blocks[4] = {.block = std::make_shared<const Bytes>(500, 4), .commit = CommitOf(4)};
  net.Pass(250);
  EXPECT_EQ(late.height, 4U);
  EXPECT_TRUE(late.punished.empty());
  EXPECT_TRUE(source.punished.empty());
}

TEST(CatchUp, ABlockThatNeverComesIsOwedAndNobodyElseBlamed) {
  Net net;
  auto& source = net.Add(1, 3, 500);
  auto& late = net.Add(9, 0, 0);
  net.Connect();
  net.Run();
  source.height = 4;
  net.Announce(source);
  net.Pass(60'000);
  EXPECT_EQ(late.height, 3U);
  EXPECT_GT(late.punished[Peer(1)], 0U);
  // Given up again and again, its requests have not piled up with the server.
  EXPECT_TRUE(source.punished.empty());
}

TEST(CatchUp, ABlockWeDecidedOurselvesIsOwedByNobody) {
  Net net;
  auto& source = net.Add(1, 3, 500);
  auto& late = net.Add(9, 0, 0);
  net.Connect();
  net.Run();
  source.height = 4;
  net.Announce(source);
  net.Pass(1000);
  late.blocks[4] = {.block = std::make_shared<const Bytes>(500, 4), .commit = CommitOf(4)};
  late.height = 4;
  net.Announce(late);
  net.Pass(20'000);
  EXPECT_TRUE(late.punished.empty());
  EXPECT_TRUE(source.punished.empty());
}

TEST(CatchUp, LiarIsPunishedAndTheOthersServe) {
  Net net;
  net.Add(1, 50, 1000).lies = true;
  net.Add(2, 50, 1000);
  auto& late = net.Add(9, 0, 0);
  net.Connect();
  net.Run();
  net.Pass(15'000);
  EXPECT_EQ(late.height, 50U);
  EXPECT_GT(late.punished[Peer(1)], 0U);
  EXPECT_EQ(late.punished[Peer(2)], 0U);
}

TEST(CatchUp, BadBlockCostsAThirdOfABanAndIsNotAskedForAgain) {
  Net net;
  net.Add(1, 50, 1000).lies = true;
  auto& late = net.Add(9, 0, 0);
  net.Connect();
  net.Run();
  EXPECT_EQ(late.height, 0U);
  EXPECT_EQ(late.delivered.size(), 1U);  // that height is not asked of it again
  EXPECT_GE(3 * late.punished[Peer(1)], 100U);
}

TEST(CatchUp, SilentPeerIsSetAsideAndTheNextAsked) {
  Net other;
  other.Add(1, 50, 1000);
  other.Add(2, 50, 1000);
  auto& second = other.Add(9, 0, 0);
  // The first announces, then falls silent.
  second.sync->OnPeerUp(Peer(1), other.now_ms);
  second.sync->OnStatus(Peer(1), {.base = 1, .height = 50, .block_hash = {}}, other.now_ms);
  other.muted.insert(Peer(1));
  other.Connect();
  second.sync->OnStatus(Peer(1), {.base = 1, .height = 50, .block_hash = {}}, other.now_ms);
  other.Run();
  other.Pass(15'000);
  EXPECT_EQ(second.height, 50U);
  EXPECT_GT(second.punished[Peer(1)], 0U);
}

// A crumb every second is progress each time, and hours for a block.
TEST(CatchUp, PeerThatSendsCrumbsHoldsUpNobody) {
  Net net;
  net.Add(1, 20, 1000);
  net.Add(2, 20, 1000);
  auto& follower = net.Add(9, 0, 0);
  const PeerId slow = Peer(1);
  net.muted = {slow};
  follower.sync->OnPeerUp(slow, net.now_ms);
  follower.sync->OnStatus(slow, {.base = 1, .height = 20, .block_hash = {}}, net.now_ms);
  follower.sync->OnPeerUp(Peer(2), net.now_ms);
  follower.sync->OnStatus(Peer(2), {.base = 1, .height = 20, .block_hash = {}}, net.now_ms);
  net.Find(Peer(2))->sync->OnPeerUp(Peer(9), net.now_ms);
  for (std::uint32_t offset = 0; offset < 8; ++offset) {
    const Height height = follower.height + 1;
    follower.sync->OnBlockPiece(
        slow, {.height = height, .total = 1000, .offset = offset, .bytes = Bytes(1), .commit = {}},
        net.now_ms);
    net.Pass(1000);
  }
  EXPECT_EQ(follower.height, 20U);
}

TEST(CatchUp, HeightThatGoesDownIsPunishedOnOneLinkOnly) {
  Net net;
  auto& node = net.Add(1, 10, 100);
  node.sync->OnPeerUp(Peer(2), net.now_ms);
  node.sync->OnStatus(Peer(2), {.base = 1, .height = 8, .block_hash = {}}, net.now_ms);
  node.sync->OnStatus(Peer(2), {.base = 1, .height = 8, .block_hash = {}}, net.now_ms);
  EXPECT_EQ(node.punished[Peer(2)], 0U);
  node.sync->OnPeerDown(Peer(2), net.now_ms);
  node.sync->OnPeerUp(Peer(2), net.now_ms);
  node.sync->OnStatus(Peer(2), {.base = 1, .height = 7, .block_hash = {}}, net.now_ms);
  EXPECT_EQ(node.punished[Peer(2)], 0U);
  node.sync->OnStatus(Peer(2), {.base = 1, .height = 6, .block_hash = {}}, net.now_ms);
  EXPECT_GE(node.punished[Peer(2)], 100U);
}

TEST(CatchUp, OneLiarAboutItsHeightDoesNotMakeUsBehind) {
  Net net;
  auto& node = net.Add(1, 10, 100);
  for (std::uint8_t peer = 2; peer <= 4; ++peer) {
    node.sync->OnPeerUp(Peer(peer), net.now_ms);
    node.sync->OnStatus(Peer(peer),
                        {.base = 1, .height = peer == 2 ? 1'000'000U : 11U, .block_hash = {}},
                        net.now_ms);
  }
  EXPECT_FALSE(node.sync->IsBehind());
  EXPECT_EQ(node.sync->BestHeight(), 1'000'000U);
  node.sync->OnStatus(Peer(3), {.base = 1, .height = 12, .block_hash = {}}, net.now_ms);
  EXPECT_TRUE(node.sync->IsBehind());
}

TEST(CatchUp, ServingKeepsToThePaceOfTheBucket) {
  Net net;
  CatchUpOptions slow;
  slow.serve_bytes_per_second = 1'000'000;
  auto& source = net.Add(1, 100, 100'000, slow);
  auto& late = net.Add(9, 0, 0);
  net.Connect();
  net.Run();
  EXPECT_LE(source.served_bytes, 1'100'000U);
  EXPECT_LT(late.height, 12U);
  net.Pass(15'000);
  EXPECT_EQ(late.height, 100U);
}

consensus::BlockPiece PieceOf(Height height, std::uint32_t offset) {
  return {
      .height = height, .total = 200'000, .offset = offset, .bytes = Bytes(65536), .commit = {}};
}

TEST(CatchUp, PiecesThatDoNotFitArePunished) {
  Net net;
  auto& node = net.Add(9, 0, 0);
  net.Add(1, 0, 0);
  node.sync->OnPeerUp(Peer(1), net.now_ms);
  node.sync->OnStatus(Peer(1), {.base = 1, .height = 5, .block_hash = {}}, net.now_ms);
  node.sync->OnBlockPiece(Peer(1), PieceOf(1, 0), net.now_ms);
  node.sync->OnBlockPiece(Peer(1), PieceOf(1, 2 * 65536), net.now_ms);
  EXPECT_GT(node.punished[Peer(1)], 0U);
  EXPECT_TRUE(node.delivered.empty());
}

TEST(CatchUp, UnaskedPiecesAreNotKept) {
  Net net;
  auto& node = net.Add(9, 0, 0);
  node.sync->OnPeerUp(Peer(1), net.now_ms);
  for (Height h = 1; h < 100; ++h) {
    node.sync->OnBlockPiece(
        Peer(1),
        {.height = h, .total = 1000, .offset = 0, .bytes = Bytes(1000), .commit = CommitOf(h)},
        net.now_ms);
  }
  EXPECT_TRUE(node.delivered.empty());
}

}  // namespace
}  // namespace jiandu::node
